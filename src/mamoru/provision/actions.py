"""What can happen in 第三者提供 (P2.13, P2.14)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from mamoru.consents import actions as consents
from mamoru.consents.terms import Person
from mamoru.gate.terms import EVERYBODY
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import PersonRef, StaffId
from mamoru.ledger import append
from mamoru.provision import store
from mamoru.provision.terms import ProvisionRecord


class ProvisionStopped(MamoruError):
    """A person stopped provision, or use, or was erased. Provide nothing of this person."""

    code, exit_code = "provision-stopped", 3


def record(
    records: Sequence[ProvisionRecord],
    *,
    persons: Mapping[PersonRef, Person],
    by: StaffId,
    now: datetime,
) -> None:
    """Record provisions before they are made, with their ledger entry, or none of them (Act 29).

    `persons` gives for each record's person the digests under which the standing is
    asked. ProvisionStopped if one of them stopped provision to the recipient or to
    all, suspended use, or was erased; KeyError for a person without digests.
    """
    for record in records:
        standing = consents.standing(persons[record.person], now=now)
        stopped = {EVERYBODY, record.recipient} & standing.stopped
        if stopped or standing.suspended or standing.tombstone:
            raise ProvisionStopped("a person of these records stopped what is to be provided")
    with transaction.atomic():
        store.add(records)
        append.entry(
            "provision.recorded",
            subject="provision",
            by=by,
            at=now,
            body={"records": len(records), "persons": len({each.person for each in records})},
        )
