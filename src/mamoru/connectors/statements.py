"""一表一文 (P3.1, P3.5): one set-based statement a table, compiled once, values always bound.

A form is all that shapes a statement: table, columns, paths, which keys there are any of. Forms
are compiled once and kept; a call looks the text up and binds its values to it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import quoted_name

from mamoru.connectors.dialect import TEXT, UNFIT, Cell, Dialect, Expression, steps
from mamoru.connectors.freezing import Look
from mamoru.datamap.acts import Act, Held, Reach, Reference
from mamoru.datamap.terms import (
    Criterion,
    Hop,
    KeyPath,
    Location,
    Match,
    Value,
    normal,
)

Columns = Callable[[str], Mapping[str, Cell]]
"""The columns of a table as they are; StoreUnreadable where there is no such table."""
Bound = Mapping[str, object]

_ONE: Expression = sa.literal_column("1")
_NOUGHT: Expression = sa.literal_column("0")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text, and how the values of each call get into it."""

    text: str
    slots: tuple[tuple[str, Callable[[Any], object]], ...]
    days: int = 0  # of a proof: how many columns of days there are

    def bind(self, subject: object) -> dict[str, object]:
        """Return the parameters for what the statement is about this time."""
        return {name: value(subject) for name, value in self.slots}


class _Draft:
    """A statement in the making; knows which columns there are and hands out parameters."""

    def __init__(self, dialect: Dialect, columns: Columns) -> None:
        self.dialect = dialect
        self._columns = columns
        self.slots: list[tuple[str, Callable[[Any], object]]] = []

    def table(self, name: str) -> sa.TableClause:
        return sa.table(
            quoted_name(name, quote=True),
            *(sa.column(quoted_name(column, quote=True)) for column in self._columns(name)),
        )

    def cell(self, table: sa.FromClause, name: str, column: str) -> tuple[Expression, Cell]:
        known = self._columns(name)[column]  # says what is missing, which SQLAlchemy does not
        return table.c[column], known

    def bind(self, value: Callable[[Any], object]) -> Expression:
        name = f"p{len(self.slots)}"
        self.slots.append((name, value))
        return sa.bindparam(name)

    # --- parts -------------------------------------------------------------------------------

    def matches(
        self,
        cell: tuple[Expression, Cell],
        match: Match,
        keys: Callable[[Any], Iterable[str]],
        *,
        is_normal: bool,
    ) -> Expression:
        expression, column = cell
        if match is not Match.EXACT and not is_normal:
            expression = self.dialect.normal(self.dialect.text(expression), match)
            column = TEXT
        bound = self.bind(lambda subject: self.dialect.keys(column, keys(subject)))
        return self.dialect.among(expression, column, bound)

    def equal(
        self, cell: tuple[Expression, Cell], value: Value, get: Callable[[Any], Value]
    ) -> Expression:
        expression, column = cell
        if value is None:
            return expression.is_(None)
        if self.dialect.fit(column, value) is UNFIT:
            return sa.false()
        bound = self.bind(lambda subject: self.dialect.fit(column, _given(get(subject))))
        return self.dialect.equal(expression, column, bound)

    def held(
        self, table: sa.FromClause, name: str, at: int, hold: Held
    ) -> tuple[Expression, Expression]:
        """Return whether the hold of that number keeps a row, and the day on which that rests."""
        if not _has_end(hold):
            return sa.true(), sa.null()

        def until(act: Act) -> str:
            after = act.holds[at].after
            return "" if after is None else after.isoformat()

        if not hold.hops:
            day = self.dialect.day(*self.cell(table, name, hold.anchor))
            return sa.or_(day.is_(None), day > self.bind(until)), day
        chain, last, name_of_last, joined = self._climb(table, name, hold.hops)
        day = self.dialect.day(*self.cell(last, name_of_last, hold.anchor))
        # INVARIANT: a row whose parent is gone or says no day is held: what cannot be told is kept.
        kept = sa.case((day <= self.bind(until), _NOUGHT), else_=_ONE)
        worst = sa.select(sa.func.max(kept)).select_from(chain).where(joined).correlate(table)
        latest = sa.select(sa.func.max(day)).select_from(chain).where(joined).correlate(table)
        return (
            sa.func.coalesce(worst.scalar_subquery(), _ONE) == _ONE,
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
            met = self.dialect.joined(
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

    def referred(
        self, table: sa.FromClause, act: Act, reference: Reference, going: Callable[[Any], Any]
    ) -> Expression:
        other = self.table(reference.table).alias("r")
        own = self.cell(table, act.table, reference.parent_column)
        theirs = self.cell(other, reference.table, reference.column)
        there = sa.select(_ONE).select_from(other).where(self.dialect.joined(*theirs, *own))
        if reference.table == act.table:  # rows that go themselves keep no other from going
            there = there.where(sa.not_(going(other)))
        return there.correlate(table).exists()


class Statements:
    """The statements of one store, by form. `stored_normal` are (table, column) said to be so."""

    def __init__(
        self, dialect: Dialect, columns: Columns, stored_normal: frozenset[tuple[str, str]]
    ) -> None:
        """Know the engine and where its columns are told; nothing is compiled yet."""
        self._dialect = dialect
        self._columns = columns
        self._stored_normal = stored_normal
        self._speech = dialect.engine(writing=False).dialect
        self._kept: dict[object, Prepared] = {}

    def forget(self) -> None:
        """Forget all texts, since the tables are no longer what they were."""
        self._kept.clear()

    def _prepared(
        self, form: object, write: Callable[[_Draft], tuple[sa.ClauseElement, int]]
    ) -> Prepared:
        known = self._kept.get(form)
        if known is None:
            draft = _Draft(self._dialect, self._columns)
            clause, days = write(draft)
            compiled = clause.compile(dialect=self._speech)
            used = set(compiled.params)
            slots = tuple(slot for slot in draft.slots if slot[0] in used)
            if len(slots) < len(used):
                raise ValueError(f"a statement on `{form}` binds what nobody gives it")
            known = Prepared(str(compiled), slots, days=days)
            self._kept[form] = known
        return known

    # --- looking -----------------------------------------------------------------------------

    def rows_of(self, location: Location) -> tuple[Prepared, dict[str, object]]:
        """Return the query for a person's rows: the location's columns, in order of the first."""
        form = (
            "read",
            location.table,
            location.columns,
            tuple((path.hops, path.column, path.match, bool(path.keys)) for path in location.paths),
            self._values_form(location.table, location.only),
        )

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(location.table)
            columns = [draft.cell(table, location.table, each)[0] for each in location.columns]
            belongs = self._belongs(draft, table, location)
            return sa.select(*columns).where(belongs).order_by(columns[0]), 0

        prepared = self._prepared(form, write)
        return prepared, prepared.bind(location)

    def found(
        self, name: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Prepared, dict[str, object]]:
        """Return the query for rows in which all criteria hold."""
        form = ("find", name, columns, tuple((item.column, item.match) for item in criteria))

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(name)
            conditions = [
                draft.matches(
                    draft.cell(table, name, item.column),
                    item.match,
                    lambda asked, at=at: [  # type: ignore[misc]
                        normal(asked[at].match, value) for value in asked[at].values
                    ],
                    is_normal=(name, item.column) in self._stored_normal,
                )
                for at, item in enumerate(criteria)
            ]
            selected = (draft.cell(table, name, each)[0] for each in columns)
            return sa.select(*selected).where(sa.and_(*conditions)), 0

        prepared = self._prepared(form, write)
        return prepared, prepared.bind(criteria)

    def sample(self, name: str, limit: int) -> tuple[Prepared, dict[str, object]]:
        """Return the query for the first rows of a table."""

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(name)
            return sa.select(*table.c), 0

        prepared = self._prepared(("sample", name), write)
        return replace(prepared, text=f"{prepared.text} LIMIT {int(limit)}"), {}

    def walked(self, name: str, columns: tuple[str, ...]) -> Prepared:
        """Return the query for some columns of every row."""

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(name)
            return sa.select(*(table.c[column] for column in columns)), 0

        return self._prepared(("walk", name, columns), write)

    def looked(self, look: Look) -> tuple[Prepared, dict[str, object], bool]:
        """Return the query of a look, its values, and whether it is for one need alone."""
        alone = len({reach for _, reach in look.needs}) == 1
        form = (
            "look",
            look.table,
            alone,
            tuple((column, _reaches_form((reach,))) for column, reach in look.needs),
        )

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(look.table)
            wanted = [draft.cell(table, look.table, column)[0] for column, _ in look.needs]
            needs = look.needs[:1] if alone else look.needs
            theirs = [
                self._reached(draft, table, look.table, (reach,), _need_at(at))
                for at, (_, reach) in enumerate(needs)
            ]
            if alone:
                return sa.select(*wanted).where(*theirs), 0
            flags = [sa.case((each, _ONE), else_=_NOUGHT) for each in theirs]
            labels = [flag.label(f"f{at}") for at, flag in enumerate(flags)]
            return sa.select(*labels, *wanted).where(sa.or_(*theirs)), 0

        prepared = self._prepared(form, write)
        return prepared, prepared.bind(look), alone

    # --- doing -------------------------------------------------------------------------------

    def done(self, act: Act) -> tuple[Prepared, dict[str, object]]:
        """Return the one statement of an act: rows that are held or referred to are left alone."""

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(act.table)
            meant, held, _, referred, todo = self._parts(draft, table, act)
            conditions = [meant, todo, *(sa.not_(each) for each in (*held, *referred))]
            if act.delete:
                return sa.delete(table).where(*conditions), 0
            return sa.update(table).where(*conditions).values(self._set(draft, table, act)), 0

        prepared = self._prepared(("do", self._act_form(act)), write)
        return prepared, prepared.bind(act)

    def proof(self, act: Act) -> tuple[Prepared, dict[str, object]]:
        """Return the query for held, referred and open rows, then the last day of each hold."""

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(act.table)
            meant, held, days, referred, todo = self._parts(draft, table, act)
            h = sa.or_(sa.false(), *held)
            r = sa.and_(sa.not_(h), sa.or_(sa.false(), *referred))
            o = sa.and_(sa.not_(h), sa.not_(r))
            rows = sa.select(
                *(
                    sa.case((each, _ONE), else_=_NOUGHT).label(name)
                    for name, each in (("h", h), ("r", r), ("o", o))
                ),
                *(
                    sa.case((is_held, day)).label(f"d{at}")
                    for at, (is_held, day) in enumerate(zip(held, days, strict=True))
                ),
            )
            counted = rows.where(meant, todo).subquery("t")
            sums = (sa.func.coalesce(sa.func.sum(counted.c[name]), _NOUGHT) for name in "hro")
            lasts = (sa.func.max(counted.c[f"d{at}"]) for at in range(len(days)))
            return sa.select(*sums, *lasts), len(days)

        prepared = self._prepared(("prove", self._act_form(act)), write)
        return prepared, prepared.bind(act)

    def stands(self, act: Act) -> tuple[Prepared, dict[str, object]]:
        """Return the query for how many of the rows meant hold all values of a correction."""

        def write(draft: _Draft) -> tuple[sa.ClauseElement, int]:
            table = draft.table(act.table)
            meant = self._meant(draft, table, act)
            return sa.select(sa.func.count()).select_from(table).where(
                meant,
                *(
                    draft.equal(
                        draft.cell(table, act.table, column),
                        self._stored(act.table, column, value),
                        lambda act, at=at: self._stored(act.table, *act.values[at]),  # type: ignore[misc]
                    )
                    for at, (column, value) in enumerate(act.values)
                ),
            ), 0

        prepared = self._prepared(("stands", self._act_form(act)), write)
        return prepared, prepared.bind(act)

    # --- parts -------------------------------------------------------------------------------

    def _belongs(self, draft: _Draft, table: sa.TableClause, location: Location) -> Expression:
        """Return the condition for the person's rows: paths in order, see `Location`."""
        ways: list[Expression] = []
        earlier: list[Expression] = []
        for at, path in enumerate(location.paths):
            first = path.hops[0].column if path.hops else path.column
            cell = draft.cell(table, location.table, first)
            if path.keys:
                ways.append(
                    sa.and_(
                        *earlier, self._climbed(draft, cell, path, path.hops, at, location.table)
                    )
                )
            earlier.append(self._dialect.empty(*cell))
        return self._only(draft, table, location, sa.or_(sa.false(), *ways))

    def _climbed(  # noqa: PLR0917 - one step of a recursion
        self,
        draft: _Draft,
        cell: tuple[Expression, Cell],
        path: KeyPath,
        hops: tuple[Hop, ...],
        at: int,
        table: str,
    ) -> Expression:
        if not hops:
            return draft.matches(
                cell,
                path.match,
                lambda location: location.paths[at].keys,
                is_normal=(table, path.column) in self._stored_normal,
            )
        step, above = hops[0], hops[1:]
        parent = draft.table(step.parent).alias(f"a{len(hops)}")
        onward = draft.cell(parent, step.parent, above[0].column if above else path.column)
        key, key_cell = draft.cell(parent, step.parent, step.parent_column)
        inside = self._climbed(draft, onward, path, above, at, step.parent)
        expression, column = cell
        if column.type is not key_cell.type:
            expression, key = self._dialect.text(expression), self._dialect.text(key)
        return expression.in_(sa.select(key).where(inside))

    def _reached(
        self,
        draft: _Draft,
        table: sa.FromClause,
        name: str,
        reaches: tuple[Reach, ...],
        of: Callable[[Any], Any],
    ) -> Expression:
        """Return the condition for frozen rows; `of` leads from what is bound to its reaches."""
        ways: list[Expression] = []
        earlier: list[Expression] = []
        for at, reach in enumerate(reaches):
            cell = draft.cell(table, name, reach.column)
            if reach.keys:
                keys = draft.matches(
                    cell,
                    reach.match,
                    lambda subject, at=at: of(subject).reaches[at].keys,  # type: ignore[misc]
                    is_normal=(name, reach.column) in self._stored_normal,
                )
                ways.append(sa.and_(*earlier, keys))
            earlier.append(self._dialect.empty(*cell))
        return sa.or_(sa.false(), *ways)

    def _only(
        self, draft: _Draft, table: sa.FromClause, subject: Location | Act, first: Expression
    ) -> Expression:
        further = [
            draft.equal(
                draft.cell(table, subject.table, column),
                value,
                lambda subject, at=at: subject.only[at][1],  # type: ignore[misc]
            )
            for at, (column, value) in enumerate(subject.only)
        ]
        return sa.and_(first, *further)

    def _meant(self, draft: _Draft, table: sa.FromClause, act: Act) -> Expression:
        reached = self._reached(draft, table, act.table, act.reaches, lambda subject: subject)
        return self._only(draft, table, act, reached)

    def _parts(
        self, draft: _Draft, table: sa.FromClause, act: Act
    ) -> tuple[Expression, list[Expression], list[Expression], list[Expression], Expression]:
        meant = self._meant(draft, table, act)
        todo = self._todo(draft, table, act)
        holds = [draft.held(table, act.table, at, hold) for at, hold in enumerate(act.holds)]

        def going(other: Any) -> Expression:
            kept = (draft.held(other, act.table, at, hold)[0] for at, hold in enumerate(act.holds))
            return sa.and_(self._meant(draft, other, act), *(sa.not_(each) for each in kept))

        referred = [
            draft.referred(table, act, reference, going)
            for reference in (act.referred_by if act.delete else ())
        ]
        return meant, [each for each, _ in holds], [day for _, day in holds], referred, todo

    def _todo(self, draft: _Draft, table: sa.FromClause, act: Act) -> Expression:
        """Return whether the act has still to happen in a row."""
        if act.delete:
            return sa.true()
        before = [
            draft.equal(
                draft.cell(table, act.table, column),
                value,
                lambda act, at=at: act.before[at][1],  # type: ignore[misc]
            )
            for at, (column, value) in enumerate(act.before)
        ]
        open_parts: list[Expression] = []
        for at, (column, value) in enumerate(act.values):
            expression, cell = draft.cell(table, act.table, column)
            stored = self._stored(act.table, column, value)
            if stored is None:
                open_parts.append(expression.is_not(None))
            elif self._dialect.fit(cell, stored) is UNFIT:
                open_parts.append(sa.true())
            else:
                bound = draft.bind(
                    lambda act, at=at, cell=cell: self._dialect.fit(  # type: ignore[misc]
                        cell, _given(self._stored(act.table, *act.values[at]))
                    )
                )
                open_parts.append(self._dialect.differs(expression, cell, bound))
        open_parts += [
            self._dialect.has(*draft.cell(table, act.table, column), steps(path))
            for column, path in act.json_removed
        ]
        return sa.and_(*before, sa.or_(sa.false(), *open_parts))

    def _set(self, draft: _Draft, table: sa.TableClause, act: Act) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for at, (column, _) in enumerate(act.values):
            _, cell = draft.cell(table, act.table, column)
            result[table.c[column]] = draft.bind(
                lambda act, at=at, cell=cell: self._dialect.written(cell, act.values[at][1])  # type: ignore[misc]
            )
        for column, path in act.json_removed:
            expression, cell = draft.cell(table, act.table, column)
            inner = result.get(table.c[column], expression)
            result[table.c[column]] = self._dialect.without(inner, cell, steps(path))
        return result

    def _stored(self, table: str, column: str, value: Value) -> Value:
        """Return what stands in the column once a value is written."""
        cell = self._columns(table)[column]
        return self._dialect.neutral(cell) if value is None and not cell.nullable else value

    # --- forms -------------------------------------------------------------------------------

    def _act_form(self, act: Act) -> object:
        return (
            act.table,
            act.delete,
            _reaches_form(act.reaches),
            self._values_form(act.table, act.values),
            self._values_form(act.table, act.before),
            self._values_form(act.table, act.only),
            act.json_removed,
            tuple((hold.hops, hold.anchor, _has_end(hold)) for hold in act.holds),
            act.referred_by,
        )

    def _values_form(self, table: str, values: tuple[tuple[str, Value], ...]) -> object:
        if not values:
            return ()
        cells = self._columns(table)
        return tuple(
            (
                column,
                value is None or self._dialect.fit(cells[column], value) is UNFIT,
                value is None,
            )
            for column, value in values
        )


def _reaches_form(reaches: tuple[Reach, ...]) -> object:
    return tuple((reach.column, reach.match, bool(reach.keys)) for reach in reaches)


@dataclass(frozen=True, slots=True)
class _Asker:
    reaches: tuple[Reach, ...]


def _need_at(at: int) -> Callable[[Look], _Asker]:
    return lambda look: _Asker((look.needs[at][1],))


def _given(value: Value) -> str | float:
    if value is None:
        raise ValueError("a missing value was bound as if it were there")
    return value


def plain(cell: object) -> Value:
    """Return a driver's value as one of ours; bytes as hexadecimal text, JSON as JSON."""
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, bytes | bytearray | memoryview):
        return f"0x{bytes(cell).hex()}"
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def _has_end(hold: Held) -> bool:
    return hold.after is not None and bool(hold.anchor)
