"""A member's own page: everything registered, and what may be corrected there (P3.18, P3.19)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases.execute import household, protecting
from mamoru.cases.execute.changing import is_erased
from mamoru.cases.execute.installed import connector, hands, permitted, text
from mamoru.cases.execute.person import RecordUnknown, identify
from mamoru.cases.execute.planning import ColumnNotOpen
from mamoru.cases.terms import Identity, Subject
from mamoru.consents import actions as consents
from mamoru.datamap import locate, whereabouts
from mamoru.datamap.inventory import CHOICES_JOINED_BY, Column, OptOut, Table, ValueKind
from mamoru.datamap.spoken import spoken
from mamoru.datamap.terms import Location, Row
from mamoru.gate.terms import Operation
from mamoru.identity import birth
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM, CaseId, StaffId
from mamoru.kit.text import digits_only, fold, hidden_characters

_PHONE_DIGITS = range(10, 14)


_POSTAL_DIGITS = 7


_NOT_IN_PHONE = re.compile(r"[^0-9()+\-\s]")


_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


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
    erased: bool = False  # the person was erased: what a law keeps is shown, nothing is corrected


def read_own(subject: Subject, *, now: datetime) -> tuple[MemberTable, ...]:
    """Return every registered field of a member, every table, with what may be corrected (P3.18).

    Of a person who was erased that is what a law keeps, and nothing of it may be corrected (P3.6).
    Of a protected person nothing that may tell where the person is, and no form: who opens the
    account may be the very one from whom the person is protected (P3.11).
    """
    return _own(subject, sheltered=True, now=now)


def _own(subject: Subject, *, sheltered: bool, now: datetime) -> tuple[MemberTable, ...]:
    case_id = CaseId("member-page")
    try:
        identity = identify(case_id, (subject,), by=SYSTEM, now=now)
    except RecordUnknown:
        return ()  # the record was erased; the account is there still
    hidden = sheltered and protecting.shelters(case_id, identity, by=SYSTEM, now=now)
    tables = registered(case_id, identity, by=SYSTEM, now=now, hidden=hidden)
    erased = is_erased(identity, now=now)
    if not (hidden or erased):
        return tables
    # A reference bears the key of its row, which may be a mail address.
    return tuple(
        replace(
            table,
            rows=tuple(tuple(replace(field, ref="") for field in row) for row in table.rows),
            erased=erased,
        )
        for table in tables
    )


def registered(
    case_id: CaseId, identity: Identity, *, by: StaffId, now: datetime, hidden: bool = False
) -> tuple[MemberTable, ...]:
    """Return every registered field of an identified person, with what may be corrected.

    The company's own mark of protection is told to nobody (Order 5(i)). With `hidden` nothing is
    read that may tell where the person is (P3.11).
    """
    datamap = hands().datamap
    names = household.names_told(identity)
    sheltered = household.shelters_another(identity, names)
    result = []
    for place in locate.locate(datamap, dict(identity.keys)):
        table = datamap.table(place.store, place.table)
        shown = tuple(
            column
            for column in table.columns
            if column.disclose and column.personal and not whereabouts.is_mark(table, column)
            if not (hidden and protecting.tells(table, column))
        )
        if not shown:
            continue
        wanted = (table.row_key, *(column.name for column in shown), *household.columns(table))
        narrowed = place.narrowed(tuple(dict.fromkeys(wanted)))
        permit = permitted(case_id, Operation.READ, (narrowed,), by=by, now=now)
        found = connector(place.store).read(permit, narrowed, now).rows
        # INVARIANT: a mailbox may be the household's; another's rows are not this member's to see.
        rows, _ = household.told_apart(place, found, names=names, sheltered=sheltered)
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
    """Raise ColumnNotOpen unless each reference is an open column of a row of this very person.

    PersonErased where the person was erased: then no reference is open any more. A protected
    person's contact may be corrected: two persons look at that (P3.11).
    """
    if not set(refs) <= open_values(subject, now=now).keys():
        raise ColumnNotOpen("a value was named that this person cannot correct here")


def open_values(subject: Subject, *, now: datetime) -> dict[str, str]:
    """Return what this very person may correct: the stored value by its reference.

    PersonErased where the person was erased.
    """
    tables = _own(subject, sheltered=False, now=now)
    if any(table.erased for table in tables):
        raise consents.PersonErased("the person was erased: nothing may be written back")
    fields = (field for table in tables for row in table.rows for field in row)
    return {field.ref: field.value for field in fields if field.ref}


def opt_out_of(ref: str) -> OptOut | None:
    """Return the purpose that is refused by the column that a reference names, None for others."""
    return _column(ref)[1].opt_out


def fits(ref: str, value: str, *, before: str = "") -> bool:
    """Return whether a value has the form of the column that a reference names.

    Of several choices a code that stood there `before` may stay, though it is offered no more.
    """
    table, column = _column(ref)
    if not value.strip():
        return not before.strip() or column.name not in locate.telling_columns(table)
    fitting = _FITTING.get(column.value)
    if column.value is ValueKind.CHOICE:
        return value in column.choices
    if column.value is ValueKind.CHOICES:
        stays = {*column.choices, *before.split(CHOICES_JOINED_BY)}
        return stays.issuperset(value.split(CHOICES_JOINED_BY))
    if column.name == table.identity.birth and not _is_past(value):
        return False
    return not hidden_characters(value) and (fitting is None or fitting(value))


def _column(ref: str) -> tuple[Table, Column]:
    store_name, table_name, _, column_name = ref.split("/")
    table = hands().datamap.table(store_name, table_name)
    return table, next(each for each in table.columns if each.name == column_name)


def _is_past(value: str) -> bool:
    day = birth.parse(value)
    return day is not None and day <= clock.date_in_japan(clock.now())


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
