"""What a demand did to the company's stores, and the sealed keys with which it is proven."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Length
from pydantic import TypeAdapter

from mamoru.cases.models import EffectRow, ReachRow
from mamoru.cases.store import asking
from mamoru.cases.store.sealing import key_of_case
from mamoru.cases.terms import Effect
from mamoru.datamap.acts import Frozen
from mamoru.kit.ids import CaseId, DemandId
from mamoru.kit.seal import DataKey

_FROZEN = TypeAdapter(tuple[Frozen, ...])
_NEWEST = 4
_COLUMNS = (
    "demand_id", "store", "table", "wave", "erased", "written", "held", "referred", "withheld",
    "holds", "release_on", "released", "level", "backups_until", "at",
)  # fmt: skip
Count = tuple[str, int, int]
"""Table, rows that went, rows that were written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One transaction in one store: whose rows are meant, and what it did."""

    number: int  # from 1
    frozen: tuple[Frozen, ...]
    withheld: Mapping[str, int]
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One round that has changed a store, and the fence behind which it stands there."""

    demand: DemandId
    wave: int
    round: int
    fence: str


def rounds(demand_id: DemandId, store: str, *, wave: int) -> tuple[Round, ...]:
    """Return the rounds of a wave in a store, in order; opens the case's seal."""
    rows = asking.rows(
        ReachRow,
        "WHERE demand_id = %s AND store = %s AND wave = %s ORDER BY round",
        demand_id, store, wave,
    )  # fmt: skip
    if not rows:
        return ()
    key = _key(demand_id)
    return tuple(_round(row, key) for row in rows)


def last_round(demand_id: DemandId, store: str) -> Round | None:
    """Return the latest round in a store whatever its wave, None before the first."""
    found = asking.rows(
        ReachRow,
        "WHERE demand_id = %s AND store = %s ORDER BY wave DESC, round DESC LIMIT 1",
        demand_id, store,
    )  # fmt: skip
    return _round(found[0], _key(demand_id)) if found else None


def begin_round(
    demand_id: DemandId, store: str, *, wave: int, round_: Round, at: datetime
) -> Round:
    """Keep the keys of a round before it touches anything, and return it as it is kept.

    A repetition changes nothing: what was kept first is what counts.
    """
    sealed = _key(demand_id).seal(
        _FROZEN.dump_json(round_.frozen), context=_context(demand_id, store, wave, round_.number)
    )
    made = asking.insert(
        ReachRow,
        ("demand_id", "store", "wave", "round", "counts", "withheld", "at", "sealed_frozen"),
        [
            (
                demand_id,
                store,
                wave,
                round_.number,
                asking.plain([]),
                asking.plain(dict(round_.withheld)),
                asking.moment(at),
                sealed,
            )
        ],
        known_too=True,
    )
    if made:
        return round_
    return next(
        each for each in rounds(demand_id, store, wave=wave) if each.number == round_.number
    )


def end_round(
    demand_id: DemandId,
    store: str,
    *,
    wave: int,
    number: int,
    counts: Sequence[Count],
    at: datetime,
) -> None:
    """Note what a round did, as the last one in its store so far."""
    asking.update(
        ReachRow,
        "SET counts = %s, ended_at = %s, ended ="
        " 1 + COALESCE((SELECT MAX(others.ended) FROM cases_reachrow others"
        " WHERE others.store = %s), 0)"
        " WHERE demand_id = %s AND store = %s AND wave = %s AND round = %s",
        asking.plain([list(each) for each in counts]), asking.moment(at), store,
        demand_id, store, wave, number,
    )  # fmt: skip


def give_up(each: "Reached", store: str) -> None:
    """Expect a round in its store no longer: what a restore took with it is for people to judge."""
    rows = ReachRow.objects.filter(demand_id=each.demand, store=store, wave=each.wave)
    rows.filter(round=each.round).update(ended=None)


def effects(demand_id: DemandId, store: str | None = None) -> tuple[Effect, ...]:
    """Return what a demand did, table by table and wave by wave, in the order it was proven."""
    rest, given = "WHERE demand_id = %s", [str(demand_id)]
    if store is not None:
        rest, given = f"{rest} AND store = %s", [*given, store]
    rows = asking.rows(EffectRow, f"{rest} ORDER BY id", *given)
    return tuple(_effect(row) for row in rows)


def save_effects(demand_id: DemandId, found: Iterable[Effect]) -> tuple[Effect, ...]:
    """Keep what was proven in one store; return what was not kept before."""
    wanted = tuple(found)
    if not wanted:
        return ()
    store, wave = wanted[0].store, wanted[0].wave
    with transaction.atomic(savepoint=False):
        known = {each.table for each in effects(demand_id, store) if each.wave == wave}
        fresh = tuple(each for each in wanted if each.table not in known)
        if wave and fresh:
            rows = EffectRow.objects.filter(demand_id=demand_id, store=store)
            rows.filter(wave__lt=wave).update(released=True)
        asking.insert(
            EffectRow,
            _COLUMNS,
            (
                (
                    demand_id,
                    each.store,
                    each.table,
                    each.wave,
                    each.erased,
                    each.written,
                    each.held,
                    each.referred,
                    each.withheld,
                    asking.plain(list(each.holds)),
                    asking.day(each.release_on),
                    False,
                    each.level,
                    asking.day(each.backups_until),
                    asking.moment(each.at),
                )
                for each in fresh
            ),
        )
    return fresh


def save_depth(demand_id: DemandId, store: str, *, wave: int, level: str) -> None:
    """Note how deep an erasure went in a store."""
    asking.update(
        EffectRow,
        "SET level = %s WHERE demand_id = %s AND store = %s AND wave = %s"
        " AND (erased > 0 OR written > 0)",
        level, demand_id, store, wave,
    )  # fmt: skip


