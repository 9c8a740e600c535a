"""What can happen to how a person stands: it holds from the transaction that writes it (P3.6, P3.7)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mamoru.consents import rules, store
from mamoru.consents.terms import Person, Protection, StandingKind, StandingRecord
from mamoru.gate.terms import EVERYBODY, Standing
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import StaffId
from mamoru.kit.seal import MasterKey
from mamoru.ledger import append


class PersonErased(MamoruError):
    """The person was erased: nothing may be written back. Take a new registration instead."""

    code, exit_code = "person-erased", 3


class PersonUnknown(MamoruError):
    """A standing needs a key of the person. Identify the person first."""

    code, exit_code = "person-without-key", 3


def suspend(who: Person, *, reference: str, by: StaffId, now: datetime) -> None:
    """Put 利用停止 in force (Act 35(1)): whoever asks the gate with this standing is refused."""
    _record(who, StandingKind.SUSPENSION, reference=reference, by=by, now=now)


def stop(
    who: Person,
    *,
    reference: str,
    by: StaffId,
    now: datetime,
    recipients: Iterable[str] = (EVERYBODY,),
) -> None:
    """Put 第三者提供の停止 in force (Act 35(3)), for the recipients named, or for all."""
    for recipient in recipients:
        _record(who, StandingKind.STOP, reference=reference, recipient=recipient, by=by, now=now)


def bury(who: Person, *, reference: str, by: StaffId, now: datetime) -> None:
    """Set the tombstone, before anything is erased: from now on nothing brings the person back."""
    _record(who, StandingKind.TOMBSTONE, reference=reference, by=by, now=now)


def protect(who: Person, protection: Protection, *, master: MasterKey) -> None:
    """Put a protective flag (支援措置) in force at once, by one person (P3.11).

    PersonUnknown without a key to hold it by. What it rests on is sealed; the ledger has neither
    ground nor contact.
    """
    with transaction.atomic():
        _record(
            who,
            StandingKind.PROTECTION,
            reference=protection.reference,
            by=protection.by,
            now=protection.at,
        )
        store.add_protection(master, protection)


def end(reference: str, kind: StandingKind, *, by: StaffId, now: datetime) -> bool:
    """End what was recorded under a reference; False if nothing of it was in force."""
    with transaction.atomic():
        if not store.end(reference, kind, at=now):
            return False
        append.entry("standing.ended", subject=reference, by=by, at=now, body={"kind": str(kind)})
    return True


def standing(who: Person, *, now: datetime) -> Standing:
    """Return how a person stands at `now`."""
    return rules.standing(store.records_of(who), now=now)


def expect_not_erased(who: Person, *, now: datetime) -> None:
    """Raise PersonErased if the person has a tombstone: asked by every way of writing back."""
    if standing(who, now=now).tombstone:
        raise PersonErased("the person was erased: nothing may be written back")


def _record(
    who: Person,
    kind: StandingKind,
    *,
    reference: str,
    by: StaffId,
    now: datetime,
    recipient: str = "",
) -> None:
    """Write the record and its entry, or neither; a repetition changes nothing."""
    if not who.own and not who.shared:
        raise PersonUnknown(f"`{reference}` has no key of a person to stand for")
    record = StandingRecord(reference=reference, kind=kind, recipient=recipient, since=now, by=by)
    with transaction.atomic():
        if store.add(who, record):
            append.entry(
                "standing.recorded",
                subject=reference,
                by=by,
                at=now,
                body={
                    "kind": str(kind),
                    "recipient": "everybody" if recipient == EVERYBODY else recipient or "none",
                    "keys": len(who.own) + len(who.shared),
                },
            )
