"""Records of provision: found by their person, with their entry or not at all (P2.14, P3.4)."""

from collections.abc import Callable
from datetime import date

import pytest

from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.terms import Person
from mamoru.kit.ids import SYSTEM, PersonRef
from mamoru.ledger import append
from mamoru.ledger.append import JournalUnwritable
from mamoru.provision import actions, store
from mamoru.provision.terms import Basis, ProvisionRecord
from mamoru.site import wiring
from tests.cases.acts import NOW

pytestmark = pytest.mark.usefixtures("house")


def record(member_id: str, day: int = 1) -> ProvisionRecord:
    return ProvisionRecord(
        person=store.person_ref(wiring.master(), "member_id", member_id),
        basis=Basis.CONSENT,
        provided_on=date(2026, 10, day),
        recipient="芝浦海上物流株式会社",
        recipient_address="東京都港区海岸九丁目99番1号",
        recipient_representative="波多野 渚",
        items=("氏名", "住所"),
    )


def people(*members: str) -> dict[PersonRef, Person]:
    return {record(each).person: who(each) for each in members}


def who(member_id: str) -> Person:
    return standings.person(wiring.master(), {"member_id": (member_id,)}, shareable=())


def of(member_id: str) -> tuple[ProvisionRecord, ...]:
    return store.records_of((store.person_ref(wiring.master(), "member_id", member_id),))


@pytest.mark.promise("P2.14", "P3.4")
def test_a_persons_records_come_oldest_first_and_nobody_elses() -> None:
    mine = (record("X1", 2), record("X1", 1))

    actions.record((*mine, record("X2")), persons=people("X1", "X2"), by=SYSTEM, now=NOW)

    assert of("X1") == (mine[1], mine[0])
    assert of("X3") == ()
    assert store.records_of(()) == ()
    assert append.entries("provision")[-1].body == {"records": 3, "persons": 2}


@pytest.mark.promise("P2.14")
def test_a_record_without_its_entry_is_not_kept() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mamoru_ledger_node RENAME TO gone")

    with pytest.raises(JournalUnwritable):
        actions.record((record("X1"),), persons=people("X1"), by=SYSTEM, now=NOW)

    assert of("X1") == ()


def test_a_row_shows_what_the_rules_ask_for_and_not_the_persons_digest() -> None:
    row = record("X1").as_row()

    assert list(row) == [
        "provided_on",
        "basis",
        "recipient",
        "recipient_address",
        "recipient_representative",
        "items",
    ]
    assert row["items"] == "氏名、住所"
    assert record("X1").person not in row.values()


def test_a_reference_differs_by_kind_of_key() -> None:
    master = wiring.master()

    assert store.person_ref(master, "email", "X1") != store.person_ref(master, "member_id", "X1")


@pytest.mark.promise("P3.7", "P2.13")
@pytest.mark.parametrize("act", [consents.stop, consents.suspend, consents.bury])
def test_nothing_is_provided_of_who_stopped_it(act: Callable[..., None]) -> None:
    act(who("X9"), reference="C-9/1", by=SYSTEM, now=NOW)

    with pytest.raises(actions.ProvisionStopped):
        actions.record((record("X8"), record("X9")), persons=people("X8", "X9"), by=SYSTEM, now=NOW)

    assert of("X8") == of("X9") == ()
