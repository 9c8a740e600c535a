"""What differs between the map and a live store is named (P0.1)."""

from dataclasses import replace

import pytest

from mamoru.datamap import reading
from mamoru.datamap.drift import drifts
from mamoru.datamap.terms import ColumnShape, ColumnType, DriftKind, TableShape
from tests.datamap.test_load import GOOD

STORE = reading.parse(GOOD, file="datamap.yaml").store("shop")
LIVE = tuple(
    TableShape(
        name=table.name,
        columns=tuple(ColumnShape(name=column.name, type=column.type) for column in table.columns),
    )
    for table in STORE.tables
)
MEMBERS, ORDERS = LIVE


def kinds(*shapes: TableShape) -> list[tuple[DriftKind, str, str, str]]:
    return [(drift.kind, drift.table, drift.column, drift.found) for drift in drifts(STORE, shapes)]


def test_a_true_map_has_no_drift() -> None:
    assert kinds(*LIVE) == []


@pytest.mark.promise("P0.1")
def test_names_new_gone_and_renamed_tables() -> None:
    log = TableShape(name="log", columns=(ColumnShape(name="at", type=ColumnType.DATE),))

    assert kinds(*LIVE, log) == [(DriftKind.NEW_TABLE, "log", "", "")]
    assert kinds(MEMBERS) == [(DriftKind.GONE_TABLE, "orders", "", "")]
    assert kinds(MEMBERS, replace(ORDERS, name="sales")) == [
        (DriftKind.RENAMED_TABLE, "orders", "", "sales")
    ]


@pytest.mark.promise("P0.1")
def test_names_new_gone_renamed_and_retyped_columns() -> None:
    number, name, left = MEMBERS.columns
    fax = ColumnShape(name="fax", type=ColumnType.TEXT)

    def with_columns(*columns: ColumnShape) -> list[tuple[DriftKind, str, str, str]]:
        return kinds(replace(MEMBERS, columns=columns), ORDERS)

    assert with_columns(number, name, left, fax) == [
        (DriftKind.NEW_COLUMN, "members", "fax", "text")
    ]
    assert with_columns(number, name) == [(DriftKind.GONE_COLUMN, "members", "left_on", "")]
    assert with_columns(number, replace(name, name="full_name"), left) == [
        (DriftKind.RENAMED_COLUMN, "members", "name", "full_name")
    ]
    assert with_columns(number, name, replace(left, type=ColumnType.TEXT)) == [
        (DriftKind.RETYPED_COLUMN, "members", "left_on", "text")
    ]


def test_every_drift_says_how_to_repair_the_map() -> None:
    assert all(drift.remedy for drift in drifts(STORE, ()))
