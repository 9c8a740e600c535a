"""A registered contact changed a short time ago: looked at, told to the earlier one, waited for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import looking
from mamoru.cases.actions.guards import number_of
from mamoru.cases.actions.installed import paper_rules, practice, sources
from mamoru.cases.rules import cooling, facts, looks, posting, states
from mamoru.cases.rules.cooling import Sign
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    PersonalDetails,
    Stage,
    TellingWay,
    Told,
)
from mamoru.documents import contact_notice
from mamoru.documents.terms import ContactNotice
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append

_OPEN = frozenset({Stage.RECEIVED, Stage.SUPPLEMENT_ASKED, Stage.VERIFIED, Stage.DECIDED})


def proving(case: Case, *, now: datetime) -> Case:
    """Return the case with the contacts that count as proof: of a recent change the earlier.

    While it is still asked who a protected person is, no code that went to a registered contact
    is any proof: whoever reads there may be the very one from whom the person is protected.
    """
    if (case.posted or case.mailed) and posting.offered(case) and execute.shield(case):
        case = replace(case, posted=None, mailed=None)
    return cooling.as_before(case, today=clock.date_in_japan(now), days=practice().cooling_days)


def addressed(case: Case, *, now: datetime) -> Case:
    """Return the case as its answer is addressed: where a code proves the address, the earlier.

    A member's answer is never written to where the member lives no more; it waits instead.
    """
    return case if case.filing.member_ref else proving(case, now=now)


def look_again(case_id: CaseId, *, by: StaffId, now: datetime) -> Case:
    """Read the contacts of the chosen records anew and keep what changed; return the case.

    The stores' own errors where one cannot be read: then nobody knows, and the act has to wait.
    """
    case = store.case(case_id)
    looked = execute.look_again(case, by=by, now=now)
    if looked is None or case.identity is None:
        return case
    fresh = {change for each in looked.records for change in each.changes}
    fresh -= {change for each in case.identity.records for change in each.changes}
    with store.atomic():
        store.save_identity(case_id, looked, version=case.version)
        append.entry(
            "case.contact.changed",
            subject=case_id,
            by=by,
            at=now,
            body={
                "contacts": sorted({str(each.contact) for each in fresh}),
                "contact": store.commitment(case_id, "contacts", repr(looked.records)),
            },
        )
    return store.case(case_id)


def expect_free(case_id: CaseId, *, by: StaffId, now: datetime) -> Case:
    """Return the case, read anew, if its answer may leave now.

    OldContactUntold before the earlier contact was told; ContactCooling where it would go to an
    address that is too new, or where nobody is left who could be told.
    """
    if not cooling.shows(store.case(case_id)):
        return store.case(case_id)
    case = look_again(case_id, by=by, now=now)
    if waits_until(case, now=now) is not None:
        raise cooling.ContactCooling(f"the answer of case `{case_id}` would go where it is too new")
    if waits_for_change(case, now=now):
        raise cooling.OldContactUntold(f"the earlier contact of case `{case_id}` was not told")
    return case


def contact_signs(case: Case, *, now: datetime) -> tuple[Sign, ...]:
    """Return which registered contacts changed a short time ago, for the desk."""
    if case.stage not in _OPEN:
        return ()
    return cooling.signs(case, today=clock.date_in_japan(now), days=practice().cooling_days)


def change_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the letter that tells the earlier address of the change; the look is noted first.

    It names neither the new contact nor what is asked for. StageForbidden where there is
    nothing to tell, or no address that did not change.
    """
    case = store.case(case_id)
    to = change_contacts(case, now=now).get(TellingWay.ORDINARY_MAIL)
    if to is None or not may_tell_of_change(case, now=now):
        raise states.StageForbidden(f"case `{case_id}` has no earlier address to write to")
    made = answer.render_to_registered(contact_notice.build(notice(case, to, now=now)))
    looking.note_opened(case_id, looks.CHANGE_OPENED, to, by=by, now=now)
    return made


