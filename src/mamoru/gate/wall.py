"""壁 (P1.5, P2.1, P2.13): what each door lets a reader see of one store, before any engine's words.

A reader of a door sees views with the names of the company's tables, only the granted columns in
them, and only rows of people for whom the door is open. What is not named here is not there.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mamoru.datamap import locate
from mamoru.datamap.inventory import About, Authority, Column, DataMap, Store, Table
from mamoru.datamap.terms import NO_PERSONAL_DATA, KeyPath, Match
from mamoru.gate.table import Door
from mamoru.gate.table import Table as Doors
from mamoru.gate.terms import Code, Form, GateError

WORD_BITS = 63
"""Doors in one `bigint`: its last bit is the sign."""
OURS = "mamoru_gate"
"""The schema with the masks, the state of the doors, and nothing that a reader may read."""
_LONGEST = 63  # characters of a name in PostgreSQL
_PLAIN = re.compile(r"[^a-z0-9]+")


class WallImpossible(GateError):
    """The store cannot be walled as the map describes it. The message says what to repair."""

    code, exit_code = "wall-impossible", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A column that a door does not show, and why: the sentence and what would make it lawful."""

    table: str
    column: str
    code: Code
    clause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One table as a door shows it."""

    table: str
    columns: tuple[str, ...]
    searched: tuple[tuple[str, str, Match], ...]  # (name in the view, column, its normal form)
    ways: tuple[KeyPath, ...]  # how a row reaches its person, in order; without keys
    left: tuple[Missing, ...]  # what is not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One door of a store: its schema, which is also the name of its role, and its views."""

    door: Door
    name: str
    clause: str
    views: tuple[View, ...]

    @property
    def word(self) -> int:
        """Which mask column its bit lies in."""
        return self.door.number // WORD_BITS

    @property
    def bit(self) -> int:
        """Its bit in that column."""
        return 1 << self.door.number % WORD_BITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A kind of key by which rows of the store reach people, and every column that holds one."""

    kind: str
    match: Match
    columns: tuple[tuple[str, str], ...]  # (table, column)

    @property
    def shared(self) -> bool:
        """Whether several people may have one key: a household's mail address."""
        return self.match is not Match.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All doors of one store."""

    store: str
    openings: tuple[Opening, ...]
    keys: tuple[Key, ...]
    words: int
    policy: str  # digest of the compiled policy
    tables: tuple[str, ...]  # every table of the map there: no reader reaches one of them
    digest: str = field(default="", compare=False)  # of all the above

    def key(self, kind: str) -> Key:
        """Return a kind of key; KeyError if no row is reached by it."""
        return next(each for each in self.keys if each.kind == kind)


def build(doors: Doors, datamap: DataMap, store: Store, clauses: Mapping[str, str]) -> Wall:
    """Return the wall of a store; `clauses` are the ids of the sentences, by purpose.

    A purpose without a sentence has no opening: what a law alone asks for is done by the product
    under a permit. Nor has a door behind which the store holds nothing. WallImpossible where a
    personal table has no way to a person, or two doors would get one name.
    """
    openings: dict[str, Opening] = {}
    for door in doors.doors:
        if door.purpose not in clauses:
            continue
        clause = clauses[door.purpose]
        views = tuple(_views(door, clause, datamap, store))
        if not views:
            continue
        name = name_of(door)
        if name in openings:
            other = openings[name].door
            raise WallImpossible(
                f"`{door.purpose}` for `{door.recipient}` and `{other.purpose}` for"
                f" `{other.recipient}` would both be `{name}`: rename a recipient in the policy"
            )
        openings[name] = Opening(door=door, name=name, clause=clause, views=views)
    made = Wall(
        store=store.name,
        openings=tuple(openings.values()),
        keys=tuple(_keys(openings.values())),
        words=-(-len(doors.doors) // WORD_BITS),
        policy=doors.digest,
        tables=tuple(table.name for table in store.tables),
    )
    return replace(made, digest=hashlib.sha256(repr(made).encode()).hexdigest())


def name_of(door: Door) -> str:
    """Return the name of a door's schema and role: `mamoru_pu02_internal`."""
    plain = "_".join(_PLAIN.sub("_", part.lower()) for part in (door.purpose, door.recipient))
    name = f"mamoru_{plain}"
    if len(name) <= _LONGEST:
        return name
    short = hashlib.sha256(f"{door.purpose}/{door.recipient}".encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9]}_{short}"


def missing(door: Door, table: Table, clause: str) -> Iterator[Missing]:
    """Yield what a door does not show of a table, each with the reason in words."""
    for column in table.columns:
        if _shown(door, table, column):
            continue
        form = door.categories.get(column.category)
        if table.authority is Authority.ENTRUSTED:
            reason = "a client's data has no purpose of ours"
        elif column.about is About.THIRD_PARTY:
            reason = "it speaks of others than the person of the row"
        elif form is None:
            reason = f"the policy does not grant category `{column.category}`"
        else:
            reason = f"category `{column.category}` is granted as `{form}` only"
        yield Missing(
            table=table.name,
            column=column.name,
            code=Code.NOT_GRANTED if form is None else Code.SUPPRESSED,
            clause=clause,
            reason=reason,
        )


def _views(door: Door, clause: str, datamap: DataMap, store: Store) -> Iterator[View]:
    for table in store.tables:
        shown = tuple(column for column in table.columns if _shown(door, table, column))
        if not any(column.personal for column in shown):
            continue  # nothing personal is granted: no door needs the rest
        ways = locate.ways(datamap, store, table)
        if not ways or any(way.kind == "" for way in ways):
            raise WallImpossible(
                f"`{store.name}.{table.name}` has no way to its person: name a key of `person`"
            )
        yield View(
            table=table.name,
            columns=tuple(column.name for column in shown),
            searched=tuple(_searched(datamap, table, {column.name for column in shown})),
            ways=ways,
            left=tuple(missing(door, table, clause)),
        )


def _shown(door: Door, table: Table, column: Column) -> bool:
    if table.authority is not Authority.OWN or column.about is not About.PERSON:
        return False
    return all(
        category == NO_PERSONAL_DATA or door.categories.get(category) is Form.CLEAR
        for category in (column.category, *(key.category for key in column.json_keys))
    )


def _searched(datamap: DataMap, table: Table, shown: set[str]) -> Iterator[tuple[str, str, Match]]:
    """Yield the normal forms by which people are looked for: `email_norm` beside `email`."""
    kinds = dict.fromkeys(
        (*((column, kind) for kind, column in table.provides.items()),
         *((way.column, way.kind) for way in table.person if way.kind is not None))
    )  # fmt: skip
    names = {column.name for column in table.columns}
    for column, kind in kinds:
        match = datamap.match_of(kind)
        name = f"{column}_norm"
        if column in shown and match is not Match.EXACT and name not in names:
            yield name, column, match


def _keys(openings: Iterable[Opening]) -> Iterator[Key]:
    found: dict[tuple[str, Match], dict[tuple[str, str], None]] = {}
    for opening in openings:
        for view in opening.views:
            for way in view.ways:
                table = way.hops[-1].parent if way.hops else view.table
                found.setdefault((way.kind, way.match), {})[table, way.column] = None
    for kind, match in sorted(found):
        yield Key(kind=kind, match=match, columns=tuple(found[kind, match]))
