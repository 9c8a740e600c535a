"""Two persons decide, on facts, and a refusal says why (P3.10 to P3.17)."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from mamoru.cases import actions, store
from mamoru.cases.actions import FormDefective, NotConfirmed
from mamoru.cases.execute import ColumnNotOpen
from mamoru.cases.rules.refusal import GroundForbidden, ReasonMissing
from mamoru.cases.rules.states import SecondPersonNeeded, StageForbidden
from mamoru.cases.store import CaseChangedMeanwhile
from mamoru.cases.terms import (
    Channel,
    Demand,
    DemandKind,
    DispatchKind,
    Judgement,
    Outcome,
    ProofKind,
    ProofOf,
    RefusalGround,
    Stage,
    Work,
)
from mamoru.kit.ids import REQUESTER, CaseId, DemandId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI

pytestmark = pytest.mark.usefixtures("house")
HARM = Judgement(
    ground=RefusalGround.HARM_TO_RIGHTS, reason="第三者の安全を害するおそれがあります。"
)


def first(case_id: CaseId) -> DemandId:
    return store.case(case_id).demands[0].id


def text(case_id: CaseId) -> str:
    letter = store.answer(case_id)
    assert letter is not None
    return pdfs.words(letter[1])


@pytest.mark.promise("P3.14", "P3.17")
def test_a_demand_is_refused_for_harm_with_its_reason_and_its_way_to_court() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)

    case = acts.answered(case_id, HARM)

    decision = case.demands[0].decision
    assert decision is not None
    assert (decision.outcome, decision.grounds) == (Outcome.REFUSED, (HARM.ground,))
    letter = text(case_id)
    assert "法第33条第2項第1号" in letter
    assert HARM.reason in letter
    assert "第39条第1項ただし書" in letter
    assert cast.HANAKO.email not in letter
    assert store.receipts(first(case_id)) == ()


@pytest.mark.promise("P3.10", "P3.12", "P3.17")
def test_who_is_not_confirmed_is_asked_first_and_refused_after_the_period() -> None:
    away = {"address": cast.AKUDA.home.address, "building": ""}
    form = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE)
    case_id = acts.file(replace(form, person=acts.details(cast.HANAKO, **away)))
    acts.licence(case_id, cast.HANAKO)
    acts.identify(case_id, "shop")
    with pytest.raises(NotConfirmed):
        actions.verify_case(case_id, by=SUZUKI, now=NOW, note="信用できる")
    with pytest.raises(StageForbidden):
        acts.decide(case_id)
    actions.ask_supplement(case_id, ("application-address-differs",), "", by=SUZUKI, now=NOW)
    due = store.case(case_id).supplements[-1].due_on
    with pytest.raises(StageForbidden, match="not over"):
        acts.decide(case_id)
    later = NOW + (due - NOW.date()) + timedelta(days=1)
    demand = first(case_id)

    actions.decide_demand(
        demand, judged=Judgement(), by=SUZUKI, now=later, version=acts.version(case_id)
    )
    actions.approve_demand(demand, by=KONDO, now=later, version=acts.version(case_id))
    assert acts.carry_out(case_id) is Work.READY

    decision = store.case(case_id).demands[0].decision
    assert decision is not None
    assert decision.grounds == (RefusalGround.IDENTITY_UNCONFIRMED,)
    letter = text(case_id)
    assert "ご本人であることを確認できないこと" in letter
    assert "申請書または手続きに不備" not in letter
    assert cast.AKUDA.home.address in letter  # what the form said, and nothing else
    assert cast.HANAKO.home.address not in letter
    assert cast.HANAKO.email not in letter


@pytest.mark.promise("P3.12")
def test_who_never_sends_a_paper_is_answered_too() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    actions.ask_supplement(case_id, ("identity-missing",), "", by=SUZUKI, now=NOW)
    later = NOW + timedelta(days=40)

    actions.decide_demand(
        first(case_id), judged=Judgement(), by=SUZUKI, now=later, version=acts.version(case_id)
    )
    actions.approve_demand(first(case_id), by=KONDO, now=later, version=acts.version(case_id))

    assert acts.carry_out(case_id) is Work.READY
    assert cast.HANAKO.name.replace(" ", "") in text(case_id).replace(" ", "")


@pytest.mark.promise("P3.13")
def test_a_person_of_whom_nothing_is_held_hears_so() -> None:
    case_id = acts.verified(cast.AKUDA, DemandKind.DISCLOSURE)

    case = acts.answered(case_id)

    assert case.demands[0].decision is not None
    assert case.demands[0].decision.outcome is Outcome.NOTHING_HELD
    assert "保有個人データは存在しません" in text(case_id)


@pytest.mark.promise("P3.17")
def test_the_same_person_cannot_decide_and_approve() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)

    with pytest.raises(SecondPersonNeeded):
        actions.approve_demand(first(case_id), by=SUZUKI, now=NOW, version=acts.version(case_id))

    assert not store.case(case_id).demands[0].decided


@pytest.mark.promise("P3.17")
def test_the_database_refuses_the_same_person_twice_as_well() -> None:
    from django.db import IntegrityError

    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    (decision,) = acts.decide(case_id)

    with pytest.raises(IntegrityError, match="two_persons_decide"), store.atomic():
        store.save_decision(
            first(case_id), replace(decision, approved_by=decision.by, approved_at=NOW)
        )


@pytest.mark.promise("P3.17")
def test_two_approvals_at_once_are_one() -> None:
    from django.db import connection

    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    demand, together, results = first(case_id), threading.Barrier(2), []

    def approve() -> None:
        together.wait()
        try:
            actions.approve_demand(demand, by=KONDO, now=NOW, version=acts.version(case_id))
            results.append("approved")
        except (StageForbidden, CaseChangedMeanwhile):
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["approved", "refused"]
    kinds = [entry.kind for entry in append.entries(case_id)]
    assert kinds.count("case.demand.approved") == kinds.count("case.decided") == 1


def test_an_approver_does_not_approve_what_was_decided_anew_meanwhile() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    seen = store.case(case_id).version
    actions.return_demand(
        first(case_id), reason="理由が足りない", by=KONDO, now=NOW, version=acts.version(case_id)
    )
    acts.decide(case_id, HARM)

    with pytest.raises(CaseChangedMeanwhile):
        actions.approve_demand(first(case_id), by=KONDO, now=NOW, version=seen)

    actions.approve_demand(first(case_id), by=KONDO, now=NOW, version=store.case(case_id).version)


def test_a_stale_change_is_refused_and_changes_nothing() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    case = store.case(case_id)
    store.change(case_id, version=case.version)

    with pytest.raises(CaseChangedMeanwhile):
        store.change(case_id, version=case.version, stage=Stage.WITHDRAWN)

    assert store.case(case_id).stage is Stage.VERIFIED
    with pytest.raises(CaseChangedMeanwhile):
        actions.decide_demand(
            first(case_id), judged=Judgement(), by=SUZUKI, now=NOW, version=case.version
        )


@pytest.mark.promise("P3.14", "P3.15", "P3.16")
def test_a_ground_outside_the_reference_is_neither_saved_nor_logged() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.NOTICE_OF_PURPOSE)
    before = len(append.entries(case_id))

    for ground in (RefusalGround.HINDRANCE_TO_BUSINESS, RefusalGround.OTHER_LAW):
        with pytest.raises(GroundForbidden):
            acts.decide(case_id, Judgement(ground=ground, reason="x", law="刑法134条"))
    with pytest.raises(ReasonMissing):
        acts.decide(case_id, replace(HARM, reason=" "))

    assert store.case(case_id).demands[0].decision is None
    assert len(append.entries(case_id)) == before


def test_a_withdrawn_case_is_not_approved() -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.decide(case_id)
    actions.withdraw_case(case_id, by=REQUESTER, now=NOW)

    with pytest.raises(StageForbidden):
        actions.approve_demand(first(case_id), by=KONDO, now=NOW, version=acts.version(case_id))
    with pytest.raises(StageForbidden):
        actions.return_demand(
            first(case_id), reason="x", by=KONDO, now=NOW, version=acts.version(case_id)
        )


@pytest.mark.promise("P3.12")
def test_papers_that_come_after_all_undo_a_refusal_that_nobody_has_approved() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    actions.ask_supplement(case_id, ("identity-missing",), "", by=SUZUKI, now=NOW)
    later = NOW + timedelta(days=40)
    actions.decide_demand(
        first(case_id), judged=Judgement(), by=SUZUKI, now=later, version=acts.version(case_id)
    )

    acts.licence(case_id, cast.HANAKO)
    actions.submit_supplement(case_id, by=REQUESTER, now=later)

    case = store.case(case_id)
    assert case.demands[0].decision is None
    assert (case.stage, case.due_on.isoformat()) == (Stage.RECEIVED, "2027-01-13")


@pytest.mark.promise("P3.6")
def test_what_no_connector_can_do_waits_for_hands_and_two_persons() -> None:
    case_id = acts.for_hands(cast.HANAKO)
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.WAITING
    assert store.case(case_id).work_note == "hand-work:cease-use"

    with pytest.raises(SecondPersonNeeded):
        actions.record_carried_out(first(case_id), by=KONDO, now=NOW, note="止めた")
    with pytest.raises(StageForbidden):
        actions.record_carried_out(first(case_id), by=SUZUKI, now=NOW, note=" ")
    actions.record_carried_out(first(case_id), by=SUZUKI, now=NOW, note="配信を止めた")

    assert acts.carry_out(case_id) is Work.READY
    assert "利用を停止いたしました" in text(case_id)


def test_what_is_done_is_not_recorded_as_done_by_hand_again() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.answered(case_id)
    letter = store.answer(case_id)

    with pytest.raises(StageForbidden):
        actions.record_carried_out(first(case_id), by=SUZUKI, now=NOW, note="再度")

    assert store.case(case_id).work is Work.READY
    assert store.answer(case_id) == letter


def test_what_the_worker_has_in_hand_is_not_done_by_hand_beside_it() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    store.claim_work(case_id)

    with pytest.raises(StageForbidden):
        actions.record_carried_out(first(case_id), by=SUZUKI, now=NOW, note="手で")

    assert store.case(case_id).work is Work.RUNNING
    assert not store.executed(first(case_id))


def test_an_answer_leaves_the_way_the_person_chose_and_only_when_it_is_ready() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    post = DispatchKind.SIMPLIFIED_REGISTERED_MAIL

    def send(how: DispatchKind) -> None:
        actions.send_answer(
            case_id, dispatch=how, tracking_number="123-45-67890-1", by=SUZUKI, now=NOW
        )

    with pytest.raises(StageForbidden, match="not ready"):
        send(post)
    acts.carry_out(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    with pytest.raises(StageForbidden, match="another way"):
        send(DispatchKind.DOWNLOAD)
    send(post)
    with pytest.raises(StageForbidden):
        send(post)
    assert store.case(case_id).answered_at == NOW


@pytest.mark.promise("P3.24")
def test_an_old_paper_with_an_old_address_does_not_get_the_letter() -> None:
    case_id = acts.file(acts.filing(cast.TARO, DemandKind.DISCLOSURE))
    old = replace(
        acts.finding(cast.TARO),
        details=acts.details(cast.TARO, address=cast.TARO.registered_home.address, building=""),
    )
    acts.hand_in(case_id, ProofKind.MY_NUMBER_CARD_FRONT, ProofOf.PERSON, old)
    new = acts.finding(cast.TARO, issued_on=NOW.date(), former=cast.TARO.registered_home.address)
    acts.hand_in(case_id, ProofKind.RESIDENT_RECORD, ProofOf.PERSON, new)
    case = replace(store.case(case_id), verified_by=SUZUKI)

    from mamoru.cases import answer

    assert answer.addressee(case).address_lines[0] == cast.TARO.home.address


@pytest.mark.parametrize(
    "ref",
    [
        "shop/members/M000001/phone",  # another member's row
        "shop/members/M000002/member_id",  # not open
        "shop/members/M000002/nothing",
        "shop/nothing/M000002/phone",
        "nowhere/members/M000002/phone",
    ],
)
def test_a_correction_reaches_open_values_of_its_own_person_only(ref: str) -> None:
    form = replace(
        acts.filing(cast.HANAKO),
        person=acts.details(cast.SAKIKO),
        channel=Channel.POST,
        demands=(Demand(kind=DemandKind.CORRECTION, items=(ref,), before="a", after="b"),),
    )
    with pytest.raises(FormDefective):
        acts.file(replace(form, channel=Channel.WEB_FORM))
    if "no" in ref.replace("phone", ""):  # a table or column that nobody has
        with pytest.raises(FormDefective):
            acts.file(form)
        return
    case_id = acts.file(form)
    acts.licence(case_id, cast.SAKIKO)
    acts.identify(case_id)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    if ref == "shop/members/M000001/phone":
        acts.decide(case_id)
        acts.approve(case_id)
        assert acts.carry_out(case_id) is Work.WAITING
        return

    with pytest.raises(ColumnNotOpen):
        acts.decide(case_id)


def test_a_correction_of_several_values_is_left_to_hands() -> None:
    refs = ("shop/members/M000001/phone", "shop/members/M000001/email")
    form = replace(
        acts.filing(cast.HANAKO),
        channel=Channel.POST,
        demands=(Demand(kind=DemandKind.CORRECTION, items=refs, before="a", after="b"),),
    )
    case_id = acts.file(form)
    acts.licence(case_id, cast.HANAKO)
    acts.identify(case_id)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    acts.decide(case_id)
    acts.approve(case_id)

    assert acts.carry_out(case_id) is Work.WAITING
    assert store.case(case_id).work_note == "hand-work:correction"


@pytest.mark.promise("P3.4", "P3.24")
def test_an_annex_shows_days_and_lists_in_words() -> None:
    case_id = acts.verified(
        cast.HANAKO, DemandKind.DISCLOSURE, DemandKind.DISCLOSURE_OF_PROVISION_RECORDS
    )
    acts.answered(case_id)
    letter = text(case_id)

    assert "提供年月日" in letter
    assert not re.findall(r"\d{4}-\d\d-\d\d", letter)
    topics = letter.partition("関心のある話題")[2]
    assert topics.strip().startswith(("輸出", "輸入", "セミナー", "法令", "キャンペーン"))


@pytest.mark.promise("P3.17")
def test_the_database_itself_takes_no_approval_by_who_decided() -> None:
    """Below every rule and page: whoever writes past them is stopped by the table."""
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    decided_by = f"{acts.SUZUKI}"

    with pytest.raises(IntegrityError, match="two_persons_decide"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_demandrow SET approved_by = decided_by WHERE decided_by = %s",
            [decided_by],
        )
