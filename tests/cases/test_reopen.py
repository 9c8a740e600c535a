"""What can no longer be carried out as approved is decided anew, by two persons again (P3.17)."""

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules import plans
from mamoru.cases.rules.states import SecondPersonNeeded, StageForbidden
from mamoru.cases.store import CaseChangedMeanwhile
from mamoru.cases.terms import DemandKind, Judgement, PlanChange, PlannedPlace, Stage, Work
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


def send_back(case_id: CaseId) -> None:
    version = acts.version(case_id)
    actions.reopen_case(case_id, reason="名簿が加わった", by=SUZUKI, now=NOW, version=version)


@pytest.mark.promise("P3.17", "P3.26")
def test_a_case_whose_plan_changed_goes_back_is_decided_anew_and_ends() -> None:
    case_id = acts.outgrown(cast.HANAKO, DemandKind.DISCLOSURE)
    change = actions.plan_change(store.case(case_id), store.case(case_id).demands[0])

    send_back(case_id)

    case = store.case(case_id)
    assert change == PlanChange(added=("mailing/mailing",))
    assert (case.stage, case.work, case.demands[0].decision) == (
        Stage.VERIFIED,
        Work.NOT_STARTED,
        None,
    )
    assert store.due_work(now=clock.now()) == ()
    acts.decide(case_id)
    with pytest.raises(SecondPersonNeeded):
        actions.approve_demand(
            case.demands[0].id, by=SUZUKI, now=NOW, version=acts.version(case_id)
        )
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.READY
    places = {each.store for each in store.receipts(case.demands[0].id)}
    assert "mailing" in places
    kinds = [each.kind for each in append.entries(case_id)]
    assert kinds.count("case.demand.reopened") == 1
    assert kinds.count("case.decided") == kinds.count("case.demand.approved") == 2


@pytest.mark.promise("P3.17")
def test_only_what_changed_is_decided_anew() -> None:
    kinds = (DemandKind.DISCLOSURE, DemandKind.DISCLOSURE_OF_PROVISION_RECORDS)
    case_id = acts.outgrown(cast.HANAKO, *kinds)
    first, second = store.case(case_id).demands

    send_back(case_id)

    case = store.case(case_id)
    assert [each.decided for each in case.demands] == [False, True]
    actions.decide_demand(
        first.id, judged=Judgement(), by=SUZUKI, now=NOW, version=acts.version(case_id)
    )
    actions.approve_demand(first.id, by=KONDO, now=NOW, version=acts.version(case_id))
    assert store.case(case_id).stage is Stage.DECIDED
    assert acts.carry_out(case_id) is Work.READY
    assert store.case(case_id).demands[1].decision == second.decision


@pytest.mark.promise("P3.17")
def test_what_was_read_under_the_old_plan_is_forgotten(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    (demand,) = store.case(case_id).demands
    (house.home / "mailing.csv").rename(house.home / "away")
    acts.carry_out(case_id)
    read = store.receipts(demand.id)
    with acts.without("mailing"):
        acts.carry_out(case_id)

        send_back(case_id)

    (house.home / "away").unlink()
    assert read != ()
    assert store.receipts(demand.id) == ()


@pytest.mark.promise("P3.17")
def test_nothing_that_can_be_carried_out_is_taken_back() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    with pytest.raises(StageForbidden):
        send_back(case_id)
    acts.approve(case_id)
    with pytest.raises(StageForbidden):
        send_back(case_id)
    acts.carry_out(case_id)
    with acts.without("mailing"), pytest.raises(StageForbidden):
        send_back(case_id)

    waiting = acts.for_hands(cast.SAKIKO)
    acts.decide(waiting)
    acts.approve(waiting)
    assert acts.carry_out(waiting) is Work.WAITING
    with pytest.raises(StageForbidden, match="as it was decided"):
        send_back(waiting)
    assert store.case(waiting).demands[0].decided


def test_what_the_worker_has_in_hand_or_somebody_has_moved_on_is_not_taken_back() -> None:
    case_id = acts.outgrown(cast.HANAKO, DemandKind.DISCLOSURE)
    with pytest.raises(CaseChangedMeanwhile):
        actions.reopen_case(
            case_id, reason="x", by=SUZUKI, now=NOW, version=acts.version(case_id) - 1
        )
    store.claim_work(case_id)

    with pytest.raises(StageForbidden):
        send_back(case_id)

    assert store.case(case_id).demands[0].decided


@pytest.mark.promise("P3.19")
def test_a_case_of_which_a_part_is_done_is_answered_and_not_withdrawn() -> None:
    case_id = acts.outgrown(cast.HANAKO, DemandKind.DISCLOSURE, DemandKind.CEASE_PROVISION)
    stop = store.case(case_id).demands[1]
    actions.record_carried_out(stop.id, by=SUZUKI, now=NOW, note="提供先に連絡した")
    acts.carry_out(case_id)
    send_back(case_id)

    with pytest.raises(StageForbidden, match="carried out"):
        actions.withdraw_case(case_id, by=REQUESTER, now=NOW)

    assert not actions.possible(store.case(case_id), Stage.WITHDRAWN)
    assert store.case(case_id).demands[1].decided


def place(name: str, *columns: str, digest: str = "a") -> PlannedPlace:
    return PlannedPlace(store="shop", table=name, columns=columns, digest=digest)


def test_a_change_of_plan_is_told_place_by_place() -> None:
    before = (place("members", "name", "phone"), place("orders", "id"), place("old", "id"))
    after = (place("members", "name", "email", digest="b"), place("orders", "id", digest="b"))

    assert plans.compare(before, (*after, place("new", "id"))) == PlanChange(
        added=("shop/new",),
        removed=("shop/old",),
        wider=("shop/members/email",),
        narrower=("shop/members/phone",),
        other_records=("shop/orders",),
    )
    assert plans.compare((), after) == PlanChange(known=False)
