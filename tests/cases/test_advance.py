"""Where a case may go, and who may decide (P3.17)."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mamoru.cases.rules import states
from mamoru.cases.rules.states import PlanChanged, SecondPersonNeeded, StageForbidden
from mamoru.cases.terms import (
    Decision,
    Demand,
    DemandKind,
    DemandState,
    Judgement,
    Outcome,
    Role,
    Stage,
)
from mamoru.kit.ids import DemandId
from tests.cases.acts import KONDO, NOW, SUZUKI

# The legal exits as the house writes them; everything else is an error.
LEGAL = {
    ("received", "supplement-asked"),
    ("received", "verified"),
    ("received", "withdrawn"),
    ("supplement-asked", "received"),
    ("supplement-asked", "decided"),
    ("supplement-asked", "withdrawn"),
    ("verified", "decided"),
    ("verified", "withdrawn"),
    ("decided", "answered"),
    ("decided", "verified"),
}
DEMAND = DemandState(
    id=DemandId("C-2026-000001-5/1"), demand=Demand(kind=DemandKind.DISCLOSURE, items=("all",))
)
DECIDED = Decision(outcome=Outcome.FULFILLED, by=SUZUKI, at=NOW, plan_digest="a")


@pytest.mark.parametrize(("now", "to"), list(product(Stage, Stage)))
def test_a_case_goes_where_the_law_lets_it_and_nowhere_else(now: Stage, to: Stage) -> None:
    if (now, to) in LEGAL:
        assert states.advance(now, to) is to
    else:
        with pytest.raises(StageForbidden):
            states.advance(now, to)


def test_everybody_but_the_person_is_an_agent() -> None:
    assert set(Role) - {Role.PERSON} == states.AGENT_ROLES


@pytest.mark.promise("P3.17")
def test_a_decision_does_not_stand_before_a_second_person_has_approved_it() -> None:
    made = states.decide(
        DEMAND,
        outcome=Outcome.REFUSED,
        grounds=(),
        judged=Judgement(reason="x"),
        plan_digest="a",
        by=SUZUKI,
        at=NOW,
    )

    assert not replace(DEMAND, decision=made).decided
    approved = states.approve(made, plan_digest="a", by=KONDO, at=NOW + timedelta(hours=1))
    assert replace(DEMAND, decision=approved).decided
    assert (approved.by, approved.approved_by) == (SUZUKI, KONDO)


@pytest.mark.promise("P3.17")
def test_who_decided_cannot_approve() -> None:
    with pytest.raises(SecondPersonNeeded):
        states.approve(DECIDED, plan_digest="a", by=SUZUKI, at=NOW)


@pytest.mark.promise("P3.17")
def test_who_decided_cannot_approve_whatever_reason_is_given() -> None:
    """Every judged refusal has a reason: that makes its second person no less needed."""
    refused = replace(DECIDED, outcome=Outcome.REFUSED, reason="守秘義務のため", law="刑法第134条")

    with pytest.raises(SecondPersonNeeded):
        states.approve(refused, plan_digest="a", by=SUZUKI, at=NOW)


def test_another_plan_needs_another_decision() -> None:
    with pytest.raises(PlanChanged):
        states.approve(DECIDED, plan_digest="b", by=KONDO, at=NOW)


def test_nothing_is_approved_twice_or_out_of_nothing() -> None:
    approved = states.approve(DECIDED, plan_digest="a", by=KONDO, at=NOW)

    for decision in (None, approved):
        with pytest.raises(StageForbidden):
            states.approve(decision, plan_digest="a", by=KONDO, at=NOW)


def test_what_stands_is_not_decided_again() -> None:
    approved = states.approve(DECIDED, plan_digest="a", by=KONDO, at=NOW)

    with pytest.raises(StageForbidden):
        states.decide(
            replace(DEMAND, decision=approved),
            outcome=Outcome.REFUSED,
            grounds=(),
            judged=Judgement(),
            plan_digest="a",
            by=SUZUKI,
            at=NOW,
        )
