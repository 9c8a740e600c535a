"""Statements of the worker's way, written out once (decision 20).

Django builds the text of a query anew each time it is asked: for a row found by its key that
costs ten times what the database takes. What is asked in every step is written here, for
SQLite and PostgreSQL alike; rows still become values of the models, with their fields' own types.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
_ROWS = 80
"""Rows of one INSERT: every engine takes that many values."""


def rows(model: type[M], rest: str, *given: Any, columns: str = "*") -> list[M]:
    """Return the rows that `rest` (`WHERE … ORDER BY …` with `%s`) names.

    Fields that `columns` leaves out are fetched when they are asked for.
    """
    text = f"SELECT {columns} FROM {model._meta.db_table} {rest}"
    return list(model._default_manager.raw(text, given))


def cells(model: type[models.Model], columns: str, rest: str, *given: Any) -> list[tuple[Any, ...]]:
    """Return plain cells of the rows that `rest` names, as the driver gives them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} {rest}", given)
        return list(cursor.fetchall())


def update(model: type[models.Model], rest: str, *given: Any) -> int:
    """Change rows (`SET … WHERE …`); return how many."""
    return _write(f"UPDATE {model._meta.db_table} {rest}", given)


def _write(statement: str, given: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    given: Iterable[Sequence[object]],
    *,
    known_too: bool = False,
) -> int:
    """Insert rows, many in one statement; return how many.

    A row that stands there already is an IntegrityError, with `known_too` it is left as it is.
    """
    wanted, fresh = list(given), 0
    named = ", ".join(f'"{column}"' for column in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    for begin in range(0, len(wanted), _ROWS):
        part = wanted[begin : begin + _ROWS]
        fresh += _write(
            f'INSERT INTO "{model._meta.db_table}" ({named}) VALUES'
            f" {', '.join([one] * len(part))}{' ON CONFLICT DO NOTHING' if known_too else ''}",
            [value for row in part for value in row],
        )
    return fresh


def moment(at: datetime) -> Any:
    """Return a time as the database keeps it."""
    return connection.ops.adapt_datetimefield_value(at)


def day(on: date | None) -> Any:
    """Return a date as the database keeps it."""
    return connection.ops.adapt_datefield_value(on)


def plain(value: object) -> Any:
    """Return lists and maps as the database keeps them in a JSON column."""
    return connection.ops.adapt_json_value(value, None)


def hold() -> str:
    """Return what keeps other writers of the chosen rows out; SQLite has one writer anyway."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""
