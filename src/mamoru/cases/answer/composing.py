"""The letters of a case: the answer (P3.24), and those that ask, carry a code or tell."""

from dataclasses import replace
from datetime import date, datetime

from mamoru.cases.answer import addressing, demands
from mamoru.cases.answer.sources import Sources
from mamoru.cases.rules import papers, posting, shielding
from mamoru.cases.rules.shielding import Shield
from mamoru.cases.terms import (
    Case,
    PersonalDetails,
    Supplement,
)
from mamoru.documents.terms import (
    AgentNotice,
    Answer,
    CodeLetter,
    SupplementRequest,
)
from mamoru.kit import clock

STATUS_PAGE = "/requests/status/"
"""Where number and code open a case; a test holds that it is the page's own address."""


def compose(
    case: Case, sources: Sources, *, dated_on: date, shield: Shield | None = None
) -> Answer:
    """Return the answer to a decided case; nothing in it comes from anywhere but the receipts.

    INVARIANT: of a protected person it holds no value that may tell where the person is, however
    the receipts came to hold one; and no word in it depends on whether there is a shield.
    """
    if shielding.hides(case, shield):
        hidden = shielding.hidden_columns(sources.policy, sources.datamap)
        sources = replace(sources, hidden=hidden)
    fee = sources.policy.requests.fee
    return Answer(
        free=fee is None or not fee.yen,
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=dated_on,
        language=case.filing.language,
        sender=addressing.sender(sources, case.filing.language),
        addressee=addressing.addressee(case, shield),
        may_withhold=shielding.may_withhold(case),
        person_name=addressing.named_person(case).name,
        agent_name=case.filing.agent.name if case.filing.agent else "",
        demands=tuple(
            demands.demand(case, sources, each, each.decision)
            for each in case.demands
            if each.decision
        ),
    )


def compose_supplement(
    case: Case, sources: Sources, asked: Supplement, shield: Shield | None = None
) -> SupplementRequest:
    """Return the request for what is missing; it never shows what is registered."""
    return SupplementRequest(
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=clock.date_in_japan(asked.asked_at),
        language=case.filing.language,
        sender=addressing.sender(sources, case.filing.language),
        addressee=addressing.safe_contact(case, shield) or addressing.as_given(case),
        person_name=case.filing.person.name,
        defects=asked.defects,
        issued_within=papers.issued_within(papers.of(sources.policy)),
        not_covered=demands.not_covered(case, sources, at=asked.asked_at),
        message=asked.message,
        due_on=asked.due_on,
    )


def compose_posted_code(
    case: Case, sources: Sources, to: PersonalDetails, code: str, made_at: datetime
) -> CodeLetter:
    """Return the letter that takes a one-time code to the registered address.

    It names no demand and nobody but its addressee: whoever asked may be a stranger.
    """
    return CodeLetter(
        reference=case.id,
        dated_on=clock.date_in_japan(made_at),
        language=case.filing.language,
        sender=addressing.sender(sources, case.filing.language),
        addressee=addressing.addressee_of(to),
        code=code,
        page=f"{sources.public_url.rstrip('/')}{STATUS_PAGE}",
        days=posting.DAYS,
        tries=posting.TRIES,
    )


def compose_telling(
    case: Case, sources: Sources, to: PersonalDetails, made_at: datetime
) -> AgentNotice:
    """Return the letter that tells the person of an agent's request, at the registered address."""
    return AgentNotice(
        reference=case.id,
        received_on=clock.date_in_japan(case.received_at),
        dated_on=clock.date_in_japan(made_at),
        language=case.filing.language,
        sender=addressing.sender(sources, case.filing.language),
        addressee=addressing.addressee_of(to),
    )
