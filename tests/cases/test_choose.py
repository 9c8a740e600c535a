"""A member's own yes and no hold at once, and the company's flag says the same (P2.1, P2.13, P3.6)."""

import sqlite3

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.actions import choosing
from mamoru.cases.terms import Subject, Work
from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.actions import ChoiceUnknown
from mamoru.consents.models import SaidRow, StandingRow
from mamoru.kit.ids import SYSTEM, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import NOW
from tests.cases.test_members import in_shop
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
FLAG = "shop/members/M000001/news_mail"


def state() -> dict[str, bool]:
    found = actions.own_choices(acts.user_of(cast.HANAKO), now=NOW)
    return {each.id: each.open for each in found}


def choose(choice: str, *, wanted: bool, key: str = "0123456789abcdef") -> None:
    actions.choose_own(
        acts.user_of(cast.HANAKO),
        choice,
        wanted=wanted,
        policy_version="2026-04-01",
        one_time_key=key,
        now=NOW,
    )


def correct(after: str, key: str) -> None:
    before = "1" if after == "0" else "0"
    actions.correct_own(
        acts.user_of(cast.HANAKO),
        {FLAG: (before, after)},
        policy_version="2026-04-01",
        one_time_key=key,
        now=NOW,
    )


def references() -> set[str]:
    return set(StandingRow.objects.values_list("reference", flat=True))


def set_flag(company: Company, value: int) -> None:
    with sqlite3.connect(company.home / "shop.sqlite3") as shop:
        shop.execute("UPDATE members SET news_mail = ? WHERE member_id = 'M000001'", (value,))
    shop.close()


def carry_out_all() -> None:
    """Let the worker do what was filed, in the order in which it was."""
    for line in sorted(actions.own_cases(acts.user_of(cast.HANAKO)), key=lambda each: each.id):
        if store.case(line.id).work is Work.QUEUED:
            assert acts.carry_out(line.id) is Work.READY


def flag(company: Company) -> int:
    sql = f"SELECT news_mail FROM members WHERE member_id = '{cast.HANAKO.member_id}'"
    [(value,)] = in_shop(company, sql)
    return int(str(value))


@pytest.mark.promise("P2.1")
def test_a_member_decides_on_what_the_policy_leaves_to_the_person() -> None:
    assert state() == {"PU02:": True, "PU04:": True, "PU01.a:freight": False}


@pytest.mark.promise("P2.1")
def test_a_no_holds_at_once_and_the_companys_flag_follows(house: Company) -> None:
    choose("PU02:", wanted=False)

    assert state()["PU02:"] is False
    carry_out_all()
    assert flag(house) == 0
    choose("PU02:", wanted=True, key="fedcba9876543210")
    carry_out_all()
    assert state()["PU02:"] is True
    assert flag(house) == 1


@pytest.mark.promise("P2.1")
@pytest.mark.parametrize("last", [True, False])
def test_the_last_word_stands_in_the_flag_though_the_one_before_was_not_carried_out(
    house: Company, last: bool
) -> None:
    if not last:
        choose("PU02:", wanted=False, key="0" * 16)
        carry_out_all()
    choose("PU02:", wanted=not last, key="1" * 16)
    choose("PU02:", wanted=last, key="2" * 16)

    carry_out_all()

    assert state()["PU02:"] is last
    assert flag(house) == int(last)


@pytest.mark.promise("P2.1")
def test_a_flag_that_the_member_corrects_counts_as_said(house: Company) -> None:
    correct("0", "k1")

    assert state()["PU02:"] is False
    carry_out_all()
    correct("1", "k2")
    assert state()["PU02:"] is True


@pytest.mark.promise("P2.13")
def test_a_consent_names_its_recipient_and_keeps_the_words_that_were_shown() -> None:
    choose("PU01.a:freight", wanted=True)

    assert state()["PU01.a:freight"] is True
    row = SaidRow.objects.get()
    said = standings.said(store.master(), row.reference)
    assert said is not None
    assert said.wording is not None
    assert "芝浦海上物流" in said.wording.text
    assert "氏名" in said.wording.text
    choose("PU01.a:freight", wanted=False, key="fedcba9876543210")
    assert state()["PU01.a:freight"] is False


@pytest.mark.promise("P2.1")
def test_a_no_that_stands_in_the_companys_flag_alone_is_taken_over_once(house: Company) -> None:
    set_flag(house, 0)

    assert state()["PU02:"] is False
    assert state()["PU02:"] is False
    assert len(references()) == 1
    choose("PU02:", wanted=True)
    assert state()["PU02:"] is True  # though the flag is still the old one
    carry_out_all()
    assert (state()["PU02:"], flag(house)) == (True, 1)


@pytest.mark.promise("P2.1")
def test_a_yes_in_the_flag_takes_back_no_refusal(house: Company) -> None:
    choose("PU02:", wanted=False)
    carry_out_all()
    set_flag(house, 1)

    assert state()["PU02:"] is False


@pytest.mark.promise("P2.1")
def test_a_choice_told_twice_is_one_and_takes_back_nothing_said_since() -> None:
    choose("PU02:", wanted=False, key="a" * 16)
    choose("PU02:", wanted=True, key="b" * 16)
    choose("PU02:", wanted=False, key="a" * 16)

    assert state()["PU02:"] is True
    assert len(references()) == 2


@pytest.mark.promise("P2.1")
@pytest.mark.parametrize("choice", ["PU01.a:", "PU05:", "PU02:freight", "", "PU02"])
def test_what_is_not_the_persons_to_decide_is_refused(choice: str) -> None:
    with pytest.raises(ChoiceUnknown):
        choose(choice, wanted=False)

    assert not StandingRow.objects.exists()


@pytest.mark.promise("P3.6")
def test_a_suspended_person_has_every_use_closed_and_an_erased_one_decides_nothing() -> None:
    subject = acts.user_of(cast.HANAKO)
    record = Subject(store="shop", table="members", key=cast.HANAKO.member_id)
    case_id = CaseId("member-page")
    who = choosing.person_of(execute.identify(case_id, (record,), by=SYSTEM, now=NOW))
    consents.suspend(who, reference="case-1", by=SYSTEM, now=NOW)
    assert {each.suspended for each in actions.own_choices(subject, now=NOW)} == {True}

    consents.bury(who, reference="case-2", by=SYSTEM, now=NOW)
    assert actions.own_choices(subject, now=NOW) == ()


@pytest.mark.promise("P2.13")
def test_the_ledger_names_the_choice_and_nobody() -> None:
    choose("PU02:", wanted=False)

    entries = append.entries("choice-0123456789abcdef")
    assert [(each.kind, each.body["purpose"]) for each in entries] == [
        ("standing.recorded", "PU02")
    ]
    assert cast.HANAKO.member_id not in repr(entries)
    assert cast.HANAKO.email not in repr(entries)
