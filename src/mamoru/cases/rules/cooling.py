"""A registered contact that was changed a short time ago: the earlier one counts (P3.10, P3.24).

It adds a check and refuses nothing: the earlier address is compared, the earlier contact is
told, and what would go to the new address alone waits until a day that the desk can see.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from mamoru.cases.rules.shielding import Shield
from mamoru.cases.rules.telling import contacts
from mamoru.cases.terms import Case, DemandKind, Outcome, PersonalDetails, Record, TellingWay
from mamoru.identity import recent
from mamoru.identity.recent import Contact, ContactChange
from mamoru.kit.errors import MamoruError

_SHOWING = frozenset(
    {
        DemandKind.NOTICE_OF_PURPOSE,
        DemandKind.DISCLOSURE,
        DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
    }
)


class OldContactUntold(MamoruError):
    """A contact was changed a short time ago. Write to the earlier one and record it first."""

    code, exit_code = "old-contact-untold", 3


class ContactCooling(MamoruError):
    """The answer would go to an address that is too new. Wait for the day that the case shows."""

    code, exit_code = "contact-cooling", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A contact that changed a short time ago, and until when the earlier one counts."""

    contact: Contact
    changed_on: date
    until: date
    known: bool  # whether anybody knows what it was before


def signs(case: Case, *, today: date, days: int) -> tuple[Sign, ...]:
    """Return what changed a short time ago of the chosen records, each contact once."""
    found: dict[Contact, Sign] = {}
    for record, change in _changes(case, today=today, days=days):
        last = recent.until(record.changes, change.contact, today=today, days=days)
        sign = Sign(
            contact=change.contact,
            changed_on=change.changed_on,
            until=last or change.until(days),
            known=bool(change.before),
        )
        kept = found.get(change.contact)
        if kept is None or sign.until > kept.until:
            found[change.contact] = sign
    return tuple(found[each] for each in Contact if each in found)


def as_before(case: Case, *, today: date, days: int) -> Case:
    """Return the case with each contact that changed a short time ago as it was before.

    What nobody knows any more is empty, so that nothing can be proved by it nor sent to it.
    INVARIANT: a value that is new in one record is new in every other that bears the same one.
    A contact that was emptied is emptied in its own record: others may never have had one.
    """
    changes = tuple(_changes(case, today=today, days=days))
    if case.identity is None or not changes:
        return case
    records = tuple(
        _reverted(
            record,
            [
                (change, new)
                for changed, change in changes
                if (new := _contact(changed, change.contact)) or changed is record
            ],
        )
        for record in case.identity.records
    )
    return replace(case, identity=replace(case.identity, records=records))


def told_of(case: Case, *, today: date, days: int) -> tuple[ContactChange, ...]:
    """Return the changes of which the earlier contact has to hear, each once."""
    return tuple(dict.fromkeys(change for _, change in _changes(case, today=today, days=days)))


def ways(
    case: Case, shield: Shield | None, *, today: date, days: int
) -> dict[TellingWay, PersonalDetails]:
    """Return how the person can be told at a contact that did not change a short time ago.

    INVARIANT: of a protected person nothing goes to the earlier contact. Who fled has left the
    abuser there; the safe contact is told instead.
    """
    return contacts(as_before(case, today=today, days=days), shield)


def outstanding(case: Case, *, today: date, days: int) -> bool:
    """Return whether what the answer shows has to wait until the earlier contact was told.

    One that changed after the notice left needs another: what was told is kept with it.
    """
    changes = set(told_of(case, today=today, days=days))
    told = set(case.told_of_change.of) if case.told_of_change else set()
    return shows(case) and not changes <= told


def shows(case: Case) -> bool:
    """Return whether the answer shows anything that is registered, or that nothing is."""
    return any(
        each.demand.kind in _SHOWING
        and each.decision is not None
        and each.decision.outcome is not Outcome.REFUSED
        for each in case.demands
    )


def waits_until(
    case: Case, shield: Shield | None, to: str, *, linked: bool, today: date, days: int
) -> date | None:
    """Return the last day on which the answer may not go to the person's address `to`, or None.

    It may where that is the earlier address, or where a paper links the earlier with the new
    one (`linked`): then both the person's paper and the earlier contact speak for it.
    """
    changed = signs(case, today=today, days=days)
    last = max((each.until for each in changed), default=None)
    if last is None or not shows(case):
        return None
    if not ways(case, shield, today=today, days=days):
        return last
    moved = next((each for each in changed if each.contact is Contact.ADDRESS), None)
    if moved is None or linked or not to:
        return None
    earlier = as_before(case, today=today, days=days)
    records = earlier.identity.records if earlier.identity else ()
    homes = [each.registered.full_address for each in records if each.registered.full_address]
    return None if any(recent.same(Contact.ADDRESS, to, home) for home in homes) else moved.until


def _changes(case: Case, *, today: date, days: int) -> Iterator[tuple[Record, ContactChange]]:
    for record in case.identity.records if case.identity else ():
        for contact in Contact:
            now = _contact(record, contact)
            change = recent.cooling(record.changes, contact, now, today=today, days=days)
            if change is not None:
                yield record, change


def _contact(record: Record, contact: Contact) -> str:
    of = record.registered
    return of.full_address if contact is Contact.ADDRESS else of.email


def _reverted(record: Record, news: list[tuple[ContactChange, str]]) -> Record:
    details = record.registered
    for change, new in news:
        if not recent.same(change.contact, _contact(record, change.contact), new):
            continue
        if change.contact is Contact.EMAIL:
            details = replace(details, email=change.email)
        else:
            details = replace(
                details,
                postal_code=change.postal_code,
                address=change.address,
                building=change.building,
            )
    return replace(record, registered=details)
