"""A code to the registered mail address: asked for by whoever asks, sent by the worker (P3.10)."""

from dataclasses import replace
from datetime import datetime, timedelta

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import codes, cooling
from mamoru.cases.actions.installed import mailer, sources
from mamoru.cases.rules import mailing, posting, states
from mamoru.cases.terms import Case, MailedCode, MailedState, MailResult, TellingWay
from mamoru.documents import mails
from mamoru.kit import ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, StaffId
from mamoru.kit.mail import Mail, Mailer, MailRefused, MailUncertain, MailUnreachable
from mamoru.ledger import append


class TooManyMails(MamoruError):
    """So many codes by mail were asked for within the hour as are allowed. Wait an hour."""

    code, exit_code = "too-many-mails", 3


class NoMailServer(MamoruError):
    """The company sends no mail: `mamoru.toml` names no server. Use a letter."""

    code, exit_code = "no-mail-server", 3


def takes_mailed_code(case: Case) -> bool:
    """Return whether the case's own page offers a code by mail, whoever is registered."""
    return mailer() is not None and posting.offered(case)


def ask_mailed_code(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Note that the requester wants a code at the registered mail address; the worker sends it.

    INVARIANT: it does the same, and takes as long, whether or not anybody is registered.
    TooManyMails beyond three an hour, NoMailServer or StageForbidden where none is offered.
    """
    if mailer() is None:
        raise NoMailServer("no mail server is named")
    if not posting.offered(store.case(case_id)):
        raise states.StageForbidden(f"case `{case_id}` takes no code by mail")
    if _too_many("mail-ask", case_id, now=now):
        raise TooManyMails("too many codes by mail were asked for within the hour")
    with store.atomic():
        store.ask_mail(case_id, at=now)
        append.entry("case.mailed-code.asked", subject=case_id, by=by, at=now, body={})


def enter_mailed_code(case_id: CaseId, typed: str, *, by: StaffId, now: datetime) -> None:
    """Take the code that the requester has from the mail; MailedCodeRefused as by post."""
    codes.enter(codes.BY_MAIL, case_id, typed, by=by, now=now)


def send_mailed_codes(*, now: datetime) -> int:
    """Send each code that is asked for; return how many mails were handed over."""
    post = mailer()
    if post is None:
        return 0
    return sum(_send(case_id, post, now=now) for case_id in store.asked_mails())


def _send(case_id: CaseId, post: Mailer, *, now: datetime) -> bool:
    """Send one. What was asked for is taken up for good before anything leaves (decision 28).

    INVARIANT: no entry, no mail; and no mail twice. A process that dies on the way leaves a code
    of which nobody knows whether it came: it is not sent again unless the requester asks.
    """
    code = ids.digits(posting.CODE_DIGITS)
    with store.atomic():
        asked_at = store.take_mail(case_id)
        if asked_at is None:
            return False
        case = store.held(case_id)
        to = mailing.destination(cooling.proving(case, now=now), execute.shield(case))
        if (
            not to
            or now - asked_at > timedelta(minutes=mailing.MINUTES)
            or _too_many("mail-to", to.casefold(), now=now)
        ):
            append.entry("case.mailed-code.not-sent", subject=case_id, by=SYSTEM, at=now, body={})
            return False
        made = MailedCode(
            number=case.mailed.number + 1 if case.mailed else 1,
            made_at=now,
            subjects=case.identity.subjects if case.identity else (),
            email=to,
        )
        store.save_mailed(case_id, made, code=code)
        append.entry(
            "case.mailed-code.sending",
            subject=case_id,
            by=SYSTEM,
            at=now,
            body={
                "number": made.number,
                "destination": store.commitment(case_id, "mailed-address", to),
            },
        )
    try:
        post.send(_mail(case, to, code))
    except MailUncertain:
        return False
    except (MailRefused, MailUnreachable) as problem:
        _note(case_id, made, MailResult.FAILED, reason=problem.code, now=now)
        return False
    _note(case_id, made, MailResult.SENT, reason="", now=now)
    return True


def _mail(case: Case, to: str, code: str) -> Mail:
    origin, language = sources(), case.filing.language
    subject, text = mails.code(
        language=language,
        sender=answer.sender(origin, language),
        code=code,
        page=f"{origin.public_url.rstrip('/')}{answer.STATUS_PAGE}",
        minutes=mailing.MINUTES,
    )
    return Mail(to=to, subject=subject, text=text)


def _note(
    case_id: CaseId, made: MailedCode, result: MailResult, *, reason: str, now: datetime
) -> None:
    """Keep how it ended, if no newer code was made meanwhile; one may be entered already."""
    with store.atomic():
        newest = store.held(case_id).mailed
        if newest is None or newest.number != made.number:
            return
        store.save_mailed(case_id, replace(newest, result=result))
        append.entry(
            f"case.mailed-code.{result}",
            subject=case_id,
            by=SYSTEM,
            at=now,
            body={"number": made.number, **({"reason": reason} if reason else {})},
        )


def _too_many(what: str, whom: str, *, now: datetime) -> bool:
    digest = store.commitment(CaseId("limiter"), what, whom)
    counted = store.count_attempt(digest, hour=int(now.timestamp()) // 3600)
    return counted > mailing.ASKS_AN_HOUR


def mailed_state(case: Case, *, now: datetime) -> MailedState | None:
    """Return how far the newest code by mail has come; None where none was made."""
    return None if case.mailed is None else mailing.state(case.mailed, now=now)


def reads_registered_mail(case: Case, *, now: datetime) -> bool:
    """Return whether a code came back from the mail address that counts now: a finding, no proof."""
    return mailing.proves(cooling.proving(case, now=now))


def mails_change(case: Case, *, now: datetime) -> bool:
    """Return whether the earlier contact can be told of a change by mail, from here."""
    ways = cooling.change_contacts(case, now=now)
    owed = cooling.may_tell_of_change(case, now=now)
    return mailer() is not None and owed and TellingWay.ELECTRONIC_MAIL in ways


def mail_change_notice(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Send the notice of a changed contact to the earlier mail address, and record it as told.

    MailRefused, MailUnreachable, or MailUncertain: then it is not recorded, and may be sent
    again, for it holds no secret.
    """
    post, case = mailer(), store.case(case_id)
    if post is None:
        raise NoMailServer("no mail server is named")
    if not mails_change(case, now=now):
        raise states.StageForbidden(f"case `{case_id}` has nobody to be told by mail")
    to = cooling.change_contacts(case, now=now)[TellingWay.ELECTRONIC_MAIL]
    subject, text = mails.notice(cooling.notice(case, to, now=now))
    with store.atomic():
        append.entry("case.change-notice.mailing", subject=case_id, by=by, at=now, body={})
    post.send(Mail(to=to.email, subject=subject, text=text))
    cooling.record_change_told(case_id, way=TellingWay.ELECTRONIC_MAIL, by=by, now=now)


MAILED_TRIES = mailing.TRIES
MAILED_MINUTES = mailing.MINUTES
MAILS_AN_HOUR = mailing.ASKS_AN_HOUR
