"""The sole hand on the company's databases (P3.3, P3.5, P3.18, P3.19).

Every touch needs a permit of the gate, and the permit its entry in the ledger first. Steps are
idempotent: a receipt that exists is not made again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mamoru.cases import store
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    Identity,
    LocationReceipt,
    Outcome,
    PersonalDetails,
    Record,
    Subject,
    Target,
)
from mamoru.connectors.port import (
    Connector,
    CorrectionRefusedByStore,
    OutcomeUnknown,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap import locate
from mamoru.datamap.inventory import Authority, Column, DataMap, Table, ValueKind
from mamoru.datamap.spoken import spoken
from mamoru.datamap.terms import Facts, KeyRing, Location, Registered, Row, Search
from mamoru.gate import permit as permits
from mamoru.gate.terms import Compiled, Operation, Permit, Standing
from mamoru.identity import birth
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, DemandId, StaffId
from mamoru.kit.text import digits_only, fold, hidden_characters
from mamoru.kit.work import Steps
from mamoru.ledger import append
from mamoru.policy.compile import REQUESTS_BY_LAW
from mamoru.policy.document import Policy
from mamoru.provision import store as provisions

PURPOSE = REQUESTS_BY_LAW
"""Answering a demand is a duty of law (Act 32 to 35, 18(3)(i)): a suspension does not stop it."""

PERMIT_MINUTES = 15
RETRY_SECONDS = 30
HAND_WORK_SECONDS = 24 * 60 * 60
_BEGAN = "case.execution.began"


_PHONE_DIGITS = range(10, 14)
_POSTAL_DIGITS = 7
_REF_PARTS = 3  # table, row, column, after the store
_NOT_IN_PHONE = re.compile(r"[^0-9()+\-\s]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class ColumnNotOpen(MamoruError):
    """The data map does not open this value to its person. Ask the desk to correct it."""

    code, exit_code = "column-not-open", 3


class Waiting(Exception):
    """The work cannot go on now; `note` is a code for screens, `seconds` when to try again."""

    def __init__(self, note: str, seconds: int) -> None:
        """Keep the note, e.g. `store-unreachable:mailing`."""
        super().__init__(note)
        self.note = note
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What execution works with; installed once by the wiring."""

    policy: Policy
    grants: Compiled
    datamap: DataMap
    connectors: Mapping[str, Connector]
    public_url: str  # where people find the pages, for letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be the person, for staff to compare with the papers."""

    subject: Subject
    found_by: tuple[str, ...]
    title: str
    cells: tuple[tuple[str, str], ...]  # title of the column, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a demand will touch: places and columns, frozen by a digest for the approver."""

    demand: DemandId
    locations: tuple[Location, ...]
    by_hand: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberField:
    """A registered value with the reference by which its person may correct it."""

    ref: str  # store/table/row/column; empty where only the desk may correct
    title: str
    title_en: str
    value: str  # as stored: what a form edits
    shown: tuple[str, str]  # the value in words, Japanese and English
    kind: str
    choices: tuple[str, ...] = ()
    choices_shown: tuple[tuple[str, str], ...] = ()  # as `shown`, in the order of the choices


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTable:
    """One table of a member's own page."""

    title: str
    title_en: str
    rows: tuple[tuple[MemberField, ...], ...]


_installed: list[Hands] = []


def install(hands: Hands) -> None:
    """Hand over map, grants and connectors, once, at start."""
    _installed[:] = [hands]


def hands() -> Hands:
    """Return what was installed; an error of the programmer if the wiring did not run."""
    if not _installed:
        raise RuntimeError("no hands are installed: call `execute.install` first")
    return _installed[0]


# --- who the person is --------------------------------------------------------------------


def find_person(case: Case, *, by: StaffId, now: datetime) -> tuple[Candidate, ...]:
    """Return every record that the form's facts lead to, in all stores, each once."""
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
    wanted = locate.searches(hands().datamap, facts)
    if not wanted:
        return ()
    permit = _permit(case.id, Operation.FIND, wanted, by=by, now=now)
    found: dict[Subject, tuple[list[str], Row]] = {}
    for search in wanted:
        table = hands().datamap.table(search.store, search.table)
        for row in _connector(search.store).find(permit, search.table, search.criteria, now):
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


