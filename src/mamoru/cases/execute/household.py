"""Whose of a house a row is that a shared key leads to: a mailbox may be the whole family's (P3.14).

A row that a person's own key leads to is theirs, whatever name stands in it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from mamoru.cases import store
from mamoru.cases.execute.installed import hands
from mamoru.cases.execute.persons import digests, whom
from mamoru.cases.terms import Case, Identity, ProofOf
from mamoru.consents import store as standings
from mamoru.datamap import locate
from mamoru.datamap.inventory import Table
from mamoru.datamap.terms import KeyPath, Location, Match, Row, Value
from mamoru.identity import variants

_KANJI: Final = re.compile("[々〆ヶ一-鿿㐀-䶿豈-﫿𠀀-𲎯]+")


def names_of(case: Case) -> tuple[str, ...]:
    """Return the names by which a case knows its person: the form's, and the registered one.

    Where the person has changed the registered one themselves, the one before and those that
    papers show: neither the form nor the register says more than the person does.
    """
    if case.identity is None:
        return tuple(filter(None, (case.filing.person.name,)))
    former = _former(case.identity)
    if not former:
        return tuple(filter(None, (case.filing.person.name, case.identity.registered.name)))
    shown = (
        proof.finding.details.name
        for proof in case.proofs
        if proof.of is ProofOf.PERSON and proof.finding is not None and proof.finding.genuine
    )
    return tuple(filter(None, (former, *shown)))


def names_told(identity: Identity) -> tuple[str, ...]:
    """Return the names by which the register knows a person: the one before they changed it."""
    return tuple(filter(None, (_former(identity) or identity.registered.name,)))


def _former(identity: Identity) -> str:
    keys = dict(identity.keys)
    known = (store.former_name(whom(each.subject, keys)) for each in identity.records)
    return next(filter(None, known), "")


def shelters_another(identity: Identity | None, names: Iterable[str]) -> bool:
    """Return whether somebody else who is protected is known by one of a person's shared keys."""
    who = digests(identity.ring if identity else {}, names)
    return bool(who.shared) and standings.protects_another(who)


def columns(table: Table) -> tuple[str, ...]:
    """Return the columns without which nobody can tell whose a row is: keys and names."""
    keys = (way.column for way in table.person)
    return tuple(dict.fromkeys((*keys, *locate.name_columns(table))))


def is_shared(place: Location) -> bool:
    """Return whether a shared key leads to rows of a place."""
    return any(path.match is not Match.EXACT and path.keys for path in place.paths)


def by_shared_key(place: Location, row: Row) -> bool:
    """Return whether it is a shared key that leads to a row: the first of its keys that is not empty."""
    for path in place.paths:
        if row.get(_column(path)) not in {None, ""}:
            return path.match is not Match.EXACT
    return True


def is_surely_another(place: Location, row: Row, of: Identity) -> bool:
    """Return whether a row's name is written in kanji alone, as the person's is, without their given name.

    A maiden name, kana, Latin letters or a nickname leave it open who is meant.
    """
    written, given = _name(place, row), locate.plain(of.registered.given_name)
    told = given or locate.plain(of.registered.name)
    if not (_KANJI.fullmatch(written) and _KANJI.fullmatch(told)):
        return False
    return variants.fold(told) not in variants.fold(written)


def told_apart(
    place: Location, rows: Iterable[Row], *, names: Sequence[str], sheltered: bool
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the rows that are the person's, and those that are, or may be, somebody else's.

    In: rows with `columns`, the person's names, and whether another who is known by the same key
    is protected (`sheltered`). A row under a shared key that carries another name is another's.
    Once there is one, or somebody sheltered, a row without a name may be anybody's of the house:
    people look at it (P3.14, P3.11).
    """
    found = tuple(rows)
    if not is_shared(place):
        return found, ()
    shared = [row for row in found if by_shared_key(place, row)]
    others = {id(row) for row in shared if _names_another(place, row, names)}
    if others or sheltered:
        others |= {id(row) for row in shared if not _name(place, row)}
    return (
        tuple(row for row in found if id(row) not in others),
        tuple(row for row in found if id(row) in others),
    )


def _names_another(place: Location, row: Row, names: Sequence[str]) -> bool:
    written = _name(place, row)
    return bool(written) and bool(names) and written not in {locate.plain(name) for name in names}


def _name(place: Location, row: Row) -> str:
    return locate.plain_name(hands().datamap, place.store, place.table, row)


def _column(path: KeyPath) -> str:
    return path.hops[0].column if path.hops else path.column


def equalities(
    place: Location, own: Iterable[Row], *, names: Sequence[str]
) -> tuple[tuple[tuple[str, Value], ...], ...]:
    """Return by which cells a person's rows are told from others' of the house, each way once.

    By the very names that they carry; a row that an own key leads to and that bears another
    name, or none, by its own key in the table, since others' rows may bear that name.
    """
    table = hands().datamap.table(place.store, place.table)
    told = locate.name_columns(table)
    ways: list[tuple[tuple[str, Value], ...]] = []
    for row in own:
        written = _name(place, row)
        if written and not _names_another(place, row, names):
            ways.append(tuple((name, row[name]) for name in told))
        else:
            ways.append(((table.row_key, row[table.row_key]),))
    return tuple(dict.fromkeys(ways))
