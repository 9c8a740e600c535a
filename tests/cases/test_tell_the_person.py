"""The person is told at the registered contact before an agent gets anything (P3.11, A4)."""

from dataclasses import replace

import pytest

from mamoru.cases import actions, store
from mamoru.cases.terms import (
    DemandKind,
    Identity,
    Judgement,
    RefusalGround,
    Role,
    TellingWay,
    Work,
)
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_agent_matrix import filed, sound

pytestmark = pytest.mark.django_db


def by_agent() -> CaseId:
    agent = sound(Role.ENTRUSTED_AGENT, cast.HANAKO, cast.SATO)
    case_id = filed(Role.ENTRUSTED_AGENT, cast.HANAKO, agent)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    return case_id


def tell(case_id: CaseId, way: TellingWay, number: str = "") -> None:
    if way is not TellingWay.ELECTRONIC_MAIL:
        actions.telling_letter(case_id, by=SUZUKI, now=NOW)
    actions.record_told(case_id, way=way, tracking_number=number, by=SUZUKI, now=NOW)


@pytest.mark.promise("P3.11")
def test_the_letter_goes_to_the_registered_address_and_names_neither_agent_nor_demand() -> None:
    case_id = by_agent()

    made = actions.telling_letter(case_id, by=SUZUKI, now=NOW)

    text = "".join(pdfs.pages(made)[0])
    assert cast.HANAKO.registered_home.address in text
    assert [each for each in (cast.SATO.name, cast.SATO.home.address, "開示") if each in text] == []
    assert append.entries(case_id)[-1].kind == "case.telling-letter.opened"


def test_each_way_takes_the_number_that_goes_with_it() -> None:
    case_id = by_agent()
    for way, number in (
        (TellingWay.REGISTERED_MAIL, ""),
        (TellingWay.ORDINARY_MAIL, "123-45-67890-1"),
        (TellingWay.ELECTRONIC_MAIL, "1"),
    ):
        with pytest.raises(actions.TrackingUnfit):
            tell(case_id, way, number)
    tell(case_id, TellingWay.REGISTERED_MAIL, "123-45-67890-1")
    told = store.case(case_id).told
    assert told is not None
    assert (told.way, told.by) == (TellingWay.REGISTERED_MAIL, SUZUKI)


def test_what_was_recorded_is_not_recorded_anew() -> None:
    case_id = by_agent()
    tell(case_id, TellingWay.ELECTRONIC_MAIL)
    with pytest.raises(actions.StageForbidden):
        tell(case_id, TellingWay.ORDINARY_MAIL)


def test_who_asks_in_person_is_not_written_to() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    assert not actions.may_tell(store.case(case_id))
    with pytest.raises(actions.StageForbidden):
        actions.telling_letter(case_id, by=SUZUKI, now=NOW)


def test_nobody_is_told_before_the_desk_has_confirmed_who_asks() -> None:
    agent = sound(Role.ENTRUSTED_AGENT, cast.HANAKO, cast.SATO)
    case_id = filed(Role.ENTRUSTED_AGENT, cast.HANAKO, agent)
    with pytest.raises(actions.StageForbidden):
        tell(case_id, TellingWay.ORDINARY_MAIL)


@pytest.mark.promise("P3.17")
def test_a_refusal_releases_nothing_and_does_not_wait() -> None:
    case_id = by_agent()
    judged = Judgement(ground=RefusalGround.HARM_TO_RIGHTS, reason="第三者の安全にかかわるため")
    case = acts.answered(case_id, judged)
    assert case.work is Work.READY
    assert not actions.waits_for_telling(case)


def test_of_whom_nothing_is_registered_nobody_can_be_told_and_nothing_waits() -> None:
    case = store.case(by_agent())
    assert actions.telling_ways(case, now=NOW) == tuple(TellingWay)

    unknown = replace(case, identity=Identity(subjects=(), keys=()))

    assert (actions.telling_ways(unknown, now=NOW), actions.may_tell(unknown)) == ((), False)


def test_the_ledger_has_the_way_and_no_contact() -> None:
    case_id = by_agent()
    tell(case_id, TellingWay.REGISTERED_MAIL, "123-45-67890-1")
    last = append.entries(case_id)[-1]
    assert (last.kind, dict(last.body)) == (
        "case.person.told",
        {"way": "registered-mail", "tracked": True},
    )
