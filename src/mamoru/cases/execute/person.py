"""Who the person is in the company's stores (P3.10): records found, and what each says by itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases.execute import contacts, marks
from mamoru.cases.execute.installed import connector, hands, permitted, text
from mamoru.cases.terms import (
    Case,
    Identity,
    PersonalDetails,
    Record,
    Subject,
)
from mamoru.connectors.port import OutcomeUnknown, StoreUnreachable, StoreUnreadable
from mamoru.datamap import locate
from mamoru.datamap.inventory import Table
from mamoru.datamap.terms import Facts, KeyRing, Registered, Row, Search
from mamoru.gate.terms import Operation
from mamoru.identity import birth
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, StaffId


class NotFollowed(Exception):
    """A record of the person cannot be looked at now; `note` is a code for screens."""

    def __init__(self, note: str) -> None:
        """Keep the note, e.g. `store-unreachable:shop`."""
        super().__init__(note)
        self.note = note


class RecordUnknown(MamoruError):
    """A record was named that is not there, or that is nobody's. Search again and choose."""

    code, exit_code = "record-unknown", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be the person, for staff to compare with the papers."""

    subject: Subject
    found_by: tuple[str, ...]
    title: str
    cells: tuple[tuple[str, str], ...]  # title of the column, value


def find_person(case: Case, *, by: StaffId, now: datetime) -> tuple[Candidate, ...]:
    """Return every record that the form's facts lead to, in all stores, each once."""
    wanted = _searches(case)
    if not wanted:
        return ()
    permit = permitted(case.id, Operation.FIND, wanted, by=by, now=now)
    found: dict[Subject, tuple[list[str], Row]] = {}
    for search in wanted:
        table = hands().datamap.table(search.store, search.table)
        for row in connector(search.store).find(permit, search.table, search.criteria, now):
            subject = _subject(search.store, table, row)
            found.setdefault(subject, ([], row))[0].append("+".join(search.by))
    return tuple(
        Candidate(
            subject=subject,
            found_by=tuple(dict.fromkeys(ways)),
            title=hands().datamap.table(subject.store, subject.table).title.ja,
            cells=_cells(subject, row),
        )
        for subject, (ways, row) in found.items()
    )


def searched(case: Case) -> tuple[str, ...]:
    """Return the stores that `find_person` asks for a case, in the order of the map."""
    return tuple(dict.fromkeys(each.store for each in _searches(case)))


def _searches(case: Case) -> tuple[Search, ...]:
    person = case.filing.person
    facts = Facts(
        family_name=person.family_name,
        given_name=person.given_name,
        family_name_kana=person.family_name_kana,
        given_name_kana=person.given_name_kana,
        birth=birth.parse(person.birth_date),
        postal_code=person.postal_code,
        email=person.email,
        phone=person.phone,
    )
    return tuple(locate.searches(hands().datamap, facts))


def identify(
    case_id: CaseId, subjects: tuple[Subject, ...], *, by: StaffId, now: datetime
) -> Identity:
    """Read each chosen record by itself; return the keys of all and what each of them says.

    Together with whether the company's register marks the person as protected.
    RecordUnknown for a record that is not there, or of a table that leads to nobody: before
    anything is read, where the map alone tells it.
    """
    datamap = hands().datamap
    _expect_persons(subjects)
    rows: list[tuple[str, str, Row]] = []
    records = []
    for subject in subjects:
        search = by_key(subject)
        permit = permitted(case_id, Operation.FIND, (search,), by=by, now=now)
        own = [
            (subject.store, subject.table, row)
            for row in connector(subject.store).find(permit, search.table, search.criteria, now)
        ]
        if not own:
            raise RecordUnknown("one of the records is not there")
        rows += own
        keys = locate.keys_of(datamap, own)
        held = _registered(case_id, keys, {subject.store}, by=by, now=now)
        registered, former = _merge(held)
        records.append(
            Record(
                subject=subject,
                registered=registered,
                former_addresses=former,
                changes=contacts.changes_of(subject, keys, held),
            )
        )
    found = Identity(
        subjects=subjects,
        keys=tuple(sorted(locate.keys_of(datamap, rows).items())),
        records=tuple(records),
    )
    return replace(found, marked=marks.marked(case_id, found, by=by, now=now))


