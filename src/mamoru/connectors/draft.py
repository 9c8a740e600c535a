"""文の部品 (P3.1, P3.5): the conditions and assignments of which statements are made.

What they are about differs from call to call: a draft hands out a parameter for every
value, together with what finds the value in the subject of the call.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from mamoru.connectors.dialect import TEXT, UNFIT, Cell, Dialect, Expression, steps
from mamoru.datamap.acts import Act, Held, Reach, Reference
from mamoru.datamap.terms import Hop, KeyPath, Location, Match, Value

Columns = Callable[[str], Mapping[str, Cell]]
"""The columns of a table as they are; StoreUnreadable where there is no such table."""

ONE: Expression = sa.literal_column("1")
NOUGHT: Expression = sa.literal_column("0")


@dataclass(frozen=True, slots=True)
class Parts:
    """The conditions of an act: what is meant, what keeps rows from it, what is still to do."""

    meant: Expression
    held: tuple[Expression, ...]
    days: tuple[Expression, ...]
    referred: tuple[Expression, ...]
    todo: Expression


class Draft:
    """A statement in the making; knows which columns there are and hands out parameters."""

    def __init__(
        self, dialect: Dialect, columns: Columns, stored_normal: frozenset[tuple[str, str]]
    ) -> None:
        """Know the engine, its columns, and which (table, column) are stored in normal form."""
        self._dialect = dialect
        self._columns = columns
        self._stored_normal = stored_normal
        self.slots: list[tuple[str, Callable[[Any], object]]] = []

    def table(self, name: str) -> sa.TableClause:
        """Return a table with its columns, all names quoted."""
        return sa.table(
            quoted_name(name, quote=True),
            *(sa.column(quoted_name(column, quote=True)) for column in self._columns(name)),
        )

    def cell(self, table: sa.FromClause, name: str, column: str) -> tuple[Expression, Cell]:
        """Return a column of a table, and what is known of it."""
        known = self._columns(name)[column]  # says what is missing, which SQLAlchemy does not
        return table.c[column], known

    def _bind(self, value: Callable[[Any], object]) -> Expression:
        name = f"p{len(self.slots)}"
        self.slots.append((name, value))
        return sa.bindparam(name)

    # --- one cell ----------------------------------------------------------------------------

    def matches(
        self,
        table: sa.FromClause,
        at: tuple[str, str],
        match: Match,
        keys: Callable[[Any], Iterable[str]],
        *,
        one: bool = False,
    ) -> Expression:
        """Return whether the cell of a (table, column) matches one of the keys of the subject.

        `one`: there is one key; where a list costs the engine more, it is bound by itself.
        """
        expression, column = self.cell(table, *at)
        if match is not Match.EXACT and at not in self._stored_normal:
            expression = self._dialect.normal(self._dialect.text(expression), match)
            column = TEXT
        if one and not self._dialect.lists_one:
            fitting = self._dialect.reader(column)

            def only(subject: Any) -> object:
                (key,) = keys(subject)
                found = fitting(key)
                return None if found is UNFIT else found  # nothing equals NULL

            return self._dialect.equal(expression, column, self._bind(only))
        listed = self._dialect.lister(column)
        bound = self._bind(lambda subject: listed(keys(subject)))
        return self._dialect.among(expression, column, bound)

    def equals(
        self,
        table: sa.FromClause,
        name: str,
        values: Iterable[tuple[str, Value]],
        of: Callable[[Any], tuple[tuple[str, Value], ...]],
    ) -> list[Expression]:
        """Return the equalities of a table's cells with values, which `of` finds in the subject."""
        return [
            self._equal(
                self.cell(table, name, column),
                value,
                lambda subject, at=at: of(subject)[at][1],  # type: ignore[misc]  # a default binds it
            )
            for at, (column, value) in enumerate(values)
        ]

    def _equal(
        self, cell: tuple[Expression, Cell], value: Value, get: Callable[[Any], Value]
    ) -> Expression:
        expression, column = cell
        if value is None:
            return expression.is_(None)
        if self._dialect.fit(column, value) is UNFIT:
            return sa.false()
        bound = self._bind(lambda subject: self._dialect.fit(column, _given(get(subject))))
        return self._dialect.equal(expression, column, bound)

    # --- whose rows --------------------------------------------------------------------------

    def belongs(self, table: sa.TableClause, location: Location) -> Expression:
        """Return the condition for the person's rows: paths in order, see `Location`."""
        ways: list[Expression] = []
        earlier: list[Expression] = []
        for at, path in enumerate(location.paths):
            if path.keys:
                climbed = self._climbed(table, location.table, path, path.hops, at)
                ways.append(sa.and_(*earlier, climbed))
            first = path.hops[0].column if path.hops else path.column
            earlier.append(self._dialect.empty(*self.cell(table, location.table, first)))
        only = self.equals(table, location.table, location.only, lambda subject: subject.only)
        return sa.and_(sa.or_(sa.false(), *ways), *only)

    def _climbed(
        self, table: sa.FromClause, name: str, path: KeyPath, hops: tuple[Hop, ...], at: int
    ) -> Expression:
        if not hops:
            return self.matches(
                table,
                (name, path.column),
                path.match,
                lambda location: location.paths[at].keys,
                one=len(path.keys) == 1,
            )
        step, above = hops[0], hops[1:]
        parent = self.table(step.parent).alias(f"a{len(hops)}")
        expression, column = self.cell(table, name, step.column)
        key, key_cell = self.cell(parent, step.parent, step.parent_column)
        inside = self._climbed(parent, step.parent, path, above, at)
        if column.type is not key_cell.type:
            expression, key = self._dialect.text(expression), self._dialect.text(key)
        return expression.in_(sa.select(key).where(inside))

    def reached(
        self,
        table: sa.FromClause,
        name: str,
        reaches: tuple[Reach, ...],
        of: Callable[[Any], tuple[Reach, ...]],
    ) -> Expression:
        """Return the condition for frozen rows; `of` finds the reaches in the subject."""
        ways: list[Expression] = []
        earlier: list[Expression] = []
        for at, reach in enumerate(reaches):
            if reach.keys:
                keys = self.matches(
                    table,
                    (name, reach.column),
                    reach.match,
                    lambda subject, at=at: of(subject)[at].keys,  # type: ignore[misc]  # a default binds it
                    one=len(reach.keys) == 1,
                )
                ways.append(sa.and_(*earlier, keys))
            earlier.append(self._dialect.empty(*self.cell(table, name, reach.column)))
        return sa.or_(sa.false(), *ways)

    def meant(self, table: sa.FromClause, act: Act) -> Expression:
        """Return the condition for the rows that an act is about."""
        reached = self.reached(table, act.table, act.reaches, lambda subject: subject.reaches)
        return sa.and_(
            reached, *self.equals(table, act.table, act.only, lambda subject: subject.only)
        )

    # --- what happens to them ----------------------------------------------------------------

    def parts(self, table: sa.FromClause, act: Act) -> Parts:
        """Return the conditions of an act."""
        meant = self.meant(table, act)
        todo = self._todo(table, act)
        holds = [self._held(table, act.table, at, hold) for at, hold in enumerate(act.holds)]

        def going(other: Any) -> Expression:
            kept = (self._held(other, act.table, at, hold)[0] for at, hold in enumerate(act.holds))
            return sa.and_(self.meant(other, act), *(sa.not_(each) for each in kept))

        referred = (
            self._referred(table, act, reference, going)
            for reference in (act.referred_by if act.delete else ())
        )
        return Parts(
            meant=meant,
            held=tuple(held for held, _ in holds),
            days=tuple(day for _, day in holds),
            referred=tuple(referred),
            todo=todo,
        )

    def stands(self, table: sa.FromClause, act: Act) -> list[Expression]:
        """Return the conditions for rows that hold all values of a correction."""
        return self.equals(
            table,
            act.table,
            ((column, self._stored(act.table, column, value)) for column, value in act.values),
            lambda act: tuple(
                (column, self._stored(act.table, column, value)) for column, value in act.values
            ),
        )

    def assigned(self, table: sa.TableClause, act: Act) -> dict[Any, Any]:
        """Return what is written to which column."""
        result: dict[Any, Any] = {}
        for at, (column, value) in enumerate(act.values):
            _, cell = self.cell(table, act.table, column)
            result[table.c[column]] = (
                sa.null()
                if value is None and cell.nullable
                else self._bind(
                    lambda act, at=at, cell=cell: self._dialect.written(cell, act.values[at][1])  # type: ignore[misc]  # a default binds it
                )
            )
        for column, path in act.json_removed:
            expression, cell = self.cell(table, act.table, column)
            inner = result.get(table.c[column], expression)
            result[table.c[column]] = self._dialect.without(inner, cell, steps(path))
        return result

    def _todo(self, table: sa.FromClause, act: Act) -> Expression:
        """Return whether the act has still to happen in a row."""
        if act.delete:
            return sa.true()
        before = self._stood(table, act)
        open_parts: list[Expression] = []
        for at, (column, value) in enumerate(act.values):
            expression, cell = self.cell(table, act.table, column)
            stored = self._stored(act.table, column, value)
            if stored is None:
                open_parts.append(expression.is_not(None))
            elif self._dialect.fit(cell, stored) is UNFIT:
                open_parts.append(sa.true())
            else:
                bound = self._bind(
                    lambda act, at=at, cell=cell: self._dialect.fit(  # type: ignore[misc]  # a default binds it
                        cell, _given(self._stored(act.table, *act.values[at]))
                    )
                )
                open_parts.append(self._dialect.differs(expression, cell, bound))
        open_parts += [
            self._dialect.has(*self.cell(table, act.table, column), steps(path))
            for column, path in act.json_removed
        ]
        return sa.and_(*before, sa.or_(sa.false(), *open_parts))

    def _stood(self, table: sa.FromClause, act: Act) -> list[Expression]:
        """Return the conditions for rows that hold the values before: nothing is also empty text."""
        result = self.equals(table, act.table, act.before, lambda act: act.before)
        for at, (column, value) in enumerate(act.before):
            expression, cell = self.cell(table, act.table, column)
            empty = UNFIT if value is not None else self._dialect.fit(cell, "")
            if empty is not UNFIT:
                bound = self._bind(lambda _, empty=empty: empty)  # type: ignore[misc]  # a default binds it
                result[at] = sa.or_(result[at], self._dialect.equal(expression, cell, bound))
        return result

    def _stored(self, table: str, column: str, value: Value) -> Value:
        """Return what stands in the column once a value is written."""
        cell = self._columns(table)[column]
        return self._dialect.neutral(cell) if value is None and not cell.nullable else value

    # --- what keeps them ---------------------------------------------------------------------

    def _held(
        self, table: sa.FromClause, name: str, at: int, hold: Held
    ) -> tuple[Expression, Expression]:
        """Return whether the hold of that number keeps a row, and the day on which that rests."""
        if not has_end(hold):
            return sa.true(), sa.null()

        def until(act: Act) -> str:
            after = act.holds[at].after
            return "" if after is None else after.isoformat()

        if not hold.hops:
            day = self._dialect.day(*self.cell(table, name, hold.anchor))
            return sa.or_(day.is_(None), day > self._bind(until)), day
        chain, last, name_of_last, joined = self._climb(table, name, hold.hops)
        day = self._dialect.day(*self.cell(last, name_of_last, hold.anchor))
        # INVARIANT: a row whose parent is gone or says no day is held: what cannot be told is kept.
        kept = sa.case((day <= self._bind(until), NOUGHT), else_=ONE)
        worst = sa.select(sa.func.max(kept)).select_from(chain).where(joined).correlate(table)
        latest = sa.select(sa.func.max(day)).select_from(chain).where(joined).correlate(table)
        return (
            sa.func.coalesce(worst.scalar_subquery(), ONE) == ONE,
            latest.scalar_subquery(),
        )

    def _climb(
        self, table: sa.FromClause, name: str, hops: tuple[Hop, ...]
    ) -> tuple[sa.FromClause, sa.FromClause, str, Expression]:
        below, below_name = table, name
        last: sa.FromClause = table
        chain: sa.FromClause | None = None
        first: Expression | None = None
        for number, hop in enumerate(hops):
            last = self.table(hop.parent).alias(f"h{number}")
            met = self._dialect.joined(
                *self.cell(below, below_name, hop.column),
                *self.cell(last, hop.parent, hop.parent_column),
            )
            if chain is None:
                chain, first = last, met
            else:
                chain = chain.join(last, met)
            below, below_name = last, hop.parent
        if chain is None or first is None:
            raise ValueError("a chain has at least one step")
        return chain, last, below_name, first

    def _referred(
        self, table: sa.FromClause, act: Act, reference: Reference, going: Callable[[Any], Any]
    ) -> Expression:
        other = self.table(reference.table).alias("r")
        own = self.cell(table, act.table, reference.parent_column)
        theirs = self.cell(other, reference.table, reference.column)
        there = sa.select(ONE).select_from(other).where(self._dialect.joined(*theirs, *own))
        if reference.table == act.table:
            # Rows that go themselves keep no other from going; a row without a key is nobody's
            # here, and the answer to "does it go" is NULL for it, not false.
            there = there.where(going(other).is_not(sa.true()))
        return there.correlate(table).exists()


def has_end(hold: Held) -> bool:
    """Return whether a hold ends on some day; else it keeps all rows."""
    return hold.after is not None and bool(hold.anchor)


def _given(value: Value) -> str | float:
    if value is None:
        raise ValueError("a missing value was bound as if it were there")
    return value
