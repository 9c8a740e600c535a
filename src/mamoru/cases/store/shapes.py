"""From rows to values, and back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import TypeAdapter

from mamoru.cases.models import (
    DemandRow,
    ProofRow,
    ReceiptRow,
    SupplementRow,
)
from mamoru.cases.store import asking
from mamoru.cases.terms import (
    Decision,
    Demand,
    DemandState,
    Expected,
    Filing,
    Finding,
    Identity,
    LocationReceipt,
    MailedCode,
    Outcome,
    PlannedPlace,
    PostedCode,
    Proof,
    ProofKind,
    ProofOf,
    RefusalGround,
    Supplement,
    Told,
)
from mamoru.identity.recent import ContactChange
from mamoru.kit.ids import CaseId, DemandId, StaffId
from mamoru.kit.seal import DataKey

T = TypeVar("T")


Row = Mapping[str, str | int | float | None]


FILING = TypeAdapter(Filing)


FINDING = TypeAdapter(Finding)


IDENTITY = TypeAdapter(Identity)


POSTED = TypeAdapter(PostedCode)


MAILED = TypeAdapter(MailedCode)


TOLD = TypeAdapter(Told)


CONTACT_CHANGE = TypeAdapter(ContactChange)


PLACES = TypeAdapter(tuple[PlannedPlace, ...])


EXPECTED = TypeAdapter(tuple[Expected, ...])


ROWS = TypeAdapter(tuple[dict[str, str | int | float | None], ...])


def demand_value(row: DemandRow, asked: Demand, key: DataKey) -> DemandState:
    """Return a demand with its decision, if any; a value that staff named stands for the items."""
    if row.sealed_target is not None:
        ref, before = json.loads(key.open(bytes(row.sealed_target), context=f"{row.id}/target"))
        asked = replace(asked, items=(ref,), before=before)
    state = DemandState(id=DemandId(row.id), demand=asked)
    if not row.decided_by or row.decided_at is None:
        return state
    reason = b"" if row.sealed_reason is None else bytes(row.sealed_reason)
    return replace(
        state,
        decision=Decision(
            outcome=Outcome(row.outcome),
            grounds=tuple(RefusalGround(ground) for ground in row.grounds),
            reason=key.open(reason, context=f"{row.id}/reason").decode() if reason else "",
            law=row.law,
            by=StaffId(row.decided_by),
            at=row.decided_at,
            approved_by=StaffId(row.approved_by) if row.approved_by else None,
            approved_at=row.approved_at,
            plan_digest=row.plan_digest,
            places=PLACES.validate_python(row.plan_places),
            expected=EXPECTED.validate_python(row.plan_expected),
        ),
    )


_WITHOUT_BYTES = ", ".join(
    str(field.column) for field in ProofRow._meta.concrete_fields if field.name != "sealed"
)


def proofs_of(case_id: CaseId) -> list[ProofRow]:
    """Return the papers of a case without their bytes, which may be many megabytes."""
    return asking.rows(
        ProofRow,
        "WHERE case_id = %s ORDER BY received_at, id",
        case_id,
        columns=f"{_WITHOUT_BYTES}, sealed IS NOT NULL AS kept",
    )


def proof_value(row: ProofRow, key: DataKey) -> Proof:
    """Return a paper with what was read on it, never its bytes."""
    finding = None
    if row.sealed_finding is not None:
        finding = FINDING.validate_json(
            key.open(bytes(row.sealed_finding), context=f"{row.case_id}/finding/{row.id}")
        )
    return Proof(
        id=row.id,
        kind=ProofKind(row.kind),
        of=ProofOf(row.of),
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        received_at=row.received_at,
        finding=finding,
        kept=bool(getattr(row, "kept", True)),
    )


def supplement_value(row: SupplementRow, key: DataKey) -> Supplement:
    """Return a request for what is missing."""
    return Supplement(
        defects=tuple(row.defects),
        message=key.open(bytes(row.sealed_message), context=f"{row.case_id}/supplement").decode(),
        asked_at=row.asked_at,
        by=StaffId(row.by),
        due_on=row.due_on,
        received_at=row.received_at,
    )


def receipt_value(row: ReceiptRow) -> LocationReceipt:
    """Return what a step did."""
    return LocationReceipt(
        store=row.store, table=row.table, rows=row.rows, digest=row.digest, at=row.at
    )
