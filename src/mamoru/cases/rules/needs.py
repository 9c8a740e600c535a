"""What each role has to prove, and how far each thing has come (P3.11, P3.22).

One state for everything that speaks of papers: what arrived and was not read yet is neither
there nor missing, and it is not asked for again.
"""

from collections.abc import Iterable, Iterator

from mamoru.cases.terms import (
    Need,
    NeedState,
    Proof,
    ProofGroup,
    ProofKind,
    ProofOf,
    Role,
)
from mamoru.identity import agent


def required(role: Role) -> tuple[ProofGroup, ...]:
    """Return what has to be proved by whom files in a role, as groups of alternatives (P3.22)."""
    return tuple(map(_group, agent.required_proofs(role)))


def needs(
    role: Role, proofs: Iterable[Proof], findings: Iterable[agent.AuthorityFinding]
) -> tuple[Need, ...]:
    """Return each thing that a role has to prove with its state.

    `findings` are what the read papers left open: a paper that is itself at fault (expired, too
    old, not genuine) was read and still proves nothing.
    """
    papers = tuple(proofs)
    at_fault = {each.paper for each in findings if each.code in agent.ABOUT_PAPER}
    found = []
    for group in agent.required_proofs(role):
        of_group = [paper for paper in papers if paper.of == group.of]
        read = [each.kind for each in of_group if each.finding and each.kind not in at_fault]
        came = read + [each.kind for each in of_group if each.finding is None]
        if group.is_met_by(read):
            state = NeedState.READ
        elif group.is_met_by(came):
            state = NeedState.UNREAD
        else:
            state = NeedState.LACKING
        found.append(Need(group=_group(group), state=state, missing=group.missing))
    return tuple(found)


def unread_findings(
    findings: Iterable[agent.AuthorityFinding], stand: Iterable[Need], proofs: Iterable[Proof]
) -> Iterator[agent.AuthorityFinding]:
    """Yield the findings that a paper which arrived and is unread may yet remove."""
    waiting = {need.missing for need in stand if need.state is NeedState.UNREAD}
    unread = {proof.kind for proof in proofs if proof.finding is None}
    return (each for each in findings if each.code in waiting or each.paper in unread)


def _group(group: agent.Group) -> ProofGroup:
    return ProofGroup(
        of=ProofOf(group.of),
        one_of=tuple(kind for kind in ProofKind if kind in group.one_of),
        two_of=tuple(kind for kind in ProofKind if kind in group.two_of),
    )
