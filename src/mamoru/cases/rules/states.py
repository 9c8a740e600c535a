"""Where a case may go next, and who may decide (P3.17; house decision on states)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mamoru.cases.terms import (
    Case,
    Decision,
    DemandKind,
    DemandState,
    Expected,
    Judgement,
    Outcome,
    PlannedPlace,
    RefusalGround,
    Role,
    Stage,
    Work,
)
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import StaffId

# Stage -> the stages that the law lets it become. ANSWERED and WITHDRAWN are final. DECIDED goes
# back to VERIFIED only where what was approved can no longer be done: see reopen().
EXITS: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.SUPPLEMENT_ASKED, Stage.VERIFIED, Stage.WITHDRAWN}),
    Stage.SUPPLEMENT_ASKED: frozenset({Stage.RECEIVED, Stage.DECIDED, Stage.WITHDRAWN}),
    Stage.VERIFIED: frozenset({Stage.DECIDED, Stage.WITHDRAWN}),
    Stage.DECIDED: frozenset({Stage.ANSWERED, Stage.VERIFIED}),
    Stage.ANSWERED: frozenset(),
    Stage.WITHDRAWN: frozenset(),
}

AGENT_ROLES = frozenset({Role.PARENT, Role.GUARDIAN, Role.ENTRUSTED_AGENT, Role.LAWYER})

# What cannot be undone, or leaves the house, needs the eyes of two (P3.17):
# every refusal, every disclosure, every erasure. That is every decision but none is automatic.
IRREVERSIBLE = frozenset(DemandKind)


class StageForbidden(MamoruError):
    """The case is not where this act is possible. Reload it and look at its stage."""

    code, exit_code = "stage-forbidden", 3


class SecondPersonNeeded(MamoruError):
    """The one who decided may not approve. Ask another member of staff."""

    code, exit_code = "second-person-needed", 3


class PlanChanged(MamoruError):
    """What would be done is no longer what was decided on. Decide again on the new plan."""

    code, exit_code = "plan-changed", 3


def advance(now: Stage, to: Stage) -> Stage:
    """Return `to` if the law lets a case go there from `now`; StageForbidden otherwise."""
    if to not in EXITS[now]:
        raise StageForbidden(f"a case that is `{now}` cannot become `{to}`")
    return to


def decide(
    demand: DemandState,
    *,
    outcome: Outcome,
    grounds: tuple[RefusalGround, ...],
    judged: Judgement,
    plan_digest: str,
    places: tuple[PlannedPlace, ...] = (),
    expected: tuple[Expected, ...] = (),
    by: StaffId,
    at: datetime,
) -> Decision:
    """Return the first person's decision on a demand; it waits for the second (P3.17)."""
    if demand.decided:
        raise StageForbidden(f"demand `{demand.id}` is decided already")
    return Decision(
        outcome=outcome,
        grounds=grounds,
        reason=judged.reason,
        law=judged.law,
        by=by,
        at=at,
        plan_digest=plan_digest,
        places=places,
        expected=expected,
    )


def approve(decision: Decision | None, *, plan_digest: str, by: StaffId, at: datetime) -> Decision:
    """Return the decision with the second person's approval.

    INVARIANT: approver and decider differ, and the approver saw the very plan that was decided.
    """
    if decision is None:
        raise StageForbidden("there is no decision to approve")
    if decision.approved_by is not None:
        raise StageForbidden("the decision is approved already")
    if decision.by == by:
        raise SecondPersonNeeded("the person who decided cannot approve")
    if decision.plan_digest != plan_digest:
        raise PlanChanged("the plan differs from the one that was decided on")
    return replace(decision, approved_by=by, approved_at=at)


def plan_is_stale(demand: DemandState, *, plan_digest: str, carried_out: bool) -> bool:
    """Return whether a granted demand waits on a plan that is no longer the one decided on."""
    decision = demand.decision
    if decision is None or decision.outcome is not Outcome.FULFILLED or carried_out:
        return False
    return decision.plan_digest != plan_digest


_HINDRANCES: Mapping[str, frozenset[DemandKind]] = {
    code: kinds
    for codes, kinds in (
        (
            ("value-changed-meanwhile", "correction-refused-by-store", "person-erased"),
            frozenset({DemandKind.CORRECTION, DemandKind.ADDITION, DemandKind.DELETION}),
        ),
        (("erasure-refused-by-store", "erasure-order"), frozenset({DemandKind.ERASURE})),
    )
    for code in codes
}
"""What does not pass by itself, and the kinds of demand that it keeps from being carried out."""


def hindrance(case: Case, demand: DemandState, *, carried_out: bool) -> str:
    """Return the code of what keeps a granted demand from ever being carried out as decided."""
    code = case.work_note.partition(":")[0]
    decision = demand.decision
    granted = decision is not None and decision.outcome is Outcome.FULFILLED
    waits = case.work is Work.WAITING and granted and not carried_out
    return code if waits and demand.demand.kind in _HINDRANCES.get(code, ()) else ""


def reopen(now: Stage, work: Work, stale: tuple[DemandState, ...]) -> Stage:
    """Return the stage in which stale decisions are made anew; StageForbidden if there are none.

    INVARIANT: nothing that two persons decided is undone while it can still be carried out, and
    nothing while the machine has it in hand.
    """
    stage = advance(now, Stage.VERIFIED) if now is Stage.DECIDED else None
    if stage is None or work is not Work.WAITING:
        raise StageForbidden(f"a case that is `{now}` and `{work}` is not decided anew")
    if not stale:
        raise StageForbidden("what was decided can be carried out as it was decided")
    return stage
