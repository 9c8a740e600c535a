"""何をどの順に (P3.5 to P3.7, Act 34, 35): from the map's fates to acts on frozen rows.

Leaves come before roots, by the paths of the map and by the foreign keys as they
really stand; within that, tables that give a person's keys come last. Rows under a
hold are locked: no act touches them. A row that somebody else's row, or a held one,
still refers to cannot go; it stays without its personal data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mamoru.datamap import holds as periods
from mamoru.datamap.acts import Act, Frozen, Held, Reach, Reference
from mamoru.datamap.inventory import ERASED, Column, DataMap, OnCorrection, OnErasure, Store, Table
from mamoru.datamap.terms import (
    ColumnShape,
    ForeignKeyShape,
    Hop,
    TableShape,
    Value,
    normal,
)
from mamoru.kit.errors import MamoruError

Shapes = Mapping[str, tuple[TableShape, ...]]
"""Store -> its live tables, as `connector.shape()` gave them."""


class Deed(StrEnum):
    """What is to happen to a person's rows."""

    ERASE = "erase"
    SUSPEND = "suspend"
    STOP_PROVISION = "stop-provision"


class NoOrder(MamoruError):
    """Tables refer to each other in a circle, and no column of it may be empty. Change one."""

    code, exit_code = "erasure-order", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value, as a demand for correction names it: store, table, row key and column."""

    store: str
    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class _Edge:
    child: str
    column: str
    parent: str
    parent_column: str

    @property
    def reference(self) -> Reference:
        return Reference(table=self.child, column=self.column, parent_column=self.parent_column)


def acts(
    datamap: DataMap, frozen: Iterable[Frozen], shapes: Shapes, *, what: Deed, on: date
) -> tuple[Act, ...]:
    """Return what happens to the frozen rows, in the order in which it must happen.

    Store by store, at most one transaction each. `shapes` are the live shapes of at
    least every database among the stores (KeyError otherwise): foreign keys that the map
    does not know would let rows dangle. NoOrder if tables refer to each other in a
    circle that cannot be opened.
    """
    found = tuple(frozen)
    result: list[Act] = []
    for store in datamap.stores:
        here = [each for each in found if each.store == store.name]
        if not here:
            continue
        if what is Deed.ERASE:
            live = shapes[store.name] if store.kind.is_database else shapes.get(store.name, ())
            result += _Erasure(datamap, store, here, live, on).acts()
        else:
            result += _marks(store, here, what)
    return tuple(result)


def correction(
    datamap: DataMap, frozen: Iterable[Frozen], cell: Cell, before: Value, after: Value
) -> tuple[Act, ...]:
    """Return the acts that write a value, and every copy of it among the person's rows (P3.5).

    Copies are the columns that play the same part in identity, or hold keys of the
    same kind, and whose fate lets a correction in; each is written only where the value before
    stands. The named cell comes first. `after` None takes the value out. KeyError
    if the map does not know the cell.
    """
    named = datamap.table(cell.store, cell.table)
    parts = _parts(named, cell.column)
    result: list[Act] = []
    for each in frozen:
        table = datamap.table(each.store, each.table)
        is_named = (each.store, each.table) == (cell.store, cell.table)
        for column in table.columns:
            here = is_named and column.name == cell.column
            if here:
                row = ((table.row_key, cell.row),)
                result.append(_written(each, column.name, before, after, only=row))
            if parts & _parts(table, column.name) and _takes_copies(table, column):
                if here and table.identity.valid_to is not None:
                    continue  # former addresses were true in their time
                copy = _written(each, column.name, before, after, only=_in_force(table))
                result.append(_found_by_it(copy, column.name, before))
    result.sort(key=lambda act: act.only[:1] != ((named.row_key, cell.row),))
    return tuple(result)


def _written(
    frozen: Frozen, column: str, before: Value, after: Value, *, only: tuple[tuple[str, Value], ...]
) -> Act:
    return Act(
        store=frozen.store,
        table=frozen.table,
        place=frozen.place,
        reaches=frozen.reaches,
        values=((column, after),),
        before=((column, before),),
        only=only,
    )


def _takes_copies(table: Table, column: Column) -> bool:
    """Return whether a correction reaches this column: its fate says so, and it is no mere id."""
    writable = table.fate_of(column).correction is OnCorrection.REPLACE
    return writable and (column.correct or column.name != table.row_key)


def _in_force(table: Table) -> tuple[tuple[str, Value], ...]:
    valid_to = table.identity.valid_to
    return () if valid_to is None else ((valid_to, None),)


def _found_by_it(act: Act, column: str, before: Value) -> Act:
    """Return an act whose rows are found by the very column: the match says which value stands."""
    for reach in act.reaches:
        key = "" if before is None else normal(reach.match, str(before))
        if reach.column == column and len(act.reaches) == 1 and key in reach.keys:
            return Act(
                store=act.store,
                table=act.table,
                place=act.place,
                reaches=(Reach(column=column, match=reach.match, keys=(key,)),),
                values=act.values,
                only=act.only,
            )
    return act


def _parts(table: Table, column: str) -> frozenset[str]:
    """Return what a column means beyond its table: parts in identity, kinds of key."""
    roles = {f"role:{role}" for role, name in table.identity.columns().items() if name == column}
    kinds = {kind for kind, name in table.provides.items() if name == column}
    kinds |= {way.kind for way in table.person if way.kind and way.column == column}
    history = {"role:valid_from", "role:valid_to"}
    return frozenset(roles - history) | {f"kind:{kind}" for kind in kinds}


def _marks(store: Store, here: Iterable[Frozen], what: Deed) -> Iterator[Act]:
    for each in here:
        marks = store.table(each.table).marks
        written = marks.suspended if what is Deed.SUSPEND else marks.provision_stopped
        if written:
            yield Act(
                store=each.store,
                table=each.table,
                place=each.place,
                reaches=each.reaches,
                values=tuple(written.items()),
            )


class _Erasure:
    """One store's part of an erasure."""

    def __init__(
        self,
        datamap: DataMap,
        store: Store,
        here: Iterable[Frozen],
        live: Iterable[TableShape],
        on: date,
    ) -> None:
        self._datamap = datamap
        self._store = store
        self._on = on
        self._live = {shape.name: shape for shape in live}
        # A view shows what its tables hold; what becomes of those shows in it.
        self._frozen = {
            each.table: each
            for each in here
            if each.table not in self._live or not self._live[each.table].is_view
        }
        self._tables = {name: store.table(name) for name in self._frozen}
        self._edges = tuple(dict.fromkeys((*self._enforced(), *self._mapped())))

    def acts(self) -> Iterator[Act]:
        order, opened = self._order()
        for name in order:
            openings = {
                edge.column
                for edge in self._edges
                if edge.child == edge.parent == name and self._may_open(edge)
            }
            if self._tables[name].goes_whole and openings:
                # Two rows of one batch may refer to each other, or one to itself.
                opened.append((name, openings))
        for name, columns in opened:
            yield self._act(name, values=tuple((column, None) for column in sorted(columns)))
        for name in order:
            table = self._tables[name]
            if not table.goes_whole:
                values, json_removed = self._cleared(table)
                if values or json_removed:
                    yield self._act(name, values=values, json_removed=json_removed)
                continue
            references = tuple(edge.reference for edge in self._edges if edge.parent == name)
            yield self._act(name, delete=True, referred_by=references)
            if self._may_stay(name, frozenset()):
                values, _ = self._cleared(table)
                if values:
                    yield self._act(name, values=values)

    def _act(
        self,
        name: str,
        *,
        delete: bool = False,
        values: tuple[tuple[str, Value], ...] = (),
        json_removed: tuple[tuple[str, str], ...] = (),
        referred_by: tuple[Reference, ...] = (),
    ) -> Act:
        frozen = self._frozen[name]
        return Act(
            store=frozen.store,
            table=name,
            place=frozen.place,
            reaches=frozen.reaches,
            delete=delete,
            values=values,
            json_removed=json_removed,
            holds=tuple(self._holds(self._tables[name])),
            referred_by=referred_by,
        )

    # --- who refers to whom ---

    def _enforced(self) -> Iterator[_Edge]:
        for shape in self._live.values():
            for key in shape.foreign_keys:
                column, parent_column = self._leading(key)
                yield _Edge(shape.name, column, key.parent, parent_column)

    def _leading(self, key: ForeignKeyShape) -> tuple[str, str]:
        """Return one pair of a key's columns: of several the row key, which says most.

        One pair finds more rows than all of them would, so a row may stay that could
        go; it never goes while it is referred to.
        """
        pairs = list(zip(key.columns, key.parent_columns, strict=False))
        row_key = self._tables[key.parent].row_key if key.parent in self._tables else ""
        return next((pair for pair in pairs if pair[1] == row_key), pairs[-1])

    def _mapped(self) -> Iterator[_Edge]:
        for table in self._store.tables:
            for way in table.person:
                if way.through is not None and way.parent_column is not None:
                    yield _Edge(table.name, way.column, way.through, way.parent_column)

    def _may_open(self, edge: _Edge) -> bool:
        """Return whether a reference of the person's own rows may be emptied before all else."""
        shape = self._column(edge.child, edge.column)
        by = {reach.column for reach in self._frozen[edge.child].reaches}
        return (
            shape is not None
            and shape.nullable
            and not shape.primary_key
            and edge.column not in by
            and edge.column != self._tables[edge.child].row_key
        )

    def _column(self, table: str, column: str) -> ColumnShape | None:
        shape = self._live.get(table)
        columns = shape.columns if shape is not None else ()
        return next((each for each in columns if each.name == column), None)

    def _order(self) -> tuple[list[str], list[tuple[str, set[str]]]]:
        """Return the tables, children first, and the columns to be emptied before all else."""
        edges = {
            edge
            for edge in self._edges
            if edge.child != edge.parent
            and edge.child in self._tables
            and edge.parent in self._tables
            and self._tables[edge.parent].goes_whole
        }
        waiting = [table.name for table in self._store.tables if table.name in self._tables]
        waiting.sort(key=lambda name: len(self._tables[name].provides))
        order: list[str] = []
        opened: list[tuple[str, set[str]]] = []
        while waiting:
            ready = next((n for n in waiting if not any(e.parent == n for e in edges)), None)
            if ready is None:
                ready, broken = self._opening(waiting, edges)
                opened += [(edge.child, {edge.column}) for edge in broken]
            waiting.remove(ready)
            order.append(ready)
            edges = {edge for edge in edges if ready not in {edge.child, edge.parent}}
        return order, opened

    def _opening(self, waiting: list[str], edges: set[_Edge]) -> tuple[str, list[_Edge]]:
        """Return a table of a circle and the references to it that may be emptied."""
        for name in waiting:
            to_it = sorted(
                (edge for edge in edges if edge.parent == name),
                key=lambda edge: (edge.child, edge.column),
            )
            if all(self._may_open(edge) for edge in to_it):
                return name, to_it
        raise NoOrder(
            f"`{self._store.name}`: {', '.join(f'`{name}`' for name in waiting)} refer to each"
            " other, and no reference may be empty"
        )

    def _may_stay(self, name: str, above: frozenset[str]) -> bool:
        """Return whether rows of a table may be referred to by rows that do not go."""
        return any(
            not self._goes_along(edge, above | {name})
            for edge in self._edges
            if edge.parent == name
        )

    def _goes_along(self, edge: _Edge, above: frozenset[str]) -> bool:
        """Return whether all rows that refer by `edge` are the person's own, and go before."""
        child = self._tables.get(edge.child)
        parent = self._tables[edge.parent]
        if child is None or not child.goes_whole or edge.child in above:
            return False
        way = child.person[0]
        # A hold that counts from the parent's own day holds the parent's row as well.
        codes = {hold.code for hold in parent.holds} if way.through == edge.parent else set()
        if any(hold.anchor is not None or hold.code not in codes for hold in child.holds):
            return False
        own = way.column == edge.column and (
            (way.through, way.parent_column) == (edge.parent, edge.parent_column)
            or (way.kind is not None and parent.provides.get(way.kind) == edge.parent_column)
        )
        return own and not self._may_stay(edge.child, above)

    # --- what the law holds ---

    def _holds(self, table: Table) -> Iterator[Held]:
        for hold in table.holds:
            hops, above = self._to_anchor(table, hold.code) if hold.anchor is None else ((), table)
            same = next((each for each in above.holds if each.code == hold.code), hold)
            if same.anchor is None or hold.period is None:
                yield Held(code=hold.code)
                continue
            yield Held(
                code=hold.code,
                hops=hops,
                anchor=same.anchor,
                after=periods.cutoff(same, self._on, self._datamap.fiscal_year_ends),
            )

    def _to_anchor(self, table: Table, code: str) -> tuple[tuple[Hop, ...], Table]:
        """Return the way up to the table whose hold by the same law names a day."""
        hops: list[Hop] = []
        at = table
        while True:
            way = at.person[0]
            if way.through is None or way.parent_column is None:
                return (), table
            hops.append(Hop(column=way.column, parent=way.through, parent_column=way.parent_column))
            at = self._store.table(way.through)
            if any(hold.code == code and hold.anchor is not None for hold in at.holds):
                return tuple(hops), at

    # --- what is emptied ---

    def _cleared(
        self, table: Table
    ) -> tuple[tuple[tuple[str, Value], ...], tuple[tuple[str, str], ...]]:
        """Return what is written into a row that does not go, and the JSON keys taken out of it."""
        kept = self._kept(table)
        values: list[tuple[str, Value]] = []
        json_removed: list[tuple[str, str]] = []
        for column in table.columns:
            fate = table.fate_of(column).erasure
            if column.name in kept:
                continue
            if fate is OnErasure.REPLACE:
                values.append((column.name, ERASED))
            elif fate is OnErasure.CLEAR or (fate is OnErasure.DELETE_ROW and column.personal):
                if column.personal or column.fate is not None:
                    values.append((column.name, column.neutral))
            elif fate is OnErasure.KEEP:
                json_removed += self._keys_out(table, column)
        return tuple(values), tuple(json_removed)

    def _keys_out(self, table: Table, column: Column) -> Iterator[tuple[str, str]]:
        for key in column.json_keys:
            if table.fate_of_key(column, key).erasure is OnErasure.CLEAR:
                yield column.name, key.path

    def _kept(self, table: Table) -> frozenset[str]:
        """Return the columns that no act writes: what other rows, or the law's periods, hang on."""
        kept = {table.row_key}
        kept |= {edge.parent_column for edge in self._edges if edge.parent == table.name}
        for edge in self._edges:
            shape = self._column(table.name, edge.column)
            if edge.child == table.name and shape is not None and not shape.nullable:
                kept.add(edge.column)  # it cannot be empty, and another value names another row
        shape_of = self._live.get(table.name)
        kept |= {each.name for each in shape_of.columns if each.primary_key} if shape_of else set()
        kept |= {hold.anchor for hold in table.holds if hold.anchor is not None}
        needed = {
            way.kind
            for each in self._store.tables
            if each.holds and each.name != table.name
            for way in each.person
        }
        kept |= {column for kind, column in table.provides.items() if kind in needed}
        return frozenset(kept)
