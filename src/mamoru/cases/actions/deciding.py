"""Two persons decide, and decide anew where the plan has changed (P3.13 to P3.17)."""

from datetime import datetime

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import cooling
from mamoru.cases.actions.guards import case_of, demand_of, expect_stage, expect_unchanged
from mamoru.cases.actions.installed import paper_rules
from mamoru.cases.rules import facts, majority, plans, refusal, states
from mamoru.cases.terms import (
    Case,
    Decision,
    DemandKind,
    DemandState,
    Expected,
    Judgement,
    Outcome,
    PlanChange,
    PlannedPlace,
    RefusalGround,
    Stage,
    Work,
)
from mamoru.consents import actions as consents
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, DemandId, StaffId
from mamoru.ledger import append
from mamoru.policy import lint

_JUDGED = frozenset(
    {RefusalGround.HARM_TO_RIGHTS, RefusalGround.HINDRANCE_TO_BUSINESS, RefusalGround.OTHER_LAW}
)


def decide_demand(
    demand_id: DemandId,
    *,
    judged: Judgement,
    by: StaffId,
    now: datetime,
    version: int,
) -> Decision:
    """Decide one demand (P3.10 to P3.17); it stands once a second person has approved it.

    `version` is the case's as it was shown; CaseChangedMeanwhile if it has moved on since.
    """
    case = store.case(case_of(demand_id))
    demand = demand_of(case, demand_id)
    expect_stage(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
    expect_unchanged(case, version)
    answer.expect_printable(judged.reason, judged.law)
    known = facts.facts_of(
        cooling.proving(case, now=now),
        is_retained=execute.holds_anything(case),
        today=clock.date_in_japan(now),
        rules=paper_rules(),
    )
    grounds = refusal.all_grounds(demand.demand, known, judged, _promised(demand.demand.kind))
    _expect_cure_is_over(case, grounds, now=now)
    plan = execute.plan(case, demand)
    outcome = _outcome(grounds)
    expected: tuple[Expected, ...] = ()
    if outcome is Outcome.FULFILLED and demand.demand.kind in execute.CORRECTING:
        consents.expect_not_erased(execute.person_of(case), now=now)
    if outcome is Outcome.FULFILLED and execute.changes(demand.demand):
        expected = _counted(case, demand, plan, by=by, now=now)
    decision = states.decide(
        demand,
        outcome=outcome,
        grounds=grounds,
        judged=judged,
        plan_digest=plan.digest,
        places=places(case, plan),
        expected=expected,
        by=by,
        at=now,
    )
    with store.atomic():
        store.change(case.id, version=case.version)
        store.save_decision(demand_id, decision)
        append.entry(
            "case.demand.decided",
            subject=case.id,
            by=by,
            at=now,
            body={
                "demand": demand_id,
                "kind": demand.demand.kind,
                "outcome": decision.outcome,
                "grounds": list(grounds),
                "plan": plan.digest,
                "reason": store.commitment(case.id, "reason", judged.reason),
            },
        )
    return decision


def _counted(
    case: Case, demand: DemandState, plan: execute.Plan, *, by: StaffId, now: datetime
) -> tuple[Expected, ...]:
    """Count what the plan would do, so that both persons see it before anything is touched.

    The errors of a store: a plan that cannot be shown is not decided on.
    """
    with store.atomic():  # no entry, no look
        append.entry(
            "case.plan.counted",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand.id, "plan": plan.digest},
        )
    return execute.expect(case, demand, by=by, now=now)


def values_to_name(
    demand_id: DemandId, *, by: StaffId, now: datetime
) -> tuple[execute.MemberTable, ...]:
    """Return the person's registered values, for staff to name the one that a demand is about.

    The look has its entry first.
    """
    case = store.case(case_of(demand_id))
    expect_stage(case, Stage.VERIFIED)
    if case.identity is None:
        raise states.StageForbidden(f"case `{case.id}` has nobody identified")
    with store.atomic():
        append.entry(
            "case.values.opened", subject=case.id, by=by, at=now, body={"demand": demand_id}
        )
    return execute.registered(case.id, case.identity, by=by, now=now)


