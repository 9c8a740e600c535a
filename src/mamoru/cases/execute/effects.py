"""What was proven (P0.4, P3.6): effects in counts, each with its entry and its receipt."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from mamoru.cases import store
from mamoru.cases.execute import planning
from mamoru.cases.execute.installed import hands
from mamoru.cases.execute.rows import Task
from mamoru.cases.store import effects as kept
from mamoru.cases.store.effects import Round
from mamoru.cases.terms import DemandKind, Effect, LocationReceipt
from mamoru.datamap import holds
from mamoru.datamap.acts import Proof
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import Value
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM
from mamoru.ledger import append


def end(at: Task, done: Round) -> None:
    """Note what a round did: from here on its fence is expected in the store (decision 17)."""
    kept.end_round(
        at.demand.id, at.name, wave=at.wave, number=done.number, counts=done.counts, at=at.now
    )


def keep(
    at: Task, rounds: list[Round], proofs: tuple[Proof, ...], *, ended: Round | None = None
) -> None:
    """Keep what the rounds did, table by table, once and for all: effects, receipts, entries.

    With the end of the last round, `ended`, where that is not noted yet.
    """
    found = by_table(proofs)
    erased: dict[str, int] = defaultdict(int)
    written: dict[str, int] = defaultdict(int)
    for each in rounds:
        for table, gone, changed in each.counts:
            erased[table] += gone
            written[table] += changed
    erasing = at.demand.demand.kind is DemandKind.ERASURE
    effects = [
        Effect(
            store=at.name,
            table=each.table,
            wave=at.wave,
            erased=erased[each.table],
            written=written[each.table],
            held=most(found.get(each.table, ()), lambda proof: proof.held),
            referred=most(found.get(each.table, ()), lambda proof: proof.referred),
            withheld=rounds[-1].withheld.get(each.table, 0),
            holds=_codes(found.get(each.table, ())),
            release_on=release_on(at.name, found.get(each.table, ())),
            backups_until=_backups_until(at.mapped, at.now) if erasing else None,
            at=at.now,
        )
        for each in rounds[-1].frozen
        if each.table in found or not _correcting(at)
    ]
    with store.atomic():
        if ended is not None:
            end(at, ended)
        fresh = kept.save_effects(at.demand.id, effects)
        if not at.wave:
            receipts = {each.ref: (_receipt(at, each), ()) for each in fresh}
            store.save_receipts(at.demand.id, receipts)
        append.batch(
            "case.place.corrected" if _correcting(at) else "case.place.changed",
            [_told(at, each) for each in fresh],
            subject=at.case.id,
            by=SYSTEM,
            at=at.now,
        )


def _correcting(at: Task) -> bool:
    return at.demand.demand.kind in planning.CORRECTING


def _receipt(at: Task, effect: Effect) -> LocationReceipt:
    text = f"{effect.ref} {effect.erased} {effect.written}"
    return LocationReceipt(
        store=effect.store,
        table=effect.table,
        rows=effect.erased + effect.written,
        digest=store.commitment(at.case.id, "effect", text),
        at=at.now,
    )


def _told(at: Task, effect: Effect) -> Mapping[str, str | int]:
    """Return what the ledger is told of an effect."""
    return {
        "demand": at.demand.id,
        "place": effect.ref,
        "wave": effect.wave,
        "erased": effect.erased,
        "written": effect.written,
        "held": effect.held,
        "referred": effect.referred,
        "withheld": effect.withheld,
        "policy": hands().grants.digest,
    }


def by_table(proofs: Iterable[Proof]) -> Mapping[str, tuple[Proof, ...]]:
    """Return the proofs table by table."""
    found: dict[str, tuple[Proof, ...]] = {}
    for proof in proofs:
        found[proof.act.table] = (*found.get(proof.act.table, ()), proof)
    return found


def most(proofs: Iterable[Proof], of: Callable[[Proof], int]) -> int:
    """Return the rows of a table: the most that any of its acts found, over all ways to tell them."""
    found: dict[tuple[tuple[str, Value], ...], int] = {}
    for proof in proofs:
        found[proof.act.only] = max(found.get(proof.act.only, 0), of(proof))
    return sum(found.values())


def _codes(proofs: Iterable[Proof]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(held.code for proof in proofs if proof.held for held in proof.act.holds)
    )


def release_on(name: str, proofs: Iterable[Proof]) -> date | None:
    """Return the first day on which nothing of a table is held any more; None if nobody can say."""
    datamap = hands().datamap
    by_code = {
        hold.code: hold
        for table in datamap.store(name).tables
        for hold in table.holds
        if hold.anchor is not None
    }
    days: list[date] = []
    for proof in proofs:
        if not proof.held:
            continue
        for held in proof.act.holds:
            hold = by_code.get(held.code)
            if hold is None or proof.latest is None:
                return None
            day = holds.released_on(hold, proof.latest, datamap.fiscal_year_ends)
            if day is None:
                return None
            days.append(day)
    return max(days, default=None)


def _backups_until(mapped: Store, now: datetime) -> date | None:
    if mapped.backups is None:
        return None
    return holds.end_of(mapped.backups.kept, clock.date_in_japan(now))
