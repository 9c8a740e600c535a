"""What form, papers and register say together of identity and authority (P3.10, P3.11)."""

from dataclasses import dataclass
from datetime import date

from mamoru.cases.rules.needs import needs, unread_findings
from mamoru.cases.rules.refusal import Facts, form_defects
from mamoru.cases.rules.states import AGENT_ROLES
from mamoru.cases.terms import (
    Case,
    Channel,
    Finding,
    Need,
    PersonalDetails,
    Proof,
    ProofKind,
    ProofOf,
    Record,
    RefusalGround,
    Subject,
)
from mamoru.identity import agent, verify
from mamoru.identity.terms import NameParts, Particulars, Verdict, worst
from mamoru.kit import clock, text

_ORDER = (Verdict.MATCH, Verdict.PARTIAL, Verdict.CANNOT_TELL, Verdict.MISMATCH)
_NOT_AN_AGENT = "not-an-agent"
_UNPROVEN = frozenset({Verdict.PARTIAL, Verdict.CANNOT_TELL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Everything that staff must see before they confirm who asks.

    `open_points` are stable codes of what a supplement could cure; the letter has words for
    each. `unread_points` are those that a paper which is here and unread may cure: nobody is
    asked for what was sent (INVARIANT: no code is in both).
    """

    comparison: verify.ThreeWay | None  # of the paper that says most; None without any
    proof: str  # id of that paper
    verdict: Verdict
    authority: agent.Authority
    needs: tuple[Need, ...]
    open_points: tuple[str, ...]
    unread_points: tuple[str, ...]
    open_findings: tuple[agent.AuthorityFinding, ...]  # of authority, behind `open_points`
    identified: bool  # staff said which records the person is, if any
    by_login: bool = False

    @property
    def identity_verdict(self) -> str:
        """The worst pair's verdict, or `login`."""
        return "login" if self.by_login else str(self.verdict)

    @property
    def authority_code(self) -> str:
        """`own` for the person, `proven` for an agent whose papers hold, else `unproven`."""
        if self.authority.role is agent.Role.PERSON:
            return "own"
        return "proven" if self.authority.confirmed else "unproven"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason codes of every pair, each once."""
        if self.comparison is None:
            return ()
        pairs = (*self.comparison.addresses, *self.comparison.chain)
        pairs += (*self.comparison.names, *self.comparison.births)
        return tuple(dict.fromkeys(code for pair in pairs for code in pair.reasons))

    def acceptable(self, *, note: str) -> bool:
        """Return whether a named person may confirm: nothing open, and a note where in doubt.

        INVARIANT: a mismatch is never acceptable, with any note.
        """
        if self.by_login:
            return self.identified
        if not self.identified or self.comparison is None:
            return False
        if self.open_points or self.unread_points:
            return False
        return self.verdict is Verdict.MATCH or (self.verdict in _UNPROVEN and bool(note.strip()))


def check(case: Case, *, today: date) -> Check:
    """Return how the three addresses, names, birth dates and the authority stand."""
    role = agent.Role(case.filing.role)
    arrived = max((clock.date_in_japan(proof.received_at) for proof in case.proofs), default=today)
    authority = agent.verify_authority(
        role=role,
        person=_name(case.filing.person),
        agent=_name(case.filing.agent or PersonalDetails()),
        papers=tuple(_paper(proof, proof.finding) for proof in case.proofs if proof.finding),
        demands=tuple(each.demand.kind for each in case.demands),
        today=arrived,
        person_birth=case.filing.person.birth_date,
    )
    compared = [
        (_compare(case, proof.finding), proof.id)
        for proof in case.proofs
        if proof.of is ProofOf.PERSON and proof.finding and proof.finding.genuine
    ]
    compared.sort(key=lambda each: _ORDER.index(_verdict(case, each[0])))
    best = compared[0] if compared else None
    findings = tuple(each for each in authority.findings if each.code != _NOT_AN_AGENT)
    stand = needs(case.filing.role, case.proofs, findings)
    waiting = tuple(unread_findings(findings, stand, case.proofs))
    points = [str(each) for each in findings]
    unread = [str(each) for each in waiting]
    if best is not None:
        differences = _differences(best[0].shown)
        differences += [
            code
            for other, _ in compared[1:]
            for code in _differences(other.shown)
            if code != "address-differs"  # cured by the chain of the better paper
        ]
        if _verdict(case, best[0]) is Verdict.MISMATCH and not points and not differences:
            differences.append("address-differs")  # by two halves: neither pair alone says so
        points += differences
        if any(proof.of is ProofOf.PERSON and proof.finding is None for proof in case.proofs):
            unread += differences  # the paper that explains them may be the one that lies here
        if _hidden(case.filing.person):
            points.append("hidden-characters")
    return Check(
        comparison=best[0].shown if best else None,
        proof=best[1] if best else "",
        verdict=_verdict(case, best[0]) if best else Verdict.CANNOT_TELL,
        authority=authority,
        needs=stand,
        open_points=tuple(code for code in dict.fromkeys(points) if code not in unread),
        unread_points=tuple(dict.fromkeys(unread)),
        open_findings=tuple(each for each in findings if each not in waiting),
        identified=case.identity is not None,
        # Only the member page sets both; a reference in any other form is a claim, not a login.
        by_login=case.filing.channel is Channel.MEMBER_PAGE and case.filing.member_ref is not None,
    )


def facts_of(case: Case, *, is_retained: bool, today: date) -> Facts:
    """Return the facts on which the grounds are judged.

    A case that was verified has its identity and authority confirmed by a named
    person; before that, they stand as the papers show them. INVARIANT: who is not
    confirmed is not told whether anything is held, so ground 4 waits for the confirmation.
    """
    verified = case.verified_by is not None
    found = check(case, today=today)
    return Facts(
        identity_confirmed=verified or found.acceptable(note=""),
        by_agent=case.filing.role in AGENT_ROLES,
        authority_proven=verified or found.authority.confirmed,
        # What papers leave open is a matter of grounds 1 and 2; ground 3 is the form's own gaps.
        open_defects=tuple(
            gap.code
            for gap in form_defects(case.filing)
            if gap.ground is RefusalGround.APPLICATION_DEFECTIVE and "/" not in gap.code
        ),
        is_retained=is_retained or not verified,
    )


def _verdict(case: Case, compared: "_Compared") -> Verdict:
    """Where nothing is held there is no third address: form and paper must agree."""
    if case.identity is not None and not case.identity.subjects:
        first = compared.shown
        firsts = (first.addresses[0], first.names[0], first.births[0])
        return worst(each.verdict for each in firsts)
    return compared.verdict


@dataclass(frozen=True, slots=True)
class _Compared:
    """One paper against every chosen record: the worst record decides and is shown."""

    verdict: Verdict
    shown: verify.ThreeWay


def _differences(compared: verify.ThreeWay) -> list[str]:
    """Return the curable points of one paper's comparison."""
    points = []
    by_form, _, by_paper = compared.addresses
    if by_form.verdict is Verdict.MISMATCH:
        points.append("application-address-differs")
    if by_paper.verdict is Verdict.MISMATCH and not compared.chain:
        points.append("address-differs")
    if compared.name is Verdict.MISMATCH:
        points.append("name-differs")
    if compared.birth is Verdict.MISMATCH:
        points.append("birth-date-differs")
    return points


def _compare(case: Case, finding: Finding) -> _Compared:
    """Compare form and paper with each record by itself (P3.10); no record vouches for another.

    A record that states no address (a mailing list) cannot confirm, but it must not
    contradict; without any record that states one, nothing is confirmed.
    """
    records = case.identity.records if case.identity else ()
    results = []
    for record in records or (Record(subject=_NOBODY, registered=PersonalDetails()),):
        found = verify.verify_person(
            _particulars(case.filing.person),
            _particulars(finding.details),
            _particulars(record.registered),
            former_registered=record.former_addresses,
            document_former=finding.former_address,
        )
        stated = [found.name, found.birth]
        stated += [found.address] if record.registered.address else [found.addresses[0].verdict]
        results.append((worst(stated), bool(record.registered.address), found))
    verdicts = [verdict for verdict, _, _ in results]
    if not any(complete for _, complete, _ in results):
        verdicts.append(Verdict.CANNOT_TELL)
    # The one that is shown is the worst; among equals the one that states an address.
    results.sort(key=lambda each: (-_ORDER.index(each[0]), not each[1]))
    return _Compared(worst(verdicts), results[0][2])


_NOBODY = Subject(store="", table="", key="")


def _hidden(details: PersonalDetails) -> bool:
    """Whether name or address hold characters that nobody sees, which no honest hand types."""
    return text.hidden_characters(f"{details.name}{details.full_address}")


def _particulars(details: PersonalDetails) -> Particulars:
    return Particulars(name=_name(details), birth=details.birth_date, address=details.full_address)


def _name(details: PersonalDetails) -> NameParts:
    return NameParts(
        family=details.family_name,
        given=details.given_name,
        family_kana=details.family_name_kana,
        given_kana=details.given_name_kana,
    )


def _paper(proof: Proof, finding: Finding) -> agent.Paper:
    return agent.Paper(
        kind=str(ProofKind(proof.kind)),
        of=str(proof.of),
        holder=_name(finding.details),
        address=finding.details.full_address,
        principal_name=finding.principal_name,
        agent_name=finding.agent_name,
        issued_on=finding.issued_on,
        expires_on=finding.expires_on,
        scope=frozenset(map(str, finding.scope)),
        genuine=finding.genuine,
    )
