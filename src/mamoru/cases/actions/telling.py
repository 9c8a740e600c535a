"""The person is told at the registered contact that an agent asks (P3.11)."""

from datetime import datetime

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import cooling, looking
from mamoru.cases.actions.guards import number_of
from mamoru.cases.actions.installed import sources
from mamoru.cases.rules import looks, states, telling
from mamoru.cases.terms import Case, PersonalDetails, Stage, TellingWay, Told
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append


def telling_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the letter that tells the person at the registered address; the look is noted first.

    It names neither the agent nor what is asked for: whoever lives there now may open it.
    StageForbidden where no agent asks, nobody is confirmed, or no address is registered.
    """
    case = store.case(case_id)
    to = _contacts(case, now=now).get(TellingWay.ORDINARY_MAIL)
    to = to if to is not None and to.address else None
    if not may_tell(case) or to is None:
        raise states.StageForbidden(f"case `{case_id}` has nobody to be told by letter")
    made = answer.render_telling(answer.compose_telling(case, sources(), to, now))
    looking.note_opened(case_id, looks.TELLING_OPENED, to, by=by, now=now)
    return made


def record_told(
    case_id: CaseId, *, way: TellingWay, tracking_number: str = "", by: StaffId, now: datetime
) -> None:
    """Record that the person was told, how, and under which number where it was registered mail.

    StageForbidden where nobody has to be told, it was recorded already, or the person has no
    such contact. LetterUnopened unless the letter was opened for the address that counts now.
    TrackingUnfit for a number that does not go with the way.
    """
    with store.atomic():
        case = store.held(case_id)
        known = _contacts(case, now=now)
        if not may_tell(case) or way not in known:
            raise states.StageForbidden(f"case `{case_id}` has nobody to be told in this way")
        looking.expect_opened(case_id, looks.TELLING_OPENED, way, known[way])
        number = number_of(way, tracking_number)
        safely = execute.shield(case) is not None
        told = Told(way=way, tracking_number=number, at=now, by=by, safely=safely)
        store.save_told(case_id, told)
        store.change(case_id, version=case.version)
        append.entry(
            "case.person.told",
            subject=case_id,
            by=by,
            at=now,
            body={"way": way, "tracked": bool(number)},
        )
        if case.work_note.startswith(telling.PersonUntold.code):
            store.hasten_work(case_id)  # nothing of a protected person was touched until now


def may_tell(case: Case) -> bool:
    """Return whether the person can still be told: before the answer left, and not told yet."""
    open_still = case.stage in {Stage.VERIFIED, Stage.DECIDED}
    held = execute.shield(case)
    return open_still and telling.concerns(case, held) and not telling.told(case, held)


def telling_ways(case: Case, *, now: datetime) -> tuple[TellingWay, ...]:
    """Return the ways in which the person of a case can be told."""
    return tuple(_contacts(case, now=now))


def told_at(case: Case, *, now: datetime) -> dict[str, str]:
    """Return the registered contacts for staff who may read them: `address`, `email`."""
    return cooling.shown(_contacts(case, now=now))


def _contacts(case: Case, *, now: datetime) -> dict[TellingWay, PersonalDetails]:
    """Return the safe contacts of a protected person, else the registered, the earlier if changed."""
    return telling.contacts(cooling.proving(case, now=now), execute.shield(case))


def waits_for_telling(case: Case) -> bool:
    """Return whether the answer may not leave before the person was told."""
    return telling.outstanding(case, execute.shield(case))
