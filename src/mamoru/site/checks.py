"""`mamoru check`: all that must hold before serving (contract, section 3)."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from mamoru.datamap import reading
from mamoru.kit import clock, seal
from mamoru.kit.errors import MamoruError
from mamoru.ledger import checkpoint
from mamoru.policy import document, lint
from mamoru.site import config

RESERVE_BYTES = 200_000_000
"""Room that must stay free so that an erasure can still be written on a full disk."""


class NotStartable(MamoruError):
    """Something that serving needs is missing or broken. Run `mamoru check`."""

    code, exit_code = "not-startable", 2


class _NoFolder(NotStartable):
    """This is no company's folder. Run `mamoru init FOLDER`, or name the folder with `--home`."""


def run(home: Path, *, only: frozenset[str] | None = None) -> tuple[Mapping[str, str], ...]:
    """Return each check with `name`, `state` (ok, problem, note), `detail`, `remedy`, `code`.

    `code` is the error's code where one was raised, else empty. Without usable
    settings nothing else can be looked at, so a problem there is the only result.
    """
    results: list[Mapping[str, str]] = []
    for name, check in _CHECKS:
        if only is not None and name not in only:
            continue
        try:
            results += [_result(name, *found) for found in check(home)]
        except (document.PolicyInvalid, reading.DataMapInvalid) as problem:
            results += [
                _result(
                    name,
                    "problem",
                    f"{each.file}:{each.line}: {each.key or '-'}: {each.message}",
                    each.remedy,
                    problem.code,
                )
                for each in problem.problems
            ]
        except MamoruError as problem:
            results.append(_result(name, "problem", str(problem), _remedy(problem), problem.code))
        if name == _FIRST and any(each["state"] == "problem" for each in results):
            break
    return tuple(results)


def expect_folder(home: Path) -> None:
    """Raise NotStartable unless `home` is a company's folder; nothing is written into another."""
    if not (home / config.FILE).is_file():
        raise NotStartable(f"there is no {config.FILE} in `{home}`: run `mamoru init FOLDER`")


def expect_startable(home: Path) -> None:
    """Raise NotStartable with the first problem that forbids serving at all."""
    for result in run(home, only=_NEEDED):
        if result["state"] == "problem":
            raise NotStartable(f"{result['name']}: {result['detail']}")


Found = tuple[str, str, str]


def _settings(home: Path) -> list[Found]:
    if not (home / config.FILE).exists():
        raise _NoFolder(f"there is no {config.FILE} in `{home}`")
    config.load(home)
    return [("ok", f"{home / config.FILE}", "")]


def _keys(home: Path) -> list[Found]:
    settings = config.load(home)
    seal.load_master_key(home / settings.key_file)
    checkpoint.load_signer(home / settings.ledger_key_file)
    loose = [
        path.name
        for path in (home / settings.key_file, home / settings.ledger_key_file)
        if path.stat().st_mode & 0o077
    ]
    if loose:
        return [("problem", f"others may read {', '.join(loose)}", "chmod 600 the key files")]
    return [("ok", "both keys are there and only their owner reads them", "")]


def _policy(home: Path) -> list[Found]:
    policy = document.load(home / config.load(home).policy)
    findings = lint.lint(policy, today=clock.date_in_japan(clock.now()))
    errors = [finding for finding in findings if finding.severity == "error"]
    found: list[Found] = [
        ("ok", f"version {policy.version}, {len(findings)} findings of the linter", "")
    ]
    if errors:
        codes = ", ".join(finding.code for finding in errors)
        found = [("problem", f"the linter refuses: {codes}", "run `mamoru policy check`")]
    return found


def _load_django() -> None:
    """Load the rooms' rows: the wiring imports them, and a command's process has not yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django

    django.setup()


def _datamap(home: Path) -> list[Found]:
    _load_django()
    from mamoru.site import stores, wiring

    settings = config.load(home)
    located = reading.load(home / settings.datamap)
    found: list[Found] = []
    for name, state in stores.states(wiring.shapes(located, home)):
        found.append(state if state[0] == "problem" else ("ok", f"`{name}`: {state[1]}", ""))
    return found


def _ledger(_: Path) -> list[Found]:
    _load_django()
    from django.db import DatabaseError, connection

    from mamoru.site import wiring

    try:
        tables = connection.introspection.table_names()
    except DatabaseError:
        remedy = "see that it runs, or restore it from its backup"
        return [("problem", "the product's database cannot be read", remedy)]
    if "mamoru_ledger_head" not in tables:
        return [("note", "the ledger begins when the product is first served", "")]
    note = wiring.journal().checkpoint()
    return [("ok", f"signed head of {note.splitlines()[1]} entries", "")]


def _disk(home: Path) -> list[Found]:
    free = shutil.disk_usage(home).free
    if free < RESERVE_BYTES:
        return [("problem", f"only {free // 1_000_000} MB are free", "free some disk space")]
    return [("ok", f"{free // 1_000_000} MB free", "")]


_CHECKS: tuple[tuple[str, Callable[[Path], list[Found]]], ...] = (
    ("settings", _settings),
    ("keys", _keys),
    ("policy", _policy),
    ("data map", _datamap),
    ("ledger", _ledger),
    ("disk", _disk),
)
_FIRST = "settings"
_NEEDED = frozenset({"settings", "keys", "policy"})


def _result(name: str, state: str, detail: str, remedy: str, code: str = "") -> Mapping[str, str]:
    return {"name": name, "state": state, "detail": detail, "remedy": remedy, "code": code}


def _remedy(problem: MamoruError) -> str:
    first = (type(problem).__doc__ or "").strip().split("\n")[0]
    return first.partition(". ")[2]
