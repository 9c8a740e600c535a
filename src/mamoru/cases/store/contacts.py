"""What stood in a contact before a correction of ours, and that the earlier one was told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mamoru.cases.models import CaseRow, ContactChangeRow
from mamoru.cases.store.sealing import key_of, key_of_case, master, row_of
from mamoru.cases.store.shapes import CONTACT_CHANGE, TOLD
from mamoru.cases.terms import Told
from mamoru.identity.recent import ContactChange
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, DemandId


def note_change(
    case_id: CaseId,
    demand_id: DemandId,
    change: ContactChange,
    *,
    whom: Iterable[str],
    at: datetime,
) -> None:
    """Keep what stands in a contact before a demand changes it; what is kept already stays.

    `whom` are the person's record and keys, by any of which it is found again.
    """
    key = key_of_case(case_id)
    for digest in map(_digest, whom):
        where = f"{demand_id}/contact-change/{change.contact}/{digest}"
        ContactChangeRow.objects.get_or_create(
            demand=demand_id,
            whom=digest,
            contact=change.contact,
            defaults={
                "case_id": case_id,
                "changed_at": at,
                "sealed_before": key.seal(CONTACT_CHANGE.dump_json(change), context=where),
            },
        )


def date_changes(demand_id: DemandId, *, at: datetime) -> None:
    """Note that a demand's changes were made by now: it may have waited for a store since."""
    ContactChangeRow.objects.filter(demand=demand_id).update(changed_at=at)


def noted_changes(whom: Iterable[str]) -> tuple[ContactChange, ...]:
    """Return what corrections of ours changed for a person, in the order of the changes."""
    rows = ContactChangeRow.objects.filter(whom__in=list(map(_digest, whom))).order_by("id")
    found: dict[tuple[str, str], ContactChange] = {}
    for row in rows:
        where = f"{row.demand}/contact-change/{row.contact}/{row.whom}"
        key = key_of_case(CaseId(row.case_id))
        kept = CONTACT_CHANGE.validate_json(key.open(bytes(row.sealed_before), context=where))
        on = clock.date_in_japan(row.changed_at)
        found.setdefault((row.demand, row.contact), replace(kept, changed_on=on))
    return tuple(found.values())


def forget_changes(*, before: datetime) -> int:
    """Erase what stood in contacts that were changed before a time; return how many rows."""
    return ContactChangeRow.objects.filter(changed_at__lt=before).delete()[0]


def save_told_of_change(case_id: CaseId, told: Told) -> None:
    """Keep that the earlier contact was told of a change a short time ago."""
    key = key_of(row_of(case_id))
    sealed = key.seal(TOLD.dump_json(told), context=f"{case_id}/told-of-change")
    CaseRow.objects.filter(id=case_id).update(sealed_told_of_change=sealed)


def _digest(whom: str) -> str:
    return master().digest("contact-change", whom)
