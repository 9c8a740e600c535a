"""A one-time code comes back: counted before it is looked at, and refused in one way (P3.10)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.rules import mailing, posting
from mamoru.cases.store import CodeWay
from mamoru.cases.terms import Case, MailedCode, PostedCode
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append

ENTRIES_AN_HOUR = 20
"""Codes of one way that a case takes in within an hour: more than all codes of an hour have tries.

Beyond it nothing is looked at, whether a code was sent or not: each one fills the ledger.
"""


class PostedCodeRefused(MamoruError):
    """No code that came by post is confirmed by this. Look at number and date of the letter."""

    code, exit_code = "posted-code-refused", 3


class MailedCodeRefused(MamoruError):
    """No code that came by mail is confirmed by this. Look at the mail, or ask for a new one."""

    code, exit_code = "mailed-code-refused", 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What is different between a code by post and one by mail."""

    way: CodeWay
    of: Callable[[Case], PostedCode | MailedCode | None]
    tries: int
    refused: type[MamoruError]


BY_POST = Kind("posted", lambda case: case.posted, posting.TRIES, PostedCodeRefused)
BY_MAIL = Kind("mailed", lambda case: case.mailed, mailing.TRIES, MailedCodeRefused)


def enter(kind: Kind, case_id: CaseId, typed: str, *, by: StaffId, now: datetime) -> None:
    """Take the code that the requester has; once taken it is a finding.

    Refused alike for a wrong code, one that is too old, one that was tried too often,
    and where none was sent: who is not confirmed is not told whether anybody is registered.
    INVARIANT: nor by the time of the answer. Whatever is refused has been counted, compared and
    entered in the ledger, whether there was a code or not.
    """
    refused = kind.refused("this is no code that can be confirmed")
    case = store.case(case_id)
    known = kind.of(case)
    if not posting.offered(case):
        raise refused
    if known is not None and known.entered_at is not None:
        return  # the second of two clicks
    hour = int(now.timestamp()) // 3600
    tries = store.commitment(case_id, f"{kind.way}-code", "tries")
    if store.count_attempt(tries, hour=hour) > ENTRIES_AN_HOUR:
        raise refused
    alive = known is not None and _taken(known, now=now)
    # Counted for good before it is looked at, so that no failure after it gives a try back.
    reserved = store.reserve_try(case_id, kind.way, allowed=kind.tries if alive else None)
    number = known.number if known is not None else 0
    fits = store.code_fits_way(case_id, kind.way, number, typed) and reserved
    with store.atomic():
        held = store.held(case_id)
        newest = kind.of(held)
        if newest is not None and newest.entered_at is not None:
            return
        fits = fits and newest is not None and newest.number == number and posting.offered(held)
        if fits and newest is not None:
            _save(case_id, newest, at=now)
            store.change(case_id, version=held.version)
        append.entry(
            f"case.{kind.way}-code.entered" if fits else f"case.{kind.way}-code.refused",
            subject=case_id,
            by=by,
            at=now,
            body={"number": number, "try": newest.tries if newest is not None else 0},
        )
    if not fits:
        raise refused


def _taken(known: PostedCode | MailedCode, *, now: datetime) -> bool:
    if isinstance(known, PostedCode):
        return posting.taken(known, now=now)
    return mailing.taken(known, now=now)


def _save(case_id: CaseId, known: PostedCode | MailedCode, *, at: datetime) -> None:
    if isinstance(known, PostedCode):
        store.save_posted(case_id, replace(known, entered_at=at))
    else:
        store.save_mailed(case_id, replace(known, entered_at=at))
