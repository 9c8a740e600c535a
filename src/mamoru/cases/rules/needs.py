"""What each role has to prove, and how far each thing has come (P3.11, P3.22).

One state for everything that speaks of papers: what arrived and was not read yet is neither
there nor missing, and it is not asked for again.
"""

from collections.abc import Container, Iterable, Iterator

from mamoru.cases.terms import (
    Case,
    Need,
    NeedState,
    Proof,
    ProofGroup,
    ProofKind,
    ProofOf,
    Role,
)
from mamoru.identity import agent


def required(role: Role, rules: agent.Rules) -> tuple[ProofGroup, ...]:
    """Return what has to be proved by whom files in a role, as groups of alternatives (P3.22)."""
    return tuple(map(_group, agent.required_proofs(role, rules)))


def needs(
    role: Role, proofs: Iterable[Proof], void: Container[str], rules: agent.Rules
) -> tuple[Need, ...]:
    """Return each thing that a role has to prove with its state.

    `void` are the ids of papers that were read and prove nothing by themselves (expired, too
    narrow, not genuine): another one of the same kind may.
    """
    papers = tuple(proofs)
    found = []
    for group in agent.required_proofs(role, rules):
        of_group = [paper for paper in papers if paper.of == group.of and paper.id not in void]
        if group.is_met_by(each.kind for each in of_group if each.finding):
            state = NeedState.READ
        elif group.is_met_by(each.kind for each in of_group):
            state = NeedState.UNREAD
        else:
            state = NeedState.LACKING
        found.append(Need(group=_group(group), state=state, missing=group.missing))
    return tuple(found)


def arrived(case: Case) -> tuple[Proof, ...]:
    """Return the papers that came since papers were last asked for; all, where none were asked."""
    asked_at = case.supplements[-1].asked_at if case.supplements else case.received_at
    return tuple(each for each in case.proofs if each.received_at >= asked_at)


def unread_findings(
    findings: Iterable[agent.AuthorityFinding],
    role: Role,
    stand: Iterable[Need],
    proofs: Iterable[Proof],
) -> Iterator[agent.AuthorityFinding]:
    """Yield the findings that a paper which arrived and is unread may yet remove.

    A paper that was not found genuine waits for no other one: a named person settles it.
    """
    waiting = {need.missing for need in stand if need.state is NeedState.UNREAD}
    unread = {(str(proof.kind), str(proof.of)) for proof in proofs if proof.finding is None}

    def may_go(each: agent.AuthorityFinding) -> bool:
        if each.code == agent.NOT_GENUINE:
            return False
        if each.code in waiting or (each.paper, each.of) in unread:
            return True
        groups = agent.needs_of(role, kind=each.paper, of=each.of) if each.paper else ()
        return any(group.missing in waiting for group in groups)

    return (each for each in findings if may_go(each))


def _group(group: agent.Group) -> ProofGroup:
    return ProofGroup(
        of=ProofOf(group.of),
        one_of=tuple(kind for kind in ProofKind if kind in group.one_of),
        two_of=tuple(kind for kind in ProofKind if kind in group.two_of),
    )
