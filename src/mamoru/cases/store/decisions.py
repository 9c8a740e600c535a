"""Decisions. INVARIANT: an approved one is never overwritten."""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from mamoru.cases.models import (
    DemandRow,
    ReceiptRow,
)
from mamoru.cases.store.forms import CaseChangedMeanwhile
from mamoru.cases.store.sealing import key_of_case
from mamoru.cases.store.shapes import EXPECTED, PLACES
from mamoru.cases.terms import (
    Decision,
    DemandKind,
)
from mamoru.kit.ids import CaseId, DemandId


def save_decision(demand_id: DemandId, decision: Decision) -> None:
    """Keep a decision. INVARIANT: an approved decision is never overwritten."""
    key = key_of_case(CaseId(demand_id.rpartition("/")[0]))
    changed = DemandRow.objects.filter(id=demand_id, approved_by="").update(
        outcome=decision.outcome,
        grounds=[str(ground) for ground in decision.grounds],
        sealed_reason=key.seal(decision.reason.encode(), context=f"{demand_id}/reason"),
        law=decision.law,
        decided_by=decision.by,
        decided_at=decision.at,
        approved_by=decision.approved_by or "",
        approved_at=decision.approved_at,
        plan_digest=decision.plan_digest,
        plan_places=PLACES.dump_python(decision.places, mode="json"),
        plan_expected=EXPECTED.dump_python(decision.expected, mode="json"),
    )
    if not changed:
        raise CaseChangedMeanwhile(f"demand `{demand_id}` is decided and approved already")


def save_target(demand_id: DemandId, ref: str, before: str) -> None:
    """Keep which one value an undecided demand is about, and how it stands; sealed with the case."""
    key = key_of_case(CaseId(demand_id.rpartition("/")[0]))
    sealed = key.seal(json.dumps([ref, before]).encode(), context=f"{demand_id}/target")
    if not DemandRow.objects.filter(id=demand_id, decided_by="").update(sealed_target=sealed):
        raise CaseChangedMeanwhile(f"demand `{demand_id}` is decided already")


def clear_decision(demand_id: DemandId) -> None:
    """Take an unapproved decision back, so that the demand is decided again."""
    DemandRow.objects.filter(id=demand_id, approved_by="").update(**_UNDECIDED)


def reopen_decision(demand_id: DemandId) -> None:
    """Take an approved decision back that changed nothing yet, and what was read for it.

    INVARIANT: what was changed stays decided; a receipt of a correction stays with its effect.
    """
    untouched = Q(executed_at=None) | Q(kind__in=_READING)
    changed = DemandRow.objects.filter(untouched, id=demand_id).update(**_UNDECIDED)
    if not changed:
        raise CaseChangedMeanwhile(f"demand `{demand_id}` is carried out already")
    ReceiptRow.objects.filter(demand_id=demand_id, demand__kind__in=_READING).delete()


_UNDECIDED: Mapping[str, Any] = {
    "outcome": "",
    "grounds": [],
    "sealed_reason": None,
    "law": "",
    "decided_by": "",
    "decided_at": None,
    "approved_by": "",
    "approved_at": None,
    "plan_digest": "",
    "plan_places": [],
    "plan_expected": [],
    "executed_at": None,
}


_READING = (
    DemandKind.NOTICE_OF_PURPOSE,
    DemandKind.DISCLOSURE,
    DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
)
