"""A permit opens exactly the columns, the person and the time that it names (P1.5)."""

from datetime import UTC, datetime, timedelta

import pytest

from mamoru.datamap.terms import KeyPath, Location
from mamoru.gate.permit import PermitRefused, issue
from mamoru.gate.terms import Permit, PermitExpired, Standing
from tests.oracle.gate import Grant, Purpose, Small

OPEN = Standing()
NOW = datetime(2026, 6, 1, tzinfo=UTC)
POLICY = Small(
    purposes={"PU08": Purpose(basis="law"), "PU02": Purpose()},
    grants={
        ("PU08", "name", "internal"): Grant(),
        ("PU08", "contact", "internal"): Grant(),
        ("PU08", "payment", "internal"): Grant(form="masked", clause="c-masked"),
        ("PU02", "contact", "internal"): Grant(),
    },
)


def place(columns: dict[str, str], key: str = "M1", table: str = "members") -> Location:
    return Location(
        store="shop",
        table=table,
        columns=tuple(columns),
        categories=tuple(columns.values()),
        paths=(KeyPath(column="member_id", kind="member_id", keys=(key,)),),
    )


PLACE = place({"name": "name", "email": "contact", "row": "none"})


def permit(*places: Location, purpose: str = "PU08", standing: Standing | None = OPEN) -> Permit:
    return issue(
        POLICY,
        case="C-2026-000001-8",
        purpose=purpose,
        operation="read",
        locations=places,
        standing=standing,
        by="staff:1",
        now=NOW,
        until=NOW + timedelta(hours=1),
    )


@pytest.mark.promise("P1.5")
def test_opens_the_named_columns_and_no_other() -> None:
    given = permit(PLACE)

    assert given.allows("shop", "members", "email", "read", NOW)
    assert not given.allows("shop", "members", "phone", "read", NOW)
    assert not given.allows("shop", "orders", "email", "read", NOW)
    assert not given.allows("shop", "members", "email", "correct", NOW)


@pytest.mark.promise("P1.5")
def test_covers_this_person_and_no_other() -> None:
    given = permit(PLACE)

    assert given.covers(PLACE, "read", NOW)
    assert given.covers(PLACE.narrowed(("email",), row=3), "read", NOW)
    assert not given.covers(place({"name": "name"}, key="M2"), "read", NOW)


@pytest.mark.promise("P1.5", "P2.1")
def test_refuses_the_whole_plan_for_one_column_and_names_all_that_is_needed() -> None:
    with pytest.raises(PermitRefused) as told:
        permit(PLACE, purpose="PU02")

    message = str(told.value)
    assert all(word in message for word in ("shop.members.name", "`PU02`", "`name`", "c-purpose"))
    assert told.value.verdict is not None
    assert told.value.verdict.remedy in message


@pytest.mark.parametrize(
    ("columns", "word"),
    [({"card": "payment"}, "masked"), ({"row": "none"}, "nothing to permit")],
)
def test_opens_nothing_that_is_not_granted_in_clear(columns: dict[str, str], word: str) -> None:
    with pytest.raises(PermitRefused, match=word):
        permit(place(columns))


def test_an_unknown_standing_gives_no_permit() -> None:
    with pytest.raises(PermitRefused, match="not known"):
        permit(PLACE, standing=None)


def test_without_a_place_there_is_no_permit() -> None:
    with pytest.raises(PermitRefused):
        permit()


@pytest.mark.parametrize("moment", [NOW - timedelta(seconds=1), NOW + timedelta(hours=1)])
def test_holds_in_its_time_only(moment: datetime) -> None:
    with pytest.raises(PermitExpired) as told:
        permit(PLACE).allows("shop", "members", "email", "read", moment)

    assert told.value.retry


def test_shows_no_key_of_the_person_when_printed() -> None:
    assert "M1" not in repr(permit(PLACE)) + repr(PLACE)
