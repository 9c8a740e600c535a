"""From the policy's words to the table that the gate decides by (P1.5, P2.1 to P2.13, P3.25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mamoru.policy.document import Policy
from mamoru.policy.parts import (
    ANSWERING,
    REQUEST_PAPER,
    Category,
    Clause,
    Purpose,
    Recipient,
)
from mamoru.policy.terms import Choice, Form, ProvisionBasis, PurposeBasis, RecipientKind

Triple = tuple[str, str, str]
"""Purpose, category, recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One thing that is allowed: who sees which data for what, in which form, by which clause."""

    purpose: str
    category: str
    recipient: str
    form: Form
    clause: str
    minimum: int | None = None  # of people in a group, where the form is `aggregate`


REQUESTS_BY_LAW = "APPI-33"
"""Answering a demand (Act 32 to 35) is handling that a law asks for (18(3)(i)).

It is no purpose of use that a company states, so `policy.yaml` cannot name it. A person's
suspension or refusal does not close it: who has stopped all use may still ask what is held.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatutoryPurpose:
    """A purpose that rests on law and not on the company's word."""

    id: str
    clause: str
    basis: PurposeBasis = PurposeBasis.LAW
    needs: Choice = Choice.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPolicy:
    """A policy as look-up tables. INVARIANT: a triple that is not in `grants` is refused."""

    digest: str
    version: str
    purposes: Mapping[str, Purpose | StatutoryPurpose]
    categories: Mapping[str, Category]
    recipients: Mapping[str, Recipient]
    clauses: Mapping[str, Clause]
    grants: Mapping[Triple, Grant]
    by_name: frozenset[str]  # recipients that receive only by a consent that names them

    def clause_of(self, purpose: str) -> str:
        """Return the id of the clause on which a purpose stands; KeyError if there is none."""
        return self.purposes[purpose].clause

    def grant(self, purpose: str, category: str, recipient: str) -> Grant | None:
        """Return what is allowed, or None: nothing is. A part inherits nothing from its whole."""
        return self.grants.get((purpose, category, recipient))


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Return the tables of a policy; the same policy gives equal tables with the same digest.

    Added here and not writable in the file: papers of requests are open to `PU08`, inside the
    company, and to nothing else (P3.25). A grant of form `suppressed` is no grant.
    """
    purposes: dict[str, Purpose | StatutoryPurpose] = {each.id: each for each in policy.purposes}
    grants: dict[Triple, Grant] = {}
    for written in policy.grants:
        for category in written.categories:
            for recipient in written.recipients:
                if written.form is Form.SUPPRESSED or category == REQUEST_PAPER:
                    continue
                grants[written.purpose, category, recipient] = Grant(
                    purpose=written.purpose,
                    category=category,
                    recipient=recipient,
                    form=written.form,
                    clause=written.clause or purposes[written.purpose].clause,
                    minimum=written.minimum,
                )
    inside = [one.id for one in policy.recipients if one.kind is RecipientKind.INTERNAL]
    by_law = StatutoryPurpose(id=REQUESTS_BY_LAW, clause=policy.requests.target)
    purposes[REQUESTS_BY_LAW] = by_law
    for part in (one for one in policy.categories if one.id != REQUEST_PAPER):
        for recipient in inside:
            grants[REQUESTS_BY_LAW, part.id, recipient] = Grant(
                purpose=REQUESTS_BY_LAW,
                category=part.id,
                recipient=recipient,
                form=Form.CLEAR,
                clause=by_law.clause,
            )
    if ANSWERING in purposes:
        for recipient in inside:
            grants[ANSWERING, REQUEST_PAPER, recipient] = Grant(
                purpose=ANSWERING,
                category=REQUEST_PAPER,
                recipient=recipient,
                form=Form.CLEAR,
                clause=policy.requests.purposes_clause,
            )
    return CompiledPolicy(
        digest=policy.digest,
        version=policy.version,
        purposes=MappingProxyType(purposes),
        categories=MappingProxyType({part.id: part for part in policy.categories}),
        recipients=MappingProxyType({part.id: part for part in policy.recipients}),
        clauses=MappingProxyType({part.id: part for part in policy.clauses}),
        grants=MappingProxyType(grants),
        by_name=frozenset(
            part.id for part in policy.recipients if part.basis is ProvisionBasis.CONSENT
        ),
    )
