"""When a person's contacts were last changed, and what they were before (P3.10; attack A2).

Known from what corrections of ours wrote, and from columns that the company's map declares.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from mamoru.cases import store
from mamoru.cases.execute import persons, planning
from mamoru.cases.execute.installed import hands
from mamoru.cases.terms import (
    Case,
    Channel,
    DemandKind,
    DemandState,
    Identity,
    PersonalDetails,
    Record,
    Subject,
)
from mamoru.datamap import locate
from mamoru.datamap.inventory import ValueKind
from mamoru.datamap.terms import KeyRing, Registered, RegisteredAddress
from mamoru.identity import recent, stamps
from mamoru.identity.recent import Contact, ContactChange
from mamoru.kit import clock
from mamoru.kit.ids import CaseId

_CONTACT_OF = {
    "postal_code": Contact.ADDRESS,
    "address": Contact.ADDRESS,
    "building": Contact.ADDRESS,
    "email": Contact.EMAIL,
}
_KINDS = frozenset({ValueKind.ADDRESS, ValueKind.EMAIL})
_REF_PARTS = 4


def changes_of(
    subject: Subject, keys: KeyRing, held: Sequence[Registered]
) -> tuple[ContactChange, ...]:
    """Return what is known of changes of a record's contacts, the map's and our own."""
    own = store.noted_changes(persons.whom(subject, keys))
    return tuple(dict.fromkeys((*own, *_declared(held))))


def changes_contact(demand: DemandState) -> bool:
    """Return whether a demand writes to a contact, or may: what is done by hand says less.

    To empty one is a change as well: else a contact could be erased, and whatever is put in
    afterwards would be the first one. Who is erased as a whole has no contact left.
    """
    if demand.demand.kind in planning.CORRECTING:
        return any(_is_contact(item) for item in demand.demand.items)
    return bool(_erased(demand))


def note(case_id: CaseId, demand: DemandState, known: Identity, *, at: datetime) -> None:
    """Keep what stands in each contact before a demand changes it, in the caller's transaction.

    INVARIANT: of a contact that is erased the day is kept and nothing else (Act 35): the next one
    proves nothing for a while, and nobody writes to the one that had to go.
    """
    keys, erased = dict(known.keys), _erased(demand)
    correcting = demand.demand.kind in planning.CORRECTING
    for record in known.records:
        for change in (_address(record.registered, at), _email(record.registered, at)):
            if not change.before or not (correcting or change.contact in erased):
                continue
            kept = change
            if not correcting:
                kept = ContactChange(
                    contact=change.contact, changed_on=change.changed_on, erased=True
                )
            store.note_change(
                case_id, demand.id, kept, whom=persons.whom(record.subject, keys), at=at
            )


def changes_own_name(case: Case, demand: DemandState) -> bool:
    """Return whether a member changes by login alone what they are called."""
    if case.filing.channel is not Channel.MEMBER_PAGE:
        return False
    asked = demand.demand
    return asked.kind in planning.CORRECTING and any(map(_is_name, asked.items))


def note_name(case_id: CaseId, demand: DemandState, known: Identity) -> None:
    """Keep what the person was called before, in the caller's transaction.

    INVARIANT: a name that somebody gave themselves makes no row of the house theirs.
    """
    for record in known.records:
        if record.registered.name:
            whom = persons.whom(record.subject, dict(known.keys))
            store.note_former_name(case_id, demand.id, record.registered.name, whom=whom)


def _erased(demand: DemandState) -> frozenset[Contact]:
    """Return which contacts an erasure of some categories empties; none for another demand."""
    wanted = planning.categories_of(demand.demand)
    if demand.demand.kind is not DemandKind.ERASURE or wanted is None:
        return frozenset()
    return frozenset(
        _CONTACT_OF[role]
        for table in planning.own_tables()
        for role, column in table.identity.columns().items()
        if role in _CONTACT_OF and table.column(column).category in wanted
    )


def changed_between(before: Record, now: Record, *, at: datetime) -> Iterator[ContactChange]:
    """Yield what a record said of its contacts when it was chosen, and says no more.

    What it says to have changed itself, by its own columns, is not said twice.
    """
    known = {each.contact for each in now.changes if each not in before.changes and each.before}
    for was, is_now in (
        (_address(before.registered, at), _address(now.registered, at)),
        (_email(before.registered, at), _email(now.registered, at)),
    ):
        if was.contact in known or not was.before:
            continue
        if not recent.same(was.contact, was.before, is_now.before):
            yield was


def _is_contact(item: str) -> bool:
    parts = item.split("/")
    if len(parts) != _REF_PARTS:
        return True
    store_name, table_name, _, column_name = parts
    table = hands().datamap.table(store_name, table_name)
    roles = {role for role, column in table.identity.columns().items() if column == column_name}
    return bool(roles & _CONTACT_OF.keys()) or table.column(column_name).value in _KINDS


def _is_name(item: str) -> bool:
    parts = item.split("/")
    if len(parts) != _REF_PARTS:
        return True
    table = hands().datamap.table(parts[0], parts[1])
    return parts[3] in locate.name_columns(table)


def _address(details: PersonalDetails, at: datetime) -> ContactChange:
    return ContactChange(
        contact=Contact.ADDRESS,
        changed_on=clock.date_in_japan(at),
        postal_code=details.postal_code,
        address=details.address,
        building=details.building,
    )


def _email(details: PersonalDetails, at: datetime) -> ContactChange:
    return ContactChange(
        contact=Contact.EMAIL, changed_on=clock.date_in_japan(at), email=details.email
    )


def _declared(held: Iterable[Registered]) -> Iterator[ContactChange]:
    for each in held:
        line = (*((each.address,) if each.address else ()), *each.former_addresses)
        for newer, older in pairwise(line):
            for on in _days(newer.valid_from):
                yield _from(older, on)
        for on in _days(each.address_changed):
            yield _from(line[1] if len(line) > 1 else RegisteredAddress(), on)
        for on in _days(each.email_changed):
            yield ContactChange(contact=Contact.EMAIL, changed_on=on)


def _from(older: RegisteredAddress, on: date) -> ContactChange:
    return ContactChange(
        contact=Contact.ADDRESS,
        changed_on=on,
        postal_code=older.postal_code,
        address=older.address,
        building=older.building,
    )


def _days(written: str) -> tuple[date, ...]:
    """Return the day of a change, none where nothing was changed.

    INVARIANT: a time that nobody can read counts as today: in doubt a contact proves nothing.
    """
    if stamps.is_empty(written):
        return ()
    return (stamps.day_of(written) or clock.date_in_japan(clock.now()),)
