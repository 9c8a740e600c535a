"""目的外利用の禁止 (P1.5, P2.1, P2.13, P3.6, P3.7): may this purpose see this category, for this person?

Deny by default: the questions below are asked in order, and only who passes all
of them is let through. Nothing overrides a refusal.
"""

from mamoru.gate.terms import EVERYBODY, INTERNAL, Code, Compiled, Form, Standing, Verdict

_ON_LAW = "law"
_CONSENT = "consent"


def decide(  # noqa: PLR0911 - one return an answer, in the order in which they are asked
    compiled: Compiled, *, purpose: str, category: str, recipient: str, standing: Standing | None
) -> Verdict:
    """Return whether `recipient` may have `category` of a person for `purpose`, and why.

    `standing` None means that nobody could tell how the person stands: refused.
    The reason never says which word of the person closes the gate.
    """
    terms = compiled.purposes.get(purpose)
    if terms is None:
        return Verdict(
            allowed=False,
            code=Code.UNKNOWN_PURPOSE,
            reason=f"`{purpose}` is not a purpose of the policy",
            clause="",
            remedy="name one of its purposes, or publish a policy that states it",
        )
    asked = f"purpose `{purpose}` for `{recipient}`"
    grant = compiled.grants.get((purpose, category, recipient))
    if grant is None:
        return Verdict(
            allowed=False,
            code=Code.NOT_GRANTED,
            reason=f"the policy does not grant category `{category}` to {asked}",
            clause=terms.clause,
            remedy="ask each person's consent, or review and publish a change of the policy",
        )
    if grant.form == Form.SUPPRESSED:
        return Verdict(
            allowed=False,
            code=Code.SUPPRESSED,
            reason=f"the policy suppresses category `{category}` for {asked}",
            clause=grant.clause,
            remedy="do without it, or review and publish a change of the policy",
        )
    if standing is None:
        return Verdict(
            allowed=False,
            code=Code.STANDING_UNKNOWN,
            reason=f"how the person stands towards {asked} is not known",
            clause=grant.clause,
            remedy="repeat when the record of consents and stops can be read",
        )
    if terms.basis != _ON_LAW and _closed(standing, purpose, recipient):
        return Verdict(
            allowed=False,
            code=Code.STANDING_CLOSED,
            reason=f"the person's standing does not allow {asked}",
            clause=grant.clause,
            remedy="leave the person out; only a purpose that rests on a law goes on",
        )
    by_name = recipient in compiled.by_name
    asked_for = by_name or _CONSENT in {terms.needs, terms.basis}
    if asked_for and not _consented(standing, purpose, recipient, by_name=by_name):
        return Verdict(
            allowed=False,
            code=Code.CONSENT_MISSING,
            reason=f"{asked} needs a consent that is not on record",
            clause=grant.clause,
            remedy="ask the person's consent, naming purpose and recipient",
        )
    return Verdict(
        allowed=True,
        code=Code.GRANTED,
        reason=f"the policy grants category `{category}` to {asked}",
        clause=grant.clause,
        form=Form(grant.form),
    )


def _closed(standing: Standing, purpose: str, recipient: str) -> bool:
    stopped = recipient in standing.stopped or (
        recipient != INTERNAL and EVERYBODY in standing.stopped
    )
    # Who refuses PU01 refuses PU01.a with it; who refuses PU01.a does not refuse PU01.
    refused = purpose in standing.refusals or purpose.partition(".")[0] in standing.refusals
    return standing.tombstone or standing.suspended or stopped or refused


def _consented(standing: Standing, purpose: str, recipient: str, *, by_name: bool) -> bool:
    # INVARIANT: a consent names its purpose; one for PU01 says nothing about PU01.a.
    enough = {(purpose, recipient)} if by_name else {(purpose, recipient), (purpose, EVERYBODY)}
    return bool(enough & standing.consents)