def identify(
    case_id: CaseId, subjects: tuple[Subject, ...], *, by: StaffId, now: datetime
) -> Identity:
    """Read each chosen record by itself; return the keys of all and what each of them says."""
    datamap = hands().datamap
    rows: list[tuple[str, str, Row]] = []
    records = []
    for subject in subjects:
        search = _by_key(subject)
        permit = _permit(case_id, Operation.FIND, (search,), by=by, now=now)
        own = [
            (subject.store, subject.table, row)
            for row in _connector(subject.store).find(permit, search.table, search.criteria, now)
        ]
        rows += own
        held = _registered(case_id, locate.keys_of(datamap, own), {subject.store}, by=by, now=now)
        registered, former = _merge(held)
        records.append(Record(subject=subject, registered=registered, former_addresses=former))
    return Identity(
        subjects=subjects,
        keys=tuple(sorted(locate.keys_of(datamap, rows).items())),
        records=tuple(records),
    )


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
        permit = _permit(case_id, Operation.READ, places, by=by, now=now)
        rows = [
            (place.table, row)
            for place in places
            for row in _connector(name).read(permit, place, now).rows
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


# --- what a demand touches ----------------------------------------------------------------


def plan(case: Case, demand: DemandState) -> Plan:
    """Return the places that a demand touches; its digest is what the approver approves."""
    asked = demand.demand
    by_hand = False
    located: tuple[Location, ...] = ()
    ref = _ref(asked)
    if asked.kind is DemandKind.CORRECTION and ref:
        located = (_place_of(case, ref),)
    elif asked.kind is DemandKind.NOTICE_OF_PURPOSE:
        # Only whether something is there has to be known, so one column is read of each place.
        located = tuple(place.narrowed(place.columns[:1]) for place in _readable(case, asked))
    elif asked.kind is not DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        located = _readable(case, asked)
        by_hand = asked.kind is not DemandKind.DISCLOSURE
    frozen = json.dumps(
        [
            demand.id,
            asked.kind,
            list(asked.items),
            store.commitment(case.id, "before-after", f"{asked.before}\n{asked.after}"),
            locate.plan_digest(located),
            [store.commitment(case.id, "place", place.digest) for place in located],
        ]
    )
    digest = hashlib.sha256(frozen.encode()).hexdigest()
    return Plan(demand=demand.id, locations=located, by_hand=by_hand, digest=digest)


def _readable(case: Case, asked: Demand) -> tuple[Location, ...]:
    """Own holdings only (Act 16(4)), columns that are disclosed, and of them what was asked for."""
    if case.identity is None:
        return ()
    wanted = set(asked.items)
    everything = Target.ALL in wanted
    result = []
    for place in locate.locate(hands().datamap, dict(case.identity.keys)):
        table = hands().datamap.table(place.store, place.table)
        if table.authority is not Authority.OWN:
            continue
        columns = tuple(
            column.name
            for column in table.columns
            if column.disclose and column.personal and (everything or column.category in wanted)
        )
        if columns:
            result.append(place.narrowed(columns))
    return tuple(result)


def holds_anything(case: Case) -> bool:
    """Return whether any record with our authority leads to this person (P3.1, P3.13)."""
    return bool(_readable(case, Demand(kind=DemandKind.DISCLOSURE, items=(Target.ALL,))))


# --- carrying out -------------------------------------------------------------------------


def run(case_id: CaseId, steps: Steps) -> None:
    """Carry out every granted demand, one step a place, each safe to repeat.

    Raises Waiting when a store cannot be reached, staff have to act by hand, or the plan is
    no longer the approved one. INVARIANT: a resumed run asks for the same steps in the same
    order, whatever is done already; what is done is looked up within the step.
    """
    case = store.case(case_id)
    for demand in case.demands:
        decision = demand.decision
        if decision is not None and decision.outcome is Outcome.FULFILLED:
            _run_demand(case, demand, decision, steps)


def _run_demand(case: Case, demand: DemandState, decision: Decision, steps: Steps) -> None:
    if store.done_by_hand(demand.id):
        return
    planned = plan(case, demand)
    if planned.digest != decision.plan_digest and not store.executed(demand.id):
        raise Waiting(f"plan-changed:{demand.demand.kind}", HAND_WORK_SECONDS)
    if planned.by_hand:
        raise Waiting(f"hand-work:{demand.demand.kind}", HAND_WORK_SECONDS)
    steps.step(f"{demand.id} begin", lambda: _begin(case, demand, planned))
    for place in planned.locations:
        result = steps.step(f"{demand.id} {_name(place)}", partial(_touch, case, demand, place))
        if result != "done":
            # A store that is away or unreadable is the engineer's to repair: it goes on by itself.
            passing = result.startswith(("store-unreachable:", "store-unreadable:"))
            raise Waiting(result, RETRY_SECONDS if passing else HAND_WORK_SECONDS)
    if demand.demand.kind is DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        steps.step(f"{demand.id} provision records", lambda: _read_provisions(case, demand))
    steps.step(f"{demand.id} seal", lambda: _seal(case, demand))


def _begin(case: Case, demand: DemandState, planned: Plan) -> str:
    """No entry, no act: what is about to be touched is in the ledger before it is touched.

    Once for a plan: a store that is away for a day must not fill the ledger with new tries.
    """
    with store.atomic():
        known = (each.body for each in append.entries(case.id) if each.kind == _BEGAN)
        if any((each["demand"], each["plan"]) == (demand.id, planned.digest) for each in known):
            return "done"
        append.entry(
            _BEGAN,
            subject=case.id,
            by=SYSTEM,
            at=clock.now(),
            body={
                "demand": demand.id,
                "plan": planned.digest,
                "places": [_name(place) for place in planned.locations],
                "purpose": PURPOSE,
            },
        )
    return "done"


def _touch(case: Case, demand: DemandState, place: Location) -> str:
    """Read or correct one place and keep the receipt; `done`, or the code of what is in the way."""
    if store.receipt(demand.id, _name(place)) is not None:
        return "done"
    now = clock.now()
    correcting = demand.demand.kind is DemandKind.CORRECTION
    try:
        if correcting:
            rows, withheld = _correct(case, demand.demand, place, now), 0
        else:
            rows, withheld = _read(case, place, now)
    except (StoreUnreachable, OutcomeUnknown):
        return f"store-unreachable:{place.store}"
    except (StoreUnreadable, ValueChangedMeanwhile, CorrectionRefusedByStore) as problem:
        return f"{type(problem).code}:{place.store}"
    done = LocationReceipt(
        store=place.store,
        table=place.table,
        rows=len(rows),
        digest=store.commitment(case.id, "values", json.dumps([dict(row) for row in rows])),
        at=now,
    )
    with store.atomic():
        kept = () if demand.demand.kind is DemandKind.NOTICE_OF_PURPOSE else rows
        if not store.save_receipt(demand.id, _name(place), done, kept):
            return "done"  # another run of the same case was faster: its entry stands
        append.entry(
            "case.place.corrected" if correcting else "case.place.read",
            subject=case.id,
            by=SYSTEM,
            at=now,
            body={
                "demand": demand.id,
                "place": _name(place),
                "columns": len(place.columns),
                "rows": done.rows,
                "withheld": withheld,
                "values": done.digest,
                "policy": hands().grants.digest,
            },
        )
    return "done"


def _read(case: Case, place: Location, now: datetime) -> tuple[tuple[Row, ...], int]:
    """Return the person's rows, and how many were held back because they name somebody else.

    INVARIANT: what hangs on a shared mail address may be another's of the household; a row
    that carries another name never goes into an answer (P3.14).
    """
    datamap = hands().datamap
    table = datamap.table(place.store, place.table)
    names = locate.name_columns(table)
    columns = tuple(dict.fromkeys((*place.columns, *names)))
    whole = next(
        each
        for each in locate.locate(datamap, dict(case.identity.keys if case.identity else ()))
        if (each.store, each.table) == (place.store, place.table)
    ).narrowed(columns)
    permit = _permit(case.id, Operation.READ, (whole,), by=SYSTEM, now=now)
    found = _connector(place.store).read(permit, whole, now).rows
    own = [row for row in found if not _names_another(case, place, row)]
    kept = tuple({column: row[column] for column in place.columns} for row in own)
    return kept, len(found) - len(kept)


def _names_another(case: Case, place: Location, row: Row) -> bool:
    """A row is another's if its name is neither the registered one nor the one on the form."""
    known = [case.filing.person.name]
    if case.identity is not None:
        known.append(case.identity.registered.name)
    return all(
        locate.names_another(
            hands().datamap, place.store, place.table, row, name=name.replace(" ", "")
        )
        for name in known
        if name
    )


def _correct(case: Case, asked: Demand, place: Location, now: datetime) -> tuple[Row, ...]:
    """Write one value back by compare and set; a repetition changes nothing."""
    column = place.columns[0]
    before: str | None = asked.before or ""
    if not before:  # a form shows an empty cell and a missing value alike; the store does not
        reading = _permit(case.id, Operation.READ, (place,), by=SYSTEM, now=now)
        rows = _connector(place.store).read(reading, place, now).rows
        before = None if any(row[column] is None for row in rows) else before
    permit = _permit(case.id, Operation.CORRECT, (place,), by=SYSTEM, now=now)
    change = {column: (before, asked.after or "")}
    return _connector(place.store).correct(permit, place, change, now).rows


def _read_provisions(case: Case, demand: DemandState) -> str:
    if store.receipt(demand.id, PROVISION_RECORDS) is not None:
        return "done"
    now = clock.now()
    keys = case.identity.keys if case.identity else ()
    records = provisions.records_of(
        tuple(
            provisions.person_ref(store.master(), kind, key) for kind, held in keys for key in held
        )
    )
    rows: list[Row] = [record.as_row() for record in records]
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False)
    done = LocationReceipt(
        store="mamoru",
        table=PROVISION_RECORDS,
        rows=len(rows),
        digest=store.commitment(case.id, "values", text),
        at=now,
    )
    with store.atomic():
        if not store.save_receipt(demand.id, PROVISION_RECORDS, done, rows):
            return "done"
        append.entry(
            "case.place.read",
            subject=case.id,
            by=SYSTEM,
            at=now,
            body={
                "demand": demand.id,
                "place": PROVISION_RECORDS,
                "rows": done.rows,
                "values": done.digest,
            },
        )
    return "done"


