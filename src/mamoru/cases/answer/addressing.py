"""From whom a letter comes and where it may go: to an address that is proved (P3.10, P3.24)."""

import re
from dataclasses import replace

from mamoru.cases.answer.sources import Sources
from mamoru.cases.rules import posting, shielding
from mamoru.cases.rules.shielding import Shield
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    Outcome,
    PersonalDetails,
    ProofOf,
    Role,
)
from mamoru.documents.terms import (
    Addressee,
    Sender,
)
from mamoru.identity import address
from mamoru.identity.terms import Verdict
from mamoru.kit.errors import MamoruError
from mamoru.kit.text import digits_only, fold

_REFUSED = Outcome.REFUSED
_LIKENESS = (Verdict.MATCH, Verdict.PARTIAL, Verdict.CANNOT_TELL, Verdict.MISMATCH)
_HYPHEN = re.compile(r"\A〒?\s*(\d{3})-?(\d{4})\Z")


class AddressUnverified(MamoruError):
    """There is no verified address to send the answer to. Look at the papers again."""

    code, exit_code = "address-unverified", 3


def sender(sources: Sources, language: str) -> Sender:
    """Return the company as the policy names it."""
    policy = sources.policy
    company, desk = policy.company, policy.requests.desk
    who = company.representative
    representative = f"{who.title.in_(language)} {who.name.in_(language)}" if who else ""
    return Sender(
        name=company.name.in_(language),
        representative=representative,
        postal_code=company.postal_code or "",
        address=company.address.in_(language) if company.address else "",
        desk=desk.title.in_(language) if desk else "",
        contact=_contact(desk.form, desk.mail, sources.public_url, language) if desk else "",
    )


def _contact(form: str, mail: str | None, public_url: str, language: str) -> str:
    """Return where to write, as it must stand on paper: a whole address, and the mail if any."""
    page = f"{public_url.rstrip('/')}{form}" if form.startswith("/") else form
    return f"{page}、{mail}" if mail and language == "ja" else f"{page}, {mail}" if mail else page


def addressee(case: Case, shield: Shield | None = None) -> Addressee:
    """Return where the answer may go: the address that a paper proved, nobody's typed one.

    An agent gets it where a paper of the agent shows the address; else it goes
    to the person. A member who signed in reads it on the member page. Who was not confirmed
    is refused at the address of the form, and hears nothing but what the form said
    (INVARIANT: then nothing of anybody is in the letter). A protected person is written to at
    the safe contact; SafeContactMissing where there is none.
    """
    safe = safe_contact(case, shield)
    if safe is not None:
        return safe
    if case.verified_by is None:
        if any(each.decision and each.decision.outcome is not _REFUSED for each in case.demands):
            raise AddressUnverified(f"case `{case.id}` has nobody confirmed to answer to")
        return as_given(case)
    if case.filing.role is not Role.PERSON:
        agent = _proven(case, ProofOf.AGENT)
        if agent is not None:
            return addressee_of(agent, on_behalf_of=named_person(case).name)
    if shield is not None:
        # An agent whose papers show no address: the person gets it, at the safe contact.
        return _unseen(case, shield)
    person = _proven(case, ProofOf.PERSON) or _registered(case)
    if person is None:
        raise AddressUnverified(f"case `{case.id}` has no address that a paper proves")
    return addressee_of(person)


def safe_contact(case: Case, shield: Shield | None) -> Addressee | None:
    """Return where a protected person who asks without an agent is written to; None for others."""
    if shield is None or case.filing.role is not Role.PERSON:
        return None
    return _unseen(case, shield)


def _unseen(case: Case, shield: Shield) -> Addressee:
    """Return the safe contact, or in what is fetched from a page the form's own words."""
    if case.filing.answer_method is AnswerMethod.ELECTRONIC:
        return as_given(case)
    return addressee_of(shielding.destination(case, shield))


def _registered(case: Case) -> PersonalDetails | None:
    """Return the registered details where a login, or a code by post, proves that they are theirs."""
    if case.identity is None:
        return None
    if case.filing.member_ref:
        return case.identity.registered
    details = (each.registered for each in case.identity.records)
    return next((each for each in details if each.address), None) if posting.proves(case) else None


def _proven(case: Case, of: ProofOf) -> PersonalDetails | None:
    """Return the details of the paper whose address the form gives too: a mover's old licence
    shows where the person no longer lives."""
    form = case.filing.person if of is ProofOf.PERSON else case.filing.agent
    shown = [
        proof.finding.details
        for proof in case.proofs
        if proof.of is of and proof.finding and proof.finding.genuine
        if proof.finding.details.address
    ]
    stated = form.full_address if form else ""
    shown.sort(key=lambda each: _LIKENESS.index(address.compare(each.full_address, stated).verdict))
    if not shown or form is None or shown[0].postal_code:
        return shown[0] if shown else None
    return replace(shown[0], postal_code=_postal_code(shown[0], form))


def _postal_code(shown: PersonalDetails, form: PersonalDetails) -> str:
    """Return the postal code for an address on a paper, since few papers show one.

    The form's, where it gives the very same address and the town has that code; else the town's
    own where it has but one. A code that nobody can vouch for is left out.
    """
    codes = address.postal_codes(shown.full_address)
    typed = digits_only(form.postal_code)
    same = address.compare(shown.full_address, form.full_address).verdict is Verdict.MATCH
    if same and typed and (not codes or typed in codes):
        return typed
    return next(iter(codes)) if len(codes) == 1 else ""


def as_given(case: Case) -> Addressee:
    """Return where whoever asks said to be: the agent if there is one. Nothing proves it."""
    details = case.filing.agent or case.filing.person
    behalf = case.filing.person.name if case.filing.agent else ""
    return addressee_of(details, on_behalf_of=behalf)


def addressee_of(details: PersonalDetails, *, on_behalf_of: str = "") -> Addressee:
    """Return details as the head of a letter shows them."""
    lines = tuple(line for line in (details.address, details.building) if line)
    return Addressee(
        postal_code=_HYPHEN.sub(r"\1-\2", fold(details.postal_code)),
        address_lines=lines,
        name=details.name,
        on_behalf_of=on_behalf_of,
    )


def named_person(case: Case) -> PersonalDetails:
    """Return the person as registered where a login proves it, else as the form has it."""
    if case.filing.member_ref and case.identity:
        return case.identity.registered
    return case.filing.person
