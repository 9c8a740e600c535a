"""行の言葉 (P3.1 to P3.7): what a location, an act and a proof mean, over plain rows in memory.

For stores without a query language. Conformance proves that it is what the SQL says.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from mamoru.connectors import port
from mamoru.connectors.dialect import steps
from mamoru.connectors.freezing import Keys, Look
from mamoru.datamap.acts import Act, Held, Proof, Reach
from mamoru.datamap.terms import Criterion, KeyPath, Location, Match, Row, Value, normal

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_LENGTH = 10
Days = tuple[str | None, ...]


class Book(Protocol):
    """Tables that can be gone through again and again."""

    def head(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns; StoreUnreadable where there is no such table."""
        ...

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield each row with a number by which it can be named again."""
        ...


Edits = dict[str, dict[int, Row | None]]
"""Table -> number of the row -> what it becomes; None: it goes."""


@dataclass(slots=True)
class Work:
    """A book with what has been done to it so far."""

    book: Book
    expect: Callable[[str, Iterable[str]], None]  # StoreUnreadable unless the columns are there
    edits: Edits = field(default_factory=dict)

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows as they are by now."""
        changed = self.edits.get(table, {})
        for number, row in self.book.rows(table):
            now = changed.get(number, row)
            if now is not None:
                yield number, now

    # --- looking -----------------------------------------------------------------------------

    def found(self, table: str, criteria: Sequence[Criterion]) -> Iterator[Row]:
        """Yield the rows in which all criteria hold."""
        self.expect(table, (item.column for item in criteria))
        asked = [
            (item.column, item.match, {normal(item.match, value) for value in item.values})
            for item in criteria
        ]
        for _, row in self.rows(table):
            if all(normal(match, text(row[column])) in values for column, match, values in asked):
                yield row

    def belonging(self, location: Location) -> list[Row]:
        """Return a person's rows, in order of the location's first column."""
        reaches = tuple(self._reach(path) for path in location.paths)
        rows = [row for _, row in self._meant(location.table, reaches, location.only)]
        self.expect(location.table, location.columns)
        own = [{column: row[column] for column in location.columns} for row in rows]
        return sorted(own, key=lambda row: _sortable(row[location.columns[0]]))

    def _reach(self, path: KeyPath) -> Reach:
        """Return the path's keys in the table itself, climbed down to from the person."""
        column, match, keys = path.column, path.match, path.keys
        for hop in reversed(path.hops):
            reach = Reach(column=column, match=match, keys=keys)
            parents = self._meant(hop.parent, (reach,), ()) if keys else ()
            self.expect(hop.parent, (hop.parent_column,))
            above = (text(row[hop.parent_column]) for _, row in parents)
            keys = tuple(dict.fromkeys(key for key in above if key))
            column, match = hop.column, Match.EXACT
        return Reach(column=column, match=match, keys=keys)

    def seen(self, look: Look) -> Keys:
        """Return what a look brings."""
        self.expect(look.table, (column for column, _ in look.needs))
        return tuple(
            tuple(
                dict.fromkeys(
                    key
                    for _, row in self._meant(look.table, (reach,), ())
                    if (key := text(row[column]))
                )
            )
            for column, reach in look.needs
        )

    def _meant(
        self, table: str, reaches: Sequence[Reach], only: Iterable[tuple[str, Value]]
    ) -> Iterator[tuple[int, Row]]:
        equal = tuple(only)
        self.expect(table, [*(reach.column for reach in reaches), *(column for column, _ in equal)])
        sets = [(reach.column, reach.match, frozenset(reach.keys)) for reach in reaches]
        for number, row in self.rows(table):
            if not all(same(row[column], value) for column, value in equal):
                continue
            for column, match, keys in sets:
                if (cell := text(row[column])) != "":  # the first path with a key decides
                    if normal(match, cell) in keys:
                        yield number, row
                    break

    # --- doing -------------------------------------------------------------------------------

    def do(self, act: Act) -> int:
        """Do one act; return in how many rows. ValueError where a correction finds neither value."""
        changed: dict[int, Row | None] = {}
        for number, row, state in self._states(act):
            if state == "open":
                changed[number] = None if act.delete else _written(row, act)
        if act.before and not changed and not self._stands(act):
            raise ValueError
        self.edits.setdefault(act.table, {}).update(changed)
        return len(changed)

    def proof(self, act: Act) -> Proof:
        """Return what is left to do of one act."""
        counted = {"held": 0, "referred": 0, "open": 0}
        days: list[str] = []
        for _, _, state in self._states(act, days=days):
            counted[state] += 1
        if act.before and not counted["open"] and not counted["held"] and not self._stands(act):
            counted["open"] = 1
        latest = max((date.fromisoformat(day) for day in days), default=None)
        return Proof(
            act=act,
            open=counted["open"],
            held=counted["held"],
            referred=counted["referred"],
            latest=latest,
        )

    def _stands(self, act: Act) -> bool:
        return any(
            all(same(row[column], value) for column, value in act.values)
            for _, row in self._meant(act.table, act.reaches, act.only)
        )

    def _states(self, act: Act, days: list[str] | None = None) -> Iterator[tuple[int, Row, str]]:
        """Yield each row in which the act has still to happen, and what keeps it from that."""
        self.expect(
            act.table,
            [column for column, _ in (*act.values, *act.before, *act.json_removed)]
            + [hold.anchor for hold in act.holds if hold.anchor and not hold.hops]
            + [reference.parent_column for reference in act.referred_by if act.delete],
        )
        kept = [self._holding(hold) for hold in act.holds]

        def holding(row: Row) -> list[Days]:
            return [known for hold in kept if (known := hold(row)) is not None]

        referred = self._referred(act, holding)
        for number, row in self._meant(act.table, act.reaches, act.only):
            if not _todo(row, act):
                continue
            if holds := holding(row):
                if days is not None:
                    days += [day for known in holds for day in known if day is not None]
                yield number, row, "held"
            elif any(text(row[column]) in names for column, names in referred):
                yield number, row, "referred"
            else:
                yield number, row, "open"

    def _referred(
        self, act: Act, holding: Callable[[Row], list[Days]]
    ) -> list[tuple[str, set[str]]]:
        result = []
        for reference in act.referred_by if act.delete else ():
            self.expect(reference.table, (reference.column,))
            going: set[int] = set()
            if reference.table == act.table:  # rows that go themselves keep no other from going
                meant = self._meant(act.table, act.reaches, act.only)
                going = {number for number, row in meant if not holding(row)}
            names = {
                name
                for number, row in self.rows(reference.table)
                if number not in going and (name := text(row[reference.column]))
            }
            result.append((reference.parent_column, names))
        return result

    def _holding(self, hold: Held) -> Callable[[Row], Days | None]:
        """Return what tells of a row whether it is held, by its days; None if it is not."""
        if hold.after is None or not hold.anchor:
            return lambda _: ()
        until = hold.after.isoformat()

        def held(known: Days) -> Days | None:
            # INVARIANT: a row whose parent is gone or says no day is held.
            return known if not known or any(d is None or d > until for d in known) else None

        if not hold.hops:
            return lambda row: held((day(row[hold.anchor]),))
        above: dict[str, Days] = {}
        for at in reversed(range(len(hold.hops))):
            hop = hold.hops[at]
            onward = hold.hops[at + 1].column if at + 1 < len(hold.hops) else hold.anchor
            self.expect(hop.parent, (hop.parent_column, onward))
            level: dict[str, Days] = {}
            for _, row in self.rows(hop.parent):
                name = text(row[hop.parent_column])
                here = (
                    (day(row[onward]),)
                    if onward == hold.anchor and at + 1 == len(hold.hops)
                    else above.get(text(row[onward]), ())
                )
                level[name] = level.get(name, ()) + here
            above = level
        first = hold.hops[0].column
        return lambda row: held(above.get(text(row[first]), ()))


