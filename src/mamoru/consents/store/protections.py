"""Rows and values of protective flags (支援措置)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from pydantic import TypeAdapter

from mamoru.consents.models import ProtectionRow, StandingRow
from mamoru.consents.terms import Person, Protection, ProtectionGround, SafeContact, StandingKind
from mamoru.kit.ids import StaffId
from mamoru.kit.seal import MasterKey


def add_protection(master: MasterKey, protection: Protection) -> None:
    """Keep what a protective flag rests on, and where its person can be written to, sealed."""
    kept = _KEPT.dump_json((protection.paper, protection.contact))
    ProtectionRow.objects.create(
        reference=protection.reference,
        ground=protection.ground,
        renew_by=protection.renew_by,
        sealed=master.data_key("protection").seal(kept, context=protection.reference),
        by=protection.by,
        at=protection.at,
    )


def confirm_contact(reference: str, *, by: StaffId) -> bool:
    """Keep who confirmed the contact of a flag; False if somebody had."""
    rows = ProtectionRow.objects.filter(reference=reference, confirmed_by="")
    return bool(rows.update(confirmed_by=by))


def protections(master: MasterKey, who: Person) -> tuple[Protection, ...]:
    """Return the protective flags in force of a person, oldest first.

    Stricter than other standings: own keys and shared ones are both asked by, since a flag may
    have been set when only a mail address was known. A shared key counts together with the
    name, else one of a household would be taken for another. It counts alone where nobody can
    tell them apart: without any own key, and for a flag that was set when none was known, since
    the name that stood there may be written otherwise here.
    """
    references = _flagged(who)
    found = ProtectionRow.objects.filter(reference__in=references).order_by("at", "reference")
    return tuple(_protection(master, row) for row in found) if references else ()


def protects_another(who: Person) -> bool:
    """Return whether a flag in force stands under a shared key of a person and is not theirs."""
    standing = _references(_flags_under(len(who.shared)), {"shared": who.shared})
    return bool(standing) and not standing <= _flagged(who)


def _flagged(who: Person) -> set[str]:
    """Return the references of a person's own flags in force."""
    keys = {"own": who.own, "named": who.named, "shared": who.shared}
    return _references(_flags_of(len(who.own), len(who.named), len(who.shared)), keys)


Asked = tuple[str, tuple[Any, ...]]
"""A query's text, and what it binds: where a key is bound stand its list and its number."""


def _references(asked: Asked, keys: Mapping[str, Sequence[str]]) -> set[str]:
    """Return what a query for references finds.

    Flags are asked for in every step of a case: the texts are made once for so many keys.
    """
    text, slots = asked
    if not any(keys.values()):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            text, [keys[slot[0]][slot[1]] if isinstance(slot, tuple) else slot for slot in slots]
        )
        return {str(row[0]) for row in cursor.fetchall()}


@lru_cache(maxsize=64)
def _flags_under(shared: int) -> Asked:
    """Return the query for the flags that stand under so many shared keys."""
    marks = _marks(shared=shared)
    return _asked(Q(person__in=list(marks), shared=True), marks)


@lru_cache(maxsize=64)
def _flags_of(own: int, named: int, shared: int) -> Asked:
    """Return the query for the flags of somebody with so many keys."""
    marks = _marks(own=own, named=named, shared=shared)

    def of(wanted: str) -> list[str]:
        return [mark for mark, (name, _) in marks.items() if name == wanted]

    keyed = StandingRow.objects.filter(
        reference=OuterRef("reference"), kind=StandingKind.PROTECTION, shared=False
    )
    alone = Q(person__in=of("shared"), shared=True)
    if own:
        alone &= Q(~Exists(keyed))
    theirs = Q(person__in=of("own"), shared=False) | Q(person__in=of("named"), shared=True) | alone
    return _asked(theirs, marks)


def _marks(**counts: int) -> Mapping[str, tuple[str, int]]:
    return {f"{name}-{at}": (name, at) for name, count in counts.items() for at in range(count)}


def _asked(theirs: Q, marks: Mapping[str, tuple[str, int]]) -> Asked:
    found = _FLAGS.filter(theirs).values_list("reference", flat=True)
    try:
        text, bound = found.query.sql_with_params()
    except EmptyResultSet:  # of nobody: no keys are bound, and it is never asked
        return "", ()
    return text, tuple(marks.get(each, each) if isinstance(each, str) else each for each in bound)


_FLAGS = StandingRow.objects.filter(kind=StandingKind.PROTECTION, until=None)


def protections_due(*, by: date) -> tuple[tuple[str, date], ...]:
    """Return reference and day of each flag in force that has to be renewed by a day."""
    live = StandingRow.objects.filter(kind=StandingKind.PROTECTION, until=None)
    rows = ProtectionRow.objects.filter(
        renew_by__lte=by, reference__in=live.values_list("reference", flat=True)
    )
    return tuple(rows.order_by("renew_by", "reference").values_list("reference", "renew_by"))


_KEPT = TypeAdapter(tuple[str, SafeContact | None])


def _protection(master: MasterKey, row: ProtectionRow) -> Protection:
    kept = master.data_key("protection").open(bytes(row.sealed), context=row.reference)
    paper, contact = _KEPT.validate_json(kept)
    return Protection(
        reference=row.reference,
        ground=ProtectionGround(row.ground),
        paper=paper,
        renew_by=row.renew_by,
        contact=contact,
        confirmed_by=StaffId(row.confirmed_by) if row.confirmed_by else None,
        by=StaffId(row.by),
        at=row.at,
    )