def _seal(case: Case, demand: DemandState) -> str:
    now = clock.now()
    receipts = store.receipts(demand.id)
    with store.atomic():
        if store.mark_executed(demand.id, at=now):
            append.entry(
                "case.demand.carried-out",
                subject=case.id,
                by=SYSTEM,
                at=now,
                body={
                    "demand": demand.id,
                    "places": len(receipts),
                    "rows": sum(done.rows for done in receipts),
                },
            )
    return "done"


# --- a member's own page ------------------------------------------------------------------


def read_own(subject: Subject, *, now: datetime) -> tuple[MemberTable, ...]:
    """Return every registered field of a member, every table, with what may be corrected (P3.18)."""
    case_id = CaseId("member-page")
    datamap = hands().datamap
    identity = identify(case_id, (subject,), by=SYSTEM, now=now)
    result = []
    for place in locate.locate(datamap, dict(identity.keys)):
        table = datamap.table(place.store, place.table)
        shown = tuple(column for column in table.columns if column.disclose and column.personal)
        if table.authority is not Authority.OWN or not shown:
            continue
        names = tuple(dict.fromkeys((table.row_key, *(column.name for column in shown))))
        narrowed = place.narrowed(tuple(dict.fromkeys((*names, *locate.name_columns(table)))))
        permit = _permit(case_id, Operation.READ, (narrowed,), by=SYSTEM, now=now)
        found = _connector(place.store).read(permit, narrowed, now).rows
        # INVARIANT: a mailbox may be the household's; another's rows are not this member's to see.
        own = identity.registered.name.replace(" ", "")
        rows = [
            row
            for row in found
            if not locate.names_another(datamap, place.store, place.table, row, name=own)
        ]
        if rows:
            result.append(
                MemberTable(
                    title=table.title.ja,
                    title_en=table.title.en,
                    rows=tuple(_fields(place, table, shown, row) for row in rows),
                )
            )
    return tuple(result)


