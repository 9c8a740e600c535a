"""A case begins, and may end by its requester's wish (P3.8, P3.21)."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, replace
from datetime import date, datetime

from mamoru.cases import execute, store
from mamoru.cases.actions.installed import practice
from mamoru.cases.actions.proving import ask
from mamoru.cases.rules import deadline, refusal, states
from mamoru.cases.store import effects
from mamoru.cases.terms import (
    Case,
    Channel,
    Filing,
    Stage,
    Target,
)
from mamoru.consents import store as standings
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, StaffId
from mamoru.ledger import append

CODE_DIGITS = 12


_CODES_AN_HOUR = 1000


class CodeRefused(MamoruError):
    """Number and code do not open a case. After five failures it stays shut for the hour."""

    code, exit_code = "code-refused", 3


class TooManyFilings(MamoruError):
    """Too many forms came from one place within the hour. Try again later."""

    code, retry, exit_code = "too-many-filings", True, 3


class KeyReused(MamoruError):
    """This form's one-time key has filed something else already. Open the form afresh."""

    code, exit_code = "one-time-key-reused", 3


class FormDefective(MamoruError):
    """The demands of a member page are incomplete."""

    code, exit_code = "form-defective", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a requester takes away: number, code, and by when they hear."""

    case_id: CaseId
    code: str
    acknowledge_on: str
    due_on: str


def file_case(filing: Filing, *, by: StaffId, now: datetime) -> Receipt:
    """Take a form in (P3.21): a number, a code, a due date. The same one-time key gives the same.

    A form with gaps is taken too; it leads to a request for supplement, not to
    refusal (P3.12).
    """
    one_time_key = filing.one_time_key or ids.token()
    filing = replace(filing, one_time_key=one_time_key)
    code = code_of(one_time_key)
    received_on = clock.date_in_japan(now)
    due = deadline.due_on(received_on, days=practice().decide_days)
    _expect_known_items(filing)
    with store.atomic():
        known = store.case_of_key(one_time_key)
        if known is not None:
            return known_receipt(known, filing, code)
        defects = refusal.form_defects(filing)
        case_id = store.next_case_id(received_on.year)
        case = store.add_case(case_id, filing, received_at=now, due_on=due, code=code)
        append.entry(
            "case.filed",
            subject=case_id,
            by=by,
            at=now,
            body={
                "role": filing.role,
                "channel": filing.channel,
                "demands": len(filing.demands),
                "kinds": [demand.kind for demand in filing.demands],
                "policy": f"v{filing.policy_version}",
                "purposes": list(filing.purpose_codes),
                "filing": store.commitment(case_id, "filing", repr(filing)),
                "due": due.isoformat(),
            },
        )
        if defects:
            ask(case, tuple(gap.code for gap in defects), "", by=SYSTEM, now=now)
    return receipt_of(case, code)


def open_status(case_id: CaseId, code: str, *, place: str, now: datetime) -> Case:
    """Return the case that number and code open; CodeRefused says the same for every failure.

    After too many wrong codes from one `place` within the hour nothing opens it from there, not
    even the right one. Numbers follow one another, so that anybody can name a stranger's case:
    whoever does shuts it for the own network only. From everywhere together a case bears
    `_CODES_AN_HOUR` wrong codes of twelve digits: a year of them finds one in 100,000.
    """
    hour = int(now.timestamp()) // 3600
    limits = (
        (store.commitment(case_id, "code", f"tries from {place}"), practice().code_attempts),
        (store.commitment(case_id, "code", "tries"), _CODES_AN_HOUR),
    )
    if any(store.attempts(tries, hour=hour) >= allowed for tries, allowed in limits):
        raise CodeRefused("number and code do not open a case")
    if not store.code_fits(case_id, code):
        for tries, _ in limits:
            store.count_attempt(tries, hour=hour)
        raise CodeRefused("number and code do not open a case")
    return store.case(case_id)


def withdraw_case(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """End a case because its requester wants it; a new one may be filed at any time.

    What is done has to be answered (Act 34(3)): a case of which a part is done is not ended.
    """
    case = store.case(case_id)
    if _begun(case):
        raise states.StageForbidden("a part of it is carried out: the answer follows")
    stage = states.advance(case.stage, Stage.WITHDRAWN)
    with store.atomic():
        store.change(case_id, version=case.version, stage=stage, closed_at=now)
        append.entry("case.withdrawn", subject=case_id, by=by, at=now, body={})


def admit(key: str, *, allowed: int, now: datetime) -> None:
    """Count a form from one place; TooManyFilings beyond `allowed` in an hour.

    `key` is a network address block; only its keyed digest is kept.
    """
    if store.count_attempt(_counted_as(key), hour=_hour(now)) > allowed:
        raise TooManyFilings("too many forms from this place within the hour")


def readmit(key: str, *, now: datetime) -> None:
    """Give back what `admit` counted: a try that was right is none of a stranger's."""
    store.give_attempt_back(_counted_as(key), hour=_hour(now))