def name_value(demand_id: DemandId, ref: str, *, by: StaffId, now: datetime, version: int) -> None:
    """Say which one value a correction, addition or deletion is about, as staff found it (P3.5).

    The person wrote in words what is untrue; the machine needs store, table, row and column,
    and the value as it stands there, however the person spelled it.
    ColumnNotOpen for a value that is not this person's, or that the map does not open.
    """
    case = store.case(case_of(demand_id))
    demand = demand_of(case, demand_id)
    expect_stage(case, Stage.VERIFIED)
    expect_unchanged(case, version)
    if not ref or demand.demand.kind not in execute.CORRECTING:
        raise states.StageForbidden(f"demand `{demand_id}` is about no single value")
    tables = values_to_name(demand_id, by=by, now=now)
    stored = {field.ref: field.value for table in tables for row in table.rows for field in row}
    if ref not in stored:
        raise execute.ColumnNotOpen("a value was named that is not this person's to correct")
    store_name, table_name, _, column = ref.split("/")
    with store.atomic():
        store.change(case.id, version=case.version)
        store.save_target(demand_id, ref, stored[ref])
        append.entry(
            "case.value.named",
            subject=case.id,
            by=by,
            at=now,
            body={
                "demand": demand_id,
                "place": f"{store_name}/{table_name}/{column}",
                "value": store.commitment(case.id, "value", ref),
            },
        )


def approve_demand(demand_id: DemandId, *, by: StaffId, now: datetime, version: int) -> Decision:
    """Approve a decision as the second person; the last approval starts the work (P3.17).

    `version` is the case's as the approver saw it: a decision that was made anew since
    is not approved by who has not seen it (CaseChangedMeanwhile). AuthorityEnded for a grant to
    a parent whose child has come of age meanwhile.
    """
    with store.atomic():
        case = store.case(case_of(demand_id))
        demand = demand_of(case, demand_id)
        expect_stage(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
        expect_unchanged(case, version)
        plan = execute.plan(case, demand)
        if demand.decision is None or demand.decision.outcome is not Outcome.REFUSED:
            majority.expect_minor(case, on=clock.date_in_japan(now))
        decision = states.approve(demand.decision, plan_digest=plan.digest, by=by, at=now)
        store.save_decision(demand_id, decision)
        append.entry(
            "case.demand.approved",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "outcome": decision.outcome, "plan": plan.digest},
        )
        others = [each for each in case.demands if each.id != demand_id]
        if all(each.decided for each in others):
            stage = states.advance(case.stage, Stage.DECIDED)
            store.change(case.id, version=case.version, stage=stage, work=Work.QUEUED)
            append.entry("case.decided", subject=case.id, by=by, at=now, body={})
        else:
            store.change(case.id, version=case.version)
    return decision


def return_demand(
    demand_id: DemandId, *, reason: str, by: StaffId, now: datetime, version: int
) -> None:
    """Send a decision back to be decided again; the second person did not agree.

    `version` is the case's as it was shown; CaseChangedMeanwhile if it has moved on since.
    """
    with store.atomic():
        case = store.case(case_of(demand_id))
        demand = demand_of(case, demand_id)
        expect_stage(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
        expect_unchanged(case, version)
        if demand.decision is None or demand.decided:
            raise states.StageForbidden(f"demand `{demand_id}` has no decision to send back")
        store.change(case.id, version=case.version)
        store.clear_decision(demand_id)
        append.entry(
            "case.demand.returned",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "reason": store.commitment(case.id, "return", reason)},
        )


