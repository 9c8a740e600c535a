"""Which papers are needed and which came, each thing said once (P3.22)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from mamoru.cases import actions
from mamoru.cases.terms import Case, Proof, ProofGroup, ProofKind, ProofOf
from mamoru.documents import wording
from mamoru.portal import words


def listed(groups: Iterable[ProofGroup]) -> list[dict[str, Any]]:
    """Return what a role sends, in words; what is alike for person and agent is listed once."""
    rows: dict[tuple[tuple[ProofKind, ...], ...], dict[str, Any]] = {}
    for group in groups:
        kinds = (group.one_of, group.two_of)
        if kinds in rows:
            rows[kinds]["of"] = wording.EACH_OF_BOTH
        else:
            rows[kinds] = _row(group)
    return list(rows.values())


def arrived(case: Case) -> list[dict[str, Any]]:
    """Return each thing to be proved with what has come for it, then what came besides.

    A paper stands once: with the thing that only it can prove, before one of many.
    """
    groups = actions.required_proofs(case.filing.role)
    came: dict[int, list[Proof]] = {at: [] for at in range(len(groups))}
    left = list(case.proofs)
    for at in sorted(came, key=lambda at: len(_kinds(groups[at]))):
        fits = [
            each for each in left if each.of is groups[at].of and each.kind in _kinds(groups[at])
        ]
        came[at] = fits
        left = [each for each in left if each not in fits]
    rows = [{**_row(group), "came": came[at]} for at, group in enumerate(groups)]
    if left:
        rows.append({"of": "", "one_of": [], "two_of": [], "came": left})
    return rows


def _kinds(group: ProofGroup) -> frozenset[ProofKind]:
    return frozenset({*group.one_of, *group.two_of})


def _row(group: ProofGroup) -> dict[str, Any]:
    seal = group.of is ProofOf.PERSON and _kinds(group) == {ProofKind.SEAL_CERTIFICATE}
    return {
        "of": wording.SEAL_OF_POWER if seal else str(group.of),
        "one_of": list(map(_paper, group.one_of)),
        "two_of": list(map(_paper, group.two_of)),
    }


def _paper(kind: ProofKind) -> str:
    """Return a kind of paper in words, with how new it has to be where it ages."""
    named = words.said("proofs", kind)
    months = actions.issued_within().get(kind)
    if months is None:
        return named
    # Translators: a paper, and how old it may be
    return gettext("%(paper)s［%(months)sか月以内］") % {"paper": named, "months": months}
