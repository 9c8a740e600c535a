"""Papers, findings, and requests for what is missing."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from mamoru.cases.models import (
    CaseRow,
    ProofRow,
    SupplementRow,
)
from mamoru.cases.store.sealing import commitment, key_of, row_of
from mamoru.cases.store.shapes import FINDING
from mamoru.cases.terms import (
    Finding,
    Proof,
    Supplement,
)
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId


class PaperUnknown(MamoruError):
    """The paper is not of this case, or has been erased by schedule."""

    code, exit_code = "paper-unknown", 2


def add_proof(case_id: CaseId, proof: Proof, content: bytes) -> bool:
    """Keep a paper, sealed; False if the very same paper is there already."""
    row = row_of(case_id)
    sealed = key_of(row).seal(content, context=f"{case_id}/proof/{proof.id}")
    try:
        with transaction.atomic():
            ProofRow(
                id=proof.id,
                case=row,
                kind=proof.kind,
                of=proof.of,
                media_type=proof.media_type,
                size=proof.size,
                digest=proof.digest,
                received_at=proof.received_at,
                sealed=sealed,
            ).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def paper_digest(case_id: CaseId, content: bytes) -> str:
    """Return the keyed digest by which the ledger knows a paper as it is kept."""
    return commitment(case_id, "paper", hashlib.sha256(content).hexdigest())


def proof_content(case_id: CaseId, proof_id: str) -> tuple[str, bytes]:
    """Return media type and plain bytes of a paper; PaperUnknown if it is not of this case."""
    row = row_of(case_id)
    paper = row.proofs.filter(id=proof_id).first()
    if paper is None or paper.sealed is None:
        raise PaperUnknown(f"case `{case_id}` holds no such paper")
    content = key_of(row).open(bytes(paper.sealed), context=f"{case_id}/proof/{proof_id}")
    return paper.media_type, content


def papers_due(*, before: datetime) -> tuple[CaseId, ...]:
    """Return the cases that closed before a time and still hold a paper."""
    rows = CaseRow.objects.filter(closed_at__lte=before, proofs__sealed__isnull=False)
    return tuple(map(CaseId, rows.order_by("id").values_list("id", flat=True).distinct()))


def erase_papers(case_id: CaseId) -> int:
    """Erase the bytes of every paper of a case; return of how many. What was read stays."""
    papers = ProofRow.objects.filter(case_id=case_id, sealed__isnull=False)
    return int(papers.update(sealed=None))


def replace_paper(
    case_id: CaseId, proof_id: str, *, content: bytes, media_type: str, instead_of: str
) -> str:
    """Keep other bytes in a paper's place and return their digest.

    PaperUnknown if the paper is no longer the one of the digest `instead_of`. Where the case
    holds the very same result already, only what was there before is erased.
    """
    row = row_of(case_id)
    digest = paper_digest(case_id, content)
    papers = row.proofs.filter(id=proof_id, digest=instead_of, sealed__isnull=False)
    try:
        with transaction.atomic():
            changed = papers.update(
                sealed=key_of(row).seal(content, context=f"{case_id}/proof/{proof_id}"),
                media_type=media_type,
                size=len(content),
                digest=digest,
            )
    except IntegrityError:
        changed = papers.update(sealed=None)
    if not changed:
        raise PaperUnknown(f"case `{case_id}` holds no such paper")
    return digest


def save_finding(case_id: CaseId, proof_id: str, finding: Finding) -> None:
    """Keep what a member of staff read on a paper."""
    row = row_of(case_id)
    sealed = key_of(row).seal(FINDING.dump_json(finding), context=f"{case_id}/finding/{proof_id}")
    if not row.proofs.filter(id=proof_id).update(sealed_finding=sealed):
        raise PaperUnknown(f"case `{case_id}` holds no such paper")


def add_supplement(case_id: CaseId, supplement: Supplement) -> None:
    """Keep a request for what is missing."""
    row = row_of(case_id)
    SupplementRow(
        case=row,
        defects=list(supplement.defects),
        sealed_message=key_of(row).seal(
            supplement.message.encode(), context=f"{case_id}/supplement"
        ),
        asked_at=supplement.asked_at,
        by=supplement.by,
        due_on=supplement.due_on,
    ).save(force_insert=True)


def close_supplements(case_id: CaseId, *, at: datetime) -> None:
    """Note that what was asked for has come."""
    SupplementRow.objects.filter(case_id=case_id, received_at=None).update(received_at=at)
