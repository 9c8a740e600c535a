"""A case carried out: begun in the ledger, a step a place, sealed (P3.3, P3.5, P3.26)."""

from functools import partial

from mamoru.cases import store
from mamoru.cases.execute import planning, reading
from mamoru.cases.execute.installed import PURPOSE, Waiting, name_of
from mamoru.cases.terms import (
    Case,
    Decision,
    DemandKind,
    DemandState,
    Outcome,
)
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM, CaseId
from mamoru.kit.work import Steps
from mamoru.ledger import append

RETRY_SECONDS = 30


HAND_WORK_SECONDS = 24 * 60 * 60


_BEGAN = "case.execution.began"


def run(case_id: CaseId, steps: Steps) -> None:
    """Carry out every granted demand, one step a place, each safe to repeat.

    Raises Waiting when a store cannot be reached, staff have to act by hand, or the plan is
    no longer the approved one. INVARIANT: a resumed run asks for the same steps in the same
    order, whatever is done already; what is done is looked up within the step.
    """
    case = store.case(case_id)
    for demand in case.demands:
        decision = demand.decision
        if decision is not None and decision.outcome is Outcome.FULFILLED:
            _run_demand(case, demand, decision, steps)


def _run_demand(case: Case, demand: DemandState, decision: Decision, steps: Steps) -> None:
    if store.done_by_hand(demand.id):
        return
    planned = planning.plan(case, demand)
    if planned.digest != decision.plan_digest and not store.executed(demand.id):
        raise Waiting(f"plan-changed:{demand.demand.kind}", HAND_WORK_SECONDS)
    if planned.by_hand:
        raise Waiting(f"hand-work:{demand.demand.kind}", HAND_WORK_SECONDS)
    steps.step(f"{demand.id} begin", lambda: _begin(case, demand, planned))
    for place in planned.locations:
        result = steps.step(
            f"{demand.id} {name_of(place)}", partial(reading.touch, case, demand, place)
        )
        if result != "done":
            # A store that is away or unreadable is the engineer's to repair: it goes on by itself.
            passing = result.startswith(("store-unreachable:", "store-unreadable:"))
            raise Waiting(result, RETRY_SECONDS if passing else HAND_WORK_SECONDS)
    if demand.demand.kind is DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        steps.step(f"{demand.id} provision records", lambda: reading.read_provisions(case, demand))
    steps.step(f"{demand.id} seal", lambda: _seal(case, demand))


def _begin(case: Case, demand: DemandState, planned: planning.Plan) -> str:
    """No entry, no act: what is about to be touched is in the ledger before it is touched.

    Once for a plan: a store that is away for a day must not fill the ledger with new tries.
    """
    with store.atomic():
        known = (each.body for each in append.entries(case.id) if each.kind == _BEGAN)
        if any((each["demand"], each["plan"]) == (demand.id, planned.digest) for each in known):
            return "done"
        append.entry(
            _BEGAN,
            subject=case.id,
            by=SYSTEM,
            at=clock.now(),
            body={
                "demand": demand.id,
                "plan": planned.digest,
                "places": [name_of(place) for place in planned.locations],
                "purpose": PURPOSE,
            },
        )
    return "done"


def _seal(case: Case, demand: DemandState) -> str:
    now = clock.now()
    receipts = store.receipts(demand.id)
    with store.atomic():
        if store.mark_executed(demand.id, at=now):
            append.entry(
                "case.demand.carried-out",
                subject=case.id,
                by=SYSTEM,
                at=now,
                body={
                    "demand": demand.id,
                    "places": len(receipts),
                    "rows": sum(done.rows for done in receipts),
                },
            )
    return "done"
