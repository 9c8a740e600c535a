"""台帳の維持 (P0.1, GL 10-4): is the data map still true of the live stores?

Nothing may be called complete while a store holds a table or column that the map
does not know: an answer made from it could leave something out.
"""

from collections.abc import Iterable, Mapping

from mamoru.datamap.inventory import Store, StoreKind, Table
from mamoru.datamap.terms import ColumnShape, ColumnType, Drift, DriftKind, TableShape

_SAME_TABLE = 0.7
"""Share of equal column names from which a new table is taken for a gone one under a new name."""


def drifts(store: Store, shapes: Iterable[TableShape]) -> tuple[Drift, ...]:
    """Return every difference between a store's map and its live shape; none if the map is true."""
    live = {shape.name: shape for shape in shapes}
    mapped = {table.name: table for table in store.tables}
    found: list[Drift] = []
    new = {name: shape for name, shape in live.items() if name not in mapped}
    for name, table in mapped.items():
        if name in live:
            found += _column_drifts(store, table, live[name])
            continue
        successor = _successor(table, new.values())
        if successor is None:
            found.append(
                Drift(
                    kind=DriftKind.GONE_TABLE,
                    store=store.name,
                    table=name,
                    remedy="remove it from the map once it is known where its rows went",
                )
            )
        else:
            del new[successor.name]
            found.append(
                Drift(
                    kind=DriftKind.RENAMED_TABLE,
                    store=store.name,
                    table=name,
                    found=successor.name,
                    remedy=f"if it is the same table, name it `{successor.name}` in the map",
                )
            )
            found += _column_drifts(store, table, successor)
    for shape in new.values():
        what = "view" if shape.is_view else "table"
        found.append(
            Drift(
                kind=DriftKind.NEW_TABLE,
                store=store.name,
                table=shape.name,
                remedy=f"register the {what} with its columns and how its rows reach a person",
            )
        )
    return tuple(found)


def _successor(table: Table, new: Iterable[TableShape]) -> TableShape | None:
    names = {column.name for column in table.columns}
    for shape in new:
        live = {column.name for column in shape.columns}
        if len(names & live) >= _SAME_TABLE * len(names | live):
            return shape
    return None


def _column_drifts(store: Store, table: Table, shape: TableShape) -> list[Drift]:
    live = {column.name: (at, column) for at, column in enumerate(shape.columns)}
    mapped = {column.name: (at, column) for at, column in enumerate(table.columns)}
    new = {name: item for name, item in live.items() if name not in mapped}
    found: list[Drift] = []

    def add(kind: DriftKind, column: str, seen: str, remedy: str) -> None:
        found.append(
            Drift(
                kind=kind,
                store=store.name,
                table=table.name,
                column=column,
                found=seen,
                remedy=remedy,
            )
        )

    for name, (at, column) in mapped.items():
        if name in live:
            seen = live[name][1].type
            # A CSV file has no types: whatever the map says is how its text is read.
            if store.kind is not StoreKind.CSV and seen is not column.type:
                remedy = f"say `type: {seen}` in the map, and check what reads the column"
                add(DriftKind.RETYPED_COLUMN, name, seen, remedy)
            continue
        successor = _column_successor(at, column.type, new, store)
        if successor is None:
            remedy = "remove it from the map once it is known where its content went"
            add(DriftKind.GONE_COLUMN, name, "", remedy)
        else:
            del new[successor]
            remedy = f"if it is the same column, name it `{successor}` in the map"
            add(DriftKind.RENAMED_COLUMN, name, successor, remedy)
    for name in new:
        remedy = "register it with category and fate"
        add(DriftKind.NEW_COLUMN, name, new[name][1].type, remedy)
    return found


def _column_successor(
    at: int, kind: ColumnType, new: Mapping[str, tuple[int, ColumnShape]], store: Store
) -> str | None:
    """Return the new column that stands where the gone one stood, with the same type."""
    for name, (position, column) in new.items():
        if position == at and (store.kind is StoreKind.CSV or column.type is kind):
            return name
    return None
