"""Rows and values of 第三者提供記録 (P2.14, P3.4)."""

from collections.abc import Iterable, Sequence

from mamoru.kit.ids import PersonRef
from mamoru.kit.seal import MasterKey
from mamoru.provision.models import ProvisionRow
from mamoru.provision.terms import Basis, ProvisionRecord


def person_ref(master: MasterKey, kind: str, key: str) -> PersonRef:
    """Return the keyed digest under which a person's records stand: one for each key they have."""
    return PersonRef(master.digest("provision", f"{kind}:{key}"))


def records_of(persons: Sequence[PersonRef]) -> tuple[ProvisionRecord, ...]:
    """Return every record of a person, oldest first, found by any of their references."""
    return tuple(
        ProvisionRecord(
            person=PersonRef(row.person),
            basis=Basis(row.basis),
            provided_on=row.provided_on,
            recipient=row.recipient,
            recipient_address=row.recipient_address,
            recipient_representative=row.recipient_representative,
            items=tuple(row.items),
        )
        for row in ProvisionRow.objects.filter(person__in=list(persons))
    )


def add(records: Iterable[ProvisionRecord]) -> None:
    """Write records; the action around it writes their ledger entry."""
    ProvisionRow.objects.bulk_create(
        ProvisionRow(
            person=record.person,
            basis=record.basis,
            provided_on=record.provided_on,
            recipient=record.recipient,
            recipient_address=record.recipient_address,
            recipient_representative=record.recipient_representative,
            items=list(record.items),
        )
        for record in records
    )