def follow(case: Case, *, now: datetime) -> Identity | None:
    """Look again at the records that staff chose; None if they still tell the keys that we know.

    Between the identification and the work a person may have changed the very value
    by which other stores know them: what hangs on the new one is theirs as well, and what hangs
    on the old one still is. NotFollowed where a record cannot be looked at.
    """
    known = case.identity
    if known is None:
        return None
    datamap = hands().datamap
    rows: list[tuple[str, str, Row]] = []
    for subject in known.subjects:
        table = datamap.table(subject.store, subject.table)
        if set(table.provides.values()) <= {table.row_key}:
            continue  # found by the very key it tells
        search = by_key(subject)
        permit = permitted(case.id, Operation.FIND, (search,), by=SYSTEM, now=now)
        try:
            found = connector(subject.store).find(permit, search.table, search.criteria, now)
        except (StoreUnreachable, OutcomeUnknown):
            raise NotFollowed(f"store-unreachable:{subject.store}") from None
        except StoreUnreadable:
            raise NotFollowed(f"store-unreadable:{subject.store}") from None
        rows += [(subject.store, subject.table, row) for row in found]
    later = dict(known.later)
    for kind, keys in locate.keys_of(datamap, rows).items():
        fresh = [key for key in keys if key not in known.ring.get(kind, ())]
        if fresh:
            later[kind] = (*later.get(kind, ()), *fresh)
    followed = replace(known, later=tuple(sorted(later.items())))
    return None if followed == known else followed


def look_again(case: Case, *, by: StaffId, now: datetime) -> Identity | None:
    """Read the contacts of the chosen records anew; None where they are as they were read before.

    What a record says no more is kept as a change of today. A record that is gone, as after an
    erasure, stays as it was. The errors of a store: then nobody knows, and nothing may leave.
    """
    known = case.identity
    if known is None:
        return None
    looked = replace(
        known,
        records=tuple(read_again(case.id, each, by=by, now=now) for each in known.records),
    )
    return None if looked == known else looked


def read_again(case_id: CaseId, record: Record, *, by: StaffId, now: datetime) -> Record:
    """Return one chosen record with its contacts as they are now, and what changed of them."""
    try:
        (fresh,) = identify(case_id, (record.subject,), by=by, now=now).records
    except RecordUnknown:
        return record
    found = contacts.changed_between(record, fresh, at=now)
    said = {name: getattr(fresh.registered, name) for name in _CONTACTS}
    return replace(
        record,
        registered=replace(record.registered, **said),
        changes=tuple(dict.fromkeys((*record.changes, *fresh.changes, *found))),
    )


_CONTACTS = ("postal_code", "address", "building", "email")


def _expect_persons(subjects: Iterable[Subject]) -> None:
    """Take only tables whose rows provide keys of a person: the others are not searched either."""
    known = {
        (each.name, table.name)
        for each in hands().datamap.stores
        for table in each.tables
        if table.provides
    }
    if any((each.store, each.table) not in known for each in subjects):
        raise RecordUnknown("a record was named in a table that leads to no person")


def _registered(
    case_id: CaseId, keys: KeyRing, stores: Iterable[str], *, by: StaffId, now: datetime
) -> list[Registered]:
    """Read the columns of identity wherever the keys lead, and fold them store by store."""
    datamap = hands().datamap
    result = []
    for name in sorted(stores):
        places = []
        for place in locate.locate(datamap, keys):
            table = datamap.table(place.store, place.table)
            roles = tuple(dict.fromkeys(table.identity.columns().values()))
            if place.store == name and roles and any(path.keys for path in place.paths):
                places.append(place.narrowed(roles))
        if not places:
            continue
        permit = permitted(case_id, Operation.READ, places, by=by, now=now)
        rows = [
            (place.table, row)
            for place in places
            for row in connector(name).read(permit, place, now).rows
        ]
        result.append(locate.registered(datamap, name, rows, on=clock.date_in_japan(now)))
    return result


def _merge(held: list[Registered]) -> tuple[PersonalDetails, tuple[str, ...]]:
    """Take each detail from the first store that has it; addresses from the first that has one."""

    def first(name: str) -> str:
        return next((value for each in held if (value := getattr(each, name))), "")

    family, given = first("family_name"), first("given_name")
    if not family:
        family, _, given = first("name").replace("\u3000", " ").partition(" ")
    family_kana, given_kana = first("family_name_kana"), first("given_name_kana")
    if not family_kana:
        family_kana, _, given_kana = first("kana").replace("\u3000", " ").partition(" ")
    address = next((each.address for each in held if each.address), None)
    former = tuple(
        dict.fromkeys(
            f"{old.address} {old.building}".strip()
            for each in held
            for old in each.former_addresses
        )
    )
    return (
        PersonalDetails(
            family_name=family,
            given_name=given,
            family_name_kana=family_kana,
            given_name_kana=given_kana,
            birth_date=first("birth"),
            postal_code=address.postal_code if address else "",
            address=address.address if address else "",
            building=address.building if address else "",
            email=first("email"),
            phone=first("phone"),
        ),
        former,
    )


def _subject(name: str, table: Table, row: Row) -> Subject:
    return Subject(store=name, table=table.name, key=text(row[table.row_key]))


def _cells(subject: Subject, row: Row) -> tuple[tuple[str, str], ...]:
    table = hands().datamap.table(subject.store, subject.table)
    return tuple(
        (column.title.ja, text(row.get(column.name)))
        for column in table.columns
        if column.name in row
    )


def by_key(subject: Subject) -> Search:
    return locate.by_row_key(hands().datamap, subject.store, subject.table, subject.key)