def notice(case: Case, to: PersonalDetails, *, now: datetime) -> ContactNotice:
    """Return what the earlier contact is told, for a letter or a mail."""
    signs = contact_signs(case, now=now)
    language = case.filing.language
    return ContactNotice(
        reference=case.id,
        contacts=tuple(str(each.contact) for each in signs),
        changed_on=min(each.changed_on for each in signs),
        dated_on=clock.date_in_japan(now),
        language=language,
        sender=answer.sender(sources(), language),
        addressee=answer.addressee_of(to),
    )


def record_change_told(
    case_id: CaseId, *, way: TellingWay, tracking_number: str = "", by: StaffId, now: datetime
) -> None:
    """Record that the earlier contact was told of the change, how, and under which number.

    StageForbidden where there is nothing to tell, or no such contact. LetterUnopened unless the
    letter was opened for the address that counts now. TrackingUnfit for a number that does not
    go with the way.
    """
    with store.atomic():
        case = store.held(case_id)
        known = change_contacts(case, now=now)
        if not may_tell_of_change(case, now=now) or way not in known:
            raise states.StageForbidden(f"case `{case_id}` has nobody to be told in this way")
        looking.expect_opened(case_id, looks.CHANGE_OPENED, way, known[way])
        number = number_of(way, tracking_number)
        today, days = clock.date_in_japan(now), practice().cooling_days
        changes = cooling.told_of(case, today=today, days=days)
        told = Told(way=way, tracking_number=number, at=now, by=by, of=changes)
        store.save_told_of_change(case_id, told)
        store.change(case_id, version=case.version)
        append.entry(
            "case.change.told",
            subject=case_id,
            by=by,
            at=now,
            body={
                "way": way,
                "tracked": bool(number),
                "contacts": sorted({str(each.contact) for each in changes}),
            },
        )


def may_tell_of_change(case: Case, *, now: datetime) -> bool:
    """Return whether the earlier contact still has to hear of a change."""
    today, days = clock.date_in_japan(now), practice().cooling_days
    changes = set(cooling.told_of(case, today=today, days=days))
    told = set(case.told_of_change.of) if case.told_of_change else set()
    return case.stage in _OPEN and bool(changes - told)


def change_contacts(case: Case, *, now: datetime) -> Mapping[TellingWay, PersonalDetails]:
    """Return how the person can be told at a contact that did not change a short time ago."""
    today, days = clock.date_in_japan(now), practice().cooling_days
    return cooling.ways(case, execute.shield(case), today=today, days=days)


def shown(known: Mapping[TellingWay, PersonalDetails]) -> dict[str, str]:
    """Return contacts for staff who may read them: `address`, `email`."""
    found = {}
    if TellingWay.ORDINARY_MAIL in known:
        found["address"] = known[TellingWay.ORDINARY_MAIL].full_address
    if TellingWay.ELECTRONIC_MAIL in known:
        found["email"] = known[TellingWay.ELECTRONIC_MAIL].email
    return found


def waits_for_change(case: Case, *, now: datetime) -> bool:
    """Return whether the answer may not leave before the earlier contact was told."""
    return cooling.outstanding(case, today=clock.date_in_japan(now), days=practice().cooling_days)


def waits_until(case: Case, *, now: datetime) -> date | None:
    """Return the last day on which the answer may not go where it is addressed; None if it may."""
    today = clock.date_in_japan(now)
    if not contact_signs(case, now=now) or not cooling.shows(case):
        return None
    found = facts.check(proving(case, now=now), today=today, rules=paper_rules()).comparison
    linked = found is not None and found.by_chain
    shield = execute.shield(case)
    to = "" if shield is not None else _home(case, now=now)  # the safe contact did not change
    days = practice().cooling_days
    return cooling.waits_until(case, shield, to, linked=linked, today=today, days=days)


def _home(case: Case, *, now: datetime) -> str:
    """Return to which address of the person the answer goes by post; empty where it goes elsewhere."""
    if case.filing.answer_method is not AnswerMethod.PAPER or case.verified_by is None:
        return ""
    try:
        to = answer.addressee(addressed(case, now=now), None)
    except answer.AddressUnverified:
        return ""
    return "" if to.on_behalf_of else " ".join(to.address_lines)


def forget_changes(*, now: datetime) -> int:
    """Erase what stood in contacts that were changed longer ago than anything is proved by it."""
    before = now - timedelta(days=practice().cooling_days + 1)
    return store.forget_changes(before=before)
