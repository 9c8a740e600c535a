"""What opens a case to its requester: codes, tries, keys of repetition, the member's record."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from mamoru.cases.models import (
    AttemptRow,
    CaseRow,
    MemberRow,
    RepeatRow,
)
from mamoru.cases.store.forms import code_digest_of
from mamoru.cases.store.sealing import master
from mamoru.cases.terms import (
    Subject,
)
from mamoru.kit.ids import CaseId


def code_fits(case_id: CaseId, code: str) -> bool:
    """Return whether a 照会コード opens a case; an unknown number opens nothing."""
    kept = CaseRow.objects.filter(id=case_id).values_list("code_digest", flat=True).first()
    return hmac.compare_digest(kept or "", code_digest_of(case_id, code))


def attempts(key: str, *, hour: int) -> int:
    """Return how many tries of a keyed digest were counted in an hour."""
    counted = AttemptRow.objects.filter(key=key, hour=hour).values_list("count", flat=True).first()
    return counted or 0


def count_attempt(key: str, *, hour: int) -> int:
    """Count one try of a keyed digest in an hour and return how many there were."""
    with transaction.atomic():
        AttemptRow.objects.get_or_create(key=key, hour=hour)
        AttemptRow.objects.filter(key=key, hour=hour).update(count=F("count") + 1)
        AttemptRow.objects.filter(hour__lt=hour - 24).delete()
        return AttemptRow.objects.get(key=key, hour=hour).count


def give_attempt_back(key: str, *, hour: int) -> None:
    """Take one try of a keyed digest out of an hour's count, which never goes below nothing."""
    AttemptRow.objects.filter(key=key, hour=hour, count__gt=0).update(count=F("count") - 1)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a key was used for, and what was answered."""

    asked: str  # keyed digest of the request
    answer: bytes


def repeated(key: str) -> Repeated | None:
    """Return the first answer given under an `Idempotency-Key`, None for a new key."""
    row = RepeatRow.objects.filter(key=repeat_digest(key)).first()
    if row is None:
        return None
    opened = master().data_key("repeat").open(bytes(row.sealed_answer), context=row.key)
    return Repeated(asked=row.asked, answer=opened)


def repeat_digest(text: str) -> str:
    """Return the keyed digest under which a key or a request is kept."""
    return master().digest("repeat", text)


def remember(key: str, asked: str, answer: bytes, *, at: datetime) -> None:
    """Keep the first answer under a key; answers older than a week are forgotten."""
    digest = repeat_digest(key)
    sealed = master().data_key("repeat").seal(answer, context=digest)
    RepeatRow.objects.get_or_create(
        key=digest,
        defaults={"asked": repeat_digest(asked), "made_at": at, "sealed_answer": sealed},
    )
    RepeatRow.objects.filter(made_at__lt=at - timedelta(days=7)).delete()


def member(user_id: int) -> Subject | None:
    """Return which record a signed-in member is, None for other accounts."""
    row = MemberRow.objects.filter(user_id=user_id).first()
    return None if row is None else Subject(store=row.store, table=row.table, key=row.key)


def link_member(user_id: int, subject: Subject) -> None:
    """Join an account to the record that it is."""
    MemberRow.objects.update_or_create(
        user_id=user_id,
        defaults={"store": subject.store, "table": subject.table, "key": subject.key},
    )
