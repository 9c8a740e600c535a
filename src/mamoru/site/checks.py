"""`mamoru check`: all that must hold before serving (contract, section 3)."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from mamoru.cases.rules import papers
from mamoru.datamap import reading
from mamoru.identity import agent
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
    if not home.is_dir():
        raise NotStartable(f"there is no folder `{home}`")
    if not (home / config.FILE).is_file():
        raise NotStartable(f"there is no {config.FILE} in `{home}`: run `mamoru init FOLDER`")


class DatabaseUnreachable(MamoruError):
    """The product's own database does not answer. See that it runs, and at `database`."""

    code, retry, exit_code = "database-unreachable", True, 4


class LedgerNotBegun(MamoruError):
    """There is no ledger yet: it begins when the product is first served."""

    code, exit_code = "ledger-not-begun", 2


def expect_ledger() -> None:
    """Raise LedgerNotBegun where the product was never served; what does not answer is not this.

    LedgerLost where it was, and the ledger is gone.
    """
    from django.db import DatabaseError, connection

    from mamoru.site import history

    try:
        tables = connection.introspection.table_names()
    except DatabaseError:
        return  # whoever reads the ledger says so
    if _LEDGER not in tables:
        if _CASES in tables:
            history.expect_no_cases()
        raise LedgerNotBegun(
            "there is nothing yet: the ledger begins when `mamoru serve` is first run"
        )


_LEDGER, _CASES = "mamoru_ledger_head", "cases_caserow"


def parted(bind: str) -> tuple[str, int]:
    """Return address and port of `address:port`; NotStartable for anything else."""
    address, _, port = bind.rpartition(":")
    if not address or not (port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        raise NotStartable(f"`{bind}` is no address and port such as 127.0.0.1:8000")
    return address.strip("[]"), int(port)


_LAST_PORT = 65_535


def expect_startable(home: Path) -> None:
    """Raise NotStartable with the first problem that forbids serving at all."""
    for result in run(home, only=_NEEDED):
        if result["state"] == "problem":
            raise NotStartable(f"{result['name']}: {result['detail']}")


Found = tuple[str, str, str] | tuple[str, str, str, str]
"""State, detail and remedy, with a code where an error of ours is behind it."""


def _settings(home: Path) -> list[Found]:
    if not (home / config.FILE).exists():
        raise _NoFolder(f"there is no {config.FILE} in `{home}`")
    settings = config.load(home)
    parted(settings.bind)
    secret = settings.mail.password_env
    if settings.mail.host and secret and not os.environ.get(secret):
        return [
            ("problem", f"`{secret}`, named by `mail.password_env`, is not set", f"set {secret}")
        ]
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
    settings = config.load(home)
    policy = document.load(home / settings.policy)
    findings = lint.lint(policy, today=clock.date_in_japan(clock.now()))
    errors = [finding for finding in findings if finding.severity == "error"]
    found: list[Found] = [
        ("ok", f"version {policy.version}, {len(findings)} findings of the linter", "")
    ]
    if errors:
        codes = ", ".join(finding.code for finding in errors)
        found = [("problem", f"the linter refuses: {codes}", "run `mamoru policy check`")]
    limits, requests = settings.limits, policy.requests
    for key, kept, promised, what in (
        ("decide_days", limits.decide_days, requests.answer_within_days, "an answer"),
        (
            "papers_days", limits.papers_days, requests.papers.erased_within_days,
            "that copies of papers are erased",
        ),
    ):  # fmt: skip
        if promised is not None and kept > promised:
            said = f"the policy promises {what} within {promised} days, `limits.{key}` is {kept}"
            remedy = f"set it to {promised} or less, or publish another promise"
            found.append(("problem", said, remedy))
    # A set of papers that nobody could send would shut people out (Act 37(4)).
    for role, need in agent.unprovable(papers.of(policy)):
        remedy = f"take kinds out of `requests.papers.not_accepted.{role}`"
        found.append(("problem", f"no paper is left that proves `{need}` of `{role}`", remedy))
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
    path = home / settings.datamap
    try:
        categories, purposes = document.load(home / settings.policy).codes
    except document.PolicyInvalid:  # the check of the policy names what is wrong
        located = reading.load(path)
    else:
        located = reading.load(path, categories=categories, purposes=purposes)
    found: list[Found] = []
    for store, shape in wiring.shapes(located, home):
        ((name, (state, detail, remedy)),) = stores.states([(store, shape)])
        code = shape.code if isinstance(shape, MamoruError) else ""
        shown = detail if state == "problem" else f"`{name}`: {detail}"
        found.append((state, shown, remedy, code))
    return found


def _ledger(_: Path) -> list[Found]:
    _load_django()
    from django.db import DatabaseError, OperationalError, connection

    from mamoru.site import history, wiring

    try:
        tables = connection.introspection.table_names()
    except DatabaseError as problem:
        away = isinstance(problem, OperationalError)
        remedy = "see that it runs, or restore it from its backup"
        code = DatabaseUnreachable.code if away else ""
        return [("problem", "the product's database cannot be read", remedy, code)]
    if _LEDGER not in tables:
        if _CASES in tables:
            history.expect_no_cases()
        return [("note", "the ledger begins when the product is first served", "")]
    journal = wiring.journal()
    history.expect_cases_told(journal)
    note = journal.checkpoint()
    found: list[Found] = [("ok", f"signed head of {note.splitlines()[1]} entries", "")]
    for version in history.expect_published(journal):
        said = f"no entry names the published version `{version}`"
        found.append(("note", said, "the next `mamoru policy publish` enters it"))
    return found


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
