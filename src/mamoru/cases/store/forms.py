"""A case as it came in, read and changed by compare-and-set on its version."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from mamoru.cases.models import (
    CaseRow,
    Counter,
    DemandRow,
    SupplementRow,
)
from mamoru.cases.store import asking
from mamoru.cases.store.outbox import tell_queued
from mamoru.cases.store.sealing import (
    CaseUnknown,
    key_of,
    master,
    opened_bytes,
    opened_value,
    row_of,
)
from mamoru.cases.store.shapes import (
    FILING,
    IDENTITY,
    MAILED,
    POSTED,
    TOLD,
    demand_value,
    proof_value,
    proofs_of,
    supplement_value,
)
from mamoru.cases.terms import (
    Case,
    DemandState,
    DispatchKind,
    Filing,
    Identity,
    Stage,
    Work,
)
from mamoru.kit import ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, DemandId, StaffId


class CaseChangedMeanwhile(MamoruError):
    """Somebody else changed the case between reading and writing. Reload and look again."""

    code, retry = "case-changed-meanwhile", True


def next_case_id(year: int) -> CaseId:
    """Return the next 受付番号 of a year; the counter row serialises concurrent filings."""
    with transaction.atomic():
        Counter.objects.get_or_create(year=year)
        Counter.objects.filter(year=year).update(last=F("last") + 1)
        return ids.case_id(year, Counter.objects.get(year=year).last)


def add_case(
    case_id: CaseId, filing: Filing, *, received_at: datetime, due_on: date, code: str
) -> Case:
    """Write a new case with its demands and a key of its own."""
    key, wrapped = master().new_data_key()
    row = CaseRow(
        id=case_id,
        stage=Stage.RECEIVED,
        role=filing.role,
        channel=filing.channel,
        answer_method=filing.answer_method,
        language=filing.language,
        policy_version=filing.policy_version,
        received_at=received_at,
        due_on=due_on,
        one_time_key=filing.one_time_key or ids.token(),
        code_digest=code_digest_of(case_id, code),
        member_digest=member_digest_of(filing.member_ref),
        wrapped_key=wrapped,
        sealed_filing=key.seal(FILING.dump_json(filing), context=f"{case_id}/filing"),
    )
    row.save(force_insert=True)
    DemandRow.objects.bulk_create(
        DemandRow(
            id=ids.demand_id(case_id, position), case=row, position=position, kind=demand.kind
        )
        for position, demand in enumerate(filing.demands, start=1)
    )
    return case(case_id)


def case_of_key(one_time_key: str) -> CaseId | None:
    """Return the case that this form made already: a double click makes one case."""
    found = CaseRow.objects.filter(one_time_key=one_time_key).values_list("id", flat=True).first()
    return None if found is None else CaseId(found)


def case(case_id: CaseId) -> Case:
    """Return a case with all its parts, opened; CaseUnknown if there is none."""
    row = row_of(case_id)
    key = key_of(row)
    filing = FILING.validate_json(opened_bytes(row, key, "filing", row.sealed_filing))
    posted = opened_value(row, key, "posted", row.sealed_posted, POSTED)
    mailed = opened_value(row, key, "mailed", row.sealed_mailed, MAILED)
    return Case(
        id=case_id,
        stage=Stage(row.stage),
        filing=filing,
        received_at=row.received_at,
        complete_at=row.complete_at,
        due_on=row.due_on,
        demands=tuple(
            demand_value(each, filing.demands[each.position - 1], key)
            for each in asking.rows(DemandRow, "WHERE case_id = %s ORDER BY position", case_id)
        ),
        proofs=tuple(proof_value(each, key) for each in proofs_of(case_id)),
        supplements=tuple(
            supplement_value(each, key)
            for each in asking.rows(
                SupplementRow, "WHERE case_id = %s ORDER BY asked_at, id", case_id
            )
        ),
        identity=opened_value(row, key, "identity", row.sealed_identity, IDENTITY),
        posted=replace(posted, tries=row.posted_tries) if posted else None,
        mailed=replace(mailed, tries=row.mailed_tries) if mailed else None,
        told=opened_value(row, key, "told", row.sealed_told, TOLD),
        told_of_change=opened_value(row, key, "told-of-change", row.sealed_told_of_change, TOLD),
        work=Work(row.work),
        work_note=row.work_note,
        tries=row.work_tries,
        failures=row.work_failures,
        hand_written=(
            ""
            if row.sealed_hand_written is None
            else opened_bytes(row, key, "hand-written", row.sealed_hand_written).decode()
        ),
        verified_by=StaffId(row.verified_by) if row.verified_by else None,
        answered_at=row.answered_at,
        dispatch=DispatchKind(row.dispatch) if row.dispatch else None,
        tracking_number=row.tracking_number,
        version=row.version,
    )


def refreshed(case: Case) -> Case:
    """Return a case with its identity as it is kept now: no other part changes while it is carried out.

    Nothing is opened where nothing changed. CaseUnknown if it was erased meanwhile.
    """
    found = asking.cells(CaseRow, "version", "WHERE id = %s", case.id)
    if not found:
        raise CaseUnknown(f"there is no case `{case.id}`")
    if found[0][0] == case.version:
        return case
    row = row_of(case.id)
    identity = opened_value(row, key_of(row), "identity", row.sealed_identity, IDENTITY)
    return replace(case, identity=identity, version=row.version)


def held(case_id: CaseId) -> Case:
    """Return a case and keep every other writer of it out until the transaction ends."""
    asking.cells(CaseRow, "id", f"WHERE id = %s{asking.hold()}", case_id)
    return case(case_id)


def demand(demand_id: DemandId) -> DemandState:
    """Return one demand with its decision."""
    position = int(demand_id.rpartition("/")[2])
    return case(CaseId(demand_id.rpartition("/")[0])).demands[position - 1]


def change(
    case_id: CaseId,
    *,
    version: int,
    stage: Stage | None = None,
    due_on: date | None = None,
    complete_at: datetime | None = None,
    verified_by: StaffId | None = None,
    answered_at: datetime | None = None,
    closed_at: datetime | None = None,
    dispatch: DispatchKind | None = None,
    tracking_number: str | None = None,
    work: Work | None = None,
) -> None:
    """Change plain columns of a case if nobody else did since; CaseChangedMeanwhile otherwise."""
    given: dict[str, Any] = {
        "stage": stage,
        "due_on": due_on,
        "complete_at": complete_at,
        "verified_by": verified_by,
        "answered_at": answered_at,
        "closed_at": closed_at,
        "dispatch": dispatch,
        "tracking_number": tracking_number,
        "work": work,
    }
    values = {name: value for name, value in given.items() if value is not None}
    changed = CaseRow.objects.filter(id=case_id, version=version).update(
        version=version + 1, **values
    )
    if not changed:
        raise CaseChangedMeanwhile(f"case `{case_id}` was changed by somebody else")
    if work is Work.QUEUED:
        tell_queued()


def save_identity(case_id: CaseId, identity: Identity, *, version: int) -> None:
    """Keep which records the person is, and what is registered there, sealed with the case."""
    row = row_of(case_id)
    sealed = key_of(row).seal(IDENTITY.dump_json(identity), context=f"{case_id}/identity")
    changed = CaseRow.objects.filter(id=case_id, version=version).update(
        version=version + 1, sealed_identity=sealed
    )
    if not changed:
        raise CaseChangedMeanwhile(f"case `{case_id}` was changed by somebody else")


def code_digest_of(case_id: CaseId, code: str) -> str:
    """Return the keyed digest of a status code."""
    return master().digest("code", f"{case_id}:{code}")


def member_digest_of(member_ref: str | None) -> str:
    """Return the keyed digest of a member's reference, empty for nobody."""
    return master().digest("member", member_ref) if member_ref else ""
