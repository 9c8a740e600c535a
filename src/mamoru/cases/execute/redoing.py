"""復元のあと、請求ごとに (P1.7, P3.5, P3.6): what a demand had changed and a restored store forgot.

A standing says that a person was erased, suspended or stopped; a correction or the erasure of some
categories leaves none. Their rounds are known, sealed with the case, and each stands in the store
behind a fence of its own: where the fence is gone with the restore, the round is done again under
the same fence, so that what people changed later is never overwritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute import changing, persons, planning, rows
from mamoru.cases.execute.installed import connector
from mamoru.cases.execute.rows import Task
from mamoru.cases.store import effects as kept
from mamoru.cases.store.effects import Reached
from mamoru.cases.terms import Case, DemandKind, DemandState
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    ErasureRefusedByStore,
    StoreError,
    ValueChangedMeanwhile,
)
from mamoru.consents import actions as consents
from mamoru.datamap.acts import Act, Frozen
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import TableShape
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """What one round did again; `judge`: whether only people can tell what ought to stand there."""

    case: CaseId
    erased: int = 0
    written: int = 0
    judge: bool = False


def redo(mapped: Store, *, by: StaffId, now: datetime) -> Iterator[Redone]:
    """Do again in a store every round that it has forgotten, the oldest first.

    Safe to repeat. A store that keeps no fence cannot tell a restore from a later change: what
    looks undone there is named for people to judge, never written. Errors of the store rise.
    """
    hand = connector(mapped.name)
    shapes = hand.shape()
    for each in kept.reached(mapped.name):
        if hand.fenced(each.fence):
            continue
        try:
            at, frozen, acts = _acts(each, mapped, shapes, by=by, now=now)
            if mapped.fenced:
                yield _again(each, at, frozen, acts)
            elif _looks_undone(at, frozen, acts):
                yield Redone(case=at.case.id, judge=True)
        except MamoruError as problem:
            if isinstance(problem, StoreError) and not isinstance(problem, _FOR_PEOPLE):
                raise  # away, or not of the map's shape: repaired, it is looked at again
            # Values of somebody's later word, or a map that no longer lets this demand in. The
            # standings are seen to all the same.
            if mapped.fenced:
                _give_up(each, mapped, problem, by=by, now=now)
            yield Redone(case=_case_of(each), judge=True)


_FOR_PEOPLE = (ValueChangedMeanwhile, CorrectionRefusedByStore, ErasureRefusedByStore)


def _case_of(each: Reached) -> CaseId:
    return CaseId(each.demand.rpartition("/")[0])


def _give_up(
    each: Reached, mapped: Store, problem: MamoruError, *, by: StaffId, now: datetime
) -> None:
    """Name a round once in the case's trail, and expect it in the store no more."""
    with store.atomic():
        append.entry(
            "restore.to-judge",
            subject=_case_of(each),
            by=by,
            at=now,
            body={"demand": each.demand, "store": mapped.name, "problem": type(problem).code},
        )
        kept.give_up(each, mapped.name)


def _looks_undone(at: Task, frozen: tuple[Frozen, ...], acts: tuple[Act, ...]) -> bool:
    """Whether the rows are not as the demand left them; a standing is the walk's to see to."""
    if not acts or planning.standing_of(at.demand.demand) is not None:
        return False
    allowed = at.permit(frozen)
    return any(proof.open for proof in connector(at.name).prove(allowed, acts, at.now))


def _again(each: Reached, at: Task, frozen: tuple[Frozen, ...], acts: tuple[Act, ...]) -> Redone:
    with store.atomic():  # no entry, no act
        append.entry(
            "restore.redone",
            subject=at.case.id,
            by=at.by,
            at=at.now,
            body={"demand": each.demand, "store": at.name, "wave": each.wave, "round": each.round},
        )
    hand = connector(at.name)
    done = hand.apply(at.permit(frozen), acts, fence=each.fence, now=at.now)
    pairs = list(zip(acts, done.counts, strict=True))
    return Redone(
        case=at.case.id,
        erased=sum(count for act, count in pairs if act.delete),
        written=sum(count for act, count in pairs if not act.delete),
    )


def _acts(
    each: Reached, mapped: Store, shapes: tuple[TableShape, ...], *, by: StaffId, now: datetime
) -> tuple[Task, tuple[Frozen, ...], tuple[Act, ...]]:
    """Return the task of a round, its rows and its acts today; none where its keys were destroyed.

    Nothing is written for somebody who was erased since, whose own round comes later, nor for a
    standing that was ended since.
    """
    case = store.case(_case_of(each))
    demand = next(one for one in case.demands if one.id == each.demand)
    at = replace(rows.task(case, demand, mapped.name, now=now, wave=each.wave), by=by)
    rounds = kept.rounds(each.demand, mapped.name, wave=each.wave)
    latest, _ = rows.bound(at, next(one for one in rounds if one.number == each.round))
    if demand.demand.kind in planning.CORRECTING:
        try:
            consents.expect_not_erased(persons.person_of(case), now=now)
        except consents.PersonErased:
            return at, latest.frozen, ()
    elif planning.standing_of(demand.demand) is not None and not _in_force(case, demand, now=now):
        return at, latest.frozen, ()
    return at, latest.frozen, changing.acts_for(at, latest.frozen, shapes)


def _in_force(case: Case, demand: DemandState, *, now: datetime) -> bool:
    """Whether the standing that a demand has put in force still is."""
    how = consents.standing(persons.person_of(case), now=now)
    return {
        DemandKind.ERASURE: how.tombstone,
        DemandKind.CEASE_USE: how.suspended,
        DemandKind.CEASE_PROVISION: bool(how.stopped),
    }[demand.demand.kind]
