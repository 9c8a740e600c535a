"""Papers are kept for a time and no longer, and show no more than is needed (P3.25, 番号法20条)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mamoru.cases import store
from mamoru.cases.actions.installed import practice
from mamoru.cases.actions.looking import LOOK, trail
from mamoru.cases.rules import looks
from mamoru.kit.ids import SYSTEM, CaseId, StaffId
from mamoru.ledger import append
from mamoru.papers import workshop
from mamoru.papers.terms import Box, Rebuilt


def erase_papers(*, now: datetime) -> int:
    """Erase the papers of cases that closed longer ago than papers are kept; return how many.

    What a named person read on each stays, with its kind, its times and its digest. A second
    worker at the same time finds nothing left to erase.
    """
    erased = 0
    for case_id in store.papers_due(before=now - timedelta(days=practice().papers_days)):
        with store.atomic():
            count = store.erase_papers(case_id)
            if count:
                append.entry(
                    "case.papers.erased",
                    subject=case_id,
                    by=SYSTEM,
                    at=now,
                    body={"papers": count, "days": practice().papers_days},
                )
        erased += count
    return erased


def paper_pages(case_id: CaseId, proof_id: str, *, by: StaffId, now: datetime) -> tuple[bytes, ...]:
    """Return each page of a paper as a picture; the look is entered in the ledger first.

    One entry covers an hour of one person's looks at it, so that twenty pages are not twenty.
    None of a PDF that came before papers were drawn anew: it is, once something is blacked out.
    """
    media_type, content = store.proof_content(case_id, proof_id)
    digest = store.paper_digest(case_id, content)
    if not any(
        (entry.kind, entry.by, entry.body.get("paper")) == (looks.PAPER_OPENED, by, digest)
        and now - entry.at < LOOK
        for entry in append.entries(case_id)
    ):
        with store.atomic():
            append.entry(looks.PAPER_OPENED, subject=case_id, by=by, at=now, body={"paper": digest})
    return workshop.pages(content, media_type)


def black_out(
    case_id: CaseId, proof_id: str, boxes: Sequence[Box], *, by: StaffId, now: datetime
) -> None:
    """Fill areas of a paper and keep the result in its place; what was there is destroyed.

    PaperUnopened unless the same person opened this very paper. BoxUnfit for an area outside of
    its page. What was read on the paper stays.
    """
    media_type, content = store.proof_content(case_id, proof_id)
    digest = store.paper_digest(case_id, content)
    if not looks.opened_paper(trail(case_id), digest, by=by):
        raise looks.PaperUnopened(f"the paper of case `{case_id}` was not opened by who blacks out")
    kept = Rebuilt(
        media_type=media_type,
        content=content,
        pages=max(1, len(workshop.pages(content, media_type))),
    )
    made = workshop.black_out(kept, boxes)
    with store.atomic():
        version = store.held(case_id).version
        fresh = store.replace_paper(
            case_id, proof_id, content=made.content, media_type=made.media_type, instead_of=digest
        )
        store.change(case_id, version=version)
        append.entry(
            "case.paper.blacked-out",
            subject=case_id,
            by=by,
            at=now,
            body={"paper": digest, "instead": fresh, "areas": len(boxes)},
        )
