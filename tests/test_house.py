"""The house keeps its own rules: every import contract bites, and what no linter sees is seen here.

Each planted violation must break the contract that is named for it. The plants are tried on a
copy of the source in one process of its own (`python tests/test_house.py TREE`), because the
linter has to find the copied package and not the one under test.
"""

import ast
import gc
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mamoru"
ROOMS_WITH_SHELVES = (
    "consents",
    "provision",
    "entrustment",
    "incidents",
    "awareness",
    "cases",
    "inquiries",
)


# --- planted violations --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A violation: the id of the contract that must break, and what is added to which file."""

    contract: str  # empty: every contract must hold
    what: str
    files: Mapping[str, str]  # path in src/mamoru -> text added at the end


def _plant(contract: str, what: str, path: str, text: str) -> Plant:
    return Plant(contract=contract, what=what, files={path: text})


_IN_FUNCTION = "def _planted() -> None:\n    {}\n"
_FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {}\n"
_RULE = "cases/rules/refusal.py"

_MOMENTS = itertools.count(1)  # seconds

PLANTS = (
    # 1. floors
    _plant("floors", "the ground floor imports a room", "kit/text.py", "import mamoru.policy"),
    _plant(
        "floors",
        "a function imports upward",
        "identity/planted.py",
        _IN_FUNCTION.format("from mamoru.cases import actions"),
    ),
    _plant(
        "floors",
        "an import for types only goes upward",
        "identity/planted.py",
        _FOR_TYPES.format("from mamoru.cases import terms"),
    ),
    _plant("floors", "a room that no floor declares", "marketing/__init__.py", '"""Planted."""'),
    _plant(
        "floors", "the gate reads consents", "gate/planted.py", "from mamoru.consents import store"
    ),
    _plant(
        "floors",
        "the gate knows the words of consents",
        "gate/planted.py",
        "from mamoru.consents import terms",
    ),
    _plant(
        "floors",
        "consents know provision",
        "consents/actions.py",
        "from mamoru.provision import actions as planted",
    ),
    _plant(
        "floors",
        "two rooms of one floor",
        "provision/actions.py",
        "from mamoru.incidents import terms as planted",
    ),
    _plant("floors", "two faces", "portal/planted.py", "import mamoru.console"),
    _plant("floors", "a command knows a screen", "cli/planted.py", "import mamoru.portal"),
    _plant("floors", "a command asks the site", "cli/planted.py", "from mamoru.site import wiring"),
    _plant(
        "floors",
        "a case opens an inquiry",
        "cases/actions/deciding.py",
        "from mamoru.inquiries import actions as planted",
    ),
    _plant(
        "floors",
        "two engines of one floor",
        "documents/planted.py",
        "from mamoru.identity import terms",
    ),
    _plant(
        "floors",
        "an action asks the settings",
        "cases/actions/deciding.py",
        "from mamoru.site import config",
    ),
    # 2. shelves
    _plant(
        "shelves",
        "a rule reads its store",
        _RULE,
        "from mamoru.cases import store as planted",
    ),
    _plant("shelves", "a seventh shelf", "cases/services.py", '"""Planted."""'),
    _plant(
        "shelves",
        "a store calls an action",
        "provision/store.py",
        "from mamoru.provision import actions",
    ),
    _plant(
        "shelves",
        "a row knows a rule",
        "cases/models.py",
        "from mamoru.cases.rules import deadline",
    ),
    _plant(
        "shelves",
        "words know rows",
        "cases/terms.py",
        "from mamoru.cases import models as planted",
    ),
    _plant(
        "shelves",
        "the hand composes the answer",
        "cases/execute/carry.py",
        "from mamoru.cases import answer as planted",
    ),
    # 3. pure
    _plant("pure", "a rule reads the clock of Django", _RULE, "from django.utils import timezone"),
    _plant("pure", "a rule reads settings", _RULE, "from django.conf import settings"),
    _plant("pure", "words know a framework", "cases/terms.py", "import django.db"),
    _plant("pure", "an engine opens a database", "identity/planted.py", "import sqlite3"),
    _plant("pure", "an engine starts a process", "documents/planted.py", "import subprocess"),
    _plant("pure", "an engine opens a connection", "policy/planted.py", "import urllib.request"),
    _plant("pure", "the gate opens a socket", "gate/planted.py", "import socket"),
    _plant("pure", "the tree of the ledger knows rows", "ledger/tree.py", "import django.db"),
    Plant(
        contract="pure",
        what="an engine reaches the network through the ground floor",
        files={"kit/planted.py": "import http.client", "policy/planted.py": "import mamoru.kit"}
        | {"kit/text.py": "from mamoru.kit import planted"},
    ),
    # 4. rows
    *(
        _plant(
            f"rows-{room}",
            f"a screen reads rows of {room}",
            "portal/planted.py",
            f"from mamoru.{room} import models",
        )
        for room in ROOMS_WITH_SHELVES
    ),
    _plant(
        "rows-site",
        "a face reads the list of workers",
        "console/views.py",
        "from mamoru.site import models",
    ),
    _plant(
        "rows-consents",
        "another room's store touches consents' rows",
        "provision/store.py",
        "from mamoru.consents import models as planted",
    ),
    _plant(
        "rows-cases",
        "an action goes past its store",
        "cases/actions/deciding.py",
        "from mamoru.cases import models as planted",
    ),
    # 5. hands
    _plant(
        "hands",
        "an action touches the company's databases",
        "cases/actions/deciding.py",
        "from mamoru.connectors import port as planted",
    ),
    _plant(
        "hands", "an address touches them", "site/urls.py", "from mamoru.connectors import port"
    ),
    _plant(
        "hands", "a command touches them", "cli/planted.py", "from mamoru.connectors import port"
    ),
    _plant(
        "hands",
        "consents touch them",
        "consents/store/records.py",
        "from mamoru.connectors import port",
    ),
    # 6. faces
    _plant(
        "faces", "a page decides", "portal/planted.py", "from mamoru.cases.rules import refusal"
    ),
    _plant(
        "faces", "the console asks the gate", "console/planted.py", "from mamoru.gate import decide"
    ),
    _plant(
        "faces", "the API writes the ledger", "api/planted.py", "from mamoru.ledger import append"
    ),
    _plant(
        "faces", "a page reads a store", "portal/planted.py", "from mamoru.connectors import port"
    ),
    # 7. ledger
    _plant(
        "blind-ledger",
        "the ledger compares persons",
        "ledger/planted.py",
        "from mamoru.identity import terms",
    ),
    _plant(
        "blind-ledger",
        "the ledger reads the policy",
        "ledger/planted.py",
        "import mamoru.policy",
    ),
    # 8. acyclic
    Plant(
        contract="acyclic",
        what="two siblings import each other",
        files={
            "identity/planted_a.py": "from mamoru.identity import planted_b",
            "identity/planted_b.py": "from mamoru.identity import planted_a",
        },
    ),
    # 9. standing
    _plant(
        "standing",
        "consents ask the gate to decide",
        "consents/rules.py",
        "from mamoru.gate import decide",
    ),
    _plant(
        "standing",
        "consents import the whole gate",
        "consents/store/records.py",
        "import mamoru.gate",
    ),
    # 10. borrowed
    _plant("borrowed", "a room speaks to databases", "cases/execute/carry.py", "import sqlalchemy"),
    _plant("borrowed", "the site speaks to databases", "site/planted.py", "import sqlalchemy"),
    # harmless
    _plant("", "a rule names a date", _RULE, "import datetime"),
    _plant(
        "", "a page reads a store of values", "portal/planted.py", "from mamoru.cases import store"
    ),
    _plant(
        "",
        "consents speak the gate's terms",
        "consents/terms.py",
        "from mamoru.gate import terms as planted",
    ),
)


