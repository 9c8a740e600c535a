"""Who is protected (支援措置, P3.11): by a flag of the desk, or by a mark in the company's register."""

from dataclasses import replace
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute import marks
from mamoru.cases.execute.installed import hands
from mamoru.cases.execute.persons import digests, person_of
from mamoru.cases.rules import shielding
from mamoru.cases.rules.shielding import Shield
from mamoru.cases.terms import AnswerMethod, Case, Identity
from mamoru.consents import store as standings
from mamoru.consents.terms import SafeContact
from mamoru.datamap import whereabouts
from mamoru.datamap.inventory import Column, Table
from mamoru.datamap.terms import Location
from mamoru.kit.ids import CaseId, StaffId


def shield(case: Case) -> Shield | None:
    """Return the protection of a case's person as it stands in this transaction; None without any."""
    if case.identity is None:
        return None
    flags = standings.protections(store.master(), person_of(case))
    marked = case.identity.marked
    return Shield(flags=flags, marked=marked) if flags or marked else None


def shelters(case_id: CaseId, identity: Identity, *, by: StaffId, now: datetime) -> bool:
    """Return whether a person is protected now, by a flag or by the register's own mark.

    For whoever has no case: a member's own page. The errors of a store.
    """
    who = digests(identity.ring, {identity.registered.name})
    flagged = standings.protections(store.master(), who)
    return bool(flagged or marks.marked(case_id, identity, by=by, now=now))


def hides(case: Case) -> bool:
    """Return whether the answer to a case must not tell where its person is."""
    return shielding.hides(case, shield(case))


def fingerprint(case: Case, held: Shield | None) -> str:
    """Return a keyed digest of what an answer depends on; empty for a person without protection.

    What is fetched from a page is addressed to nobody's contact.
    """
    if held is None:
        return ""
    fetched = case.filing.answer_method is AnswerMethod.ELECTRONIC
    to = None if fetched else held.contact
    return _digest(case, hidden=shielding.hides(case, held), contact=to)


def tells_nothing(case: Case, composed: str) -> bool:
    """Return whether an answer that is fetched was composed, by its fingerprint, without whereabouts."""
    return composed == _digest(case, hidden=True, contact=None)


def _digest(case: Case, *, hidden: bool, contact: SafeContact | None) -> str:
    return store.commitment(case.id, "shield", f"{hidden} {contact!r}")


def looked_at(case: Case, *, by: StaffId, now: datetime) -> Case:
    """Look at the register's marks again and keep what they say; return the case as it is then.

    Nothing is read where the map names no mark. The errors of a store.
    """
    if case.identity is None or not marks.named():
        return case
    seen = marks.marked(case.id, case.identity, by=by, now=now)
    # Never fewer: an erasure of the same case takes the very row away that bears the mark.
    known = tuple(dict.fromkeys((*case.identity.marked, *seen)))
    if known == case.identity.marked:
        return case
    with store.atomic():
        latest = store.held(case.id)
        identity = replace(latest.identity or case.identity, marked=known)
        store.save_identity(case.id, identity, version=latest.version)
    return store.case(case.id)


def hidden(place: Location) -> Location | None:
    """Return a place without what tells where its person is; None if nothing else is there."""
    table = hands().datamap.table(place.store, place.table)
    return whereabouts.without(place, table, _contactable())


def tells_place(ref: str) -> bool:
    """Return whether a value (`store/table/row/column`) may tell where its person is."""
    store_name, table_name, _, name = ref.split("/")
    table = hands().datamap.table(store_name, table_name)
    return tells(table, table.column(name))


def tells(table: Table, column: Column) -> bool:
    """Return whether a column may tell where its person is, as the policy in force has it."""
    return whereabouts.tells(table, column, _contactable())


def _contactable() -> frozenset[str]:
    return shielding.contactable(hands().policy, hands().datamap)
