"""支援措置の旗 (P3.11): set by one person at once, lifted by two; what was composed before is held back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from mamoru.cases import execute, store
from mamoru.cases.rules import states
from mamoru.cases.rules.shielding import AnswerHeldBack, SafeContactMissing, Shield
from mamoru.cases.terms import Case, Stage, TrailEntry, Work
from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.terms import Protection, ProtectionGround, SafeContact, StandingKind
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append

RENEWAL = timedelta(days=366)
"""支援措置 are granted for a year; a flag that nobody looks at for longer is forgotten."""
_BY_PEOPLE = frozenset(
    {
        "hand-work",
        "plan-changed",
        "person-untold",
        "record-unknown",
        f"failed:{SafeContactMissing.code}",
    }
)
_SET, _ASKED = "case.protection.set", "case.protection.lifting-asked"
_LIFTED, _HELD_BACK = "case.protection.lifted", "case.answer.held-back"
_CONFIRMED = "case.protection.contact-confirmed"


class ProtectionUnfit(MamoruError):
    """A flag needs chosen records, a day of renewal within a year, and a contact that is one."""

    code, exit_code = "protection-unfit", 3


def shield_of(case: Case) -> Shield | None:
    """Return how the person of a case is protected now; None where not."""
    return execute.shield(case)


def set_protection(
    case_id: CaseId,
    *,
    ground: ProtectionGround,
    paper: str = "",
    renew_by: date,
    contact: SafeContact | None = None,
    by: StaffId,
    now: datetime,
) -> str:
    """Protect the person of a case from now on, in this and every later case; return its reference.

    One person does it, at any stage, and it holds from the transaction that writes it: an answer
    that lies ready is made anew. A renewal is a new flag; the old one is lifted by two. Of two
    flags with different contacts neither is written to. ProtectionUnfit where nobody was chosen,
    or the day or the contact will not do.
    """
    _expect_fit(renew_by, contact, on=clock.date_in_japan(now))
    with store.atomic():
        case = store.held(case_id)
        if case.identity is None or not case.identity.subjects:
            raise ProtectionUnfit(f"no records are chosen in case `{case_id}`")
        before = sum(each.kind == _SET for each in append.entries(case_id))
        flag = Protection(
            reference=f"{case_id}/protection/{before + 1}",
            ground=ground,
            paper=paper.strip(),
            renew_by=renew_by,
            contact=contact,
            by=by,
            at=now,
        )
        consents.protect(execute.person_of(case), flag, master=store.master())
        append.entry(_SET, subject=case_id, by=by, at=now, body={"contact": contact is not None})
        _begin_anew(case)
    return flag.reference


def confirm_safe_contact(case_id: CaseId, reference: str, *, by: StaffId, now: datetime) -> None:
    """Confirm as a second person, who asked the protected person, that a contact is theirs.

    Only then is anything written to it. SecondPersonNeeded for who recorded it, StageForbidden
    for a flag without a contact or with one that somebody has confirmed.
    """
    with store.atomic():
        case = store.held(case_id)
        flag = _flag(case, reference)
        if flag.contact is None or flag.confirmed_by is not None:
            raise states.StageForbidden("this flag has no contact that waits to be confirmed")
        if flag.by == by:
            raise states.SecondPersonNeeded("the person who recorded the contact cannot confirm it")
        if not standings.confirm_contact(reference, by=by):
            raise states.StageForbidden("this contact was confirmed meanwhile")
        append.entry(_CONFIRMED, subject=case_id, by=by, at=now, body={"recorded": str(flag.by)})
        _begin_anew(case)


def lifting_of_protection_asked_by(reference: str) -> StaffId | None:
    """Return who asked that a flag be lifted; None where nobody has."""
    asked = [each.by for each in append.entries(reference) if each.kind == _ASKED]
    return StaffId(asked[-1]) if asked else None


def ask_lifting_protection(
    case_id: CaseId, reference: str, *, reason: str, by: StaffId, now: datetime
) -> None:
    """Ask that a flag of this case's person be lifted; it holds until a second person agrees."""
    with store.atomic():
        _flag(store.held(case_id), reference)
        if not reason.strip():
            raise ProtectionUnfit("say in words why the protection is to end")
        said = store.commitment(case_id, "lifting", reason)
        append.entry(_ASKED, subject=reference, by=by, at=now, body={"reason": said})


