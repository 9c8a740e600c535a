"""What a plan would do and what was done, table by table: counts and days, never values (P3.5, P3.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from mamoru.cases.terms import Effect, Expected
from mamoru.console.words import day, listed, moment

Titles = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One table of a plan before anything is touched."""

    store: str
    table: str
    rows: int
    held: str
    referred: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """One table after the act, as an independent look found it."""

    store: str
    table: str
    erased: int
    written: int
    held: str
    depth: str
    backups: str
    at: str


def counted(expected: Iterable[Expected], titles: Titles) -> tuple[Counted, ...]:
    """Return every table of the plan once, also where nothing would happen today."""
    return tuple(
        Counted(
            store=titles.get(each.store, each.store),
            table=titles.get(each.ref, each.table),
            rows=each.rows,
            held=_held(each.held, (), each.release_on, titles, each.ref),
            referred=each.referred,
        )
        for each in expected
    )


def proven(effects: Iterable[Effect], titles: Titles) -> tuple[Proven, ...]:
    """Return what was done, wave by wave."""
    return tuple(
        Proven(
            store=titles.get(each.store, each.store),
            table=titles.get(each.ref, each.table),
            erased=each.erased,
            written=each.written,
            held=_held(each.held, each.holds, each.release_on, titles, each.ref),
            depth=_depth(each.level),
            backups=day(each.backups_until) if each.backups_until and each.level else "",
            at=moment(each.at),
        )
        for each in effects
        if each.erased or each.written or each.held or each.withheld
    )


def _held(
    rows: int, codes: Iterable[str], release_on: date | None, titles: Titles, ref: str
) -> str:
    if not rows:
        return ""
    laws = listed(titles.get(f"{ref}#{code}", code) for code in codes)
    if release_on is None:
        said = gettext("%(rows)s件（保存の必要がなくなるまで）") % {"rows": f"{rows:,}"}
    else:
        said = gettext("%(rows)s件（%(day)sに消去）") % {
            "rows": f"{rows:,}",
            "day": day(release_on),
        }
    return f"{said} {laws}".strip()


def _depth(level: str) -> str:
    return {
        "E1": gettext("E1：どの検索からも見つからない"),
        "E2": gettext("E2：データベースのファイルからも除いた"),
    }.get(level, "")
