"""What changes a person's rows in a company's store (P3.5 to P3.7): freeze, apply, prove, deepen.

Whose rows are meant is resolved to keys and kept sealed with the case before anything is
touched: what is erased no longer leads to what hung on it. Each round is one transaction
behind one fence. Nothing counts as done before an independent look has found it done.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mamoru.cases import store
from mamoru.cases.execute import effects, person, planning, rows
from mamoru.cases.execute.installed import connector, hands
from mamoru.cases.execute.persons import digests, person_of
from mamoru.cases.execute.rows import Task
from mamoru.cases.store import effects as kept
from mamoru.cases.store.effects import Round
from mamoru.cases.terms import Case, DemandKind, DemandState, Expected, Identity
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    ErasureRefusedByStore,
    OutcomeUnknown,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.consents import actions as consents
from mamoru.datamap import drift
from mamoru.datamap import plan as fates
from mamoru.datamap.acts import Act, Frozen, Proof
from mamoru.datamap.inventory import Table
from mamoru.datamap.plan import Cell, Deed
from mamoru.datamap.terms import TableShape
from mamoru.kit import clock, ids
from mamoru.kit.ids import SYSTEM, StaffId
from mamoru.ledger import append

_ROUNDS = 5
"""Rows that come while we erase make another round; a store that never rests goes to the desk."""
_DONE = "done"


def hide(case: Case, demand: DemandState, *, now: datetime) -> None:
    """Put the standing in force before anything is touched: from here on the gate refuses (P3.6).

    In the caller's transaction, beside the entry that the execution began. PersonErased for a
    correction of somebody who was erased meanwhile.
    """
    kind = demand.demand.kind
    if planning.standing_of(demand.demand) is None:
        if kind in planning.CORRECTING:
            consents.expect_not_erased(person_of(case), now=now)
        return
    act = {
        DemandKind.ERASURE: consents.bury,
        DemandKind.CEASE_USE: consents.suspend,
        DemandKind.CEASE_PROVISION: consents.stop,
    }[kind]
    act(person_of(case), reference=demand.id, by=SYSTEM, now=now)


def is_erased(identity: Identity, *, now: datetime) -> bool:
    """Return whether an identified person has a tombstone: nothing of theirs is written any more."""
    who = digests(identity.ring, {identity.registered.name})
    return consents.standing(who, now=now).tombstone


def expect(case: Case, demand: DemandState, *, by: StaffId, now: datetime) -> tuple[Expected, ...]:
    """Count what the plan would do, table by table; nothing is touched.

    StoreUnreachable and the other errors of a store: then the plan cannot be shown.
    """
    result: list[Expected] = []
    for name, _ in planning.by_store(planning.plan(case, demand).locations):
        at = replace(rows.task(case, demand, name, now=now), by=by)
        hand = connector(name)
        frozen, _ = rows.resolve(at)
        acts = acts_for(at, frozen, hand.shape())
        found = effects.by_table(hand.prove(at.permit(frozen), acts, now) if acts else ())
        for each in frozen:
            proofs = found.get(each.table, ())
            result.append(
                Expected(
                    store=name,
                    table=each.table,
                    rows=effects.most(proofs, lambda proof: proof.open),
                    held=effects.most(proofs, lambda proof: proof.held),
                    referred=effects.most(proofs, lambda proof: proof.referred),
                    release_on=effects.release_on(name, proofs),
                )
            )
    return tuple(result)


def change(
    case: Case,
    demand: DemandState,
    name: str,
    *,
    wave: int = 0,
    planned: planning.Plan | None = None,
) -> str:
    """Carry a demand out in one store; `done`, or the code of what is in the way.

    Safe to repeat at any point: the keys are looked up, the fence tells what was committed,
    and what was proven is not proven again.
    """
    now = clock.now()
    at = rows.task(case, demand, name, now=now, wave=wave, planned=planned)
    proven = {each.table for each in kept.effects(demand.id, name) if each.wave == wave}
    correcting = demand.demand.kind in planning.CORRECTING
    if proven and (correcting or proven >= {place.table for place in at.places}):
        return _DONE
    try:
        # Another demand may have changed a key since this one began: its rows are looked for by both.
        if (followed := person.follow(case, now=now)) is not None:
            with store.atomic():
                latest = store.held(case.id)
                store.save_identity(case.id, followed, version=latest.version)
                case = replace(latest, identity=followed)
                hide(case, demand, now=now)
            at = rows.task(case, demand, name, now=now, wave=wave)
        return _change(at)
    except person.NotFollowed as problem:
        return problem.note
    except (StoreUnreachable, OutcomeUnknown):
        return f"store-unreachable:{name}"
    except (
        StoreUnreadable,
        ValueChangedMeanwhile,
        CorrectionRefusedByStore,
        ErasureRefusedByStore,
        fates.NoOrder,
        consents.PersonErased,
    ) as problem:
        return f"{problem.code}:{name}"


def confirm(
    case: Case, demand: DemandState, name: str, *, planned: planning.Plan | None = None
) -> str:
    """Look once more before a demand is sealed: `done` if what was proven still is so.

    A store that was put back to an older state meanwhile, or a system that wrote the rows
    again, is found here; so is a key that the person took on since. What was proven is then
    forgotten and done again.
    """
    at = rows.task(case, demand, name, now=clock.now(), planned=planned)
    latest = kept.last_round(demand.id, name)
    if latest is None or demand.demand.kind in planning.CORRECTING:
        return _DONE
    known = {each.place for each in latest.frozen}
    outgrown = any(place.digest not in known for place in at.places)
    latest, _ = rows.bound(at, latest)
    try:
        hand = connector(name)
        acts = acts_for(at, latest.frozen, hand.shape())
        allowed = at.permit(latest.frozen)
        still = not any(proof.open for proof in hand.prove(allowed, acts, at.now))
    except (StoreUnreachable, OutcomeUnknown):
        return f"store-unreachable:{name}"
    except StoreError as problem:
        return f"{problem.code}:{name}"
    if not outgrown and (still or not acts):
        return _DONE
    with store.atomic():
        kept.forget_effects(demand.id, name)
        append.entry(
            "case.place.undone",
            subject=case.id,
            by=SYSTEM,
            at=at.now,
            body={"demand": demand.id, "store": name},
        )
    return f"not-proven:{name}"


def _change(at: Task) -> str:
    hand, demand, name = connector(at.name), at.demand, at.name
    shapes = hand.shape()
    if drift.drifts(at.mapped, shapes):
        return f"store-unreadable:{name}"  # what the map does not know cannot be called done
    rounds = list(kept.rounds(demand.id, name, wave=at.wave)) or [rows.first(at)]
    rounds[-1], outgrown = rows.bound(at, rounds[-1])
    while True:
        latest = rounds[-1]
        acts = acts_for(at, latest.frozen, shapes)
        if not acts and not outgrown:
            effects.keep(at, rounds, ())
            return _DONE
        if not acts:
            outgrown = False
            rounds.append(rows.again(at, latest))
            continue
        if demand.demand.kind in planning.CORRECTING:
            # Between the beginning and this store an erasure may have run: nothing comes back.
            consents.expect_not_erased(person_of(at.case), now=at.now)
        counts = _apply(at, latest, acts)
        rounds[-1] = latest = replace(latest, counts=counts)
        if outgrown:  # what it did is known now; what has come since is looked for anew
            outgrown = False
            effects.end(at, latest)
            rounds.append(rows.again(at, latest))
            continue
        latest, proofs = _proven(at, latest, acts)
        if not any(proof.open for proof in proofs):
            effects.keep(at, rounds, proofs, ended=latest)
            return _DONE
        effects.end(at, latest)
        if demand.demand.kind in planning.CORRECTING:
            return f"value-changed-meanwhile:{name}"
        if len(rounds) >= _ROUNDS:
            return f"not-proven:{name}"
        rounds.append(rows.again(at, latest))


def _apply(at: Task, latest: Round, acts: tuple[Act, ...]) -> tuple[kept.Count, ...]:
    """Do a round's acts behind its fence; return what it did, whichever try of it did so.

    The caller notes that: until then a later try asks the fence again.
    """
    hand, number, allowed = connector(at.name), latest.number, at.permit(latest.frozen)
    expected = latest.counts
    if not at.mapped.fenced and not expected:
        # Nothing in the store tells a later try what this one did: it is counted before.
        expected = _counts(acts, (proof.open for proof in hand.prove(allowed, acts, at.now)))
        effects.end(at, replace(latest, counts=expected))
    fence = kept.fence(at.demand.id, at.name, at.wave, number)
    done = hand.apply(allowed, acts, fence=fence, now=at.now)
    fresh = at.mapped.fenced or any(done.counts)
    return _counts(acts, done.counts) if fresh else expected


def _proven(at: Task, latest: Round, acts: tuple[Act, ...]) -> tuple[Round, tuple[Proof, ...]]:
    """Look by independent statements what is left to do; after the last round, do it once more.

    Where each fence stands and the rows do too, a trigger or a rule of the store kept them.
    Whoever takes it away tells nobody, so every later try does the acts again, behind a fence of
    that try alone: erasing twice is erasing once. A correction is not repeated: what stands there
    may be what people wrote since.
    """
    hand, allowed = connector(at.name), at.permit(latest.frozen)
    proofs = hand.prove(allowed, acts, at.now)
    correcting = at.demand.demand.kind in planning.CORRECTING
    if latest.number < _ROUNDS or correcting or not any(proof.open for proof in proofs):
        return latest, proofs
    fence = f"{kept.fence(at.demand.id, at.name, at.wave, latest.number)}/{ids.token()}"
    done = hand.apply(allowed, acts, fence=fence, now=at.now)
    if any(done.counts):
        latest = replace(latest, counts=_counts(acts, done.counts))
    return latest, hand.prove(allowed, acts, at.now)


def _counts(acts: tuple[Act, ...], rows: Iterable[int]) -> tuple[kept.Count, ...]:
    return tuple(
        (act.table, count if act.delete else 0, 0 if act.delete else count)
        for act, count in zip(acts, rows, strict=True)
    )


def deepen(
    case: Case,
    demand: DemandState,
    name: str,
    *,
    wave: int = 0,
    planned: planning.Plan | None = None,
) -> str:
    """Clear what the engine keeps of the rows that went, and note how deep that was (E1, E2)."""
    done = [
        each
        for each in kept.effects(demand.id, name)
        if each.wave == wave and (each.erased or each.written)
    ]
    if not done or done[0].level:
        return _DONE
    at = rows.task(case, demand, name, now=clock.now(), wave=wave, planned=planned)
    latest, _ = rows.bound(at, kept.rounds(demand.id, name, wave=wave)[-1])
    try:
        allowed = at.permit(latest.frozen)
        depth = connector(name).deepen(allowed, [each.table for each in done], at.now)
        level, remains = str(depth.level), len(depth.stays)
    except StoreUnreachable:
        return f"store-unreachable:{name}"
    except StoreError:
        # The rows are gone for every query; what the engine keeps could not be cleared here.
        level, remains = "E1", 1
    with store.atomic():
        kept.save_depth(demand.id, name, wave=wave, level=level)
        append.entry(
            "case.erasure.deepened",
            subject=case.id,
            by=SYSTEM,
            at=at.now,
            body={"demand": demand.id, "store": name, "level": level, "remains": remains},
        )
    return _DONE


# --- what happens to them -------------------------------------------------------------------


def acts_for(
    at: Task, frozen: tuple[Frozen, ...], shapes: tuple[TableShape, ...]
) -> tuple[Act, ...]:
    """Return the acts; where a shared key leads to others too, one a way the person's are told."""
    told = {each.table: each.own or ((),) for each in frozen}
    return tuple(
        replace(act, only=(*act.only, *own))
        for act in _acts_of(at, frozen, shapes)
        for own in told[act.table]
    )


