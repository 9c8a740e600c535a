"""Which one registered value a demand is about: what the person wrote beside what is stored (P3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from mamoru.cases import execute
from mamoru.cases.terms import Case
from mamoru.console.words import language, said
from mamoru.documents import wording
from mamoru.kit.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value that the map opens to correction."""

    ref: str
    title: str
    value: str
    likely: bool  # it reads as the person wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the person's with its rows."""

    title: str
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPage:
    """What the page shows."""

    case_id: str
    version: int
    position: int
    kind: str
    before: str
    after: str
    tables: tuple[Table, ...]
    error: str


def page(
    case: Case, position: int, tables: Iterable[execute.MemberTable], *, error: str
) -> NamingPage:
    """Return the page; a value that reads as the stated one before is offered first choice."""
    asked = case.demands[position - 1].demand
    english = language() == "en"
    found = []
    for table in tables:
        rows = tuple(
            tuple(
                Field(
                    ref=field.ref,
                    title=field.title_en if english else field.title,
                    value=field.shown[english],
                    likely=bool(asked.before) and _same(field, asked.before or ""),
                )
                for field in row
                if field.ref
            )
            for row in table.rows
        )
        kept = tuple(row for row in rows if row)
        if kept:
            found.append(Table(title=table.title_en if english else table.title, rows=kept))
    return NamingPage(
        case_id=case.id,
        version=case.version,
        position=position,
        kind=said(wording.KINDS, asked.kind),
        before=asked.before or "",
        after=asked.after or "",
        tables=tuple(found),
        error=error,
    )


def _same(field: execute.MemberField, before: str) -> bool:
    return fold(before) in {fold(field.value), *(fold(each) for each in field.shown)}
