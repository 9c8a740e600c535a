"""A code by registered post to the address on file: what it proves, and for how long (P3.10).

It proves that whoever asks receives post where the person is registered, which an identity
document without an address cannot show. It says nothing of name or birth date (decision 23).
"""

from datetime import date, datetime, timedelta
from typing import Final

from mamoru.cases.rules.shielding import Shield
from mamoru.cases.terms import Case, DispatchKind, PersonalDetails, PostedCode, PostedState, Stage
from mamoru.identity import address
from mamoru.identity.terms import Verdict
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError

CODE_DIGITS: Final = 8  # 26 bits; 20 are asked of a code by post (NIST SP 800-63A-4)
TRIES: Final = 5
DAYS: Final = 21  # from the day of dispatch in Japan (NIST SP 800-63A-4)
WAYS: Final = (DispatchKind.SIMPLIFIED_REGISTERED_MAIL, DispatchKind.ADDRESSEE_ONLY_MAIL)


class PostingForbidden(MamoruError):
    """No code can be sent by post: nobody was found, or no one address is registered."""

    code, exit_code = "posting-forbidden", 3


def offered(case: Case) -> bool:
    """Return whether a requester of this case may type a code that came by post.

    INVARIANT: it does not depend on whether one was sent. Whether anybody is registered is not
    told before the requester is confirmed.
    """
    return case.stage in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED} and not case.filing.member_ref


def destination(case: Case, shield: Shield | None) -> PersonalDetails:
    """Return to whom and where the code goes: the one registered address, never a typed one.

    PostingForbidden for a protected person, whose registered address may be the abuser's too,
    where it is not asked for, or where the chosen records name none or two.
    """
    if not offered(case):
        raise PostingForbidden(f"case `{case.id}` needs no code by post")
    if shield is not None:
        raise PostingForbidden(f"nothing goes to the registered address of case `{case.id}`")
    records = case.identity.records if case.identity else ()
    known = [each.registered for each in records if each.registered.full_address]
    if not known:
        raise PostingForbidden(f"case `{case.id}` has no registered address")
    first = known[0]
    for other in known[1:]:
        if address.compare(first.full_address, other.full_address).verdict is not Verdict.MATCH:
            raise PostingForbidden(f"the records of case `{case.id}` name two addresses")
    return first


def until(posted: PostedCode) -> date | None:
    """Return the last day in Japan on which the code is taken; None before it was sent."""
    if posted.sent_at is None:
        return None
    return clock.date_in_japan(posted.sent_at) + timedelta(days=DAYS)


def state(posted: PostedCode, *, now: datetime) -> PostedState:
    """Return how far a code has come."""
    if posted.entered_at is not None:
        return PostedState.ENTERED
    if posted.tries >= TRIES:
        return PostedState.SPENT
    last = until(posted)
    if last is None:
        return PostedState.MADE
    return PostedState.EXPIRED if clock.date_in_japan(now) > last else PostedState.SENT


def taken(posted: PostedCode | None, *, now: datetime) -> bool:
    """Return whether a code may be tried now: sent, in time, and not tried too often."""
    return posted is not None and state(posted, now=now) is PostedState.SENT


def proves(case: Case) -> bool:
    """Return whether a code came back that went to where the chosen records are registered now.

    INVARIANT: a code that went to one person's address proves nothing of another's records.
    """
    posted, identity = case.posted, case.identity
    if posted is None or posted.entered_at is None or identity is None:
        return False
    if posted.subjects != identity.subjects:
        return False
    return all(
        each.registered.full_address in {"", posted.address}
        or address.compare(each.registered.full_address, posted.address).verdict is Verdict.MATCH
        for each in identity.records
    )
