"""復元のあと (P1.7, P3.6): what was erased, suspended or stopped is so again before anything is served.

A backup knows nothing of what happened after it. What single demands changed is done again first
(`redoing`). Then the standings: the persons are known by keyed digests only, so every key in the
store is walked once and its digest looked up; what is found goes in one batch.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute import redoing
from mamoru.cases.execute.installed import connector, hands, permitted
from mamoru.cases.store import effects as kept
from mamoru.connectors.port import Connector, StoreError
from mamoru.consents import store as standings
from mamoru.consents.terms import StandingKind
from mamoru.datamap import locate
from mamoru.datamap import plan as fates
from mamoru.datamap.acts import Act
from mamoru.datamap.inventory import Authority, Store, Table
from mamoru.datamap.plan import Deed
from mamoru.datamap.terms import KeyPath, KeyRing, Location, Match, Row, Search, normal
from mamoru.gate.terms import Operation
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, PersonRef, StaffId
from mamoru.ledger import append

_CASE = CaseId("restore")
_KEYS_AT_ONCE = 2_000
_DEEDS = (
    (StandingKind.STOP, Deed.STOP_PROVISION, Operation.MARK),
    (StandingKind.SUSPENSION, Deed.SUSPEND, Operation.MARK),
    (StandingKind.TOMBSTONE, Deed.ERASE, Operation.ERASE),
)


class NotRestored(MamoruError):
    """A store still holds what was erased or stopped. Look at the store and run it again."""

    code, exit_code = "restore-not-proven", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the gate found and did in one store."""

    store: str
    persons: int  # keys of persons with a standing in force that the store holds
    erased: int
    written: int
    judge: tuple[CaseId, ...] = ()  # cases of which only people can tell what ought to stand here
    problem: str = ""  # the code of what kept the store from being looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One look through a store for the persons of one standing."""

    hand: Connector
    kind: StandingKind
    by: StaffId
    now: datetime

    def among(self, refs: Iterable[PersonRef], *, shared: bool) -> frozenset[PersonRef]:
        return standings.among(tuple(refs), self.kind, shared=shared, now=self.now)

    def rows(self, table: Table, columns: Iterable[str]) -> Iterator[Row]:
        wanted = tuple(dict.fromkeys(columns))
        categories = {column.name: column.category for column in table.columns}
        search = Search(
            store=self.hand.name,
            table=table.name,
            by=("standing",),
            columns=wanted,
            categories=tuple(categories[column] for column in wanted),
            criteria=(),
        )
        permit = permitted(_CASE, Operation.FIND, (search,), by=self.by, now=self.now)
        yield from self.hand.walk(permit, table.name, self.now)


def needed() -> tuple[str, ...]:
    """Return the stores that may have been restored: one of the newest fences of ours is gone."""
    found = []
    for each in hands().datamap.stores:
        try:
            fences = kept.newest_fences(each.name)
            if any(connector(each.name).fenced(fence) is False for fence in fences):
                found.append(each.name)
        except StoreError:
            continue  # a store that is away is looked at when it is back
    return tuple(found)


def untold() -> tuple[str, ...]:
    """Return the stores that we changed and that keep no fence: nothing tells a restore there."""
    return tuple(
        each.name
        for each in hands().datamap.stores
        if not each.fenced and kept.newest_fences(each.name)
    )


def replay(
    names: Iterable[str] | None = None, *, by: StaffId, now: datetime
) -> tuple[Replayed, ...]:
    """Do again in the stores what is in force; all stores if none is named.

    Idempotent: what is as it must be is not touched. NotRestored if an independent look
    still finds something; a store that cannot be reached is named in the result.
    """
    wanted = None if names is None else set(names)
    result = []
    for mapped in hands().datamap.stores:
        if wanted is not None and mapped.name not in wanted:
            continue
        try:
            result.append(_replay(mapped, by=by, now=now))
        except StoreError as problem:
            result.append(
                Replayed(store=mapped.name, persons=0, erased=0, written=0, problem=problem.code)
            )
    return tuple(result)


