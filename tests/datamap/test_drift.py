"""What differs between the map and a live store is named (P0.1)."""

from dataclasses import replace

import pytest

from mamoru.datamap import reading
from mamoru.datamap.drift import drifts
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import ColumnShape, ColumnType, DriftKind, ForeignKeyShape, TableShape
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


# --- foreign keys, views, what cannot be emptied ------------------------------------------------


def key(column: str, parent: str, parent_column: str, on_delete: str = "") -> ForeignKeyShape:
    return ForeignKeyShape(
        columns=(column,), parent=parent, parent_columns=(parent_column,), on_delete=on_delete
    )


TO_MEMBERS = key("member_id", "members", "member_id")
REFERRING = reading.parse(
    GOOD.replace(
        "        fate: { erasure: clear }\n",
        "        references: [{ column: order_id, table: members, parent_column: member_id }]\n"
        "        fate: { erasure: clear }\n",
    )
).store("shop")


@pytest.mark.promise("P0.1")
def test_a_foreign_key_along_the_persons_path_is_known() -> None:
    assert kinds(MEMBERS, replace(ORDERS, foreign_keys=(TO_MEMBERS,))) == []


@pytest.mark.promise("P0.1")
@pytest.mark.parametrize(
    ("store", "keys", "kind", "column"),
    [
        (STORE, [key("order_id", "log", "id")], DriftKind.NEW_FOREIGN_KEY, "order_id"),
        (STORE, [key("member_id", "log", "id")], DriftKind.NEW_FOREIGN_KEY, "member_id"),
        (REFERRING, [TO_MEMBERS], DriftKind.GONE_FOREIGN_KEY, "order_id"),
        (
            REFERRING,
            [TO_MEMBERS, key("order_id", "members", "name")],
            DriftKind.CHANGED_FOREIGN_KEY,
            "order_id",
        ),
    ],
)
def test_names_new_gone_and_changed_foreign_keys(
    store: Store, keys: list[ForeignKeyShape], kind: DriftKind, column: str
) -> None:
    (drift,) = drifts(store, (MEMBERS, replace(ORDERS, foreign_keys=tuple(keys))))

    assert (drift.kind, drift.table, drift.column) == (kind, "orders", column)


@pytest.mark.promise("P0.1")
def test_a_view_that_nobody_named_is_a_drift_until_the_map_names_it() -> None:
    view = replace(MEMBERS, name="members_now", columns=MEMBERS.columns[:1], is_view=True)

    (drift,) = drifts(STORE, (*LIVE, view))

    assert (drift.kind, drift.yaml) == (DriftKind.NEW_VIEW, "views: [members_now]")
    named = STORE.model_copy(update={"views": ("members_now",)})
    assert drifts(named, (*LIVE, view)) == ()
    assert [each.kind for each in drifts(named, LIVE)] == [DriftKind.GONE_TABLE]


@pytest.mark.promise("P0.1", "P3.6")
def test_a_column_that_must_be_emptied_and_cannot_be_is_a_drift() -> None:
    columns = tuple(replace(column, nullable=False) for column in ORDERS.columns)

    (drift,) = drifts(
        STORE, (MEMBERS, replace(ORDERS, columns=columns, foreign_keys=(TO_MEMBERS,)))
    )

    assert (drift.kind, drift.column) == (DriftKind.NOT_NULLABLE, "member_id")


def test_our_own_fence_is_no_drift_where_the_map_allows_it() -> None:
    fence = TableShape(name="mamoru_fence", columns=(ColumnShape(name="k", type=ColumnType.TEXT),))

    assert drifts(STORE, (*LIVE, fence)) == ()
    (drift,) = drifts(STORE.model_copy(update={"fence": False}), (*LIVE, fence))
    assert drift.kind is DriftKind.NEW_TABLE


def test_the_lines_for_the_map_are_ready_to_paste() -> None:
    fax = ColumnShape(name="fax", type=ColumnType.TEXT)
    (drift,) = drifts(STORE, (replace(MEMBERS, columns=(*MEMBERS.columns, fax)), ORDERS))
    line = f"          {drift.yaml}".replace(" }", ", category: contact }", 1)
    line = line.replace("en: fax, category: contact }", "en: fax }, category: contact")

    pasted = GOOD.replace("      - name: orders\n", f"{line}\n      - name: orders\n")

    store = reading.parse(pasted).store("shop")
    assert drifts(store, (replace(MEMBERS, columns=(*MEMBERS.columns, fax)), ORDERS)) == ()


def test_a_renamed_column_that_moved_is_guessed_if_it_is_the_only_one() -> None:
    number, name, left = MEMBERS.columns

    assert kinds(replace(MEMBERS, columns=(number, left, replace(name, name="full"))), ORDERS) == [
        (DriftKind.RENAMED_COLUMN, "members", "name", "full")
    ]