def _write(path: Path, content: bytes) -> None:
    """Write a file with a time of its own: the linter knows a file that it read by its time.

    Clocks of file systems may be coarser than one plant takes.
    """
    path.write_bytes(content)
    moment = next(_MOMENTS)
    os.utime(path, (moment, moment))


def _try(tree: Path, plant: Plant) -> list[str]:
    """Plant, lint, take the plant out again; return the names of the broken contracts.

    A violation is held against the contract named for it, a harmless plant against all. The
    linter reads anew the files that were written since, and knows the others.
    """
    from importlinter.application import use_cases

    package = tree / "src" / "mamoru"
    before: dict[Path, bytes | None] = {}
    for name, text in plant.files.items():
        path = package / name
        before[path] = path.read_bytes() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        old = (before[path] or b'"""Planted."""').decode()
        _write(path, f"{old}\n\n{text}\n".encode())
    options = use_cases.read_user_options(str(tree / "pyproject.toml"))
    use_cases._register_contract_types(options)
    only = (plant.contract,) if plant.contract else ()
    report = use_cases.create_report(options, only, cache_dir=str(tree / "read"))
    if report.could_not_run:
        raise RuntimeError(f"{plant.what}: {report.invalid_contract_options}")
    for path, content in before.items():
        if content is None:
            path.unlink()
        else:
            _write(path, content)
    shutil.rmtree(package / "marketing", ignore_errors=True)
    return [
        contract.name for contract, check in report.get_contracts_and_checks() if not check.kept
    ]


