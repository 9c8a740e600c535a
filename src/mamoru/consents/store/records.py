"""Rows and values of how a person stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from mamoru.consents.models import StandingRow
from mamoru.consents.store.outbox import tell
from mamoru.consents.terms import Person, StandingKind, StandingRecord
from mamoru.kit.ids import PersonRef, StaffId

_BATCH = 500  # digests in one question; SQLite takes some thousands of parameters


def records_of(who: Person) -> tuple[StandingRecord, ...]:
    """Return everything recorded of a person, ended or not, each once, oldest first."""
    shared, asked = who.asked
    rows = StandingRow.objects.filter(person__in=asked, shared=shared)
    return tuple(dict.fromkeys(_record(row) for row in rows))


def among(
    digests: Sequence[PersonRef], kind: StandingKind, *, shared: bool, now: datetime
) -> frozenset[PersonRef]:
    """Return which of many digests have a record in force: for imports and restores."""
    found: set[PersonRef] = set()
    for start in range(0, len(digests), _BATCH):
        rows = StandingRow.objects.filter(
            person__in=digests[start : start + _BATCH],
            shared=shared,
            kind=kind,
            since__lte=now,
            until=None,
        )
        found |= {PersonRef(each) for each in rows.values_list("person", flat=True)}
    return frozenset(found)


def add(who: Person, record: StandingRecord) -> bool:
    """Write a record under each key of the person; False if it stood there already."""
    rows = [
        StandingRow(
            reference=record.reference,
            person=digest,
            shared=shared,
            kind=record.kind,
            purpose=record.purpose,
            recipient=record.recipient,
            since=record.since,
            until=record.until,
            by=record.by,
        )
        for shared, digests in ((False, who.own), (True, who.shared))
        for digest in digests
    ]
    known = StandingRow.objects.filter(reference=record.reference, kind=record.kind)
    stands = {
        (row.purpose, row.recipient, row.person)
        for row in known.only("purpose", "recipient", "person")
    }
    fresh = [row for row in rows if (row.purpose, row.recipient, row.person) not in stands]
    if not fresh:
        return False
    StandingRow.objects.bulk_create(fresh, ignore_conflicts=True)
    tell((PersonRef(row.person), row.shared) for row in fresh)
    return True


def recorded(reference: str) -> bool:
    """Return whether anything was recorded under a reference."""
    return StandingRow.objects.filter(reference=reference).exists()


def in_force(reference: str) -> bool:
    """Return whether anything that was recorded under a reference has not ended."""
    return StandingRow.objects.filter(reference=reference, until=None).exists()


def end(reference: str, kind: StandingKind, *, at: datetime) -> int:
    """End what was recorded under a reference; return how many rows were in force."""
    return _end(StandingRow.objects.filter(reference=reference, kind=kind, until=None), at)


def end_said(
    who: Person, kind: StandingKind, *, purpose: str, recipient: str | None, at: datetime
) -> tuple[str, ...]:
    """End a person's consents or refusals of a purpose in force; return their references.

    A recipient of None stands for every one. What was recorded under a reference ends under all
    keys of it: it was one word of one person.
    """
    shared, asked = who.asked
    theirs = StandingRow.objects.filter(
        person__in=asked, shared=shared, kind=kind, purpose=purpose, until=None
    )
    if recipient is not None:
        theirs = theirs.filter(recipient=recipient)
    references = tuple(sorted(set(theirs.values_list("reference", flat=True))))
    ended = StandingRow.objects.filter(
        reference__in=references, kind=kind, purpose=purpose, until=None
    )
    _end(ended if recipient is None else ended.filter(recipient=recipient), at)
    return references


def _end(rows: QuerySet[StandingRow], at: datetime) -> int:
    told = [(PersonRef(row.person), row.shared) for row in rows.only("person", "shared")]
    tell(told)
    return rows.update(until=at)


def records_under(
    digests: Sequence[PersonRef], *, shared: bool
) -> Mapping[PersonRef, tuple[StandingRecord, ...]]:
    """Return what is in force under each of many keys, by itself; nobody is left out.

    Under a shared key all prohibitions count, whoever of the house said them, but a consent only
    where it was given by that key alone: else one would consent for another.
    """
    records: dict[PersonRef, list[StandingRecord]] = {each: [] for each in digests}
    for start in range(0, len(digests), _BATCH):
        rows = StandingRow.objects.filter(
            person__in=digests[start : start + _BATCH], shared=shared, until=None
        )
        for row in rows:
            records[PersonRef(row.person)].append(_record(row))
    given = sorted(
        {
            each.reference
            for found in records.values()
            for each in found
            if shared and each.kind is StandingKind.CONSENT
        }
    )
    others: set[str] = set()
    for start in range(0, len(given), _BATCH):
        keyed = StandingRow.objects.filter(
            reference__in=given[start : start + _BATCH], shared=False
        )
        others |= set(keyed.values_list("reference", flat=True))
    return {
        digest: tuple(
            each
            for each in found
            if each.kind is not StandingKind.CONSENT or each.reference not in others
        )
        for digest, found in records.items()
    }


def _record(row: StandingRow) -> StandingRecord:
    return StandingRecord(
        reference=row.reference,
        kind=StandingKind(row.kind),
        purpose=row.purpose,
        recipient=row.recipient,
        since=row.since,
        until=row.until,
        by=StaffId(row.by),
    )
