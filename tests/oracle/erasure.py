"""Erasure the slow way: row by row over plain dicts, until nothing more can go.

Knows no plan, no order and no statement, only what must be true afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Cell = str | int | float | None
Row = dict[str, Cell]
Database = dict[str, list[Row]]


@dataclass(frozen=True)
class Ref:
    """`column` of the table names the `id` of a row of `parent`."""

    column: str
    parent: str
    nullable: bool


@dataclass(frozen=True)
class Spec:
    """One table: whether its rows go, who refers to whom, what is personal, what a law holds."""

    deletes: bool
    refs: tuple[Ref, ...]
    personal: frozenset[str]
    held: Callable[[Database, Row], bool]


def erase(before: Database, specs: Mapping[str, Spec], own: Mapping[str, set[str]]) -> Database:
    """Return the database afterwards; `own` are the ids of the persons' rows, table by table."""
    free = {
        (name, str(row["id"]))
        for name, rows in before.items()
        for row in rows
        if str(row["id"]) in own[name] and not specs[name].held(before, row)
    }
    going = {(name, key) for name, key in free if specs[name].deletes}
    while True:
        stay = {
            (ref.parent, str(row[ref.column]))
            for name, rows in before.items()
            for row in rows
            for ref in specs[name].refs
            if (name, str(row["id"])) not in going
            and row[ref.column] is not None
            and not (ref.nullable and (name, str(row["id"])) in free)
        }
        if not going & stay:
            break
        going -= stay
    after: Database = {}
    for name, rows in before.items():
        kept = {"id", *(ref.column for ref in specs[name].refs if not ref.nullable)}
        after[name] = [
            {
                column: None
                if (name, str(row["id"])) in free
                and column in specs[name].personal
                and column not in kept
                else cell
                for column, cell in row.items()
            }
            for row in rows
            if (name, str(row["id"])) not in going
        ]
    return after
