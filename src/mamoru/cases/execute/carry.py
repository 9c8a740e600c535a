"""A case carried out: begun in the ledger, a step a place, sealed (P3.3, P3.5, P3.26)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from mamoru.cases import store
from mamoru.cases.execute import changing, contacts, marks, person, planning, protecting, reading
from mamoru.cases.execute.installed import PURPOSE, Waiting, name_of
from mamoru.cases.rules import telling
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import (
    Case,
    Decision,
    DemandKind,
    DemandState,
    Identity,
    Outcome,
)
from mamoru.connectors.port import OutcomeUnknown, StoreError, StoreUnreachable, StoreUnreadable
from mamoru.consents import actions as consents
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM, CaseId, DemandId
from mamoru.kit.work import Steps
from mamoru.ledger import append

RETRY_SECONDS = 30


HAND_WORK_SECONDS = 24 * 60 * 60


_BEGAN = "case.execution.began"
_DONE = "done"


def run(case: Case, steps: Steps) -> None:
    """Carry out every granted demand, one step a store, each safe to repeat.

    Raises Waiting when a store cannot be reached, staff have to act by hand, or the plan is
    no longer the approved one. What is read is read before anything changes, and what is
    erased is erased last. INVARIANT: a resumed run asks for the same steps in the same
    order, whatever is done already; what is done is looked up within the step (decision 20).
    """
    if marks.named():
        _step(steps, f"{case.id} protection", lambda: _look(case))
        case = store.refreshed(case)
    held = protecting.shield(case)
    if held is not None and telling.outstanding(case, held):
        # Nothing of a protected person is touched for an agent before the person was told.
        raise Waiting(f"{telling.PersonUntold.code}:{case.filing.role}", HAND_WORK_SECONDS)
    for demand in sorted(case.demands, key=lambda each: _ORDER.index(each.demand.kind)):
        decision = demand.decision
        if decision is not None and decision.outcome is Outcome.FULFILLED:
            _run_demand(case, demand, decision, steps)


def _look(case: Case) -> str:
    """Look whether the company's register marks the person now; `done`, or what is in the way."""
    try:
        protecting.looked_at(case, by=SYSTEM, now=clock.now())
    except (StoreUnreachable, OutcomeUnknown):
        return "store-unreachable:register"
    except StoreUnreadable as problem:
        return f"{problem.code}:register"
    return _DONE


_ORDER = (
    DemandKind.NOTICE_OF_PURPOSE,
    DemandKind.DISCLOSURE,
    DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
    DemandKind.CORRECTION,
    DemandKind.ADDITION,
    DemandKind.DELETION,
    DemandKind.CEASE_PROVISION,
    DemandKind.CEASE_USE,
    DemandKind.ERASURE,
)


def _run_demand(case: Case, demand: DemandState, decision: Decision, steps: Steps) -> None:
    if store.done_by_hand(demand.id):
        return
    planned = planning.plan(case, demand)
    stale = planned.digest != decision.plan_digest
    if stale and (not store.executed(demand.id) or planning.is_thin(case, demand, planned)):
        raise Waiting(f"plan-changed:{demand.demand.kind}", HAND_WORK_SECONDS)
    if planned.by_hand and planning.standing_of(demand.demand) is None:
        raise Waiting(f"hand-work:{demand.demand.kind}", HAND_WORK_SECONDS)
    _step(steps, f"{demand.id} begin", lambda: _begin(case, demand, planned))
    if planned.by_hand:
        # The standing is in force; who must be told of it is for people to arrange.
        raise Waiting(f"hand-work:{demand.demand.kind}", HAND_WORK_SECONDS)
    # The beginning may have added keys, never a place: each step looks at the person anew.
    names = [name for name, _ in planning.by_store(planned.locations)]
    for word, act in _acts_on(demand.demand.kind):
        for name in names:
            known = partial(_act, act, case, demand, name, planned)
            _step(steps, f"{demand.id} {name}{word}", known)
    if demand.demand.kind is DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        _step(
            steps, f"{demand.id} provision records",
            lambda: reading.read_provisions(store.refreshed(case), demand),
        )  # fmt: skip
    _step(steps, f"{demand.id} seal", lambda: _seal(case, demand))


class _Act(Protocol):
    """What is done in one store for a demand; `done`, or what is in the way."""

    def __call__(
        self, case: Case, demand: DemandState, name: str, *, planned: planning.Plan | None
    ) -> str: ...


def _act(act: _Act, case: Case, demand: DemandState, name: str, planned: planning.Plan) -> str:
    """Act for the person as they are known now: the step before may have found another key."""
    latest = store.refreshed(case)
    return act(latest, demand, name, planned=planned if latest is case else None)


