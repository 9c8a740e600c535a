"""一表一文 (P3.1): a person's rows, found by one set-based statement a table, values always bound."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from mamoru.connectors.port import Changes
from mamoru.datamap.terms import (
    REMOVED,
    Criterion,
    Hop,
    KeyPath,
    Location,
    Match,
    Row,
    Value,
    normal,
)


def rows_of(location: Location) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for a person's rows: the location's columns, in order of the first."""
    table = _table(location.table, location.columns)
    columns = [table.c[name] for name in location.columns]
    return sa.select(*columns).where(_belongs(location)).order_by(columns[0])


def found(
    table: str, columns: Iterable[str], criteria: Iterable[Criterion]
) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for rows in which all criteria hold; none hold where none are given."""
    names = tuple(columns)
    conditions = [
        _equals(_column(table, item.column), item.match, item.values) for item in criteria
    ]
    selected = sa.select(*(_column(table, name) for name in names)).select_from(
        _table(table, names)
    )
    return selected.where(sa.and_(*conditions) if conditions else sa.false())


def correction(location: Location, changes: Changes) -> sa.Update:
    """Return the update that writes the values after, in rows of theirs that hold those before."""
    table = _table(location.table, tuple(dict.fromkeys((*location.columns, *changes))))
    update = sa.update(table).where(_belongs(location))
    for column, (before, _) in changes.items():
        update = update.where(table.c[column].is_not_distinct_from(sa.literal(before)))
    return update.values({column: after for column, (_, after) in changes.items()})


def row(mapping: Mapping[Any, Any]) -> Row:
    """Return a driver's row as plain values; bytes as hexadecimal text."""
    return {name: _value(cell) for name, cell in mapping.items()}


def _value(cell: object) -> Value:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return f"0x{cell.hex()}" if isinstance(cell, bytes) else str(cell)


def _table(name: str, columns: Iterable[str]) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


def _column(table: str, name: str) -> sa.ColumnClause[object]:
    return sa.table(table, sa.column(name)).c[name]


def _belongs(location: Location) -> sa.ColumnElement[bool]:
    """Return the condition for the person's rows: paths in order, see `Location`."""
    ways: list[sa.ColumnElement[bool]] = []
    earlier: list[sa.ColumnElement[bool]] = []
    for path in location.paths:
        ways.append(sa.and_(*earlier, _reached(location.table, path, path.hops)))
        first = path.hops[0].column if path.hops else path.column
        cell = _column(location.table, first)
        earlier.append(sa.or_(cell.is_(None), sa.cast(cell, sa.Text) == ""))
    only = [
        _column(location.table, column).is_not_distinct_from(sa.literal(value))
        for column, value in location.only
    ]
    return sa.and_(sa.or_(*ways), *only)


def _reached(table: str, path: KeyPath, hops: tuple[Hop, ...]) -> sa.ColumnElement[bool]:
    if not path.keys:
        return sa.false()
    if not hops:
        return _equals(_column(table, path.column), path.match, path.keys)
    step = hops[0]
    parent = _column(step.parent, step.parent_column)
    above = sa.select(parent).where(_reached(step.parent, path, hops[1:]))
    return _column(table, step.column).in_(above)


def _equals(
    cell: sa.ColumnElement[object], match: Match, values: Iterable[str]
) -> sa.ColumnElement[bool]:
    """Return `normal(cell) in normal(values)`, computed in the database as `terms.normal` does."""
    expression: sa.ColumnElement[object] = cell
    for character in REMOVED[match]:
        expression = sa.func.replace(expression, character, "")
    if match is Match.EMAIL:
        expression = sa.func.lower(expression)
    return expression.in_([normal(match, value) for value in values])
