"""What went to the registered contact: the newest codes, kept as keyed digests, and the notice."""

import hmac
from datetime import datetime
from typing import Literal

from django.db.models import F

from mamoru.cases.models import CaseRow
from mamoru.cases.store.sealing import key_of, master, row_of
from mamoru.cases.store.shapes import MAILED, POSTED, TOLD
from mamoru.cases.terms import MailedCode, PostedCode, Told
from mamoru.kit.ids import CaseId

CodeWay = Literal["posted", "mailed"]
"""By registered post, or to the registered mail address."""


def save_posted(case_id: CaseId, posted: PostedCode, *, code: str | None = None) -> None:
    """Keep what is known of a code; with `code` it is a new one, and the one before is void."""
    _save(case_id, "posted", POSTED.dump_json(posted), number=posted.number, code=code)


def save_mailed(case_id: CaseId, mailed: MailedCode, *, code: str | None = None) -> None:
    """Keep what is known of a code by mail; with `code` it is a new one, as above."""
    _save(case_id, "mailed", MAILED.dump_json(mailed), number=mailed.number, code=code)


def _save(case_id: CaseId, way: CodeWay, known: bytes, *, number: int, code: str | None) -> None:
    sealed = key_of(row_of(case_id)).seal(known, context=f"{case_id}/{way}")
    fresh: dict[str, str | int] = {}
    if code is not None:
        fresh = {f"{way}_digest": _digest(way, case_id, number, code), f"{way}_tries": 0}
    CaseRow.objects.filter(id=case_id).update(**{f"sealed_{way}": sealed, **fresh})


def save_told(case_id: CaseId, told: Told) -> None:
    """Keep that the person was told of an agent's request."""
    sealed = key_of(row_of(case_id)).seal(TOLD.dump_json(told), context=f"{case_id}/told")
    CaseRow.objects.filter(id=case_id).update(sealed_told=sealed)


def reserve_try(case_id: CaseId, way: CodeWay, *, allowed: int | None) -> bool:
    """Count one more try before it is looked at; False where all were used.

    One statement, so that many at once get no more than they are allowed. With `allowed` None
    there is no code to be tried: the row is written as it is, so that this takes as long.
    """
    tries = f"{way}_tries"
    rows = CaseRow.objects.filter(id=case_id)
    if allowed is None:
        rows.update(**{tries: F(tries) + 0})
        return False
    return bool(rows.filter(**{f"{tries}__lt": allowed}).update(**{tries: F(tries) + 1}))


def code_fits_way(case_id: CaseId, way: CodeWay, number: int, code: str) -> bool:
    """Return whether this is the code of this number, and that the newest of its way."""
    found = CaseRow.objects.filter(id=case_id).values_list(f"{way}_digest", flat=True).first()
    return hmac.compare_digest(found or "", _digest(way, case_id, number, code))


def ask_mail(case_id: CaseId, *, at: datetime) -> None:
    """Note that a code by mail is asked for; the worker takes it up."""
    CaseRow.objects.filter(id=case_id).update(mail_asked_at=at)


def asked_mails() -> tuple[CaseId, ...]:
    """Return the cases for which a code by mail is asked, the longest waiting first."""
    rows = CaseRow.objects.filter(mail_asked_at__isnull=False).order_by("mail_asked_at")
    return tuple(map(CaseId, rows.values_list("id", flat=True)[:50]))


def take_mail(case_id: CaseId) -> datetime | None:
    """Take what was asked for, once: None where another worker was faster."""
    rows = CaseRow.objects.filter(id=case_id, mail_asked_at__isnull=False)
    asked_at = rows.values_list("mail_asked_at", flat=True).first()
    return asked_at if asked_at and rows.update(mail_asked_at=None) else None


def _digest(way: CodeWay, case_id: CaseId, number: int, code: str) -> str:
    return master().digest(f"{way}-code", f"{case_id}:{number}:{code}")
