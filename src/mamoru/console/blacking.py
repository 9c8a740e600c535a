"""Blacking out what a paper need not show: areas as a form sends them (番号法20条)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from mamoru.cases.actions import Box, BoxUnfit
from mamoru.cases.terms import Case, Proof
from mamoru.console.words import said
from mamoru.documents import wording

SIDES = ("left", "top", "width", "height")
MAX_BOXES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackPage:
    """What the page shows."""

    case_id: str
    version: int
    proof_id: str
    word: str
    digest: str  # in the address of each picture, so that none is shown from before
    numbers: range
    error: str
    typed: Mapping[str, str]


def page(
    case: Case, proof: Proof, *, count: int, error: str = "", typed: Mapping[str, str] | None = None
) -> BlackPage:
    """Return a paper with its pages, to draw areas on."""
    return BlackPage(
        case_id=case.id,
        version=case.version,
        proof_id=proof.id,
        word=said(wording.PROOF_KINDS, proof.kind),
        digest=proof.digest[:12],
        numbers=range(1, count + 1),
        error=error,
        typed=typed or {},
    )


def boxes(sent: QueryDict) -> tuple[Box, ...]:
    """Return the areas that were drawn (`box`: page and four per cents) and that were typed.

    BoxUnfit for what is no area.
    """
    rows = [each.split(",") for each in sent.getlist("box")]
    if any(sent.get(side, "").strip() for side in SIDES):
        rows.append([sent.get("page", "1"), *(sent.get(side, "") for side in SIDES)])
    if len(rows) > MAX_BOXES:
        raise BoxUnfit("too many areas at once")
    return tuple(_box(row) for row in rows)


def _box(row: list[str]) -> Box:
    try:
        number, left, top, width, height = row
        return Box(
            page=int(number),
            left=float(left),
            top=float(top),
            width=float(width),
            height=float(height),
        )
    except ValueError as problem:
        raise BoxUnfit("an area is not five numbers") from problem