def text(value: Value) -> str:
    """Return a cell as keys are compared with it; nothing is empty text."""
    return "" if value is None else str(value)


def same(stored: Value, asked: Value) -> bool:
    """Return whether a cell holds a value; in a file, nothing and empty text are one."""
    return text(stored) == text(asked) or port.same(stored, asked)


def day(value: Value) -> str | None:
    """Return the day of a cell as ISO text; None where there is none, or none that we read."""
    head = text(value)[:_DAY_LENGTH].replace("/", "-")
    return head if _DAY.fullmatch(head) else None


def _sortable(value: Value) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, value, "")
    return (1, 0, text(value))


def _todo(row: Row, act: Act) -> bool:
    if act.delete:
        return True
    if not all(same(row[column], value) for column, value in act.before):
        return False
    return any(not same(row[column], value) for column, value in act.values) or any(
        _without(row[column], steps(path)) is not None for column, path in act.json_removed
    )


def _written(row: Row, act: Act) -> Row:
    cells: dict[str, Value] = {**row, **dict(act.values)}
    for column, path in act.json_removed:
        taken = _without(cells[column], steps(path))
        cells[column] = cells[column] if taken is None else taken
    return cells


def _without(cell: Value, keys: Sequence[str]) -> str | None:
    """Return JSON text without a key; None where it is not there to be taken out."""
    try:
        whole = json.loads(text(cell))
    except ValueError:
        return None
    inner = whole
    for key in keys[:-1]:
        inner = inner.get(key) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or keys[-1] not in inner:
        return None
    del inner[keys[-1]]
    return json.dumps(whole, ensure_ascii=False)


def as_mapping(head: Sequence[str], cells: Iterable[Value]) -> Mapping[str, Value]:
    """Return a row of a table with this head."""
    return dict(zip(head, cells, strict=True))
