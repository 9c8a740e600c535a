"""利用停止・提供停止を解く (P3.6, P3.7, Act 35): its person wants it, or what it answered is cured.

Two persons, as when it was put in force. An erasure is not lifted: nothing is there any more.
"""

from datetime import datetime

from mamoru.cases import execute, store
from mamoru.cases.actions.guards import case_of, demand_of
from mamoru.cases.rules import states
from mamoru.cases.terms import Case, DemandState
from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.terms import StandingKind
from mamoru.kit.ids import DemandId, StaffId
from mamoru.ledger import append

_ASKED, _ENDED = "case.lifting.asked", "standing.ended"


def liftable(demand: DemandState) -> StandingKind | None:
    """Return the suspension or stop that a demand has put in force and that still is, else None."""
    kind = execute.standing_of(demand.demand)
    if kind in {None, StandingKind.TOMBSTONE} or not store.executed(demand.id):
        return None
    return kind if standings.in_force(demand.id) else None


def lifting_asked_by(demand_id: DemandId) -> StaffId | None:
    """Return who asked last that it be lifted; None where nobody did since it was put in force."""
    asked = None
    for each in append.entries(demand_id):
        if each.kind == _ASKED:
            asked = StaffId(each.by)
        elif each.kind == _ENDED:
            asked = None
    return asked


def ask_lifting(demand_id: DemandId, *, reason: str, by: StaffId, now: datetime) -> None:
    """Ask that a suspension or stop be lifted: its person's word, or the cause that is gone.

    It stays in force until a second person agrees. StageForbidden where none is in force. The
    ledger has who, when and a commitment to the reason.
    """
    with store.atomic():
        case, kind = _liftable(demand_id)
        append.entry(
            _ASKED,
            subject=demand_id,
            by=by,
            at=now,
            body={"kind": str(kind), "reason": store.commitment(case.id, "lifting", reason)},
        )


def lift(demand_id: DemandId, *, by: StaffId, now: datetime) -> None:
    """Lift a suspension or stop as the second person: from this moment it no longer holds.

    StageForbidden where nobody asked, SecondPersonNeeded for who did. A flag that was written
    for the company's own systems stays as it is: what stood there before nobody knows, and
    the company sets it anew.
    """
    with store.atomic():
        _case, kind = _liftable(demand_id)
        asked = lifting_asked_by(demand_id)
        if asked is None:
            raise states.StageForbidden(f"nobody has asked to lift what `{demand_id}` put in force")
        if asked == by:
            raise states.SecondPersonNeeded("the person who asked cannot agree")
        consents.end(demand_id, kind, by=by, now=now)


def _liftable(demand_id: DemandId) -> tuple[Case, StandingKind]:
    case = store.held(case_of(demand_id))
    kind = liftable(demand_of(case, demand_id))
    if kind is None:
        raise states.StageForbidden(f"demand `{demand_id}` has nothing in force to be lifted")
    return case, kind