def newest_fences(store: str) -> tuple[str, ...]:
    """Return the fences of the newest transactions of ours in a store, the latest first.

    More than one, since two that end at once may be noted in the other order.
    """
    rows = _ended(store).order_by("-ended", "-id")[:_NEWEST]
    return tuple(fence(DemandId(row.demand_id), store, row.wave, row.round) for row in rows)


def reached(store: str) -> tuple[Reached, ...]:
    """Return the rounds that may be done again in a store, the oldest first.

    That is those whose keys are still kept, and the newest of all: its fence tells a restore.
    """
    rows = list(_ended(store).order_by("ended", "id").annotate(size=Length("sealed_frozen")))
    wanted = [row for row in rows[:-1] if row.size] + rows[-1:]
    return tuple(
        Reached(
            demand=DemandId(row.demand_id),
            wave=row.wave,
            round=row.round,
            fence=fence(DemandId(row.demand_id), store, row.wave, row.round),
        )
        for row in wanted
    )


def _ended(store: str) -> QuerySet[ReachRow]:
    return ReachRow.objects.filter(store=store, ended__isnull=False).defer("sealed_frozen")


def fence(demand_id: DemandId, store: str, wave: int, number: int) -> str:
    """Return the name under which a round's transaction stands in the store."""
    return f"{demand_id}/{store}/{wave}.{number}"


def forget_effects(demand_id: DemandId, store: str) -> None:
    """Forget what was proven in a store: it is no longer so, and is done again."""
    EffectRow.objects.filter(demand_id=demand_id, store=store).delete()


def holds_still(demand_id: DemandId) -> bool:
    """Return whether a law keeps records that the demand meant, until a later wave releases them."""
    return EffectRow.objects.filter(demand_id=demand_id, released=False, held__gt=0).exists()


def begun(case_id: CaseId) -> bool:
    """Return whether anything of a case may have been changed in a store."""
    return ReachRow.objects.filter(demand__case_id=case_id).exists()


def due_releases(*, on: date, limit: int = 20) -> tuple[DemandId, ...]:
    """Return demands of which some hold has ended, or whose later wave lacks its last step."""
    rows = EffectRow.objects.filter(_due(on) | _without_depth())
    found = rows.order_by("demand_id").values_list("demand_id", flat=True).distinct()
    return tuple(DemandId(each) for each in found[:limit])


def due_waves(demand_id: DemandId, *, on: date) -> tuple[tuple[str, int], ...]:
    """Return (store, wave) of what is to be released now, or was and still has its residue."""
    rows = EffectRow.objects.filter(demand_id=demand_id)
    begun = rows.filter(_without_depth()).order_by("id").values_list("store", "wave")
    waves: dict[str, int] = {str(store): int(wave) for store, wave in begun}
    for store, wave in rows.filter(_due(on)).order_by("id").values_list("store", "wave"):
        waves[store] = max(waves.get(store, 0), wave + 1)
    return tuple(waves.items())


def _due(on: date) -> Q:
    return Q(released=False, held__gt=0, release_on__lte=on)


def _without_depth() -> Q:
    return Q(wave__gt=0, level="") & (Q(erased__gt=0) | Q(written__gt=0))


def settled() -> tuple[tuple[DemandId, str, datetime], ...]:
    """Return (demand, store, when last changed) where keys are kept and nothing is left to do.

    Nothing is left where the demand is sealed and no row waits for a hold to end or for its
    residue to be cleared.
    """
    rows = ReachRow.objects.filter(demand__executed_at__isnull=False, ended_at__isnull=False)
    rows = rows.exclude(sealed_frozen=b"")
    found = rows.values_list("demand_id", "store").annotate(last=Max("ended_at"))
    busy = Q(released=False, held__gt=0) | _without_depth()
    open_ = set(EffectRow.objects.filter(busy).values_list("demand_id", "store"))
    return tuple(
        (DemandId(demand), store, last)
        for demand, store, last in found
        if (demand, store) not in open_
    )


def forget_reaches(demand_id: DemandId, store: str) -> int:
    """Destroy the keys of a demand in a store; return how many rounds had any."""
    rows = ReachRow.objects.filter(demand_id=demand_id, store=store)
    return rows.exclude(sealed_frozen=b"").update(sealed_frozen=b"")


def _round(row: ReachRow, key: DataKey) -> Round:
    sealed = bytes(row.sealed_frozen)
    context = _context(DemandId(row.demand_id), row.store, row.wave, row.round)
    plain = key.open(sealed, context=context) if sealed else b"[]"
    return Round(
        number=row.round,
        frozen=_FROZEN.validate_json(plain),
        withheld=dict(row.withheld),
        counts=tuple((str(table), int(gone), int(written)) for table, gone, written in row.counts),
    )


def _effect(row: EffectRow) -> Effect:
    return Effect(
        store=row.store,
        table=row.table,
        wave=row.wave,
        erased=row.erased,
        written=row.written,
        held=row.held,
        referred=row.referred,
        withheld=row.withheld,
        holds=tuple(row.holds),
        release_on=row.release_on,
        level=row.level,
        backups_until=row.backups_until,
        at=row.at,
    )


def _key(demand_id: DemandId) -> DataKey:
    return key_of_case(_case_of(demand_id))


def _context(demand_id: DemandId, store: str, wave: int, number: int) -> str:
    return f"{demand_id}/reach/{store}/{wave}.{number}"


def _case_of(demand_id: DemandId) -> CaseId:
    return CaseId(demand_id.rpartition("/")[0])
