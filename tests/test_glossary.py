"""One Japanese term, one identifier: the glossary and the source agree in both directions."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
GLOSSARY: Mapping[str, Any] = tomllib.loads(
    (ROOT / "docs" / "glossary.toml").read_text(encoding="utf-8")
)
FORBIDDEN = frozenset({"principal", "user", "subject"})
"""Names for the person that mean something else in security or e-mail."""
EMPTY = frozenset({"manager", "helper", "info", "util", "utils"})
"""Words of a class name that say nothing."""


@cache
def _classes() -> tuple[tuple[str, ast.ClassDef], ...]:
    """Return every class of the source as `module:Class`."""
    return tuple(_found())


def _found() -> Iterator[tuple[str, ast.ClassDef]]:
    for path in sorted((SOURCE / "mamoru").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield f"{module}:{node.name}", node


def _enums() -> dict[str, list[str]]:
    """Return every StrEnum with the names of its members."""
    return {
        name: [
            target.id
            for line in node.body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        ]
        for name, node in _classes()
        if any(getattr(base, "id", getattr(base, "attr", "")) == "StrEnum" for base in node.bases)
    }


def _words(name: str) -> set[str]:
    """Return the words of `CamelCase` or `SNAKE_CASE` in lower case."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() for part in parts}


def test_every_room_is_in_the_glossary_and_no_other() -> None:
    rooms = {path.parent.name for path in (SOURCE / "mamoru").glob("*/__init__.py")}

    assert set(GLOSSARY["room"]) == rooms


def test_every_word_of_every_closed_list_is_in_the_glossary_and_no_other() -> None:
    written = {
        f"{name}.{member}"
        for name, entry in GLOSSARY["enum"].items()
        for member in entry["members"]
    }

    used = {f"{name}.{member}" for name, members in _enums().items() for member in members}

    assert sorted(used - written) == []
    assert sorted(written - used) == []


def test_every_entry_says_japanese_english_and_where_from() -> None:
    rooms_and_terms = [*GLOSSARY["room"].items(), *GLOSSARY["term"].items()]
    incomplete = [
        name
        for name, entry in rooms_and_terms
        if set(entry) != {"ja", "en", "source"} or not all(entry.values())
    ]
    incomplete += [
        f"{name}.{member}"
        for name, entry in GLOSSARY["enum"].items()
        for member, words in entry["members"].items()
        if len(words) != 3 or not all(words)
    ]
    incomplete += [name for name, entry in GLOSSARY["enum"].items() if not entry["ja"]]

    assert incomplete == []


def test_no_japanese_term_stands_for_two_identifiers() -> None:
    named = [entry["ja"] for entry in GLOSSARY["room"].values()]
    named += [entry["ja"] for entry in GLOSSARY["term"].values()]
    named += [entry["ja"] for entry in GLOSSARY["enum"].values()]

    assert [term for term, count in Counter(named).items() if count > 1] == []


def test_no_word_of_a_closed_list_has_a_namesake_in_it() -> None:
    double = [
        f"{name}: {word}"
        for name, entry in GLOSSARY["enum"].items()
        for word, count in Counter(words[0] for words in entry["members"].values()).items()
        if count > 1
    ]

    assert double == []


def test_deletion_and_erasure_are_kept_apart() -> None:
    kinds = GLOSSARY["enum"]["mamoru.cases.terms:DemandKind"]["members"]

    assert (kinds["DELETION"][0], kinds["ERASURE"][0]) == ("削除", "消去")


def test_nobody_is_called_by_a_forbidden_name() -> None:
    allowed = {entry["name"] for entry in GLOSSARY["allowed"].values()}
    classes = [name for name, _ in _classes() if _words(name.partition(":")[2]) & FORBIDDEN]
    members = [
        f"{name}.{member}"
        for name, members in _enums().items()
        for member in members
        if _words(member) & FORBIDDEN
    ]

    assert {*classes, *members} == allowed


def test_no_class_is_named_for_nothing() -> None:
    assert [name for name, _ in _classes() if _words(name.partition(":")[2]) & EMPTY] == []
