"""The walls of the company's databases: made of policy and data map, told how people stand."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mamoru.cases import store
from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.terms import Person
from mamoru.datamap.inventory import DataMap, Store, StoreKind
from mamoru.gate import wall as describing
from mamoru.gate.building import Built, Hand, Tell, WallForgot
from mamoru.gate.postgresql import Statement, login
from mamoru.gate.table import Table
from mamoru.gate.terms import Standing
from mamoru.gate.wall import Key, Wall
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import PersonRef, StaffId
from mamoru.kit.seal import MasterKey
from mamoru.ledger import append
from mamoru.ledger.entry import Given
from mamoru.policy import compile as compiling
from mamoru.policy.document import Policy
from mamoru.site import wiring

LEASE = timedelta(minutes=10)
"""How long a door stays open that nobody renews."""
_STANDS_NOT = "no wall stands here"
_BEGAN = "gate.install.began"
_INSTALLED, _VERIFIED, _REMOVED = "gate.installed", "gate.verified", "gate.removed"


class NoWall(MamoruError):
    """No store of the data map has `gate: true`, or the one named has not. Only PostgreSQL can."""

    code, exit_code = "no-wall", 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Walled:
    """A store with doors: its wall as policy and data map describe it, and the hand that builds it."""

    store: Store
    wall: Wall
    hand: Hand
    doors: Table
    master: MasterKey

    @property
    def subject(self) -> str:
        """Under which its entries stand in the ledger."""
        return f"gate/{self.store.name}"

    def words(self, key: Key, keys: Sequence[str]) -> list[tuple[str, int]]:
        """Return the digest of each key, and which doors are open to its people."""
        refs = [standings.key_ref(self.master, key.kind, each) for each in keys]
        return list(zip(refs, self.now(key, refs), strict=True))

    def now(self, key: Key, refs: Sequence[str]) -> list[int]:
        """Return which doors are open now to the people of digests."""
        known: dict[Standing, int] = {}
        found = consents.standings(
            [PersonRef(each) for each in refs], shared=key.shared, now=clock.now()
        )
        for standing in found.values():
            if standing not in known:
                known[standing] = self.doors.word(standing)
        return [known[found[PersonRef(each)]] for each in refs]


def walled(
    policy: Policy, datamap: DataMap, master: MasterKey, *, only: str | None = None
) -> tuple[Walled, ...]:
    """Return the stores that have doors; NoWall where one is named that has none."""
    compiled = compiling.compile_policy(policy)
    doors = Table(compiled)
    clauses = {each.id: each.clause for each in policy.purposes}
    result = tuple(
        Walled(
            store=store,
            wall=describing.build(doors, datamap, store, clauses),
            hand=wiring.wall_hand(store),
            doors=doors,
            master=master,
        )
        for store in datamap.stores
        if store.gate and store.kind is StoreKind.POSTGRESQL and only in {None, store.name}
    )
    if not result and only is not None:
        raise NoWall(f"`{only}` is no PostgreSQL store with `gate: true` in the data map")
    return result


def of_this_company(*, only: str | None = None) -> tuple[Walled, ...]:
    """Return the stores of the company's folder that have doors; NoWall where one named has none."""
    return walled(wiring.policy(), wiring.datamap(), wiring.master(), only=only)


def plan(found: Walled) -> tuple[Statement, ...]:
    """Return every statement that an installation would run."""
    return found.hand.plan(found.wall)


def logins(found: Walled, wanted: Mapping[str, tuple[str, str]]) -> tuple[Statement, ...]:
    """Return what makes logins, by name the purpose and recipient; NoWall for no door of the store."""
    doors = {(each.door.purpose, each.door.recipient): each for each in found.wall.openings}
    for name, door in wanted.items():
        if door not in doors:
            known = ", ".join(":".join(each) for each in doors)
            raise NoWall(f"`{name}`: store `{found.store.name}` has no such door; it has {known}")
    return tuple(
        statement for name, door in wanted.items() for statement in login(name, doors[door])
    )


def standing(who: Person, *, now: datetime) -> Standing:
    """Return how a person stands."""
    return consents.standing(who, now=now)


def install(found: Walled, *, by: StaffId, now: datetime, tell: Tell = lambda _: None) -> Built:
    """Build a store's wall anew and open its doors; the entry is written with what stands then."""
    _note(found, _BEGAN, {"wall": found.wall.digest, "policy": found.wall.policy}, by=by, now=now)
    built = found.hand.install(found.wall, found.words, until=now + LEASE, tell=tell)
    _note(
        found,
        _INSTALLED,
        {
            "wall": found.wall.digest,
            "policy": found.wall.policy,
            "doors": len(found.wall.openings),
            "keys": built.people,
            "catalogue": _digest(built.lines),
        },
        by=by,
        now=now,
    )
    return built


def verify(
    found: Walled, *, by: StaffId, now: datetime, tell: Tell = lambda _: None
) -> tuple[str, ...]:
    """Return, in words, what is not as the policy says; nothing if all of it is. It is noted."""
    problems = list(found.hand.findings(found.wall))
    entries = append.entries(found.subject)
    installed = [each for each in entries if each.kind == _INSTALLED]
    if installed and installed[-1].body["catalogue"] != _digest(found.hand.lines()):
        problems.append("views, roles or rights of the wall are not as they were installed")
    if _STANDS_NOT not in problems:
        differing = found.hand.differing(found.wall, found.now, tell=tell)
        if differing:
            problems.append(f"{differing} keys have a word that is not how their people stand")
    _note(found, _VERIFIED, {"problems": len(problems)}, by=by, now=now)
    return tuple(problems)


def remove(found: Walled, *, by: StaffId, now: datetime) -> int:
    """Take a store's wall away; return how many doors it had."""
    doors = found.hand.remove()
    _note(found, _REMOVED, {"doors": doors}, by=by, now=now)
    return doors


def tell_changes(found: Walled) -> int:
    """Write into a wall what was recorded of people since; return how many keys were told.

    What cannot be written stays in the outbox. The error is the store's.
    """
    told = 0
    while changed := standings.changes(found.store.name):
        refs: dict[bool, list[str]] = {True: [], False: []}
        for each in changed:
            refs[each.shared].append(each.person)
        by_key = [
            (key, unique)
            for key in found.wall.keys
            if (unique := list(dict.fromkeys(refs[key.shared])))
        ]
        _anew(found, partial(found.hand.push, found.wall, by_key, found.now))
        standings.told(changed)
        told += len(changed)
    return told


def renew(found: Walled, *, now: datetime) -> int:
    """Take in new people and let the doors stay open for another lease; return how many are new.

    Nothing stays open that was not told what is recorded: the outbox is emptied before.
    """
    tell_changes(found)
    taken = _anew(found, partial(found.hand.take, found.wall, found.words))
    found.hand.renew(found.wall, until=now + LEASE)
    return taken


def forget(found: Walled) -> int:
    """Take out keys that no row of the company carries any more; return how many."""
    return _anew(found, partial(found.hand.forget, found.wall))


def _anew(found: Walled, act: Callable[[], int]) -> int:
    """Act on a wall; where the database was put back, how everybody stands is written first."""
    try:
        return act()
    except WallForgot:
        found.hand.refresh(found.wall, found.now)
        return act()


def _note(
    found: Walled, kind: str, body: Mapping[str, Given], *, by: StaffId, now: datetime
) -> None:
    with store.atomic():
        append.entry(kind, subject=found.subject, by=by, at=now, body=body)


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