def _main(tree: Path) -> None:
    """Try the tree as it stands and each plant; the last line printed is the result in JSON."""
    from importlinter import configuration

    gc.disable()  # each plant has a graph of all modules, and nothing in it is garbage for long
    configuration.configure()
    sys.path.insert(0, str(tree / "src"))
    clean = Plant(contract="", what="", files={})
    print()
    print(json.dumps([_try(tree, each) for each in (clean, *PLANTS)]))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, frozenset[str]]:
    """Return, for each plant by its words (and "" for none), the ids of the broken contracts."""
    tree = tmp_path_factory.mktemp("house")
    shutil.copytree(
        SOURCE,
        tree / "src" / "mamoru",
        ignore=lambda _, names: [
            name for name in names if "." in name and not name.endswith(".py")
        ],
    )
    shutil.copy(ROOT / "pyproject.toml", tree)
    done = subprocess.run(
        [sys.executable, __file__, str(tree)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ids = {contract["name"]: contract["id"] for contract in _contracts()}
    results = json.loads(done.stdout.splitlines()[-1])
    return {
        what: frozenset(ids[name] for name in names)
        for what, names in zip(("", *(each.what for each in PLANTS)), results, strict=True)
    }


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


def test_the_house_as_it_stands_keeps_every_contract(
    broken: Mapping[str, frozenset[str]],
) -> None:
    assert broken[""] == frozenset()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}: {plant.what}")
def test_a_planted_violation_breaks_the_contract_named_for_it(
    plant: Plant, broken: Mapping[str, frozenset[str]]
) -> None:
    newly_broken = broken[plant.what] - broken[""]

    assert newly_broken == ({plant.contract} if plant.contract else set())


def test_every_contract_is_tried_by_at_least_one_plant() -> None:
    assert {plant.contract for plant in PLANTS} - {""} == {each["id"] for each in _contracts()}


def test_the_rows_of_each_room_have_a_contract_of_their_own() -> None:
    rooms = {path.parent.name for path in SOURCE.glob("*/models.py")}

    contracts = {each["id"]: each for each in _contracts() if each["id"].startswith("rows-")}

    assert set(contracts) == {f"rows-{room}" for room in rooms}
    assert rooms == {*ROOMS_WITH_SHELVES, "site"}
    for room in ROOMS_WITH_SHELVES:
        contract = contracts[f"rows-{room}"]
        assert contract["protected_modules"] == [f"mamoru.{room}.models"]
        assert contract["allowed_importers"] == [f"mamoru.{room}.store", f"mamoru.{room}.apps"]


def test_each_room_has_all_its_shelves() -> None:
    shelves = ("terms", "rules", "models", "store", "actions", "apps", "migrations")

    missing = [
        f"{room}/{shelf}"
        for room in ROOMS_WITH_SHELVES
        for shelf in shelves
        if not (SOURCE / room / f"{shelf}.py").exists() and not (SOURCE / room / shelf).is_dir()
    ]

    assert missing == []


# --- what the linter cannot see ------------------------------------------------------------

Finder = Callable[[ast.Module], Iterator[int]]
"""Given a parsed module, yields the lines that break a rule of the house."""

_SIGNALS = re.compile(r"django\.(dispatch|.*\bsignals)\b")
_SIGNAL_NAMES = re.compile(
    r"signals|(pre|post)_(init|save|delete|migrate)|m2m_changed|class_prepared|connection_created"
    r"|request_(started|finished)|got_request_exception|setting_changed|user_log\w+"
)
_IMPORTERS = {"import_module", "__import__", "import_string", "spec_from_file_location"}
_RUNNERS = {"exec", "eval"}
_LEAD = r"(?:[\s(]|/\*.*?\*/|--[^\n]*\n)*"  # what may stand before the verb of a statement
_VERB = re.compile(
    _LEAD + r"(SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE"
    r"|ATTACH|WITH)\s",
    re.DOTALL,
)
_STATEMENT = re.compile(
    _LEAD
    + r"(select\b.+\bfrom\b|select\s+([\d*'\"(]|null\b)|(insert|replace)\s+(or\s+\w+\s+)?into\b"
    r"|update\s+\S+\s+set\b|delete\s+from\b|with\s+\w+\s+as\s*\("
    r"|(create|alter|drop)\s+(unique\s+|temp\w*\s+)?(table|index|view|trigger)\b)",
    re.IGNORECASE | re.DOTALL,
)


def _names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each name that a module uses or imports, whatever it calls it, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno  # getattr(module, "name")


def dynamic_imports(tree: ast.Module) -> Iterator[int]:
    """Imports by name at run time, and text that is run: no contract sees them."""
    yield from (line for name, line in _names(tree) if name in _IMPORTERS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _RUNNERS:
            yield node.lineno


def signals(tree: ast.Module) -> Iterator[int]:
    """Django signals, imported or by attribute: they make half of a flow invisible."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and _SIGNAL_NAMES.fullmatch(node.attr):
            names = ["django.signals"]
        else:
            continue
        if any(_SIGNALS.search(name) for name in names):
            yield node.lineno


def rows_past_the_store(tree: ast.Module) -> Iterator[int]:
    """A screen that finds rows without importing them: by name, or by a cursor of its own.

    The accounts are Django's own rows and have no store.
    """
    reaching = {"get_model", "get_models", "cursor", "_default_manager", "_base_manager"}
    yield from (line for name, line in _names(tree) if name in reaching)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            if not (isinstance(node.value, ast.Name) and node.value.id == "User"):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "django.db":
            opened = {alias.name for alias in node.names} & {"connection", "connections"}
            yield from [node.lineno] * len(opened)


def reads_the_clock(tree: ast.Module) -> Iterator[int]:
    """A rule is told the time. What `kit.clock` says of a moment that is given, it may ask."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
            if isinstance(node.value, ast.Name | ast.Attribute) and _is_clock(node.value, tree):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module in {"mamoru.kit.clock", "time"}:
            if {alias.name for alias in node.names} - {"date_in_japan", "JAPAN"}:
                yield node.lineno
        elif isinstance(node, ast.Import) and "time" in {alias.name for alias in node.names}:
            yield node.lineno


def _is_clock(node: ast.Name | ast.Attribute, tree: ast.Module) -> bool:
    """Whether it is the clock or a class that reads it, under any name."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    real = {
        alias.asname: alias.name.rpartition(".")[2]
        for each in ast.walk(tree)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
        if alias.asname
    }
    return real.get(name, name) in {"clock", "datetime", "date", "timezone"}


def sql_texts(tree: ast.Module) -> Iterator[int]:
    """String literals that begin like a statement on data; documentation is not a literal in use.

    `PRAGMA` is not counted: it sets up a connection and touches nobody's data.
    """
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in documentation or id(node) in inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        else:
            continue
        if _VERB.match(text) or _STATEMENT.match(text):
            yield node.lineno


def no_docstring(tree: ast.Module) -> Iterator[int]:
    """A module's first line names the sentence or article that it carries out."""
    if not ast.get_docstring(tree):
        yield 1


_ALL = ""
_FACES = r"(portal|console|api)/"
_DECIDING = r"\w+/(rules|terms)(\.py|/)|(kit/(?!clock)|gate|policy|identity|documents)/"
_RULES: tuple[tuple[Finder, str, tuple[str, ...]], ...] = (  # what, where, and where not
    # The table of commands imports late, so that `mamoru --help` stays fast.
    (dynamic_imports, _ALL, ("cli/main.py",)),
    (signals, _ALL, ()),
    (rows_past_the_store, _FACES, ()),
    (reads_the_clock, _DECIDING, ()),
    (
        sql_texts,
        _ALL,
        # What the worker asks in each step is written out in one place (decision 20).
        ("connectors/", "gate/", "ledger/storage.py", "cases/store/asking.py", "site/sample/"),
    ),
    (no_docstring, _ALL, ()),
)


@cache
def _modules() -> Mapping[str, ast.Module]:
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


@pytest.mark.parametrize(
    ("finder", "where", "allowed"), _RULES, ids=lambda it: getattr(it, "__name__", "")
)
def test_no_module_breaks_a_rule_that_the_linter_cannot_see(
    finder: Finder, where: str, allowed: tuple[str, ...]
) -> None:
    found = [
        f"{name}:{line}"
        for name, module in _modules().items()
        if re.match(where, name) and not name.startswith(allowed)
        for line in finder(module)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (dynamic_imports, 'importlib.import_module("mamoru.cases.models")'),
        (dynamic_imports, '__import__("mamoru.cases")'),
        (dynamic_imports, 'import_string("mamoru.cases.models.CaseRow")'),
        (dynamic_imports, "from importlib import import_module as im"),
        (dynamic_imports, "import importlib as i\nload = i.import_module"),
        (dynamic_imports, 'getattr(importlib, "import_module")'),
        (dynamic_imports, 'load = __import__\nload("mamoru.cases")'),
        (dynamic_imports, 'exec("import mamoru.cases.models")'),
        (signals, "from django.dispatch import receiver"),
        (signals, "from django.db import models\nmodels.signals.post_save.connect(told)"),
        (signals, "django.db.models.signals.pre_delete.connect(told)"),
        (signals, "auth.user_logged_in.connect(told)"),
        (rows_past_the_store, 'apps.get_model("cases", "CaseRow").objects.all()'),
        (rows_past_the_store, "from django.apps import apps\nfind = apps.get_model"),
        (rows_past_the_store, 'getattr(apps, "get_model")("cases", "CaseRow")'),
        (rows_past_the_store, "rows = model.objects"),
        (rows_past_the_store, "with connection.cursor() as cursor: pass"),
        (rows_past_the_store, "from django.db import connection as own"),
        (reads_the_clock, "from mamoru.kit import clock\nclock.now()"),
        (reads_the_clock, "from mamoru.kit import clock as c\nread = c.now"),
        (reads_the_clock, "from mamoru.kit.clock import now"),
        (reads_the_clock, "import datetime\ndatetime.datetime.now()"),
        (reads_the_clock, "from datetime import date\ndate.today()"),
        (reads_the_clock, "import time"),
        (signals, "from django.db.models.signals import post_save"),
        (signals, "from django.db.models import signals"),
        (sql_texts, 'x = "SELECT name FROM members"'),
        (sql_texts, 'x = f"SELECT {columns} FROM {table}"'),
        (sql_texts, 'x = "DELETE " + rest'),
        (sql_texts, 'x = "insert into members values (1)"'),
        (sql_texts, 'x = """\n    update members set name = 1"""'),
        (sql_texts, 'x = "create unique index i on t (a)"'),
        (sql_texts, 'x = "(SELECT 1)"'),
        (sql_texts, 'x = "/* all */ SELECT 1"'),
        (sql_texts, 'x = "-- all\\nselect 1"'),
        (sql_texts, 'x = "select 1"'),
        (sql_texts, 'x = "REPLACE INTO members VALUES (1)"'),
        (sql_texts, 'x = "replace into members values (1)"'),
        (sql_texts, 'x = "with kept as (select 1) delete from kept"'),
        (no_docstring, "x = 1"),
    ],
)
def test_the_check_sees_a_planted_line(finder: Finder, text: str) -> None:
    assert list(finder(ast.parse(text)))


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (dynamic_imports, "import importlib"),
        (signals, "from django.core.signing import Signer"),
        (sql_texts, '"""Select one of these from the list."""'),
        (rows_past_the_store, "User.objects.filter(pk=1)"),
        (reads_the_clock, "from mamoru.kit import clock\nclock.date_in_japan(now)"),
        (reads_the_clock, "late = now > due.today"),
        (sql_texts, 'x = "DELETE"'),
        (sql_texts, 'x = "select one table, or replace it"'),
        (sql_texts, 'x = "choose a category from the data map"'),
        (no_docstring, '"""Policy 3."""'),
    ],
)
def test_the_check_lets_a_harmless_line_through(finder: Finder, text: str) -> None:
    assert not list(finder(ast.parse(text)))


