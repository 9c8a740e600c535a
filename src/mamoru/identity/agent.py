"""代理権: may this agent ask for that person? (P3.11; Order 13) Values in, findings out.

Papers by role, in a table that a lawyer can read; every point that fails is named.
"""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
_POWER_OF_ATTORNEY: Final = "power-of-attorney"
_SEAL_CERTIFICATE: Final = "seal-certificate"
_NAMES_BOTH: Final = frozenset({"power-of-attorney", "guardianship-certificate", "family-register"})


# Papers that carry the day until which they are valid.
_EXPIRING: Final = frozenset({"driving-licence", "passport", "residence-card"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a company takes as proof, within the table: how new, and which kinds it does not take."""

    months: int = DEFAULT_MONTHS
    months_of: Mapping[str, int] = field(default_factory=dict)  # kind -> another age
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)  # role -> kinds
    expiry_stated: bool = False  # whether the day of expiry has to be written down

    def months_for(self, kind: str) -> int:
        """Return how many months ago a paper of a kind may have been issued."""
        return self.months_of.get(kind, self.months)


USUAL: Final = Rules()
"""What a company takes that says nothing else."""


def dated_kinds() -> frozenset[str]:
    """Return the kinds of paper that prove nothing once they are old."""
    return _DATED


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
    of: str = ""  # whose paper, where it is about one
    lacks: tuple[str, ...] = ()  # demand kinds that the scope does not cover

    def __str__(self) -> str:
        return f"{self.paper}-{self.code}" if self.code in ABOUT_PAPER else self.code

    def words(self, language: str = "ja") -> str:
        """Return the finding in plain words."""
        return reasons.words(self.code, language)


NOT_GENUINE: Final = "not-genuine"
"""What no other paper removes: only a named person who looks again."""

ABOUT_PAPER: Final = frozenset(
    {
        "too-old",
        "undated",
        "dated-in-future",
        "expired",
        "expiry-unstated",
        "not-accepted",
        NOT_GENUINE,
    }
)
"""Findings that say of a paper that it proves nothing, whatever stands on it."""


class Worth(StrEnum):
    """What a paper is worth beside the others."""

    SOUND = "sound"
    SHORT = "short"  # something fails, and nothing later makes up for it
    SUPERSEDED = "superseded"  # something fails, and sound papers, one of them later, do its work


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The result: confirmed only if nothing fails. `worth` goes with the papers, in their order."""

    role: Role
    findings: tuple[AuthorityFinding, ...]
    worth: tuple[Worth, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether every point holds."""
        return not self.findings

    @property
    def codes(self) -> tuple[str, ...]:
        """The findings as codes such as `power-of-attorney-too-old`."""
        return tuple(dict.fromkeys(str(each) for each in self.findings))


def required_proofs(role: Role | str, rules: Rules = USUAL) -> tuple[Group, ...]:
    """Return what must be proved for a role, as groups of alternatives; ValueError if unknown."""
    refused = rules.refused.get(str(Role(role)), frozenset())
    return tuple(
        replace(each, one_of=each.one_of - refused, two_of=each.two_of - refused)
        for each in _TABLE[Role(role)]
    )


def unprovable(rules: Rules) -> tuple[tuple[str, str], ...]:
    """Return role and reason code of each thing that no paper could prove any more (Act 37(4))."""
    return tuple(
        (str(role), group.missing)
        for role in Role
        for group in required_proofs(role, rules)
        if not group.is_met_by(group.one_of | group.two_of)
    )


def needs_of(role: Role | str, *, kind: str, of: str) -> tuple[Group, ...]:
    """Return what a paper serves to prove in a role; one that no group names, all of its side."""
    side = [group for group in _TABLE[Role(role)] if group.of == of]
    named = [group for group in side if kind in group.one_of | group.two_of]
    return tuple(named or side)


def verify_authority(
    *,
    role: Role | str,
    person: NameParts,
    agent: NameParts,
    papers: Iterable[Paper],
    demands: Iterable[str],
    today: date,
    on: date | None = None,
    person_birth: str = "",
    person_address: str = "",
    rules: Rules = USUAL,
) -> Authority:
    """Judge an agent's papers: kinds, names, scope, age, expiry; every failing point is returned.

    `papers` come in the order of their arrival: a need is met by a sufficient set of sound ones,
    and what an earlier paper lacks then counts no more. `demands` are the demand kinds asked
    for, `today` the day in Japan of the papers' arrival, `on` that on which they are judged (the
    same day, if none is given): a child that has come of age meanwhile speaks for itself. A
    person's own request is `not-an-agent`: no authority.
    INVARIANT: a sound paper more opens no point, one less closes none; a paper that was not
    found genuine stays a point whatever else comes.
    """
    kind = Role(role)
    asked, given = frozenset(demands), tuple(papers)
    own = [
        (
            *_refused(each, kind, rules),
            *_age(each, today, rules),
            *_names(each, person, agent),
            *_stated(each),
        )
        if each.genuine
        # What stands in it is nobody's word: the doubt is the one thing to tell of.
        else (_fault(NOT_GENUINE, each),)
        for each in given
    ]
    lacks = _scope([each for each, faults in zip(given, own, strict=True) if not faults], asked)
    faults = [
        (*found, *_narrow(each, lacks), *_seal_address(each, given, own, person_address))
        for each, found in zip(given, own, strict=True)
    ]
    worth = _worth(kind, given, faults, asked)
    findings = [*_missing(kind, given, rules), *_minority(kind, person_birth, today, on or today)]
    for each, found in zip(worth, faults, strict=True):
        findings += [fault for fault in found if each is Worth.SHORT or fault.code == NOT_GENUINE]
    if kind is Role.PERSON:
        findings.insert(0, AuthorityFinding(code="not-an-agent"))
    return Authority(role=kind, findings=tuple(dict.fromkeys(findings)), worth=worth)


def _worth(
    role: Role,
    papers: tuple[Paper, ...],
    faults: list[tuple[AuthorityFinding, ...]],
    asked: frozenset[str],
) -> tuple[Worth, ...]:
    """A paper that falls short counts no more once all that it should prove is proved without it.

    One of the sound papers has to be later: an older one cannot answer for what a newer one says.
    """
    sound = [place for place, found in enumerate(faults) if not found]

    def made_up_for(place: int) -> bool:
        groups = _groups(role, papers[place])
        for group in groups:
            serving = [each for each in sound if group in _groups(role, papers[each])]
            if not serving or serving[-1] < place:
                return False
            if not group.is_met_by(papers[each].kind for each in serving):
                return False
        return bool(groups)

    def covered_anew(place: int) -> bool:
        wider = (papers[each] for each in sound if each > place)
        return papers[place].kind == _POWER_OF_ATTORNEY and any(
            each.kind == _POWER_OF_ATTORNEY and each.scope >= asked > papers[place].scope & asked
            for each in wider
        )

    def of(place: int, *, fails: bool) -> Worth:
        if fails:
            return Worth.SUPERSEDED if made_up_for(place) else Worth.SHORT
        return Worth.SUPERSEDED if covered_anew(place) else Worth.SOUND

    return tuple(of(place, fails=bool(found)) for place, found in enumerate(faults))


def _groups(role: Role, paper: Paper) -> tuple[Group, ...]:
    return needs_of(role, kind=paper.kind, of=paper.of)


def _missing(role: Role, papers: tuple[Paper, ...], rules: Rules) -> Iterator[AuthorityFinding]:
    for group in required_proofs(role, rules):
        if not group.is_met_by(each.kind for each in papers if each.of == group.of):
            yield AuthorityFinding(code=group.missing)


def _fault(code: str, paper: Paper, lacks: Iterable[str] = ()) -> AuthorityFinding:
    return AuthorityFinding(code=code, paper=paper.kind, of=paper.of, lacks=tuple(lacks))


def _refused(paper: Paper, role: Role, rules: Rules) -> Iterator[AuthorityFinding]:
    """A kind that the company does not take proves nothing, and makes up for no other paper."""
    if paper.kind in rules.refused.get(str(role), frozenset()):
        yield _fault("not-accepted", paper)


def _age(paper: Paper, today: date, rules: Rules) -> Iterator[AuthorityFinding]:
    if paper.expires_on is not None and paper.expires_on < today:
        yield _fault("expired", paper)
    if rules.expiry_stated and paper.kind in _EXPIRING and paper.expires_on is None:
        yield _fault("expiry-unstated", paper)
    if paper.issued_on is not None and paper.issued_on > today:
        yield _fault("dated-in-future", paper)
    elif paper.kind in _DATED and paper.issued_on is None:
        yield _fault("undated", paper)
    elif (
        paper.kind in _DATED
        and paper.issued_on is not None
        and paper.issued_on < _months_before(today, rules.months_for(paper.kind))
    ):
        yield _fault("too-old", paper)


def _names(paper: Paper, person: NameParts, agent: NameParts) -> Iterator[AuthorityFinding]:
    if paper.of == "authority":
        both = paper.kind in _NAMES_BOTH or paper.principal_name or paper.agent_name
        if both and not name.same_person_named(person, paper.principal_name):
            yield _fault("principal-name-differs", paper)
        if both and not name.same_person_named(agent, paper.agent_name):
            yield _fault("agent-name-differs", paper)
        if not both:
            yield _fault("principal-name-differs", paper)
    elif paper.of == "agent" and not name.same_person_named(agent, paper.holder.whole):
        yield _fault("agent-name-differs", paper)
    elif paper.of == "person" and not name.same_person_named(person, paper.holder.whole):
        yield _fault("principal-name-differs", paper)


def _stated(paper: Paper) -> Iterator[AuthorityFinding]:
    if paper.kind == _POWER_OF_ATTORNEY and not paper.scope:
        yield _fault("scope-missing", paper)


def _scope(powers: Iterable[Paper], demands: frozenset[str]) -> frozenset[str]:
    """Return the demands that no power of attorney covers which holds in everything else.

    Two that cover a part each cover the whole together.
    """
    held = [each for each in powers if each.kind == _POWER_OF_ATTORNEY]
    return demands - frozenset().union(*(each.scope for each in held))


def _narrow(paper: Paper, lacks: frozenset[str]) -> Iterator[AuthorityFinding]:
    if paper.kind == _POWER_OF_ATTORNEY and paper.scope and lacks - paper.scope:
        yield _fault("scope-too-narrow", paper, sorted(lacks - paper.scope))


def _seal_address(
    paper: Paper,
    papers: tuple[Paper, ...],
    own: list[tuple[AuthorityFinding, ...]],
    person_address: str,
) -> Iterator[AuthorityFinding]:
    """The seal certificate's address is that of the person's identity paper (identity, section 6).

    Of a sound one where there is one: an older card's address does not bind. Nor does that of a
    card which contradicts the form, a point of its own (`verify`); the certificate does not
    contradict the form either, so that a later card can only agree with both or with none.
    """
    if paper.kind != _SEAL_CERTIFICATE or paper.of != "person":
        return
    others = [
        (each, not found)
        for each, found in zip(papers, own, strict=True)
        if each.of == "person" and each.kind != _SEAL_CERTIFICATE and each.address
        if not _contradict(each.address, person_address)
    ]
    binding = [each for each, sound in others if sound] or [each for each, _ in others]
    verdicts = {address.compare(paper.address, each.address).verdict for each in binding}
    differs = bool(verdicts) and Verdict.MATCH not in verdicts
    if differs or _contradict(paper.address, person_address):
        yield _fault("seal-certificate-address-differs", paper)


def _contradict(one: str, other: str) -> bool:
    both = one and other
    return bool(both) and address.compare(one, other).verdict is Verdict.MISMATCH


def of_age(person_birth: str, on: date) -> bool | None:
    """Return whether a person is of age on a day (Civil Code 4); None where the birth says nothing."""
    born = birth.parse(person_birth)
    return None if born is None else _age_of(born, on) >= AGE_OF_MAJORITY


def _minority(role: Role, person_birth: str, arrived: date, on: date) -> Iterator[AuthorityFinding]:
    """A parent acts for a minor; a minor entrusts nobody alone (Civil Code 5(1), 818, 824)."""
    if role is Role.PARENT:
        now = of_age(person_birth, on)
        if now is None:
            yield AuthorityFinding(code="person-age-unknown")
        elif now:
            yield AuthorityFinding(code="person-is-of-age")
    elif role in _ENTRUSTED and of_age(person_birth, arrived) is False:
        yield AuthorityFinding(code="person-is-minor")


_ENTRUSTED: Final = frozenset({Role.ENTRUSTED_AGENT, Role.LAWYER})


def _age_of(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or its last day if it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
