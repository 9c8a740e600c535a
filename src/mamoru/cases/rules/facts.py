"""What form, papers and register say together of identity and authority (P3.10, P3.11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from mamoru.cases.rules import posting
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
    superseded: frozenset[str]  # ids of papers that fell short and that later ones made up for
    identified: bool  # staff said which records the person is, if any
    by_login: bool = False
    by_post: bool = False  # a code came back that went to the registered address

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

    @property
    def askable(self) -> tuple[str, ...]:
        """What the desk may ask for: the open points, and a paper with an address where none has one."""
        if self.by_login or self.by_post or self.comparison is None or self.open_points:
            return self.open_points
        by_form = self.comparison.addresses[0]
        return () if by_form.b.strip() else ("address-unshown",)

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


def check(case: Case, *, today: date, rules: agent.Rules) -> Check:
    """Return how the three addresses, names, birth dates and the authority stand."""
    role = agent.Role(case.filing.role)
    arrived = max((clock.date_in_japan(proof.received_at) for proof in case.proofs), default=today)
    read = [(proof, proof.finding) for proof in case.proofs if proof.finding]
    authority = agent.verify_authority(
        role=role,
        person=_name(case.filing.person),
        agent=_name(case.filing.agent or PersonalDetails()),
        papers=tuple(_paper(proof, finding) for proof, finding in read),
        demands=tuple(each.demand.kind for each in case.demands),
        today=arrived,
        on=today,
        person_birth=case.filing.person.birth_date,
        person_address=case.filing.person.full_address,
        rules=rules,
    )
    worth = {proof.id: each for (proof, _), each in zip(read, authority.worth, strict=True)}
    compared = [
        (proof.id, _compare(case, finding))
        for proof, finding in read
        if proof.of is ProofOf.PERSON and finding.genuine
    ]
    best = _best(case, compared, worth)
    findings = tuple(each for each in authority.findings if each.code != _NOT_AN_AGENT)
    void = {proof.id for proof, _ in read if worth[proof.id] is not agent.Worth.SOUND}
    stand = needs(case.filing.role, case.proofs, void, rules)
    waiting = tuple(unread_findings(findings, case.filing.role, stand, case.proofs))
    points = [str(each) for each in findings]
    unread = [str(each) for each in waiting]
    explained: frozenset[str] = frozenset()
    if best is not None:
        explained = _explained(compared, worth)
        differences = _open_differences(best, compared, explained)
        if _verdict(case, best[1]) is Verdict.MISMATCH and not points and not differences:
            differences.append(_by_halves(best[1]))
        points += differences
        if any(proof.of is ProofOf.PERSON and proof.finding is None for proof in case.proofs):
            unread += differences  # the paper that explains them may be the one that lies here
        if _hidden(case.filing.person):
            points.append("hidden-characters")
    return Check(
        comparison=best[1].shown if best else None,
        proof=best[0] if best else "",
        verdict=_verdict(case, best[1]) if best else Verdict.CANNOT_TELL,
        authority=authority,
        needs=stand,
        open_points=tuple(code for code in dict.fromkeys(points) if code not in unread),
        unread_points=tuple(dict.fromkeys(unread)),
        open_findings=tuple(each for each in findings if each not in waiting),
        superseded=_superseded(compared, worth, explained),
        identified=case.identity is not None,
        # Only the member page sets both; a reference in any other form is a claim, not a login.
        by_login=case.filing.channel is Channel.MEMBER_PAGE and case.filing.member_ref is not None,
        by_post=posting.proves(case),
    )


def _by_halves(paper: "_Compared") -> str:
    """Return what is asked for where neither pair with the paper says that the addresses differ.

    INVARIANT: a paper without an address is asked to be made up for in the same words, whatever is
    registered: else whoever types an address into the form would be told whether it is the one.
    Who has typed the code from the letter knows that address.
    """
    shown = paper.by_post or paper.shown.addresses[0].b.strip()
    return "address-differs" if shown else "address-unshown"


def _best(case: Case, compared: "list[_Read]", worth: Mapping[str, agent.Worth]) -> "_Read | None":
    """Return the paper that says most, of those that hold where there are any.

    What has expired proves no address, even where a passport has taken its place.
    """
    sound = [each for each in compared if worth[each[0]] is agent.Worth.SOUND]
    return min(
        sound or compared,
        key=lambda each: _ORDER.index(_verdict(case, each[1])),
        default=None,
    )


def _explained(compared: "list[_Read]", worth: Mapping[str, agent.Worth]) -> frozenset[str]:
    """Return the papers that differ and that a later sound one answers for.

    It states name, address and birth date itself and differs in none; one that is silent on
    what differed answers for nothing.
    """
    found, vouched = set(), False
    for proof_id, paper in reversed(compared):
        differs = bool(_differences(paper))
        if differs and vouched:
            found.add(proof_id)
        sound = worth[proof_id] is agent.Worth.SOUND and not differs
        vouched = vouched or (sound and _states_all(paper))
    return frozenset(found)


def _states_all(paper: "_Compared") -> bool:
    shown = paper.shown
    stated = (shown.addresses[0].b, shown.names[0].b, shown.births[0].b)
    return paper.verdict is not Verdict.MISMATCH and all(each.strip() for each in stated)


def _open_differences(
    best: "_Read", compared: "list[_Read]", explained: frozenset[str]
) -> list[str]:
    """Return what no later paper explains, of the best one first."""
    return [
        code
        for proof_id, paper in (best, *(each for each in compared if each is not best))
        if proof_id not in explained
        for code in _differences(paper)
        if proof_id == best[0] or code != "address-differs"  # cured by the better one's chain
    ]


def _superseded(
    compared: "list[_Read]", worth: Mapping[str, agent.Worth], explained: frozenset[str]
) -> frozenset[str]:
    """Return the papers that fall short in something, and in nothing that still counts."""
    still = {
        proof_id
        for proof_id, paper in compared
        if proof_id not in explained and _differences(paper)
    }
    replaced = {proof_id for proof_id, each in worth.items() if each is agent.Worth.SUPERSEDED}
    short = {proof_id for proof_id, each in worth.items() if each is agent.Worth.SHORT}
    return frozenset((replaced | explained) - still - short)


def facts_of(case: Case, *, is_retained: bool, today: date, rules: agent.Rules) -> Facts:
    """Return the facts on which the grounds are judged.

    A case that was verified has its identity and authority confirmed by a named
    person; before that, they stand as the papers show them. INVARIANT: who is not
    confirmed is not told whether anything is held, so ground 4 waits for the confirmation.
    """
    verified = case.verified_by is not None
    found = check(case, today=today, rules=rules)
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
    by_post: bool


_Read: TypeAlias = tuple[str, _Compared]
"""A paper's id with its comparison."""