def _acts_of(
    at: Task, frozen: tuple[Frozen, ...], shapes: tuple[TableShape, ...]
) -> tuple[Act, ...]:
    datamap, asked, name = hands().datamap, at.demand.demand, at.name
    on = clock.date_in_japan(at.now)
    match asked.kind:
        case DemandKind.ERASURE:
            acts = fates.acts(datamap, frozen, {name: shapes}, what=Deed.ERASE, on=on)
            wanted = planning.categories_of(asked)
            return acts if wanted is None else _of_categories(acts, name, wanted)
        case DemandKind.CEASE_USE:
            return fates.acts(datamap, frozen, {name: shapes}, what=Deed.SUSPEND, on=on)
        case DemandKind.CEASE_PROVISION:
            return fates.acts(datamap, frozen, {name: shapes}, what=Deed.STOP_PROVISION, on=on)
        case DemandKind.CORRECTION | DemandKind.ADDITION | DemandKind.DELETION:
            store_name, table, row, column = planning.ref_of(asked).split("/")
            cell = Cell(store=store_name, table=table, row=row, column=column)
            after = None if asked.kind is DemandKind.DELETION else asked.after or ""
            return fates.correction(datamap, frozen, cell, asked.before or None, after)
        case (
            DemandKind.NOTICE_OF_PURPOSE
            | DemandKind.DISCLOSURE
            | DemandKind.DISCLOSURE_OF_PROVISION_RECORDS
        ):
            return ()
        case _:
            assert_never(asked.kind)


def _of_categories(acts: tuple[Act, ...], name: str, wanted: frozenset[str]) -> tuple[Act, ...]:
    """Return the erasure of some categories only: rows stay, their columns of these are emptied."""
    datamap = hands().datamap
    result: dict[str, Act] = {}
    for act in acts:
        table = datamap.table(name, act.table)
        emptied = tuple(
            (column.name, column.neutral)
            for column in table.columns
            if column.category in wanted and not _needed(table, column.name, act)
        )
        if emptied:
            result.setdefault(
                act.table,
                replace(act, delete=False, values=emptied, json_removed=(), referred_by=()),
            )
    return tuple(result.values())


def _needed(table: Table, column: str, act: Act) -> bool:
    """Whether a column carries the row itself: its key, or the key of the person."""
    return column == table.row_key or column in {reach.column for reach in act.reaches}
