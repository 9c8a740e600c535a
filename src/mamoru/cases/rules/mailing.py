"""A code to the registered mail address: what it proves, and for how long (decision 28).

It proves that whoever asks reads the registered mail, and nothing else: an account is taken
over without anybody leaving home. It is seen beside the papers and stands for none of them.
"""

from datetime import datetime, timedelta
from typing import Final

from mamoru.cases.rules import posting
from mamoru.cases.rules.shielding import Shield
from mamoru.cases.terms import Case, MailedCode, MailedState, MailResult
from mamoru.identity import recent
from mamoru.identity.recent import Contact

MINUTES: Final = 15
TRIES: Final = 5
ASKS_AN_HOUR: Final = 3


def destination(case: Case, shield: Shield | None) -> str:
    """Return the one mail address that the chosen records name, never a typed one; else nothing.

    Nothing for a protected person, whose registered mail the abuser may read too.
    """
    if not posting.offered(case) or shield is not None:
        return ""
    records = case.identity.records if case.identity else ()
    known = [each.registered.email for each in records if each.registered.email]
    first = known[0] if known else ""
    return first if all(recent.same(Contact.EMAIL, first, each) for each in known) else ""


def until(mailed: MailedCode) -> datetime:
    """Return the moment after which the code is not taken."""
    return mailed.made_at + timedelta(minutes=MINUTES)


def state(mailed: MailedCode, *, now: datetime) -> MailedState:
    """Return how far a code has come. One of which nobody knows whether it left may have come."""
    if mailed.entered_at is not None:
        return MailedState.ENTERED
    if mailed.result is MailResult.FAILED:
        return MailedState.FAILED
    if mailed.tries >= TRIES:
        return MailedState.SPENT
    if now > until(mailed):
        return MailedState.EXPIRED
    return MailedState.SENT if mailed.result is MailResult.SENT else MailedState.UNCERTAIN


def taken(mailed: MailedCode, *, now: datetime) -> bool:
    """Return whether a code may be tried now: it may have come, is in time, and has tries left."""
    return state(mailed, now=now) in {MailedState.SENT, MailedState.UNCERTAIN}


def proves(case: Case) -> bool:
    """Return whether a code came back from the address that the chosen records name now."""
    mailed, identity = case.mailed, case.identity
    if mailed is None or mailed.entered_at is None or identity is None:
        return False
    records = [each.registered.email for each in identity.records if each.registered.email]
    same = all(recent.same(Contact.EMAIL, mailed.email, each) for each in records)
    return mailed.subjects == identity.subjects and bool(records) and same
