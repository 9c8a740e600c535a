"""`mamoru policy publish`: a new version for everyone to read, with its ledger entry (P0.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from mamoru.kit.ids import StaffId
from mamoru.ledger import append
from mamoru.policy import publication
from mamoru.site import history, wiring


def publish(*, by: StaffId, accept: bool, now: datetime) -> Mapping[str, Any]:
    """Publish the folder's policy; the entry and the immutable copy come together or not at all.

    Copies of a time before the product are entered first. PublishedChanged where one is not as
    it was entered.
    """
    folder = wiring.home() / settings.MAMORU.published
    untold = history.expect_published(append.installed())
    known = {path.stem for path in folder.glob("*.yaml")}
    made: publication.Publication | None = None
    try:
        with transaction.atomic():
            for earlier in reversed(publication.publications(folder) if untold else ()):
                if earlier.version in untold:
                    _enter(earlier, by=by, now=now)
            made = publication.publish(
                wiring.home() / settings.MAMORU.policy, folder, accepted=accept
            )
            if not _entered(made):  # the same version published again, or after a crash
                _enter(made, by=by, now=now)
    except BaseException:  # even a process told to end leaves no copy that no entry names
        if made is not None and made.version not in known:
            made.path.unlink(missing_ok=True)
        raise
    return {
        "version": made.policy.version,
        "effective_from": made.policy.effective_from.isoformat(),
        "digest": made.digest,
        "text_digest": made.text_digest,
    }


def _entered(made: publication.Publication) -> bool:
    return any(each.body.get("digest") == made.digest for each in append.entries("policy"))


def _enter(made: publication.Publication, *, by: StaffId, now: datetime) -> None:
    append.entry(
        "policy.published",
        subject="policy",
        by=by,
        at=now,
        body={
            "version": made.policy.version,
            "digest": made.digest,
            "text": made.text_digest,
            "effective": made.policy.effective_from.isoformat(),
        },
    )
