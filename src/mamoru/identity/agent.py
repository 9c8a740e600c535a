"""代理権: may this agent ask for that person? (P3.11; Order 13) Values in, findings out.

Papers by role, in a table that a lawyer can read; every point that fails is named.
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from mamoru.identity import address, birth, name, reasons
from mamoru.identity.terms import NameParts, Verdict

DEFAULT_MONTHS: Final = 3
AGE_OF_MAJORITY: Final = 18  # Civil Code 4, since 2022-04-01


class Role(StrEnum):
    """Who asks; the codes are those of `cases.terms.Role`."""

    PERSON = "person"
    PARENT = "parent"
    GUARDIAN = "guardian"
    ENTRUSTED_AGENT = "entrusted-agent"
    LAWYER = "lawyer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One thing to be proved: any one of `one_of`, or any two different kinds of `two_of`."""

    missing: str  # the reason code when it is not proved
    of: str  # `person`, `agent` or `authority`
    one_of: frozenset[str]
    two_of: frozenset[str] = frozenset()

    def is_met_by(self, kinds: Iterable[str]) -> bool:
        """Whether these kinds of paper are enough."""
        there = frozenset(kinds)
        return bool(there & self.one_of) or len(there & self.two_of) > 1


# With a photograph one paper is enough; without, two (appi-reference 6.4).
_PHOTO: Final = frozenset({"driving-licence", "my-number-card-front", "passport", "residence-card"})
_NO_PHOTO: Final = frozenset(
    {"eligibility-certificate", "pension-document", "resident-record", "seal-certificate"}
)
_PERSON: Final = Group(missing="identity-missing", of="person", one_of=_PHOTO, two_of=_NO_PHOTO)
_AGENT: Final = Group(missing="agent-identity-missing", of="agent", one_of=_PHOTO, two_of=_NO_PHOTO)
_RELATION: Final = Group(
    missing="relation-missing",
    of="authority",
    one_of=frozenset({"family-register", "resident-record"}),
)
_GUARDIANSHIP: Final = Group(
    missing="guardianship-missing", of="authority", one_of=frozenset({"guardianship-certificate"})
)
_POWER: Final = Group(
    missing="power-of-attorney-missing", of="authority", one_of=frozenset({"power-of-attorney"})
)
_SEAL: Final = Group(
    missing="seal-certificate-missing", of="person", one_of=frozenset({"seal-certificate"})
)
_LAWYER: Final = Group(
    missing="lawyer-identification-missing", of="agent", one_of=frozenset({"lawyer-identification"})
)

# One line a role.
_TABLE: Final[dict[Role, tuple[Group, ...]]] = {
    Role.PERSON: (_PERSON,),
    Role.PARENT: (_PERSON, _AGENT, _RELATION),
    Role.GUARDIAN: (_PERSON, _AGENT, _GUARDIANSHIP),
    Role.ENTRUSTED_AGENT: (_PERSON, _AGENT, _POWER, _SEAL),
    Role.LAWYER: (_PERSON, _LAWYER, _POWER),
}

