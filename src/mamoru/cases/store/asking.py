"""Statements of the worker's way, written out once (decision 20).

Django builds the text of a query anew each time it is asked: for a row found by its key that
costs ten times what the database takes. What is asked in every step is written here, for
SQLite and PostgreSQL alike; rows still become values of the models, with their fields' own types.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import local
from typing import Any, TypeVar

from django.db import connection, connections, models
from django.db.models.expressions import Expression

M = TypeVar("M", bound=models.Model)
_ROWS = 80
"""Rows of one INSERT: every engine takes that many values."""


def rows(model: type[M], rest: str, *given: Any, columns: str = "*") -> list[M]:
    """Return the rows that `rest` (`WHERE … ORDER BY …` with `%s`) names.

    Fields that `columns` leaves out are fetched when they are asked for; what is no field of the
    model is an attribute of the row.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} {rest}", given)
        found = cursor.fetchall()
        if not found:
            return []
        shape = _shape(model, tuple(column[0] for column in cursor.description))
    return [_row(model, shape, list(cells)) for cells in found]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How plain cells become a row: where each field lies, what is no field, what is converted."""

    names: tuple[str, ...]
    places: tuple[int, ...]
    others: tuple[tuple[str, int], ...]
    converted: tuple[tuple[int, Expression, tuple[Callable[..., Any], ...]], ...]


def _shape(model: type[models.Model], columns: tuple[str, ...]) -> _Shape:
    """Return the shape of certain columns, found once in a thread."""
    own, known = connections[connection.alias], _KNOWN.shapes
    if (model, columns) not in known:
        fields = {str(field.column): field for field in model._meta.concrete_fields}
        converted = []
        for place, column in enumerate(columns):
            if column in fields:
                as_read = fields[column].get_col(model._meta.db_table)
                steps = own.ops.get_db_converters(as_read) + as_read.get_db_converters(own)
                if steps:
                    converted.append((place, as_read, tuple(steps)))
        read = [column for column in fields if column in columns]  # in the order a model takes
        known[model, columns] = _Shape(
            names=tuple(fields[column].attname for column in read),
            places=tuple(map(columns.index, read)),
            others=tuple(
                (column, place) for place, column in enumerate(columns) if column not in fields
            ),
            converted=tuple(converted),
        )
    return known[model, columns]


class _Known(local):
    """The shapes of a thread: their steps belong to its own connection, and go with it."""

    def __init__(self) -> None:
        self.shapes: dict[tuple[type[models.Model], tuple[str, ...]], _Shape] = {}


_KNOWN = _Known()


def _row(model: type[M], shape: _Shape, cells: list[Any]) -> M:
    own = connections[connection.alias]
    for place, as_read, steps in shape.converted:
        for step in steps:
            cells[place] = step(cells[place], as_read, own)
    row = model.from_db(own.alias, shape.names, [cells[place] for place in shape.places])
    for name, place in shape.others:
        setattr(row, name, cells[place])
    return row


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
