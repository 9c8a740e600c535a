"""What can happen in 第三者提供 (P2.13, P2.14)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mamoru.kit.ids import StaffId
from mamoru.ledger import append
from mamoru.provision import store
from mamoru.provision.terms import ProvisionRecord


def record(records: Sequence[ProvisionRecord], *, by: StaffId, now: datetime) -> None:
    """Record provisions that were made, with their ledger entry, or none of them (Act 29)."""
    with transaction.atomic():
        store.add(records)
        append.entry(
            "provision.recorded",
            subject="provision",
            by=by,
            at=now,
            body={"records": len(records), "persons": len({each.person for each in records})},
        )