def test_no_foreign_key_leaves_its_room() -> None:
    from django.apps import apps

    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("mamoru.")
        for field in model._meta.get_fields()
        if field.is_relation
        and isinstance(field.related_model, type)
        and field.related_model._meta.app_label != model._meta.app_label
    ]

    assert crossing == []


_EMPTY_NAME = re.compile(
    r"(util|helper|tool|service|exception)s?|common|shared|misc|base", re.IGNORECASE
)


def test_no_module_is_named_for_nothing() -> None:
    asked_for = {SOURCE / "site" / "postgresql" / "base.py"}  # Django looks for this very name
    named = [
        path
        for path in SOURCE.rglob("*")
        if _EMPTY_NAME.fullmatch(path.stem) and path.suffix not in {".html", ".pyc"}
        if path not in asked_for
    ]

    assert named == []


@pytest.mark.parametrize(
    "name", ["helper", "helpers", "tools", "shared", "common", "misc", "Utils"]
)
def test_a_name_that_says_nothing_is_seen(name: str) -> None:
    assert _EMPTY_NAME.fullmatch(name)


def _says_something(fragment: str) -> bool:
    return bool(re.search(r"\w{2,}", fragment))


def test_every_fragment_of_the_changelog_says_something() -> None:
    fragments = (ROOT / "changelog.d").glob("*.md")

    assert [path.name for path in fragments if not _says_something(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("fragment", ["", "\n", "-\n", "# \n"])
def test_an_empty_fragment_is_seen(fragment: str) -> None:
    assert not _says_something(fragment)


def test_no_module_carries_a_licence_banner() -> None:
    banner = re.compile(r"SPDX-License|Copyright|Licensed under", re.IGNORECASE)

    carrying = [
        name
        for name in _modules()
        if banner.search("\n".join((SOURCE / name).read_text("utf-8").splitlines()[:10]))
    ]

    assert carrying == []


# --- what may not stand in a tracked file --------------------------------------------------


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked archive
        paths = [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    return [path for path in paths if path.is_file()]


def _forbidden() -> re.Pattern[str]:
    """Registry hosts and paths of one machine, put together so that this file does not hold them."""
    hosts = (
        ("py", "pi", "org"),
        ("python", "hosted", "org"),
        ("npm", "js", "org"),
        ("npm", "js", "com"),
        ("golang", "", "org"),
        ("ana", "conda", "org"),
        ("crates", "", "io"),
        ("ruby", "gems", "org"),
        ("yarn", "pkg", "com"),
    )
    names = [re.escape(f"{first}{second}.{top}") for first, second, top in hosts]
    folders = ["/" + "home/[a-z]", "/" + "Users/[A-Za-z]", "/" + "root/"]
    folders += ["/" + "work/(main|wt-|notes|shared)", r"[A-Z]:\\" + "Users"]
    return re.compile("|".join(["(?i:" + "|".join(names) + ")", *folders]))


def test_no_tracked_file_holds_a_registry_host_or_a_path_of_one_machine() -> None:
    forbidden = _forbidden()

    found = []
    for path in _tracked():
        name = path.relative_to(ROOT).as_posix()
        if forbidden.search(name):
            found.append(name)
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if forbidden.search(line):
                found.append(f"{name}:{number}")

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "https://files.python" + "hosted.org/x",
        "index: py" + "pi.org",
        "index: Py" + "PI.org",
        "docs/PY" + "PI.ORG.md",
        "https://Registry.npm" + "JS.org/x",
        "/" + "home/taro/x",
    ],
)
def test_the_search_for_hosts_and_paths_sees_one(line: str) -> None:
    assert _forbidden().search(line)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_is_pinned_and_hashed_without_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    joined = text.replace("\\\n", " ").splitlines()
    lines = [line for line in joined if line.strip() and not line.lstrip().startswith("#")]

    assert lines
    assert "://" not in text
    assert "--index" not in text
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