def _replay(mapped: Store, *, by: StaffId, now: datetime) -> Replayed:
    hand, run = connector(mapped.name), ids.token(64)
    shapes = {mapped.name: hand.shape()}
    again = tuple(redoing.redo(mapped, by=by, now=now))
    erased, written = sum(each.erased for each in again), sum(each.written for each in again)
    persons = 0
    for kind, deed, operation in _DEEDS:
        walk = _Walk(hand=hand, kind=kind, by=by, now=now)
        for batch, places in enumerate(_places(mapped, walk)):
            permit = permitted(_CASE, operation, places, by=by, now=now)
            frozen = hand.freeze(permit, places, now)
            permit = permitted(_CASE, operation, places, by=by, now=now, frozen=frozen)
            acts = fates.acts(
                hands().datamap, frozen, shapes, what=deed, on=clock.date_in_japan(now)
            )
            persons += len({key for place in places for path in place.paths for key in path.keys})
            if not any(proof.open for proof in hand.prove(permit, acts, now)):
                continue
            with store.atomic():  # no entry, no act
                append.entry(
                    "restore.began",
                    subject=_CASE,
                    by=by,
                    at=now,
                    body={"store": mapped.name, "kind": str(kind), "tables": len(places)},
                )
            fence = f"restore/{run}/{mapped.name}/{kind}.{batch}"
            done = hand.apply(permit, acts, fence=fence, now=now)
            gone, changed = _counts(acts, done.counts)
            erased, written = erased + gone, written + changed
            if any(proof.open for proof in hand.prove(permit, acts, now)):
                raise NotRestored(f"store `{mapped.name}` still holds what was erased or stopped")
            if deed is Deed.ERASE:
                hand.deepen(permit, [act.table for act in acts], now)
    if erased or written:
        with store.atomic():
            append.entry(
                "restore.replayed",
                subject=_CASE,
                by=by,
                at=now,
                body={
                    "store": mapped.name,
                    "persons": persons,
                    "erased": erased,
                    "written": written,
                },
            )
    return Replayed(
        store=mapped.name,
        persons=persons,
        erased=erased,
        written=written,
        judge=tuple(dict.fromkeys(each.case for each in again if each.judge)),
    )


def _counts(acts: tuple[Act, ...], counts: tuple[int, ...]) -> tuple[int, int]:
    pairs = list(zip(acts, counts, strict=True))
    gone = sum(count for act, count in pairs if act.delete)
    return gone, sum(count for act, count in pairs if not act.delete)


def _places(mapped: Store, walk: _Walk) -> Iterator[tuple[Location, ...]]:
    """Yield the places of the persons with a standing: by their own keys, then row by row."""
    datamap = hands().datamap
    ring: dict[str, list[str]] = {}
    for table in mapped.tables:
        own = {
            each: column
            for each, column in table.provides.items()
            if datamap.match_of(each) is Match.EXACT
        }
        for each, column in own.items():
            ring.setdefault(each, []).extend(_own_keys(walk, table, each, column))
    for part in _parts(ring):
        places = tuple(
            place
            for place in locate.locate(datamap, part)
            if place.store == mapped.name and _ours(datamap.table(place.store, place.table))
        )
        if places:
            yield places
    for table in mapped.tables:
        rows = list(_shared_rows(walk, table)) if _ours(table) else []
        for start in range(0, len(rows), _KEYS_AT_ONCE):
            yield (_by_rows(mapped.name, table, tuple(rows[start : start + _KEYS_AT_ONCE])),)


def _own_keys(walk: _Walk, table: Table, kind: str, column: str) -> Iterator[str]:
    known = {str(row[column]) for row in walk.rows(table, (column,)) if row[column]}
    refs = {standings.key_ref(store.master(), kind, key): key for key in known}
    for ref in walk.among(refs, shared=False):
        yield refs[ref]


def _shared_rows(walk: _Walk, table: Table) -> Iterator[str]:
    """Yield the keys of rows that only a shared key leads to, and whose person has the standing."""
    datamap = hands().datamap
    before: list[str] = []
    for way in table.person:
        if way.kind is None:
            return
        if datamap.match_of(way.kind) is not Match.EXACT:
            break
        before.append(way.column)
    else:
        return
    columns = (table.row_key, *before, way.column, *locate.name_columns(table))
    refs: dict[PersonRef, list[str]] = {}
    for row in walk.rows(table, columns):
        key = normal(datamap.match_of(way.kind), str(row[way.column] or ""))
        if not key or any(row[column] not in {None, ""} for column in before):
            continue
        name = locate.plain_name(datamap, walk.hand.name, table.name, row)
        ref = standings.key_ref(store.master(), way.kind, key, name=name)
        refs.setdefault(ref, []).append(str(row[table.row_key]))
    for ref in walk.among(refs, shared=True):
        yield from refs[ref]


def _by_rows(name: str, table: Table, rows: tuple[str, ...]) -> Location:
    return Location(
        store=name,
        table=table.name,
        columns=tuple(column.name for column in table.columns),
        categories=tuple(column.category for column in table.columns),
        paths=(KeyPath(column=table.row_key, kind="row", keys=rows),),
    )


def _parts(ring: Mapping[str, list[str]]) -> Iterator[KeyRing]:
    for kind, keys in ring.items():
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), _KEYS_AT_ONCE):
            yield {kind: tuple(unique[start : start + _KEYS_AT_ONCE])}


def _ours(table: Table) -> bool:
    return table.authority is Authority.OWN
