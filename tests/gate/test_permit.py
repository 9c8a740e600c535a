"""A permit opens exactly the columns, the person and the time that it names (P1.5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mamoru.datamap.acts import Act, Frozen, Reach, act_shares, share
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


def permit(
    *places: Location,
    purpose: str = "PU08",
    standing: Standing | None = OPEN,
    operation: str = "read",
    frozen: tuple[Frozen, ...] = (),
) -> Permit:
    return issue(
        POLICY,
        case="C-2026-000001-8",
        purpose=purpose,
        operation=operation,
        locations=places,
        standing=standing,
        by="staff:1",
        now=NOW,
        until=NOW + timedelta(hours=1),
        frozen=frozen,
    )


def rows(*reaches: Reach, of: Location = PLACE) -> Frozen:
    return Frozen(store=of.store, table=of.table, place=of.digest, reaches=reaches)


NUMBER = Reach(column="member_id", keys=("M1", "M2"))
MAIL = Reach(column="email", keys=("hana@mail.example",))


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


@pytest.mark.promise("P1.5")
def test_to_change_rows_their_very_keys_are_named() -> None:
    frozen = rows(NUMBER, MAIL)
    given = permit(PLACE, operation="erase", frozen=(frozen,))

    assert given.frozen == {share(frozen)}
    assert permit(PLACE, operation="erase").frozen == frozenset()
    for other in (rows(NUMBER), rows(MAIL, NUMBER), rows(replace(NUMBER, keys=("M3",)), MAIL)):
        assert share(other) not in given.frozen


@pytest.mark.promise("P1.5")
def test_rows_that_were_resolved_from_elsewhere_are_not_named() -> None:
    with pytest.raises(PermitRefused, match="not resolved"):
        permit(
            PLACE, operation="erase", frozen=(rows(NUMBER, of=place({"name": "name"}, key="M2")),)
        )


@pytest.mark.promise("P1.5", "P3.14")
@pytest.mark.parametrize("operation", ["erase", "correct"])
def test_how_rows_under_a_shared_key_are_told_is_named_as_well(operation: str) -> None:
    hana, hanako = (("name", "佐藤花"),), (("name", "佐藤花子"),)
    frozen = replace(rows(MAIL), own=(hana, hanako))
    named = permit(PLACE, operation=operation, frozen=(frozen,)).frozen
    act = Act(store="shop", table=frozen.table, place=frozen.place, reaches=frozen.reaches)

    for own in (hana, hanako, (("note", None), *hana)):
        assert not named.isdisjoint(act_shares(replace(act, only=own)))
    for other in ((), (("name", "佐藤太郎"),), (*hana, ("note", None))):
        assert named.isdisjoint(act_shares(replace(act, only=other)))


@pytest.mark.promise("P1.5", "P3.5")
def test_a_correction_may_take_one_key_of_a_column_that_leads_alone() -> None:
    one = rows(replace(NUMBER, keys=("M2",)))

    assert share(one) in permit(PLACE, operation="correct", frozen=(rows(NUMBER),)).frozen
    assert share(one) not in permit(PLACE, operation="erase", frozen=(rows(NUMBER),)).frozen
    two_ways = permit(PLACE, operation="correct", frozen=(rows(NUMBER, MAIL),))
    assert two_ways.frozen == {share(rows(NUMBER, MAIL))}


def test_shows_no_key_of_the_person_when_printed() -> None:
    named = permit(PLACE, operation="erase", frozen=(rows(NUMBER),))

    assert "M1" not in repr(permit(PLACE)) + repr(PLACE) + repr(named)
