"""台帳の維持 (P0.1, GL 10-4): is the data map still true of the live stores?

Nothing may be called complete while a store holds a table or column that the map
does not know: an answer made from it could leave something out.
"""

from collections.abc import Iterable, Iterator, Mapping

from mamoru.datamap.inventory import FENCE, Column, OnErasure, Store, Table
from mamoru.datamap.terms import (
    ColumnShape,
    ColumnType,
    Drift,
    DriftKind,
    ForeignKeyShape,
    TableShape,
)

_SAME_TABLE = 0.7
"""Share of equal column names from which a new table is taken for a gone one under a new name."""


def drifts(store: Store, shapes: Iterable[TableShape]) -> tuple[Drift, ...]:
    """Return every difference between a store's map and its live shape; none if the map is true."""
    live = {shape.name: shape for shape in shapes if not (store.fenced and shape.name == FENCE)}
    return tuple(_Comparison(store, live).all())


def not_normal(store: Store, table: str, column: str) -> Drift:
    """Return the drift of a key that is not stored as the map says: by it rows would be missed."""
    return Drift(
        kind=DriftKind.NOT_NORMAL,
        store=store.name,
        table=table,
        column=column,
        found="",
        remedy="take `stored_normal: true` out of the column, or store small letters without spaces",
        yaml="",
    )


