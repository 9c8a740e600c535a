"""What was read thin for a protected person is read anew once nothing has to be hidden (P3.11, P3.3)."""

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.shielding import SafeContactMissing
from mamoru.cases.terms import AnswerMethod, DemandKind, DispatchKind, Stage, Work
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.cases.test_agent_matrix import REFUGE, flag, tell, traces
from tests.cases.test_protect import another_case, by_agent, letter, protect, ready, reference, send

pytestmark = pytest.mark.usefixtures("house")


def thin(method: AnswerMethod = AnswerMethod.PAPER) -> tuple[CaseId, CaseId]:
    """花子's agent's answer lies ready without her whereabouts; the other case holds the flag."""
    other, case_id = another_case(), by_agent(method)
    flag(other)
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.WAITING
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY
    assert cast.HANAKO.home.address not in letter(case_id)
    return case_id, other


def lift(other: CaseId) -> None:
    actions.ask_lifting_protection(other, reference(other), reason="終了", by=SUZUKI, now=NOW)
    actions.lift_protection(other, reference(other), by=KONDO, now=NOW)


def reopened(case_id: CaseId) -> None:
    """The worker finds the plan grown; two decide anew and all is read."""
    with pytest.raises(actions.AnswerHeldBack):
        actions.open_letter(case_id, by=SUZUKI, now=NOW)
    assert acts.carry_out(case_id) is Work.WAITING
    case = store.case(case_id)
    assert case.work_note.startswith("plan-changed")
    actions.reopen_case(case_id, reason="旗の解除", by=SUZUKI, now=NOW, version=case.version)
    assert store.case(case_id).stage is Stage.VERIFIED
    ready(case_id)


@pytest.mark.promise("P3.3", "P3.11")
def test_an_answer_that_was_read_thin_is_decided_anew_and_read_whole_once_the_flag_is_lifted() -> (
    None
):
    case_id, other = thin()
    lift(other)

    reopened(case_id)

    assert cast.HANAKO.home.address in letter(case_id)
    read = [each for each in append.entries(case_id) if each.kind == "case.place.read"]
    assert any(each.body["place"] == "shop/addresses" for each in read)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id)


@pytest.mark.promise("P3.3", "P3.11")
def test_who_named_no_safe_contact_at_first_gets_everything_once_there_is_one() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    protect(case_id, contact=None)
    acts.decide(case_id)
    acts.approve(case_id)
    with pytest.raises(SafeContactMissing):
        acts.carry_out(case_id)
    protect(case_id, contact=REFUGE)
    assert acts.carry_out(case_id) is Work.WAITING
    case = store.case(case_id)
    actions.reopen_case(case_id, reason="連絡先", by=SUZUKI, now=NOW, version=case.version)

    ready(case_id)

    assert cast.HANAKO.home.address in letter(case_id)


@pytest.mark.promise("P3.4", "P3.11")
def test_records_of_provision_are_looked_for_again_once_the_flag_is_lifted() -> None:
    other, case_id = another_case(), by_agent(kind=DemandKind.DISCLOSURE_OF_PROVISION_RECORDS)
    flag(other)
    acts.decide(case_id)
    acts.approve(case_id)
    acts.carry_out(case_id)
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY
    assert sum(each.rows for each in store.receipts(store.case(case_id).demands[0].id)) == 0
    lift(other)

    reopened(case_id)

    assert sum(each.rows for each in store.receipts(store.case(case_id).demands[0].id)) > 0


@pytest.mark.promise("P3.6", "P3.11")
def test_what_was_erased_since_is_not_asked_for_again() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE, DemandKind.ERASURE)
    protect(case_id, contact=None)
    acts.decide(case_id)
    acts.approve(case_id)
    with pytest.raises(SafeContactMissing):
        acts.carry_out(case_id)
    protect(case_id, contact=REFUGE)

    assert acts.carry_out(case_id) is Work.READY
    assert actions.destination(store.case(case_id), now=NOW) is not None


@pytest.mark.promise("P3.11", "P3.24")
def test_a_thin_answer_that_was_sent_as_a_download_is_fetched_after_the_flag_is_lifted() -> None:
    case_id, other = thin(AnswerMethod.ELECTRONIC)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id, DispatchKind.DOWNLOAD)
    for _ in range(2):
        assert actions.download_answer(case_id, by=REQUESTER, now=NOW)
        assert actions.download_data(case_id, sheet=False, by=REQUESTER, now=NOW)
        if actions.shield_of(store.case(case_id)) is not None:
            lift(other)

    assert actions.shield_of(store.case(case_id)) is None
    assert traces(case_id, cast.HANAKO) == []
