"""A yes or a no of a person, with the text that was shown (P2.1, P2.13, P3.6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from mamoru.consents import actions, store
from mamoru.consents.models import ChangeRow, SaidRow, WordingRow
from mamoru.consents.terms import Person, Said, StandingKind, Way, Wording
from mamoru.gate.terms import EVERYBODY, Standing
from mamoru.kit.ids import MEMBER
from mamoru.ledger import append
from mamoru.site import wiring
from tests.cases.acts import NOW
from tests.consents.test_stand import person
from tests.oracle.gate import Grant, Purpose, Small

pytestmark = pytest.mark.usefixtures("house")

POLICY = Small(
    purposes={
        "PU01": Purpose(),
        "PU02": Purpose(needs="not-refused"),
        "PU07": Purpose(needs="consent"),
    },
    grants={
        ("PU01", "contact", "internal"): Grant(),
        ("PU02", "contact", "internal"): Grant(),
        ("PU07", "contact", "partner"): Grant(),
        ("PU07", "contact", "bank"): Grant(),
    },
)
WORDING = Wording(version="2026-04", text="お知らせのメールを受け取る")
SAID = Said(way=Way.MEMBER_PAGE, at=NOW, wording=WORDING, evidence="受付票 12-3456")
LATER = NOW + timedelta(hours=1)


def consent(who: Person, reference: str, *, to: str = "partner", **more: Any) -> bool:
    given: dict[str, Any] = {"said": SAID, "now": NOW, "purpose": "PU07"} | more
    return actions.consent(
        who,
        POLICY,
        recipient=to,
        reference=reference,
        by=MEMBER,
        master=wiring.master(),
        **given,
    )


def refuse(who: Person, reference: str, **more: Any) -> bool:
    given: dict[str, Any] = {"said": SAID, "now": NOW, "purpose": "PU02"} | more
    return actions.refuse(
        who, POLICY, reference=reference, by=MEMBER, master=wiring.master(), **given
    )


@pytest.mark.promise("P2.13")
def test_a_consent_holds_for_its_purpose_and_recipient_and_keeps_what_was_shown() -> None:
    consent(person("A1"), "a1")

    assert actions.standing(person("A1"), now=NOW).consents == {("PU07", "partner")}
    assert store.said(wiring.master(), "a1") == SAID


@pytest.mark.promise("P2.13")
def test_the_ledger_and_the_rows_say_how_it_was_said_and_hold_no_word_of_the_evidence() -> None:
    consent(person("A2"), "a2")

    (entry,) = append.entries("a2")
    assert entry.body["way"] == "member-page"
    assert entry.body["wording"] == WORDING.digest
    assert entry.body["purpose"] == "PU07"
    assert b"12-3456" not in bytes(SaidRow.objects.get(reference="a2").sealed)


def test_one_wording_is_kept_once_however_many_answer_it() -> None:
    for at in range(3):
        consent(person(f"A3{at}"), f"a3{at}")

    assert WordingRow.objects.filter(text=WORDING.text).count() == 1


@pytest.mark.promise("P2.13")
def test_a_withdrawal_ends_the_consent_and_leaves_those_for_others() -> None:
    consent(person("A4"), "a4")
    consent(person("A4"), "a4b", to="bank")

    ended = actions.withdraw(
        person("A4"), purpose="PU07", recipient="partner", by=MEMBER, now=LATER
    )

    assert ended == 1
    assert actions.standing(person("A4"), now=LATER).consents == {("PU07", "bank")}
    assert [each.kind for each in append.entries("a4")] == ["standing.recorded", "standing.ended"]


def test_what_is_withdrawn_twice_is_withdrawn_once() -> None:
    consent(person("A5"), "a5")

    def withdrawn() -> int:
        return actions.withdraw(person("A5"), purpose="PU07", recipient=None, by=MEMBER, now=LATER)

    assert withdrawn() == 1
    assert withdrawn() == 0


@pytest.mark.promise("P2.1", "P3.6")
def test_a_refusal_ends_the_consents_to_that_purpose() -> None:
    consent(person("A6"), "a6")

    refuse(person("A6"), "a6r", purpose="PU07", now=LATER)

    assert actions.standing(person("A6"), now=LATER) == Standing(refusals=frozenset({"PU07"}))
    assert not store.in_force("a6")


@pytest.mark.promise("P2.1")
def test_a_consent_after_a_refusal_takes_the_refusal_back() -> None:
    refuse(person("A7", "a7@mail.example"), "a7")

    consent(person("A7", "a7@mail.example"), "a7c", purpose="PU02", to="internal", now=LATER)

    assert actions.standing(person("A7"), now=LATER).refusals == frozenset()
    assert not actions.standing(person("", "a7@mail.example"), now=LATER).refusals


@pytest.mark.promise("P3.6")
def test_an_old_click_that_comes_again_takes_nothing_back_that_was_said_since() -> None:
    consent(person("A8"), "a8", purpose="PU02", to="internal")
    refuse(person("A8"), "a8r", now=LATER)

    again = consent(person("A8"), "a8", purpose="PU02", to="internal", now=LATER)

    assert not again
    assert actions.standing(person("A8"), now=LATER).refusals == {"PU02"}


@pytest.mark.promise("P3.6")
def test_a_refusal_of_one_in_the_house_takes_no_consent_from_another() -> None:
    consent(person("A9", "house9@mail.example"), "a9")

    refuse(person("B9", "house9@mail.example"), "b9", purpose="PU07", now=LATER)

    assert actions.standing(person("A9", "house9@mail.example"), now=LATER).consents


@pytest.mark.promise("P2.13")
@pytest.mark.parametrize(
    ("purpose", "to"), [("PU99", "internal"), ("PU07", "unknown"), ("PU01", "partner")]
)
def test_a_consent_to_what_the_policy_does_not_grant_is_refused_and_leaves_nothing(
    purpose: str, to: str
) -> None:
    with pytest.raises(actions.ChoiceUnknown):
        consent(person("A10"), "a10", purpose=purpose, to=to)

    assert store.records_of(person("A10")) == ()
    assert not SaidRow.objects.filter(reference="a10").exists()


def test_a_consent_to_every_recipient_names_a_purpose_all_the_same() -> None:
    consent(person("A11"), "a11", to=EVERYBODY)

    assert actions.standing(person("A11"), now=NOW).consents == {("PU07", "*")}
    assert append.entries("a11")[0].body["recipient"] == "everybody"


@pytest.mark.promise("P2.1")
def test_the_service_itself_cannot_be_refused_and_the_error_says_what_can() -> None:
    with pytest.raises(actions.ChoiceUnknown, match="PU02, PU07"):
        refuse(person("A12"), "a12", purpose="PU01")


@pytest.mark.promise("P3.6")
def test_who_was_erased_cannot_be_brought_back_by_a_consent() -> None:
    actions.bury(person("A13"), reference="C-13/1", by=MEMBER, now=NOW)

    with pytest.raises(actions.PersonErased):
        consent(person("A13"), "a13", now=LATER)


@pytest.mark.promise("P2.13")
def test_under_a_household_s_key_a_consent_counts_only_where_it_was_given_by_that_key() -> None:
    mail = person("", "house14@mail.example")
    consent(person("A14", "house14@mail.example"), "a14")

    before = actions.standings(mail.shared, shared=True, now=NOW)
    consent(mail, "a14m", to="bank")
    after = actions.standings(mail.shared, shared=True, now=NOW)

    assert [each.consents for each in before.values()] == [frozenset()]
    assert [each.consents for each in after.values()] == [{("PU07", "bank")}]


@pytest.mark.promise("P3.6")
def test_under_a_household_s_key_a_refusal_counts_whoever_of_the_house_said_it() -> None:
    refuse(person("A15", "house15@mail.example"), "a15")

    (found,) = actions.standings(
        person("", "house15@mail.example").shared, shared=True, now=NOW
    ).values()

    assert found.refusals == {"PU02"}


@pytest.mark.promise("P3.6")
def test_every_change_is_written_for_every_wall_and_stays_until_the_wall_was_told() -> None:
    store.install_walls(["shop", "crm"])
    try:
        refuse(person("A16", "a16@mail.example"), "a16")
        store.end("a16", StandingKind.REFUSAL, at=LATER)
        first = store.changes("shop")
        refuse(person("A16", "a16@mail.example"), "a16b")
        store.told(first)
    finally:
        store.install_walls([])

    assert {each.person for each in first} == {*person("A16", "a16@mail.example").own,
                                               *person("A16", "a16@mail.example").shared}  # fmt: skip
    assert len(first) == 4
    assert len(store.changes("shop")) == 2
    assert len(store.changes("crm")) == 6


def test_a_change_that_is_rolled_back_tells_no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise append.JournalUnwritable("full")

    store.install_walls(["shop"])
    monkeypatch.setattr(append, "entry", broken)
    try:
        with pytest.raises(append.JournalUnwritable):
            refuse(person("A17"), "a17")
    finally:
        store.install_walls([])

    assert not ChangeRow.objects.filter(person__in=person("A17").own).exists()
    assert connection.vendor


@pytest.mark.parametrize("kind", list(StandingKind))
def test_how_many_keys_are_asked_for_does_not_change_how_each_stands(kind: StandingKind) -> None:
    digests = [each for at in range(1_200) for each in person(f"N{at}").own]
    refuse(person("N7"), f"n7-{kind}")

    found = actions.standings(digests, shared=False, now=NOW)

    assert len(found) == 1_200
    assert [each for each in found.values() if each.refusals] == [
        Standing(refusals=frozenset({"PU02"}))
    ]