class _Comparison:
    """One store's map beside its live shape."""

    def __init__(self, store: Store, live: Mapping[str, TableShape]) -> None:
        self._store = store
        self._live = live
        self._mapped = {table.name: table for table in store.tables}
        # A store that tells of no foreign key at all may have a connector that cannot see them.
        self._sees_keys = any(shape.foreign_keys for shape in live.values())

    def all(self) -> Iterator[Drift]:
        new = {
            name: shape
            for name, shape in self._live.items()
            if name not in self._mapped and not (shape.is_view and name in self._store.views)
        }
        for name, table in self._mapped.items():
            shape = self._live.get(name)
            if shape is None:
                shape = _successor(table, new.values())
                if shape is None:
                    yield self._drift(
                        DriftKind.GONE_TABLE,
                        name,
                        remedy="remove it from the map once it is known where its rows went",
                    )
                    continue
                del new[shape.name]
                yield self._drift(
                    DriftKind.RENAMED_TABLE,
                    name,
                    found=shape.name,
                    remedy=f"if it is the same table, name it `{shape.name}` in the map",
                    yaml=f"- name: {shape.name}",
                )
            if shape.hides_rows:
                yield self._drift(
                    DriftKind.ROWS_HIDDEN,
                    name,
                    remedy="row-level security keeps rows of this table from the product's login;"
                    " make the login its owner, or `ALTER ROLE … BYPASSRLS`",
                )
            yield from self._columns(table, shape)
            if self._store.kind.is_database:
                yield from self._foreign_keys(table, shape)
                yield from self._nullability(table, shape)
        for name in self._store.views:
            if name not in self._live:
                yield self._drift(
                    DriftKind.GONE_TABLE, name, remedy="take it out of `views:` of the store"
                )
        for shape in new.values():
            yield self._new_view(shape) if shape.is_view else self._new_table(shape)

    def _drift(
        self,
        kind: DriftKind,
        table: str,
        *,
        column: str = "",
        found: str = "",
        remedy: str,
        yaml: str = "",
    ) -> Drift:
        return Drift(
            kind=kind,
            store=self._store.name,
            table=table,
            column=column,
            found=found,
            remedy=remedy,
            yaml=yaml,
        )

    # --- tables and views ---

    def _new_table(self, shape: TableShape) -> Drift:
        key = next((each.name for each in shape.columns if each.primary_key), "")
        way = "person: []  # how its rows reach a person: { column: …, kind: … }"
        for foreign in shape.foreign_keys:
            if foreign.parent in self._mapped:
                parent_column = foreign.parent_columns[0] if foreign.parent_columns else ""
                way = (
                    f"person: [{{ column: {foreign.columns[0]}, through: {foreign.parent},"
                    f" parent_column: {parent_column} }}]"
                )
                break
        lines = [
            f"- name: {shape.name}",
            f"  title: {{ ja: {shape.name}, en: {shape.name} }}",
            "  purposes: []  # codes of the policy",
            "  retention: []",
            f"  row_key: {key}",
            f"  {way}",
            "  fate: { erasure: delete-row }",
            "  columns:",
            *(f"    {_column_line(each)}" for each in shape.columns),
        ]
        return self._drift(
            DriftKind.NEW_TABLE,
            shape.name,
            remedy="register the table with its columns and how its rows reach a person",
            yaml="\n".join(lines),
        )

    def _new_view(self, shape: TableShape) -> Drift:
        known = {column.name for table in self._store.tables for column in table.columns}
        foreign = [each.name for each in shape.columns if each.name not in known]
        named = f"; no mapped table has `{foreign[0]}`" if foreign else ""
        return self._drift(
            DriftKind.NEW_VIEW,
            shape.name,
            remedy=(
                "name it under `views:` of the store if it shows nothing but mapped tables, else"
                f" register it as a table{named}"
            ),
            yaml=f"views: [{', '.join((*self._store.views, shape.name))}]",
        )

    # --- columns ---

    def _columns(self, table: Table, shape: TableShape) -> Iterator[Drift]:
        live = {column.name: (at, column) for at, column in enumerate(shape.columns)}
        mapped = {column.name: (at, column) for at, column in enumerate(table.columns)}
        new = {name: item for name, item in live.items() if name not in mapped}
        gone = [name for name in mapped if name not in live]
        for name, (at, column) in mapped.items():
            if name in live:
                # A store without types: whatever the map says is how its text is read.
                seen = live[name][1].type
                if self._store.kind.typed and seen is not column.type:
                    yield self._drift(
                        DriftKind.RETYPED_COLUMN,
                        table.name,
                        column=name,
                        found=seen,
                        remedy=f"say `type: {seen}` in the map, and check what reads the column",
                        yaml=f"type: {seen}",
                    )
                continue
            successor = self._column_successor(at, column.type, new, alone=len(gone) == 1)
            if successor is None:
                remedy = "remove it from the map once it is known where its content went"
                yield self._drift(DriftKind.GONE_COLUMN, table.name, column=name, remedy=remedy)
                continue
            del new[successor]
            yield self._drift(
                DriftKind.RENAMED_COLUMN,
                table.name,
                column=name,
                found=successor,
                remedy=f"if it is the same column, name it `{successor}` in the map",
                yaml=f"name: {successor}",
            )
        for name, (_, found) in new.items():
            yield self._drift(
                DriftKind.NEW_COLUMN,
                table.name,
                column=name,
                found=found.type,
                remedy="register it with title and category, and a fate if the table's does not fit",
                yaml=_column_line(found),
            )

    def _column_successor(
        self,
        at: int,
        kind: ColumnType,
        new: Mapping[str, tuple[int, ColumnShape]],
        *,
        alone: bool,
    ) -> str | None:
        """Return the new column that a gone one may have become: same place, or the only one."""
        fits = [
            (name, position)
            for name, (position, column) in new.items()
            if not self._store.kind.typed or column.type is kind
        ]
        for name, position in fits:
            if position == at:
                return name
        return fits[0][0] if alone and len(new) == 1 and fits else None

    # --- foreign keys ---

    def _foreign_keys(self, table: Table, shape: TableShape) -> Iterator[Drift]:
        declared = {each.column: each for each in table.references}
        for key in shape.foreign_keys:
            column, leads = ", ".join(key.columns), _leads(key)
            named = next((declared.pop(each) for each in key.columns if each in declared), None)
            if named is None:
                if not self._follows(table, key):
                    yield self._drift(
                        DriftKind.NEW_FOREIGN_KEY,
                        table.name,
                        column=column,
                        found=leads,
                        remedy="name it under `references:`, or as a way to the person",
                        yaml=f"references: [{_reference_line(key)}]",
                    )
            elif (named.table, named.parent_column) not in {
                (key.parent, each) for each in key.parent_columns
            } or (named.on_delete is not None and named.on_delete != key.on_delete):
                yield self._drift(
                    DriftKind.CHANGED_FOREIGN_KEY,
                    table.name,
                    column=column,
                    found=leads,
                    remedy="say in the map where it leads now, and check what an erasure touches",
                    yaml=_reference_line(key),
                )
        for column, _ in declared.items() if self._sees_keys else ():
            if column in {each.name for each in shape.columns}:
                yield self._drift(
                    DriftKind.GONE_FOREIGN_KEY,
                    table.name,
                    column=column,
                    remedy="take it out of `references:` once it is known what it names now",
                )

    def _follows(self, table: Table, key: ForeignKeyShape) -> bool:
        """Return whether a path of the map runs along a foreign key."""
        parent = self._mapped.get(key.parent)
        for way in table.person:
            if way.column not in key.columns:
                continue
            if way.through == key.parent:
                return True
            if parent is not None and way.kind is not None:
                return parent.provides.get(way.kind) in key.parent_columns
        return False

    # --- what an erasure must empty ---

    def _nullability(self, table: Table, shape: TableShape) -> Iterator[Drift]:
        stays = self._may_stay(table)
        live = {column.name: column for column in shape.columns}
        naming = {column for key in shape.foreign_keys for column in key.columns}
        for column in table.columns:
            seen = live.get(column.name)
            if seen is None or seen.nullable or seen.primary_key or column.neutral is not None:
                continue
            emptied = table.fate_of(column).erasure is OnErasure.CLEAR or stays
            if not emptied or not column.personal or column.name == table.row_key:
                continue
            if column.choices or column.labels:
                yield self._drift(
                    DriftKind.NOT_NULLABLE,
                    table.name,
                    column=column.name,
                    remedy="say with `neutral:` which of its values tells nothing of anybody",
                    yaml=f"neutral: {_first_value(column)}",
                )
            elif column.name in naming and not stays:
                yield self._drift(
                    DriftKind.NOT_NULLABLE,
                    table.name,
                    column=column.name,
                    remedy="it names another row and cannot be empty: delete the row instead",
                    yaml="fate: { erasure: delete-row }",
                )

    def _may_stay(self, table: Table) -> bool:
        """Return whether rows of a table that goes whole may be referred to by rows that stay."""
        return table.goes_whole and any(
            key.parent == table.name and (name == table.name or self._outlives(name, table))
            for name, shape in self._live.items()
            for key in shape.foreign_keys
        )

    def _outlives(self, name: str, parent: Table) -> bool:
        """Return whether rows of a table may be held, or be unknown, while the parent's are free."""
        if name not in self._mapped:
            return True
        # A hold without a day of its own takes the parent's, and holds both.
        codes = {hold.code for hold in parent.holds}
        return any(
            hold.anchor is not None or hold.code not in codes for hold in self._mapped[name].holds
        )


def _successor(table: Table, new: Iterable[TableShape]) -> TableShape | None:
    names = {column.name for column in table.columns}
    for shape in new:
        live = {column.name for column in shape.columns}
        if len(names & live) >= _SAME_TABLE * len(names | live):
            return shape
    return None


def _leads(key: ForeignKeyShape) -> str:
    deleting = f" ({key.on_delete})" if key.on_delete else ""
    return f"{key.parent}.{', '.join(key.parent_columns)}{deleting}"


def _reference_line(key: ForeignKeyShape) -> str:
    return (
        f"{{ column: {key.columns[0]}, table: {key.parent},"
        f" parent_column: {key.parent_columns[0] if key.parent_columns else ''} }}"
    )


def _column_line(column: ColumnShape) -> str:
    """Return a column's line for the map; its category is left to whoever knows the content."""
    kind = "" if column.type is ColumnType.TEXT else f", type: {column.type}"
    return f"- {{ name: {column.name}, title: {{ ja: {column.name}, en: {column.name} }}{kind} }}"


def _first_value(column: Column) -> str:
    return next(iter((*column.choices, *column.labels)))
