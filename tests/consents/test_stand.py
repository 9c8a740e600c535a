"""How a person stands: from the transaction that writes it, by the person's own keys (P3.6, P3.7)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from mamoru.consents import actions, rules, store
from mamoru.consents.models import StandingRow
from mamoru.consents.terms import Person, StandingKind, StandingRecord
from mamoru.gate.terms import EVERYBODY, Standing
from mamoru.kit.ids import SYSTEM
from mamoru.ledger import append
from mamoru.site import wiring
from tests.cases.acts import NOW

pytestmark = pytest.mark.usefixtures("house")


def person(member: str = "", mail: str = "") -> Person:
    keys = {"member_id": (member,) if member else (), "email": (mail,) if mail else ()}
    return store.person(wiring.master(), keys, shareable=("email",))


@pytest.mark.promise("P3.6")
def test_a_suspension_holds_at_once_and_for_that_person_only() -> None:
    actions.suspend(person("S1"), reference="C-1/1", by=SYSTEM, now=NOW)

    assert actions.standing(person("S1"), now=NOW).suspended
    assert actions.standing(person("S2"), now=NOW) == Standing()


@pytest.mark.promise("P3.7")
def test_a_stop_without_a_name_is_a_stop_for_every_recipient() -> None:
    actions.stop(person("S3"), reference="C-3/1", by=SYSTEM, now=NOW)

    assert actions.standing(person("S3"), now=NOW).stopped == {EVERYBODY}


@pytest.mark.promise("P3.6")
def test_nothing_may_be_written_back_for_an_erased_person() -> None:
    actions.bury(person("S4", "s4@mail.example"), reference="C-4/1", by=SYSTEM, now=NOW)

    for who in (person("S4"), person("", "s4@mail.example")):
        with pytest.raises(actions.PersonErased):
            actions.expect_not_erased(who, now=NOW)


def test_a_shared_mailbox_does_not_close_the_account_of_another_in_the_house() -> None:
    actions.bury(person("S5", "house@mail.example"), reference="C-5/1", by=SYSTEM, now=NOW)

    assert not actions.standing(person("S6", "house@mail.example"), now=NOW).tombstone


def test_what_was_recorded_twice_is_one_record_with_one_entry() -> None:
    for _ in range(2):
        actions.suspend(person("S7"), reference="C-7/1", by=SYSTEM, now=NOW)

    assert len(store.records_of(person("S7"))) == 1
    assert [each.kind for each in append.entries("C-7/1")] == ["standing.recorded"]


def test_an_ended_suspension_no_longer_holds() -> None:
    actions.suspend(person("S8"), reference="C-8/1", by=SYSTEM, now=NOW)

    later = NOW + timedelta(days=1)
    assert actions.end("C-8/1", StandingKind.SUSPENSION, by=SYSTEM, now=later)

    assert actions.standing(person("S8"), now=later - timedelta(seconds=1)).suspended
    assert not actions.standing(person("S8"), now=later).suspended
    assert not actions.end("C-8/1", StandingKind.SUSPENSION, by=SYSTEM, now=later)


def test_without_the_entry_there_is_no_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "_installed", [])

    with pytest.raises(append.JournalMissing), transaction.atomic():
        actions.suspend(person("S9"), reference="C-9/1", by=SYSTEM, now=NOW)

    assert store.records_of(person("S9")) == ()


def test_nobody_stands_without_a_key() -> None:
    with pytest.raises(actions.PersonUnknown):
        actions.suspend(person(), reference="C-10/1", by=SYSTEM, now=NOW)


def test_the_rows_hold_neither_number_nor_address() -> None:
    actions.suspend(
        person("M-SECRET", "secret@mail.example"), reference="C-11/1", by=SYSTEM, now=NOW
    )

    held = " ".join(str(row) for row in StandingRow.objects.values_list())

    assert "SECRET" not in held
    assert "secret@" not in held


def test_imports_learn_which_of_many_keys_belong_to_the_erased() -> None:
    gone, there = person("S12"), person("S13")
    actions.bury(gone, reference="C-12/1", by=SYSTEM, now=NOW)

    many = (*gone.own, *there.own, *(person(f"N{at}").own[0] for at in range(1200)))

    assert store.among(many, StandingKind.TOMBSTONE, shared=False, now=NOW) == set(gone.own)


_records = st.lists(
    st.builds(
        StandingRecord,
        reference=st.just("C-1/1"),
        kind=st.sampled_from(StandingKind),
        purpose=st.sampled_from(["", "PU02"]),
        recipient=st.sampled_from(["", "freight"]),
        since=st.sampled_from([NOW, NOW + timedelta(days=1)]),
        until=st.sampled_from([None, NOW + timedelta(days=2)]),
        by=st.just(SYSTEM),
    ),
    max_size=4,
)


@given(_records)
def test_the_order_of_records_does_not_matter(records: list[StandingRecord]) -> None:
    folded = {rules.standing(order, now=NOW + timedelta(days=1)) for order in permutations(records)}

    assert len(folded) == 1


@given(_records)
def test_one_more_prohibition_never_opens_anything(records: list[StandingRecord]) -> None:
    now = NOW + timedelta(days=1)
    before = rules.standing(records, now=now)
    suspension = StandingRecord(
        reference="C-2/1", kind=StandingKind.SUSPENSION, since=NOW, by=SYSTEM
    )

    after = rules.standing([*records, suspension], now=now)

    assert after == replace(before, suspended=True)
