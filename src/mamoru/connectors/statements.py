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
    table = _table_of(location)
    columns = [table.c[name] for name in location.columns]
    return sa.select(*columns).where(_belongs(table, location)).order_by(columns[0])


def found(
    name: str, columns: Iterable[str], criteria: Iterable[Criterion]
) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for rows in which all criteria hold; none hold where none are given."""
    wanted, asked = tuple(columns), tuple(criteria)
    table = _table(name, (*wanted, *(item.column for item in asked)))
    conditions = [_equals(table.c[item.column], item.match, item.values) for item in asked]
    selected = sa.select(*(table.c[column] for column in wanted))
    return selected.where(sa.and_(*conditions) if conditions else sa.false())


def correction(location: Location, changes: Changes) -> sa.Update:
    """Return the update that writes the values after, in rows of theirs that hold those before."""
    table = _table_of(location)
    update = sa.update(table).where(_belongs(table, location))
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
    return sa.table(name, *(sa.column(column) for column in dict.fromkeys(columns)))


def _table_of(location: Location) -> sa.TableClause:
    firsts = (_first_column(path) for path in location.paths)
    only = (column for column, _ in location.only)
    return _table(location.table, (*location.columns, *firsts, *only))


def _first_column(path: KeyPath) -> str:
    return path.hops[0].column if path.hops else path.column


def _belongs(table: sa.TableClause, location: Location) -> sa.ColumnElement[bool]:
    """Return the condition for the person's rows: paths in order, see `Location`."""
    ways: list[sa.ColumnElement[bool]] = []
    earlier: list[sa.ColumnElement[bool]] = []
    for path in location.paths:
        ways.append(sa.and_(*earlier, _reached(table.c[_first_column(path)], path, path.hops)))
        cell = table.c[_first_column(path)]
        earlier.append(sa.or_(cell.is_(None), sa.cast(cell, sa.Text) == ""))
    only = [
        table.c[column].is_not_distinct_from(sa.literal(value)) for column, value in location.only
    ]
    return sa.and_(sa.or_(*ways), *only)


def _reached(
    cell: sa.ColumnElement[Any], path: KeyPath, hops: tuple[Hop, ...]
) -> sa.ColumnElement[bool]:
    if not path.keys:
        return sa.false()
    if not hops:
        return _equals(cell, path.match, path.keys)
    step, above = hops[0], hops[1:]
    onward = above[0].column if above else path.column
    parent = _table(step.parent, (step.parent_column, onward))
    reached = _reached(parent.c[onward], path, above)
    return cell.in_(sa.select(parent.c[step.parent_column]).where(reached))


def _equals(
    cell: sa.ColumnElement[Any], match: Match, values: Iterable[str]
) -> sa.ColumnElement[bool]:
    """Return `normal(cell) in normal(values)`, computed in the database as `terms.normal` does."""
    expression: sa.ColumnElement[Any] = cell
    for character in REMOVED[match]:
        expression = sa.func.replace(expression, character, "")
    if match is Match.EMAIL:
        expression = sa.func.lower(expression)
    return expression.in_([normal(match, value) for value in values])
