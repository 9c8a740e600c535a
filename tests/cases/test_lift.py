"""利用停止を解く: two persons end what one demand had put in force, and nothing else does (P3.6)."""

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.rules.states import SecondPersonNeeded, StageForbidden
from mamoru.cases.terms import DemandKind, Work
from mamoru.consents import actions as consents
from mamoru.gate.terms import Standing
from mamoru.kit.ids import CaseId, DemandId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.conftest import Company


def done(kind: DemandKind) -> tuple[CaseId, DemandId]:
    case_id = acts.verified(cast.HANAKO, kind)
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note
    return case_id, store.case(case_id).demands[0].id


def stands(case_id: CaseId) -> Standing:
    return consents.standing(execute.person_of(store.case(case_id)), now=acts.clock_now())


@pytest.mark.promise("P3.6")
def test_a_suspension_ends_when_a_second_person_agrees_and_not_before(house: Company) -> None:
    case_id, demand = done(DemandKind.CEASE_USE)
    now = acts.clock_now()

    with pytest.raises(StageForbidden, match="nobody"):
        actions.lift(demand, by=KONDO, now=now)
    actions.ask_lifting(demand, reason="ご本人の申し出", by=SUZUKI, now=now)
    with pytest.raises(SecondPersonNeeded):
        actions.lift(demand, by=SUZUKI, now=now)
    assert stands(case_id).suspended
    actions.lift(demand, by=KONDO, now=now)

    assert not stands(case_id).suspended
    told = [(each.kind, each.by) for each in append.entries(demand)]
    assert told[-2:] == [("case.lifting.asked", SUZUKI), ("standing.ended", KONDO)]
    assert actions.lifting_asked_by(demand) is None
    assert "申し出" not in str([each.body for each in append.entries(demand)])
    with pytest.raises(StageForbidden, match="in force"):
        actions.lift(demand, by=KONDO, now=now)
    with pytest.raises(StageForbidden, match="in force"):
        actions.ask_lifting(demand, reason="もう一度", by=SUZUKI, now=now)


@pytest.mark.promise("P1.7", "P3.6")
def test_what_was_lifted_is_not_put_in_force_again_by_a_restore(house: Company) -> None:
    case_id, demand = done(DemandKind.CEASE_USE)
    actions.ask_lifting(demand, reason="原因の解消", by=SUZUKI, now=acts.clock_now())
    actions.lift(demand, by=KONDO, now=acts.clock_now())

    written = {each.store: each.written for each in execute.replay(by=SUZUKI, now=NOW)}

    assert set(written.values()) == {0}
    assert not stands(case_id).suspended


@pytest.mark.promise("P3.6")
def test_an_erasure_is_not_lifted(house: Company) -> None:
    case_id, demand = done(DemandKind.ERASURE)

    with pytest.raises(StageForbidden):
        actions.ask_lifting(demand, reason="まちがい", by=SUZUKI, now=acts.clock_now())

    assert stands(case_id).tombstone


def test_what_is_not_carried_out_yet_is_not_lifted(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.CEASE_USE)

    with pytest.raises(StageForbidden):
        actions.ask_lifting(
            store.case(case_id).demands[0].id, reason="早すぎる", by=SUZUKI, now=NOW
        )


def test_what_is_in_force_but_not_carried_out_everywhere_is_not_lifted(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.CEASE_USE)
    acts.decide(case_id)
    acts.approve(case_id)
    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, acts.Steps(dies_after="begin"))
    assert stands(case_id).suspended

    with pytest.raises(StageForbidden, match="in force"):
        actions.ask_lifting(
            store.case(case_id).demands[0].id, reason="早すぎる", by=SUZUKI, now=acts.clock_now()
        )
