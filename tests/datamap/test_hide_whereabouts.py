"""所在の手がかり: in doubt a column tells where its person is; some tell whatever the map says (P3.11)."""

import pytest

from mamoru.datamap import whereabouts
from mamoru.datamap.inventory import About, Column, Fate, OnErasure, Table, Title, ValueKind
from mamoru.datamap.terms import ColumnType, KeyPath, Location

TITLE = Title(ja="項目", en="Item")
REACHED = frozenset({"contact", "address"})


def table(**changed: object) -> Column:
    return Column.model_validate(
        {"name": "thing", "title": TITLE, "category": "order", "type": "text", **changed}
    )


def tells(column: Column, **of_table: object) -> bool:
    return whereabouts.tells(_table(column, **of_table), column, REACHED)


def _table(column: Column, **of_table: object) -> Table:
    key = Column(name="id", title=TITLE, category="account")
    return Table.model_validate(
        {
            "name": "t",
            "title": TITLE,
            "purposes": ("PU08",),
            "retention": ({"text": TITLE, "period": "P1Y"},),
            "row_key": "id",
            "person": ({"column": "id", "kind": "member_id"},),
            "fate": Fate(erasure=OnErasure.DELETE_ROW),
            "columns": (key, column),
            **of_table,
        }
    )


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    "said",
    [
        {"category": "address"},
        {"category": "contact"},
        {"value": ValueKind.ADDRESS},
        {"value": ValueKind.POSTAL_CODE},
        {"value": ValueKind.EMAIL},
        {"value": ValueKind.PHONE},
        {"free_text": True},
        {"about": About.THIRD_PARTY},
        {"type": ColumnType.DATE, "category": "address"},
        {"json": ({"path": "$.branch", "title": TITLE, "category": "order"},)},
    ],
    ids=str,
)
def test_no_word_of_the_map_opens_what_certainly_tells(said: dict[str, object]) -> None:
    assert tells(table(**said, whereabouts=False))


@pytest.mark.promise("P3.11")
def test_what_nobody_has_looked_at_tells_and_the_map_can_open_or_close_it() -> None:
    for kind in (ColumnType.TEXT, ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.OTHER):
        assert tells(table(type=kind))
        assert not tells(table(type=kind, whereabouts=False))
    assert not tells(table(type=ColumnType.DATE))
    assert tells(table(type=ColumnType.DATE, whereabouts=True))


def test_names_birth_dates_and_keys_tell_nothing_and_roles_of_an_address_do() -> None:
    assert not tells(table(), identity={"family_name": "thing"})
    assert not tells(table(), identity={"birth": "thing"})
    assert not tells(table(), provides={"member_id": "thing"})
    assert tells(table(whereabouts=False), identity={"building": "thing"})


@pytest.mark.promise("P3.11")
def test_the_mark_of_protection_is_told_to_nobody() -> None:
    column = table(whereabouts=False)
    assert whereabouts.is_mark(_table(column, protection={"column": "thing"}), column)
    assert tells(column, protection={"column": "thing"})
    assert not whereabouts.is_mark(_table(column), column)


def test_a_place_of_which_nothing_is_left_is_no_place() -> None:
    column = table()
    held = _table(column)
    path = KeyPath(column="id", kind="member_id", keys=("M1",))
    place = Location(
        store="s",
        table="t",
        columns=("id", "thing"),
        categories=("account", "order"),
        paths=(path,),
    )
    left = whereabouts.without(place, held, REACHED)
    assert left is not None
    assert left.columns == ("id",)
    assert whereabouts.without(place.narrowed(("thing",)), held, REACHED) is None