def reopen_case(case_id: CaseId, *, reason: str, by: StaffId, now: datetime, version: int) -> None:
    """Send decisions back that can no longer be carried out as they were approved (P3.17).

    Every granted demand whose plan has changed is decided and approved anew, by two persons
    again; what is done or still stands is not touched. `version` is the case's as it was shown.
    """
    with store.atomic():
        case = store.held(case_id)
        expect_unchanged(case, version)
        stale = tuple(each for each in case.demands if plan_change(case, each) is not None)
        stage = states.reopen(case.stage, case.work, stale)
        store.change(case_id, version=case.version, stage=stage)
        store.set_work(case_id, Work.NOT_STARTED)
        for demand in stale:
            store.reopen_decision(demand.id)
            append.entry(
                "case.demand.reopened",
                subject=case_id,
                by=by,
                at=now,
                body={
                    "demand": demand.id,
                    "approved": demand.decision.plan_digest if demand.decision else "",
                    "plan": execute.plan(case, demand).digest,
                    "reason": store.commitment(case_id, "reopen", reason),
                },
            )


def allowed_grounds(kind: DemandKind) -> tuple[RefusalGround, ...]:
    """Return the grounds that may be chosen against a kind of demand (appi-reference 6.2)."""
    return refusal.allowed_grounds(kind, _promised(kind))


def judged_grounds(kind: DemandKind) -> tuple[RefusalGround, ...]:
    """Return those of the allowed grounds that a person has to weigh (P3.14 to P3.16)."""
    return tuple(ground for ground in allowed_grounds(kind) if ground in _JUDGED)


def _promised(kind: DemandKind) -> tuple[RefusalGround, ...]:
    """Return the grounds that the policy in force names against a kind of demand."""
    policy = execute.hands().policy
    return tuple(ground for ground in RefusalGround if kind in lint.kinds_of(policy, ground))


def plan_of(case: Case, demand: DemandState) -> execute.Plan:
    """Return the places that a demand would touch, as the decider and the approver see them."""
    return execute.plan(case, demand)


def plan_change(case: Case, demand: DemandState) -> PlanChange | None:
    """Return what is no longer as it was decided on; None while the decision can be carried out."""
    if case.stage is not Stage.DECIDED or demand.decision is None:
        return None
    plan = execute.plan(case, demand)
    done = store.executed(demand.id) and not execute.is_thin(case, demand, plan)
    if not states.plan_is_stale(demand, plan_digest=plan.digest, carried_out=done):
        code = states.hindrance(case, demand, carried_out=done)
        return PlanChange(hindered=code) if code else None
    return plans.compare(demand.decision.places, places(case, plan))


def standing_grounds(
    case: Case, demand: DemandState, *, now: datetime
) -> tuple[RefusalGround, ...]:
    """Return the grounds that stand on the recorded facts, before anybody judges."""
    known = facts.facts_of(
        cooling.proving(case, now=now),
        is_retained=execute.holds_anything(case),
        today=clock.date_in_japan(now),
        rules=paper_rules(),
    )
    return refusal.mechanical_grounds(demand.demand, known)


def places(case: Case, plan: execute.Plan) -> tuple[PlannedPlace, ...]:
    """Return the places of a plan as they are kept with the decision on it."""
    return tuple(
        PlannedPlace(
            store=place.store,
            table=place.table,
            columns=tuple(place.columns),
            digest=store.commitment(case.id, "place", place.digest),
        )
        for place in plan.locations
    )


def _expect_cure_is_over(case: Case, grounds: tuple[RefusalGround, ...], *, now: datetime) -> None:
    """A curable ground refuses only after the period for its cure (P3.12)."""
    if case.stage is not Stage.SUPPLEMENT_ASKED:
        return
    today = clock.date_in_japan(now)
    if not refusal.curable(grounds) or case.supplements[-1].due_on >= today:
        raise states.StageForbidden("the period for the supplement is not over")


def _outcome(grounds: tuple[RefusalGround, ...]) -> Outcome:
    if not grounds:
        return Outcome.FULFILLED
    if grounds == (RefusalGround.NOT_RETAINED_PERSONAL_DATA,):
        return Outcome.NOTHING_HELD
    return Outcome.REFUSED