# Papers that age: the others carry their own expiry.
_DATED: Final = frozenset(
    {
        "power-of-attorney",
        "seal-certificate",
        "family-register",
        "resident-record",
        "guardianship-certificate",
        "address-history",
    }
)
_NAMES_BOTH: Final = frozenset({"power-of-attorney", "guardianship-certificate", "family-register"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as staff transcribed it; never the image."""

    kind: str  # a code of `cases.terms.ProofKind`
    of: str  # `person`, `agent` or `authority`
    holder: NameParts = field(default_factory=NameParts)
    address: str = ""
    principal_name: str = ""
    agent_name: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    scope: frozenset[str] = frozenset()  # demand kinds that a power of attorney covers
    genuine: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFinding:
    """One point that fails: a stable code and the kind of paper that it is about ('' for none)."""

    code: str
    paper: str = ""

    def __str__(self) -> str:
        return f"{self.paper}-{self.code}" if self.code in ABOUT_PAPER else self.code

    def words(self, language: str = "ja") -> str:
        """Return the finding in plain words."""
        return reasons.words(self.code, language)


ABOUT_PAPER: Final = frozenset({"too-old", "undated", "dated-in-future", "expired", "not-genuine"})
"""Findings that say of a paper that it proves nothing, whatever stands on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The result: confirmed only if nothing fails."""

    role: Role
    findings: tuple[AuthorityFinding, ...]

    @property
    def confirmed(self) -> bool:
        """Whether every point holds."""
        return not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings as codes such as `power-of-attorney-too-old`."""
        return tuple(dict.fromkeys(str(each) for each in self.findings))


def required_proofs(role: Role | str) -> tuple[Group, ...]:
    """Return what must be proved for a role, as groups of alternatives; ValueError if unknown."""
    return _TABLE[Role(role)]


def verify_authority(
    *,
    role: Role | str,
    person: NameParts,
    agent: NameParts,
    papers: Iterable[Paper],
    demands: Iterable[str],
    today: date,
    person_birth: str = "",
    max_age_months: int = DEFAULT_MONTHS,
) -> Authority:
    """Judge an agent's papers: kinds, names, scope, age, expiry; every failing point is returned.

    `demands` are the demand kinds asked for, `today` the day in Japan of the
    papers' arrival. A person's own request is `not-an-agent`: no authority.
    """
    kind = Role(role)
    asked, given = frozenset(demands), tuple(papers)
    findings = [
        *_missing(kind, given),
        *_ages(given, today, max_age_months),
        *_names(given, person, agent),
        *_scope(given, asked),
        *_seal_address(given),
        *_minority(kind, person_birth, today),
    ]
    if kind is Role.PERSON:
        findings.insert(0, AuthorityFinding(code="not-an-agent"))
    return Authority(role=kind, findings=tuple(dict.fromkeys(findings)))


def _missing(role: Role, papers: tuple[Paper, ...]) -> Iterator[AuthorityFinding]:
    for group in _TABLE[role]:
        if not group.is_met_by(each.kind for each in papers if each.of == group.of):
            yield AuthorityFinding(code=group.missing)


def _ages(papers: tuple[Paper, ...], today: date, months: int) -> Iterator[AuthorityFinding]:
    oldest = _months_before(today, months)
    for paper in papers:
        if not paper.genuine:
            yield AuthorityFinding(code="not-genuine", paper=paper.kind)
        if paper.expires_on is not None and paper.expires_on < today:
            yield AuthorityFinding(code="expired", paper=paper.kind)
        if paper.issued_on is not None and paper.issued_on > today:
            yield AuthorityFinding(code="dated-in-future", paper=paper.kind)
        elif paper.kind in _DATED and paper.issued_on is None:
            yield AuthorityFinding(code="undated", paper=paper.kind)
        elif paper.kind in _DATED and paper.issued_on is not None and paper.issued_on < oldest:
            yield AuthorityFinding(code="too-old", paper=paper.kind)


def _names(
    papers: tuple[Paper, ...], person: NameParts, agent: NameParts
) -> Iterator[AuthorityFinding]:
    for paper in papers:
        if paper.of == "authority":
            both = paper.kind in _NAMES_BOTH or paper.principal_name or paper.agent_name
            if both and not name.same_person_named(person, paper.principal_name):
                yield AuthorityFinding(code="principal-name-differs", paper=paper.kind)
            if both and not name.same_person_named(agent, paper.agent_name):
                yield AuthorityFinding(code="agent-name-differs", paper=paper.kind)
            if not both:
                yield AuthorityFinding(code="principal-name-differs", paper=paper.kind)
        elif paper.of == "agent" and not name.same_person_named(agent, paper.holder.whole):
            yield AuthorityFinding(code="agent-name-differs", paper=paper.kind)
        elif paper.of == "person" and not name.same_person_named(person, paper.holder.whole):
            yield AuthorityFinding(code="principal-name-differs", paper=paper.kind)


def _scope(papers: tuple[Paper, ...], demands: frozenset[str]) -> Iterator[AuthorityFinding]:
    for paper in papers:
        if paper.kind == "power-of-attorney":
            if not paper.scope:
                yield AuthorityFinding(code="scope-missing", paper=paper.kind)
            elif not demands <= paper.scope:
                yield AuthorityFinding(code="scope-too-narrow", paper=paper.kind)


def _seal_address(papers: tuple[Paper, ...]) -> Iterator[AuthorityFinding]:
    """The seal certificate's address is that of the person's identity paper (identity, section 6)."""
    seals = [each for each in papers if each.kind == "seal-certificate" and each.of == "person"]
    others = [
        each
        for each in papers
        if each.of == "person" and each.kind != "seal-certificate" and each.address
    ]
    for seal in seals:
        verdicts = {address.compare(seal.address, each.address).verdict for each in others}
        if verdicts - {Verdict.MATCH}:
            yield AuthorityFinding(code="seal-certificate-address-differs", paper=seal.kind)


def _minority(role: Role, person_birth: str, today: date) -> Iterator[AuthorityFinding]:
    if role is not Role.PARENT:
        return
    born = birth.parse(person_birth)
    if born is None:
        yield AuthorityFinding(code="person-age-unknown")
    elif (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) >= (
        AGE_OF_MAJORITY
    ):
        yield AuthorityFinding(code="person-is-of-age")


def _months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or its last day if it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
