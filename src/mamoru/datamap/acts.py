"""訂正・消去・停止で表に起きること (P3.5 to P3.7, Act 34, 35): values between the map and a connector.

Three values, in the order in which they come to be:

`Location` says how rows reach a person, through parents if need be. A connector
resolves it to `Frozen`: the same rows by keys that no later act can take away, since
an erased order no longer leads to its items. The map's fates then give `Act`s: one
set-based statement each, over the frozen keys.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from mamoru.datamap.terms import Hop, Match, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Rows whose `column` holds one of the keys; keys are in the normal form of `match`.

    Where the column leads to a parent, the keys are those of the parent's rows.
    """

    column: str
    match: Match = Match.EXACT
    keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One table's share of the persons, resolved. Kept sealed with the case until it is closed.

    `reaches` stand in the order of the location's paths and count as those do: a later
    one only for rows in which the columns of all earlier ones are empty. `own`, where a
    shared key leads to rows of others too, are the equalities by which the person's are
    told, a tuple for each way in which they are written; empty: all rows are theirs.
    """

    store: str
    table: str
    place: str  # digest of the `Location` it was resolved from; a permit names it
    reaches: tuple[Reach, ...]
    own: tuple[tuple[tuple[str, Value], ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Rows that a law keeps for now: those whose anchor day lies after `after`, or has not come.

    The anchor stands in the row itself, or up the hops. `after` None: all rows are held.
    """

    code: str
    hops: tuple[Hop, ...] = ()
    anchor: str = ""
    after: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Rows of `table` whose `column` names `parent_column` of the row that is spoken of."""

    table: str
    column: str
    parent_column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What happens to the frozen rows of one table, save those that are held.

    `delete`: the row goes, unless another row still refers to it (`referred_by`), be it
    a held row of this person or somebody else's: nobody else's row is changed.
    Otherwise `values` are written: a value, or None, which is NULL where the column
    allows it and else the neutral value of its type (empty text, 0, the first day).
    `json_removed` are (column, path) of JSON keys to be taken out, paths as `$.a.b`.
    `before` are the values that must still stand there (a correction); rows with
    others are left alone, and `prove` tells.
    """

    store: str
    table: str
    place: str
    reaches: tuple[Reach, ...]
    delete: bool = False
    values: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    json_removed: tuple[tuple[str, str], ...] = ()
    before: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    only: tuple[tuple[str, Value], ...] = field(default=(), repr=False)  # further equalities
    holds: tuple[Held, ...] = ()
    referred_by: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one transaction did: rows per act, in the order of the acts.

    `repeated`: the fence was there already, so nothing was done now; the counts are
    those of the first time, kept in the fence.
    """

    counts: tuple[int, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an independent look says of one act afterwards, in rows.

    `open`: rows in which the act should have happened and has not. An act is proven
    when it is 0. `held` and `referred` rows were rightly left alone. `latest` is the
    last anchor day among the held rows, from which the day of their release follows.
    """

    act: Act
    open: int
    held: int = 0
    referred: int = 0
    latest: date | None = None


Equalities = tuple[tuple[str, Value], ...]
Share = tuple[str, str, str, tuple[tuple[str, Match, tuple[str, ...]], ...], Equalities]
"""Whose rows: store, table, place, resolved keys, and by what the person's own are told.

Holds keys in clear: for memory, compared and never written.
"""


def share(frozen: Frozen | Act, only: Equalities = ()) -> Share:
    """Return whose rows these are.

    A permit names it, so that nothing is done to other keys than those that were frozen, nor
    to rows of others under the same keys.
    """
    keys = tuple([(reach.column, reach.match, reach.keys) for reach in frozen.reaches])
    return frozen.store, frozen.table, frozen.place, keys, only


def shares(frozen: Frozen) -> frozenset[Share]:
    """Return what a permit names of frozen rows: one share a way in which the person's are told."""
    return frozenset([share(frozen, own) for own in frozen.own or ((),)])


def act_shares(act: Act) -> frozenset[Share]:
    """Return the shares of which a permit must name one: an act may narrow its rows further.

    How the person's own rows are told stands last in `only`, after what else narrows them.
    """
    return frozenset([share(act, act.only[at:]) for at in range(len(act.only) + 1)])


def key_shares(frozen: Frozen) -> frozenset[Share]:
    """Return the shares of each key by itself, where one column alone leads to the rows.

    A correction finds some rows by the very value that it corrects: by one key of those frozen.
    With a second column a part is not fewer rows: what is left out no longer keeps others' out.
    """
    if len(frozen.reaches) != 1:
        return frozenset()
    (reach,) = frozen.reaches
    return frozenset(
        each
        for key in reach.keys
        for each in shares(replace(frozen, reaches=(replace(reach, keys=(key,)),)))
    )