def lift_protection(case_id: CaseId, reference: str, *, by: StaffId, now: datetime) -> None:
    """Lift a flag as the second person: from this moment it no longer holds.

    StageForbidden where nobody asked, SecondPersonNeeded for who did.
    """
    with store.atomic():
        case = store.held(case_id)
        _flag(case, reference)
        asked = lifting_of_protection_asked_by(reference)
        if asked is None:
            raise states.StageForbidden("nobody has asked to lift this protection")
        if asked == by:
            raise states.SecondPersonNeeded("the person who asked cannot agree")
        # One flag is seen in every case of its person, and each holds its own row alone.
        if not consents.end(reference, StandingKind.PROTECTION, by=by, now=now):
            raise states.StageForbidden("this protection was lifted meanwhile")
        append.entry(_LIFTED, subject=case_id, by=by, at=now, body={"asked": str(asked)})
        _begin_anew(case)


def note_seen(note: str, *, personal: bool) -> str:
    """Return why work waits, as whoever may (`personal`) or may not read persons sees it.

    For the auditor every wait for people is one: some exist for protected persons alone.
    """
    by_people = note in _BY_PEOPLE or note.partition(":")[0] in _BY_PEOPLE
    return "people" if by_people and not personal else note


def trail_seen(history: Sequence[TrailEntry], *, personal: bool) -> tuple[TrailEntry, ...]:
    """Return a case's history without what tells of a protection, for who may not read persons."""
    silent = frozenset() if personal else frozenset({_SET, _CONFIRMED, _LIFTED, _HELD_BACK})
    return tuple(entry for entry in history if entry.kind not in silent)


def protections_due(
    *, now: datetime, ahead: timedelta = timedelta(days=30)
) -> tuple[tuple[CaseId, date], ...]:
    """Return the case in which each flag was set that has to be renewed soon or should have been."""
    due = standings.protections_due(by=clock.date_in_japan(now) + ahead)
    return tuple((CaseId(reference.partition("/")[0]), day) for reference, day in due)


def is_current(case: Case) -> bool:
    """Return whether the answer that lies ready was composed for the person's protection of now."""
    composed = store.answer_shield(case.id)
    return composed is None or composed == execute.fingerprint(case, execute.shield(case))


def may_be_fetched(case: Case) -> bool:
    """Return whether an answer that was sent may be fetched still.

    What was composed for a protected person tells nothing, and stays so when the flag is lifted.
    """
    composed = store.answer_shield(case.id)
    return is_current(case) or (composed is not None and execute.tells_nothing(case, composed))


def expect_current(case: Case, *, by: StaffId, now: datetime) -> None:
    """Let an answer pass that may leave; what was composed before a change is made anew.

    AnswerHeldBack, with the work queued again. The errors of a store where the company's register
    says who is protected and cannot be asked: what cannot be told does not leave.
    """
    case = execute.looked_at(case, by=by, now=now)
    if is_current(case):
        return
    with store.atomic():
        latest = store.held(case.id)
        if latest.stage is Stage.DECIDED and latest.work is Work.READY:
            append.entry(_HELD_BACK, subject=case.id, by=by, at=now, body={})
            _begin_anew(latest)
    raise AnswerHeldBack(f"the answer of case `{case.id}` is made anew")


def _begin_anew(case: Case) -> None:
    """Void what others see of a case, and let the worker compose its answer again."""
    store.change(case.id, version=case.version)
    if case.stage is Stage.DECIDED and case.work in {Work.READY, Work.WAITING}:
        store.set_work(case.id, Work.QUEUED)


def _flag(case: Case, reference: str) -> Protection:
    held = execute.shield(case)
    found = (
        next((each for each in held.flags if each.reference == reference), None) if held else None
    )
    if found is None:
        raise states.StageForbidden(f"case `{case.id}` has no such protection in force")
    return found


def _expect_fit(renew_by: date, contact: SafeContact | None, *, on: date) -> None:
    if not on < renew_by <= on + RENEWAL:
        raise ProtectionUnfit("the day of renewal lies within the coming year")
    if contact is not None and not (contact.name and (contact.address or contact.email)):
        raise ProtectionUnfit("a contact has a name and an address or a mail address")


__all__ = [
    "AnswerHeldBack",
    "Protection",
    "ProtectionUnfit",
    "Shield",
    "ask_lifting_protection",
    "confirm_safe_contact",
    "expect_current",
    "is_current",
    "lift_protection",
    "lifting_of_protection_asked_by",
    "note_seen",
    "protections_due",
    "set_protection",
    "shield_of",
    "trail_seen",
]
