"""What went to the registered contact: the newest code, kept as a keyed digest, and the notice."""

import hmac

from django.db.models import F

from mamoru.cases.models import CaseRow
from mamoru.cases.store.sealing import key_of, master, row_of
from mamoru.cases.store.shapes import POSTED, TOLD
from mamoru.cases.terms import PostedCode, Told
from mamoru.kit.ids import CaseId


def save_posted(case_id: CaseId, posted: PostedCode, *, code: str | None = None) -> None:
    """Keep what is known of a code; with `code` it is a new one, and the one before is void."""
    sealed = key_of(row_of(case_id)).seal(POSTED.dump_json(posted), context=f"{case_id}/posted")
    rows = CaseRow.objects.filter(id=case_id)
    if code is None:
        rows.update(sealed_posted=sealed)
    else:
        rows.update(
            sealed_posted=sealed,
            posted_digest=_digest(case_id, posted.number, code),
            posted_tries=0,
        )


def save_told(case_id: CaseId, told: Told) -> None:
    """Keep that the person was told of an agent's request."""
    sealed = key_of(row_of(case_id)).seal(TOLD.dump_json(told), context=f"{case_id}/told")
    CaseRow.objects.filter(id=case_id).update(sealed_told=sealed)


def reserve_posted_try(case_id: CaseId, *, allowed: int) -> bool:
    """Count one more try before it is looked at; False where all were used.

    One statement, so that many at once get no more than they are allowed.
    """
    rows = CaseRow.objects.filter(id=case_id, posted_tries__lt=allowed)
    return bool(rows.update(posted_tries=F("posted_tries") + 1))


def posted_fits(case_id: CaseId, number: int, code: str) -> bool:
    """Return whether this is the code of the letter of this number, and that the newest."""
    kept = CaseRow.objects.filter(id=case_id).values_list("posted_digest", flat=True).first()
    return hmac.compare_digest(kept or "", _digest(case_id, number, code))


def _digest(case_id: CaseId, number: int, code: str) -> str:
    return master().digest("posted-code", f"{case_id}:{number}:{code}")