def _counted_as(key: str) -> str:
    return store.commitment(CaseId("limiter"), "place", key)


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // 3600


def place_of(address: str) -> str:
    """Return the block that an address lies in: /24 of IPv4, /56 of IPv6 (one household or office)."""
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    # A double-stack socket writes IPv4 as IPv6: else all of IPv4 would be one block.
    host = getattr(host, "ipv4_mapped", None) or host
    prefix = {4: 24, 6: 56}[host.version]
    return str(ipaddress.ip_network(f"{host}/{prefix}", strict=False))


def acknowledge_on(case: Case) -> date:
    """Return the day by which the requester hears for the first time."""
    received_on = clock.date_in_japan(case.received_at)
    return deadline.acknowledge_on(received_on, open_days=practice().acknowledge_open_days)


def possible(case: Case, to: Stage) -> bool:
    """Return whether the law lets a case go to a stage from where it is."""
    return to in states.EXITS[case.stage] and not (to is Stage.WITHDRAWN and _begun(case))


def _begun(case: Case) -> bool:
    """Whether anything was done: sealed, begun in a store, or put in force for the person."""
    return (
        any(store.executed(demand.id) for demand in case.demands)
        or effects.begun(case.id)
        or any(standings.recorded(demand.id) for demand in case.demands)
    )


def code_of(one_time_key: str) -> str:
    """Return the 照会コード of a form: unguessable, and the same when the form comes twice."""
    secret = store.master().derive("status-code")
    number = int.from_bytes(hmac.digest(secret, one_time_key.encode(), hashlib.sha256))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def known_receipt(case_id: CaseId, filing: Filing, code: str) -> Receipt:
    """Return the receipt of the very same form; number and code of another's are not given out."""
    case = store.case(case_id)
    if case.filing != filing:
        raise KeyReused("the one-time key belongs to another form")
    return receipt_of(case, code)


def receipt_of(case: Case, code: str) -> Receipt:
    """Return what the requester takes away."""
    return Receipt(
        case_id=case.id,
        code=code,
        acknowledge_on=acknowledge_on(case).isoformat(),
        due_on=case.due_on.isoformat(),
    )


def _expect_known_items(filing: Filing) -> None:
    """Take only items that the policy knows: an unknown one would be answered "nothing is held".

    A program that files names every content too; a person on paper may be asked for it.
    """
    known = {Target.ALL, *(each.id for each in execute.hands().policy.categories)}
    asked = [item for demand in filing.demands for item in demand.items if item not in known]
    if asked and (filing.channel is not Channel.POST or not all(map(execute.is_ref, asked))):
        raise FormDefective("`items` names something that is neither `all` nor a category")
    gaps = refusal.form_defects(filing)
    if filing.channel is Channel.API and gaps:
        raise FormDefective(f"the form has gaps: {', '.join(gap.code for gap in gaps)}")