def _differences(paper: _Compared) -> list[str]:
    """Return the curable points of one paper's comparison."""
    points = []
    compared = paper.shown
    by_form, _, by_paper = compared.addresses
    if by_form.verdict is Verdict.MISMATCH:
        points.append("application-address-differs")
    if by_paper.verdict is Verdict.MISMATCH and not compared.chain and not paper.by_post:
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
    by_post = posting.proves(case)
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
        address = _by_post(found) if by_post else found.address
        stated += [address] if record.registered.address else [found.addresses[0].verdict]
        results.append((worst(stated), bool(record.registered.address), found))
    verdicts = [verdict for verdict, _, _ in results]
    if not any(complete for _, complete, _ in results):
        verdicts.append(Verdict.CANNOT_TELL)
    # The one that is shown is the worst; among equals the one that states an address.
    results.sort(key=lambda each: (-_ORDER.index(each[0]), not each[1]))
    return _Compared(worst(verdicts), results[0][2], by_post)


def _by_post(found: verify.ThreeWay) -> Verdict:
    """Return what is to be said of the addresses where a code came back from the registered one.

    The code stands for the paper's side of it: a paper that shows no address, or less of one,
    is no gap. INVARIANT: the form names the registered address, and no paper contradicts the form.
    """
    by_form, by_record, _ = found.addresses
    if found.chain:
        return found.address
    if by_record.verdict is Verdict.MATCH and by_form.verdict is not Verdict.MISMATCH:
        return Verdict.MATCH
    return worst((by_form.verdict, by_record.verdict))


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
