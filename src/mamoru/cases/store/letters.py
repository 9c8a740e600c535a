"""Rendered letters, and the characters that a person writes into them."""

import hashlib
from datetime import datetime

from mamoru.cases.models import (
    AnswerRow,
    CaseRow,
)
from mamoru.cases.store.sealing import commitment, key_of, row_of
from mamoru.kit.ids import CaseId


def save_hand_written(case_id: CaseId, characters: str) -> None:
    """Keep which characters a person writes into the letters of a case."""
    row = row_of(case_id)
    sealed = key_of(row).seal(characters.encode(), context=f"{case_id}/hand-written")
    CaseRow.objects.filter(id=case_id).update(sealed_hand_written=sealed)


def save_answer(case_id: CaseId, kind: str, pdf: bytes, *, at: datetime, shield: str = "") -> str:
    """Keep a rendered letter, sealed, and return its digest; the same bytes are kept once.

    `shield` is the keyed digest of the protection under which it was composed. INVARIANT: what was
    kept last is the newest: bytes that come back after others stood between are kept anew.
    """
    row = row_of(case_id)
    digest = commitment(case_id, kind, hashlib.sha256(pdf).hexdigest())
    sealed = key_of(row).seal(pdf, context=f"{case_id}/answer/{digest}")
    AnswerRow.objects.filter(case=row, digest=digest).delete()
    AnswerRow.objects.create(
        case=row, digest=digest, kind=kind, rendered_at=at, sealed_pdf=sealed, shield=shield
    )
    return digest


def drop_answers(case_id: CaseId, kind: str) -> None:
    """Let go of everything of a kind that was kept for a case."""
    AnswerRow.objects.filter(case_id=case_id, kind=kind).delete()


def answer_shield(case_id: CaseId) -> str | None:
    """Return under which protection the newest letter was composed, None if there is no letter."""
    rows = row_of(case_id).answers.filter(kind="answer")
    return rows.order_by("-id").values_list("shield", flat=True).first()


def answer(case_id: CaseId, kind: str = "answer") -> tuple[str, bytes] | None:
    """Return digest and bytes of the newest letter of a kind, None if there is none."""
    row = row_of(case_id)
    letter = row.answers.filter(kind=kind).last()
    if letter is None:
        return None
    return letter.digest, key_of(row).open(
        bytes(letter.sealed_pdf), context=f"{case_id}/answer/{letter.digest}"
    )