def expect_correctable(subject: Subject, refs: tuple[str, ...], *, now: datetime) -> None:
    """Raise ColumnNotOpen unless each reference is an open column of a row of this very person."""
    own = {
        field.ref
        for table in read_own(subject, now=now)
        for row in table.rows
        for field in row
        if field.ref
    }
    if not set(refs) <= own:
        raise ColumnNotOpen("a value was named that this person cannot correct here")


def is_ref(item: str) -> bool:
    """Return whether an item names one value: store/table/row/column. Staff and members may."""
    store_name, _, rest = item.partition("/")
    tables = {each.name: each for each in hands().datamap.stores}
    names = {each.name: each for each in tables[store_name].tables} if store_name in tables else {}
    parts = rest.split("/")
    return (
        len(parts) == _REF_PARTS
        and parts[0] in names
        and parts[2] in {column.name for column in names[parts[0]].columns}
    )


def fits(ref: str, value: str) -> bool:
    """Return whether a value has the form of the column that a reference names."""
    store_name, table_name, _, column_name = ref.split("/")
    table = hands().datamap.table(store_name, table_name)
    column = next(each for each in table.columns if each.name == column_name)
    if not value.strip():
        return column.name not in locate.name_columns(table)
    fitting = _FITTING.get(column.value)
    if column.value is ValueKind.CHOICE:
        return value in column.choices
    return not hidden_characters(value) and (fitting is None or fitting(value))


