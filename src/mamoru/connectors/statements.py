"""一表一文 (P3.1, P3.5): one set-based statement a table, compiled once, values always bound.

A form is all that shapes a statement: table, columns, paths, whether there is no key, one, or
more. Forms are compiled once and kept; a call looks the text up and binds its values to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mamoru.connectors.connections import Query
from mamoru.connectors.dialect import UNFIT, Dialect
from mamoru.connectors.draft import NOUGHT, ONE, Columns, Draft, has_end
from mamoru.connectors.freezing import Look
from mamoru.datamap.acts import Act, Reach
from mamoru.datamap.terms import Criterion, Location, Match, Value, normal


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement's text, and how the values of each call get into it."""

    text: str
    slots: tuple[tuple[str, Callable[[Any], object]], ...]

    def about(self, subject: object) -> Query:
        """Return the statement with the values of what it is about this time."""
        return self.text, {name: value(subject) for name, value in self.slots}


class Statements:
    """The statements of one store, by form."""

    def __init__(
        self,
        dialect: Dialect,
        speech: sa.Dialect,
        columns: Columns,
        stored_normal: frozenset[tuple[str, str]],
    ) -> None:
        """Know the engine, how SQLAlchemy says what we mean in it, and where columns are told.

        `stored_normal` are the (table, column) said to be so.
        """
        self._dialect = dialect
        self._speech = speech
        self._columns = columns
        self._stored_normal = stored_normal
        self._kept: dict[object, _Prepared] = {}

    def forget(self) -> None:
        """Forget all texts, since the tables are no longer what they were."""
        self._kept.clear()

    def _query(
        self, form: object, subject: object, write: Callable[[Draft], sa.ClauseElement]
    ) -> Query:
        known = self._kept.get(form)
        if known is None:
            draft = Draft(self._dialect, self._columns, self._stored_normal)
            compiled = write(draft).compile(dialect=self._speech)
            used = set(compiled.params)
            slots = tuple(slot for slot in draft.slots if slot[0] in used)
            if len(slots) < len(used):
                raise ValueError(f"a statement on `{form}` binds what nobody gives it")
            known = self._kept[form] = _Prepared(str(compiled), slots)
        return known.about(subject)

    # --- looking -----------------------------------------------------------------------------

    def rows_of(self, location: Location) -> Query:
        """Return the query for a person's rows: the location's columns, in order of the first."""
        form = (
            "read",
            location.table,
            location.columns,
            tuple(
                [
                    (path.hops, path.column, path.match, _amount(path.keys))
                    for path in location.paths
                ]
            ),
            location.only and self._values_form(location.table, location.only),
        )

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(location.table)
            columns = [draft.cell(table, location.table, each)[0] for each in location.columns]
            return sa.select(*columns).where(draft.belongs(table, location)).order_by(columns[0])

        return self._query(form, location, write)

    def found(self, name: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]) -> Query:
        """Return the query for rows in which all criteria hold."""
        form = ("find", name, columns, tuple((item.column, item.match) for item in criteria))

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(name)
            conditions = [
                draft.matches(
                    table,
                    (name, item.column),
                    item.match,
                    lambda asked, at=at: [  # type: ignore[misc]  # a default binds it
                        normal(asked[at].match, value) for value in asked[at].values
                    ],
                )
                for at, item in enumerate(criteria)
            ]
            selected = (draft.cell(table, name, each)[0] for each in columns)
            return sa.select(*selected).where(sa.and_(*conditions))

        return self._query(form, criteria, write)

    def sample(self, name: str, limit: int) -> Query:
        """Return the query for the first rows of a table."""

        def write(draft: Draft) -> sa.ClauseElement:
            return sa.select(*draft.table(name).c)

        text, values = self._query(("sample", name), None, write)
        return f"{text} LIMIT {int(limit)}", values

    def walked(self, name: str, columns: tuple[str, ...]) -> str:
        """Return the query for some columns of every row; it binds nothing."""

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(name)
            return sa.select(*(table.c[column] for column in columns))

        text, _ = self._query(("walk", name, columns), None, write)
        return text

    def strayed(self, name: str, column: str, match: Match) -> Query:
        """Return the query for how many rows hold a cell that is not in the normal form of a match."""

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(name)
            cell = self._dialect.text(draft.cell(table, name, column)[0])
            stray = cell != self._dialect.normal(cell, match)
            return sa.select(sa.func.count()).select_from(table).where(stray)

        return self._query(("strayed", name, column, match), None, write)

    def looked(self, look: Look) -> tuple[Query, bool]:
        """Return the query of a look, and whether it is for one need alone."""
        alone = len({reach for _, reach in look.needs}) == 1
        form = (
            "look",
            look.table,
            alone,
            tuple((column, _reaches_form((reach,))) for column, reach in look.needs),
        )

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(look.table)
            wanted = [draft.cell(table, look.table, column)[0] for column, _ in look.needs]
            needs = look.needs[:1] if alone else look.needs
            theirs = [
                draft.reached(table, look.table, (reach,), _need_at(at))
                for at, (_, reach) in enumerate(needs)
            ]
            if alone:
                return sa.select(*wanted).where(*theirs)
            flags = [sa.case((each, ONE), else_=NOUGHT) for each in theirs]
            labels = [flag.label(f"f{at}") for at, flag in enumerate(flags)]
            return sa.select(*labels, *wanted).where(sa.or_(*theirs))

        return self._query(form, look, write), alone

    # --- doing -------------------------------------------------------------------------------

    def done(self, act: Act) -> Query:
        """Return the one statement of an act: rows that are held or referred to are left alone."""

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(act.table)
            parts = draft.parts(table, act)
            kept = (sa.not_(each) for each in (*parts.held, *parts.referred))
            conditions = [parts.meant, parts.todo, *kept]
            if act.delete:
                return sa.delete(table).where(*conditions)
            return sa.update(table).where(*conditions).values(draft.assigned(table, act))

        return self._query(("do", self._act_form(act)), act, write)

    def proof(self, act: Act) -> Query:
        """Return the query for held, referred and open rows, then the last day of each hold."""

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(act.table)
            parts = draft.parts(table, act)
            h = sa.or_(sa.false(), *parts.held)
            r = sa.and_(sa.not_(h), sa.or_(sa.false(), *parts.referred))
            o = sa.and_(sa.not_(h), sa.not_(r))
            rows = sa.select(
                *(
                    sa.case((each, ONE), else_=NOUGHT).label(name)
                    for name, each in (("h", h), ("r", r), ("o", o))
                ),
                *(
                    sa.case((is_held, day)).label(f"d{at}")
                    for at, (is_held, day) in enumerate(zip(parts.held, parts.days, strict=True))
                ),
            )
            counted = rows.where(parts.meant, parts.todo).subquery("t")
            sums = (sa.func.coalesce(sa.func.sum(counted.c[name]), NOUGHT) for name in "hro")
            lasts = (sa.func.max(counted.c[f"d{at}"]) for at in range(len(parts.days)))
            return sa.select(*sums, *lasts)

        return self._query(("prove", self._act_form(act)), act, write)

    def stands(self, act: Act) -> Query:
        """Return the query for how many of the rows meant hold all values of a correction."""

        def write(draft: Draft) -> sa.ClauseElement:
            table = draft.table(act.table)
            conditions = (draft.meant(table, act), *draft.stands(table, act))
            return sa.select(sa.func.count()).select_from(table).where(*conditions)

        return self._query(("stands", self._act_form(act)), act, write)

    # --- forms -------------------------------------------------------------------------------

    def _act_form(self, act: Act) -> object:
        return (
            act.table,
            act.delete,
            _reaches_form(act.reaches),
            act.values and self._values_form(act.table, act.values),
            act.before and self._values_form(act.table, act.before),
            act.only and self._values_form(act.table, act.only),
            act.json_removed,
            tuple([(hold.hops, hold.anchor, has_end(hold)) for hold in act.holds]),
            act.referred_by,
        )

    def _values_form(self, table: str, values: tuple[tuple[str, Value], ...]) -> object:
        return tuple(
            [
                (
                    column,
                    value is None,
                    value is None
                    or self._dialect.fit(self._columns(table)[column], value) is UNFIT,
                )
                for column, value in values
            ]
        )


def _reaches_form(reaches: tuple[Reach, ...]) -> object:
    return tuple([(reach.column, reach.match, _amount(reach.keys)) for reach in reaches])


def _amount(keys: tuple[str, ...]) -> int:
    """Return 0, 1, or 2 for more: what a statement says differs by no other number."""
    return min(len(keys), 2)


def _need_at(at: int) -> Callable[[Look], tuple[Reach, ...]]:
    return lambda look: (look.needs[at][1],)