def _acts_on(kind: DemandKind) -> tuple[tuple[str, _Act], ...]:
    """Return what is done in every store, one thing after the other."""
    if kind not in planning.CHANGING:
        return (("", reading.read),)
    if kind is not DemandKind.ERASURE:
        return (("", changing.change), (" sure", changing.confirm))
    return (
        ("", changing.change),
        (" residue", changing.deepen),
        (" sure", changing.confirm),
    )


def release(demand_id: DemandId, steps: Steps) -> None:
    """Carry out what a hold kept back, now that it has ended (P3.6): the second wave.

    Raises Waiting as `run` does. Nobody decides anew: the law's day was in the decision.
    """
    case = store.case(CaseId(demand_id.rpartition("/")[0]))
    demand = next(each for each in case.demands if each.id == demand_id)
    # One step: which waves are due is looked up inside it, so that a resumed run asks the same.
    _step(steps, f"{demand_id} release", lambda: _release(case, demand))


def _release(case: Case, demand: DemandState) -> str:
    on = clock.date_in_japan(clock.now())
    for name, wave in kept.due_waves(demand.id, on=on):
        for act in (changing.change, changing.deepen):
            result = act(store.case(case.id), demand, name, wave=wave)
            if result != "done":
                return result
    return "done"


def _step(steps: Steps, name: str, act: Callable[[], str]) -> None:
    result = steps.step(name, act)
    if result != "done":
        # A store that is away or unreadable is the engineer's to repair: it goes on by itself.
        passing = result.startswith(_PASSING)
        raise Waiting(result, RETRY_SECONDS if passing else HAND_WORK_SECONDS)


_PASSING = ("store-unreachable:", "store-unreadable:", "not-proven:")


def _begin(case: Case, demand: DemandState, planned: planning.Plan) -> str:
    """No entry, no act: what is about to be touched is in the ledger before it is touched.

    Once for a plan: a store that is away for a day must not fill the ledger with new tries.
    Every try looks again at who the person is and how they stand: both may have changed.
    """
    if store.executed(demand.id):
        return _DONE
    now = clock.now()
    followed, waits = _followed(case, planned, now=now)
    before, blind = _contacts(case, demand, now=now)
    if blind:
        return blind
    with store.atomic():
        if followed is not None:
            latest = store.held(case.id)
            store.save_identity(case.id, followed, version=latest.version)
            case = replace(latest, identity=followed)
        try:
            changing.hide(case, demand, now=now)
        except consents.PersonErased as problem:
            return f"{problem.code}:{demand.demand.kind}"
        known = (each.body for each in append.entries(case.id) if each.kind == _BEGAN)
        if any((each["demand"], each["plan"]) == (demand.id, planned.digest) for each in known):
            return waits
        if before is not None and contacts.changes_contact(demand):
            contacts.note(case.id, demand, before, at=now)
        if before is not None and contacts.changes_own_name(case, demand):
            contacts.note_name(case.id, demand, before)
        append.entry(
            _BEGAN,
            subject=case.id,
            by=SYSTEM,
            at=now,
            body={
                "demand": demand.id,
                "plan": planned.digest,
                "places": [name_of(place) for place in planned.locations],
                "purpose": PURPOSE,
            },
        )
    return waits


def _followed(case: Case, planned: planning.Plan, *, now: datetime) -> tuple[Identity | None, str]:
    """Return the person with the keys they took on since, and `done` or what keeps us from looking."""
    if not planned.locations:
        return None, _DONE
    try:
        return person.follow(case, now=now), _DONE
    except person.NotFollowed as problem:
        return None, problem.note


def _contacts(case: Case, demand: DemandState, *, now: datetime) -> tuple[Identity | None, str]:
    """Return contacts and names before one is changed or emptied, or what keeps us from reading them."""
    noted = contacts.changes_contact(demand) or contacts.changes_own_name(case, demand)
    if case.identity is None or not noted:
        return None, ""
    records = []
    for record in case.identity.records:
        try:
            records.append(person.read_again(case.id, record, by=SYSTEM, now=now))
        except (StoreUnreachable, OutcomeUnknown):
            return None, f"store-unreachable:{record.subject.store}"
        except StoreError as problem:
            return None, f"{problem.code}:{record.subject.store}"
    return replace(case.identity, records=tuple(records)), ""


def _seal(case: Case, demand: DemandState) -> str:
    now = clock.now()
    receipts = store.receipts(demand.id)
    with store.atomic():
        if store.mark_executed(demand.id, at=now):
            store.date_changes(demand.id, at=now)
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