def _is_phone(value: str) -> bool:
    return len(digits_only(value)) in _PHONE_DIGITS and not _NOT_IN_PHONE.search(fold(value))


_FITTING: Mapping[ValueKind, Callable[[str], bool]] = {
    ValueKind.PHONE: _is_phone,
    ValueKind.EMAIL: lambda value: _EMAIL.fullmatch(value) is not None,
    ValueKind.POSTAL_CODE: lambda value: len(digits_only(value)) == _POSTAL_DIGITS,
    ValueKind.DATE: lambda value: birth.parse(value) is not None,
}


def _fields(
    place: Location, table: Table, shown: tuple[Column, ...], row: Row
) -> tuple[MemberField, ...]:
    closed = table.identity.valid_to is not None and bool(row.get(table.identity.valid_to))
    return tuple(
        MemberField(
            ref=(
                f"{place.store}/{place.table}/{row[table.row_key]}/{column.name}"
                if column.correct and not closed
                else ""
            ),
            title=column.title.ja,
            title_en=column.title.en,
            value=text(row.get(column.name)),
            shown=_words(table, column.name, row.get(column.name)),
            kind=column.value,
            choices=column.choices,
            choices_shown=tuple(_words(table, column.name, each) for each in column.choices),
        )
        for column in shown
    )


def _words(table: Table, column: str, value: object) -> tuple[str, str]:
    return spoken(table, column, value, "ja"), spoken(table, column, value, "en")


# --- inside -------------------------------------------------------------------------------


def text(value: object) -> str:
    """Return a cell as people read it; an empty cell is empty text."""
    return "" if value is None else str(value)


def _permit(
    case_id: CaseId,
    operation: Operation,
    places: Iterable[Location | Search],
    *,
    by: StaffId,
    now: datetime,
) -> Permit:
    """Ask the gate. A purpose that rests on a law is not closed by a person's standing."""
    return permits.issue(
        hands().grants,
        case=case_id,
        purpose=PURPOSE,
        operation=operation,
        locations=tuple(places),
        standing=Standing(),
        by=by,
        now=now,
        until=now + timedelta(minutes=PERMIT_MINUTES),
    )


def _connector(name: str) -> Connector:
    return hands().connectors[name]


def _name(place: Location) -> str:
    return f"{place.store}/{place.table}"


def _subject(name: str, table: Table, row: Row) -> Subject:
    return Subject(store=name, table=table.name, key=text(row[table.row_key]))


def _cells(subject: Subject, row: Row) -> tuple[tuple[str, str], ...]:
    table = hands().datamap.table(subject.store, subject.table)
    return tuple(
        (column.title.ja, text(row.get(column.name)))
        for column in table.columns
        if column.name in row
    )


def _by_key(subject: Subject) -> Search:
    return locate.by_row_key(hands().datamap, subject.store, subject.table, subject.key)


def _ref(asked: Demand) -> str:
    """Return the one value that a demand names; its before and after belong to no second one."""
    only = asked.items[0] if len(asked.items) == 1 else ""
    return only if only.count("/") == 3 else ""  # noqa: PLR2004 - store/table/row/column


def _place_of(case: Case, ref: str) -> Location:
    """Return the one column of the one row that a reference names, if it is this person's."""
    store_name, table_name, row_key, column = ref.split("/")
    keys = dict(case.identity.keys) if case.identity else {}
    for place in locate.locate(hands().datamap, keys):
        if (place.store, place.table) == (store_name, table_name):
            table = hands().datamap.table(store_name, table_name)
            if column not in {each.name for each in table.columns if each.correct}:
                break
            return place.narrowed((column,), **{table.row_key: row_key})
    raise ColumnNotOpen("a value was named that this person cannot correct here")
