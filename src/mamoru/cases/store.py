"""Rows and values of part 3. Every sealed column is bound to its case and its name."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from pydantic import TypeAdapter

from mamoru.cases.models import (
    AnswerRow,
    AttemptRow,
    CaseRow,
    Counter,
    DemandRow,
    MemberRow,
    ProofRow,
    ReceiptRow,
    RepeatRow,
    SupplementRow,
)
from mamoru.cases.terms import (
    Case,
    Channel,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    DispatchKind,
    Expected,
    Filing,
    Finding,
    Identity,
    LocationReceipt,
    Outcome,
    PlannedPlace,
    Proof,
    ProofKind,
    ProofOf,
    RefusalGround,
    Role,
    Stage,
    Subject,
    Supplement,
    Work,
)
from mamoru.kit import ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, DemandId, StaffId
from mamoru.kit.seal import DataKey, MasterKey

T = TypeVar("T")
Row = Mapping[str, str | int | float | None]

_FILING = TypeAdapter(Filing)
_FINDING = TypeAdapter(Finding)
_IDENTITY = TypeAdapter(Identity)
_PLACES = TypeAdapter(tuple[PlannedPlace, ...])
_EXPECTED = TypeAdapter(tuple[Expected, ...])
_ROWS = TypeAdapter(tuple[dict[str, str | int | float | None], ...])


class CaseUnknown(MamoruError):
    """There is no case of that number."""

    code, exit_code = "case-unknown", 2


class CaseChangedMeanwhile(MamoruError):
    """Somebody else changed the case between reading and writing. Reload and look again."""

    code, retry = "case-changed-meanwhile", True


class PaperUnknown(MamoruError):
    """The paper is not of this case, or has been erased by schedule."""

    code, exit_code = "paper-unknown", 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A line of the queue: nothing that identifies a person."""

    id: CaseId
    stage: Stage
    role: Role
    kinds: tuple[DemandKind, ...]
    channel: Channel
    received_at: datetime
    due_on: date
    work: Work
    work_note: str
    undecided: int
    unapproved: int


_master: MasterKey | None = None


def install(master: MasterKey) -> None:
    """Hand the store the master key, once, at start."""
    global _master  # noqa: PLW0603 - one process has one key; wiring sets it before any call
    _master = master


def master() -> MasterKey:
    """Return the installed master key; an error of the programmer if wiring did not run."""
    if _master is None:
        raise RuntimeError("the store has no master key: call `store.install` first")
    return _master


@contextmanager
def atomic() -> Iterator[None]:
    """Everything inside is written, with its ledger entry, or nothing is."""
    with transaction.atomic():
        yield


def commitment(case_id: CaseId, name: str, text: str) -> str:
    """Return a keyed digest of a value, for the ledger: it proves and does not tell."""
    return master().digest("commitment", f"{case_id}/{name}/{text}")


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
        code_digest=_code_digest(case_id, code),
        member_digest=_member_digest(filing.member_ref),
        wrapped_key=wrapped,
        sealed_filing=key.seal(_FILING.dump_json(filing), context=f"{case_id}/filing"),
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
    row = _row(case_id)
    key = _key(row)
    filing = _FILING.validate_json(_open(row, key, "filing", row.sealed_filing))
    return Case(
        id=case_id,
        stage=Stage(row.stage),
        filing=filing,
        received_at=row.received_at,
        complete_at=row.complete_at,
        due_on=row.due_on,
        demands=tuple(
            _demand(each, filing.demands[each.position - 1], key) for each in row.demands.all()
        ),
        proofs=tuple(_proof(each, key) for each in row.proofs.all()),
        supplements=tuple(_supplement(each, key) for each in row.supplements.all()),
        identity=_opened(row, key, "identity", row.sealed_identity, _IDENTITY),
        work=Work(row.work),
        work_note=row.work_note,
        tries=row.work_tries,
        failures=row.work_failures,
        hand_written=(
            ""
            if row.sealed_hand_written is None
            else _open(row, key, "hand-written", row.sealed_hand_written).decode()
        ),
        verified_by=StaffId(row.verified_by) if row.verified_by else None,
        answered_at=row.answered_at,
        dispatch=DispatchKind(row.dispatch) if row.dispatch else None,
        tracking_number=row.tracking_number,
        version=row.version,
    )


def held(case_id: CaseId) -> Case:
    """Return a case and keep every other writer of it out until the transaction ends."""
    CaseRow.objects.select_for_update().filter(id=case_id).first()
    return case(case_id)


def demand(demand_id: DemandId) -> DemandState:
    """Return one demand with its decision."""
    position = int(demand_id.rpartition("/")[2])
    return case(CaseId(demand_id.rpartition("/")[0])).demands[position - 1]


def case_lines(
    *, stages: Sequence[Stage] = (), search: str = "", offset: int = 0, limit: int | None = None
) -> tuple[CaseLine, ...]:
    """Return the queue or a page of it, the earliest due first; no sealed column is read."""
    rows = CaseRow.objects.all()
    if stages:
        rows = rows.filter(stage__in=stages)
    if search:
        rows = rows.filter(id__icontains=search)
    return _lines(rows, slice(offset, None if limit is None else offset + limit))


def _lines(rows: QuerySet[CaseRow], part: slice = slice(None)) -> tuple[CaseLine, ...]:
    found = rows.defer("sealed_filing", "sealed_identity").prefetch_related("demands")
    return tuple(
        CaseLine(
            id=CaseId(row.id),
            stage=Stage(row.stage),
            role=Role(row.role),
            kinds=tuple(DemandKind(each.kind) for each in row.demands.all()),
            channel=Channel(row.channel),
            received_at=row.received_at,
            due_on=row.due_on,
            work=Work(row.work),
            work_note=row.work_note,
            undecided=sum(not each.decided_by for each in row.demands.all()),
            unapproved=sum(
                bool(each.decided_by) and not each.approved_by for each in row.demands.all()
            ),
        )
        for row in found.order_by("due_on", "id")[part]
    )


def count_by_stage(*, search: str = "") -> Mapping[Stage, int]:
    """Return how many cases are in each stage, every stage named, in one query."""
    rows = CaseRow.objects.filter(id__icontains=search) if search else CaseRow.objects.all()
    found = dict(rows.values_list("stage").annotate(count=Count("id")))
    return {stage: found.get(stage, 0) for stage in Stage}


def cases_of_member(member_ref: str) -> tuple[CaseLine, ...]:
    """Return the lines of the cases that a signed-in member filed."""
    return _lines(CaseRow.objects.filter(member_digest=_member_digest(member_ref)))


# --- changes, each a compare-and-set on the case's version -------------------------------


def change(
    case_id: CaseId,
    *,
    version: int,
    stage: Stage | None = None,
    due_on: date | None = None,
    complete_at: datetime | None = None,
    verified_by: StaffId | None = None,
    answered_at: datetime | None = None,
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


def save_identity(case_id: CaseId, identity: Identity, *, version: int) -> None:
    """Keep which records the person is, and what is registered there, sealed with the case."""
    row = _row(case_id)
    sealed = _key(row).seal(_IDENTITY.dump_json(identity), context=f"{case_id}/identity")
    changed = CaseRow.objects.filter(id=case_id, version=version).update(
        version=version + 1, sealed_identity=sealed
    )
    if not changed:
        raise CaseChangedMeanwhile(f"case `{case_id}` was changed by somebody else")


def save_hand_written(case_id: CaseId, characters: str) -> None:
    """Keep which characters a person writes into the letters of a case."""
    row = _row(case_id)
    sealed = _key(row).seal(characters.encode(), context=f"{case_id}/hand-written")
    CaseRow.objects.filter(id=case_id).update(sealed_hand_written=sealed)


def add_proof(case_id: CaseId, proof: Proof, content: bytes) -> bool:
    """Keep a paper, sealed; False if the very same paper is there already."""
    row = _row(case_id)
    sealed = _key(row).seal(content, context=f"{case_id}/proof/{proof.id}")
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


def proof_content(case_id: CaseId, proof_id: str) -> tuple[str, bytes]:
    """Return media type and plain bytes of a paper; PaperUnknown if it is not of this case."""
    row = _row(case_id)
    paper = row.proofs.filter(id=proof_id).first()
    if paper is None or paper.sealed is None:
        raise PaperUnknown(f"case `{case_id}` holds no such paper")
    content = _key(row).open(bytes(paper.sealed), context=f"{case_id}/proof/{proof_id}")
    return paper.media_type, content


def save_finding(case_id: CaseId, proof_id: str, finding: Finding) -> None:
    """Keep what a member of staff read on a paper."""
    row = _row(case_id)
    sealed = _key(row).seal(_FINDING.dump_json(finding), context=f"{case_id}/finding/{proof_id}")
    if not row.proofs.filter(id=proof_id).update(sealed_finding=sealed):
        raise PaperUnknown(f"case `{case_id}` holds no such paper")


def add_supplement(case_id: CaseId, supplement: Supplement) -> None:
    """Keep a request for what is missing."""
    row = _row(case_id)
    SupplementRow(
        case=row,
        defects=list(supplement.defects),
        sealed_message=_key(row).seal(supplement.message.encode(), context=f"{case_id}/supplement"),
        asked_at=supplement.asked_at,
        by=supplement.by,
        due_on=supplement.due_on,
    ).save(force_insert=True)


def close_supplements(case_id: CaseId, *, at: datetime) -> None:
    """Note that what was asked for has come."""
    SupplementRow.objects.filter(case_id=case_id, received_at=None).update(received_at=at)


def save_decision(demand_id: DemandId, decision: Decision) -> None:
    """Keep a decision. INVARIANT: an approved decision is never overwritten."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    key = _key(_row(case_id))
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
        plan_places=_PLACES.dump_python(decision.places, mode="json"),
        plan_expected=_EXPECTED.dump_python(decision.expected, mode="json"),
    )
    if not changed:
        raise CaseChangedMeanwhile(f"demand `{demand_id}` is decided and approved already")


def clear_decision(demand_id: DemandId) -> None:
    """Take an unapproved decision back, so that the demand is decided again."""
    DemandRow.objects.filter(id=demand_id, approved_by="").update(**_UNDECIDED)


def reopen_decision(demand_id: DemandId) -> None:
    """Take an approved decision back that was never carried out, and what was read for it.

    INVARIANT: what is done stays decided; a receipt of a correction stays with its effect.
    """
    changed = DemandRow.objects.filter(id=demand_id, executed_at=None).update(**_UNDECIDED)
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
}
_READING = (
    DemandKind.NOTICE_OF_PURPOSE,
    DemandKind.DISCLOSURE,
    DemandKind.DISCLOSURE_OF_PROVISION_RECORDS,
)


# --- execution ---------------------------------------------------------------------------


def receipt(demand_id: DemandId, location: str) -> LocationReceipt | None:
    """Return the receipt of a step that ran already, None if it has not."""
    row = ReceiptRow.objects.filter(demand_id=demand_id, location=location).first()
    return None if row is None else _receipt(row)


def receipts(demand_id: DemandId) -> tuple[LocationReceipt, ...]:
    """Return all receipts of a demand in the order of the plan."""
    return tuple(map(_receipt, ReceiptRow.objects.filter(demand_id=demand_id)))


def save_receipt(
    demand_id: DemandId, location: str, done: LocationReceipt, rows: Sequence[Row]
) -> bool:
    """Keep what a step did; False if it is kept already, and then nothing changes."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    key = _key(_row(case_id))
    _, made = ReceiptRow.objects.get_or_create(
        demand_id=demand_id,
        location=location,
        defaults={
            "store": done.store,
            "table": done.table,
            "rows": done.rows,
            "digest": done.digest,
            "at": done.at,
            "sealed_values": key.seal(
                _ROWS.dump_json(tuple(dict(row) for row in rows)),
                context=f"{demand_id}/values/{location}",
            ),
        },
    )
    return made


def values(demand_id: DemandId, location: str) -> tuple[Row, ...]:
    """Return the rows that a step read."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    row = ReceiptRow.objects.get(demand_id=demand_id, location=location)
    plain = _key(_row(case_id)).open(
        bytes(row.sealed_values), context=f"{demand_id}/values/{location}"
    )
    return _ROWS.validate_json(plain)


def mark_executed(demand_id: DemandId, *, at: datetime) -> bool:
    """Note that every step of a demand is done; False if that was noted already."""
    return bool(DemandRow.objects.filter(id=demand_id, executed_at=None).update(executed_at=at))


def executed(demand_id: DemandId) -> bool:
    """Return whether every step of a demand is done."""
    return DemandRow.objects.filter(id=demand_id, executed_at__isnull=False).exists()


def done_by_hand(demand_id: DemandId) -> bool:
    """Return whether staff noted that they carried a demand out."""
    return DemandRow.objects.filter(id=demand_id, sealed_hand_note__isnull=False).exists()


def save_hand_work(demand_id: DemandId, note: str, *, by: StaffId, at: datetime) -> bool:
    """Note that staff carried a demand out by hand, and what they did; False if it was done."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    key = _key(_row(case_id))
    changed = DemandRow.objects.filter(id=demand_id, executed_at=None).update(
        executed_at=at,
        sealed_hand_note=key.seal(f"{by}: {note}".encode(), context=f"{demand_id}/hand"),
    )
    return bool(changed)


def due_work(*, now: datetime, limit: int = 50) -> tuple[CaseId, ...]:
    """Return what the worker shall carry out now, the earliest due first: the outbox."""
    rows = CaseRow.objects.filter(
        Q(work_after=None) | Q(work_after__lte=now), work__in=[Work.QUEUED, Work.WAITING]
    ).order_by("due_on", "id")
    return tuple(CaseId(found) for found in rows.values_list("id", flat=True)[:limit])


def claim_work(case_id: CaseId) -> int | None:
    """Take a case of the outbox and return which try this is, None if another worker was faster."""
    with transaction.atomic():
        taken = CaseRow.objects.filter(id=case_id, work__in=[Work.QUEUED, Work.WAITING]).update(
            work=Work.RUNNING, work_after=None, work_tries=F("work_tries") + 1
        )
        return CaseRow.objects.get(id=case_id).work_tries if taken else None


def claimed_work() -> tuple[tuple[CaseId, int], ...]:
    """Return (case, try) of everything that was taken and is not finished."""
    rows = CaseRow.objects.filter(work=Work.RUNNING).values_list("id", "work_tries")
    return tuple((CaseId(found), tries) for found, tries in rows)


def set_work(
    case_id: CaseId,
    work: Work,
    *,
    note: str = "",
    after: datetime | None = None,
    failures: int | None = None,
) -> None:
    """Note what the machine is doing with a case; never its stage.

    `failures` in a row are left as they are where none are given.
    """
    counted = {} if failures is None else {"work_failures": failures}
    CaseRow.objects.filter(id=case_id).update(
        work=work, work_note=note, work_after=after, **counted
    )


def hasten_work(case_id: CaseId) -> bool:
    """Put a case that waits at the head of the queue; False if it does not wait."""
    waits = CaseRow.objects.filter(id=case_id, work=Work.WAITING)
    return bool(waits.update(work=Work.QUEUED, work_after=None))


def next_try(case_id: CaseId) -> datetime | None:
    """Return when the worker takes a waiting case up again, None if at once or not at all."""
    return _row(case_id).work_after


def save_answer(case_id: CaseId, kind: str, pdf: bytes, *, at: datetime) -> str:
    """Keep a rendered letter, sealed, and return its digest; the same bytes are kept once."""
    row = _row(case_id)
    digest = commitment(case_id, kind, hashlib.sha256(pdf).hexdigest())
    sealed = _key(row).seal(pdf, context=f"{case_id}/answer/{digest}")
    AnswerRow.objects.get_or_create(
        case=row,
        digest=digest,
        defaults={"kind": kind, "rendered_at": at, "sealed_pdf": sealed},
    )
    return digest


def answer(case_id: CaseId, kind: str = "answer") -> tuple[str, bytes] | None:
    """Return digest and bytes of the newest letter of a kind, None if there is none."""
    row = _row(case_id)
    letter = row.answers.filter(kind=kind).last()
    if letter is None:
        return None
    return letter.digest, _key(row).open(
        bytes(letter.sealed_pdf), context=f"{case_id}/answer/{letter.digest}"
    )


# --- the requester's key to the status page ----------------------------------------------


def code_fits(case_id: CaseId, code: str) -> bool:
    """Return whether a 照会コード opens a case; an unknown number opens nothing."""
    kept = CaseRow.objects.filter(id=case_id).values_list("code_digest", flat=True).first()
    return hmac.compare_digest(kept or "", _code_digest(case_id, code))


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


# --- from rows to values -----------------------------------------------------------------


def _row(case_id: CaseId) -> CaseRow:
    row = CaseRow.objects.filter(id=case_id).first()
    if row is None:
        raise CaseUnknown(f"there is no case `{case_id}`")
    return row


def case_key(case_id: CaseId) -> DataKey:
    """Return the opened key of a case, for what else is sealed with it."""
    return _key(_row(case_id))


def _key(row: CaseRow) -> DataKey:
    return master().unwrap(bytes(row.wrapped_key))


def _open(row: CaseRow, key: DataKey, name: str, sealed: bytes | memoryview) -> bytes:
    return key.open(bytes(sealed), context=f"{row.id}/{name}")


def _opened(
    row: CaseRow, key: DataKey, name: str, sealed: bytes | memoryview | None, shape: TypeAdapter[T]
) -> T | None:
    return None if sealed is None else shape.validate_json(_open(row, key, name, sealed))


def _code_digest(case_id: CaseId, code: str) -> str:
    return master().digest("code", f"{case_id}:{code}")


def _member_digest(member_ref: str | None) -> str:
    return master().digest("member", member_ref) if member_ref else ""


def _demand(row: DemandRow, asked: Demand, key: DataKey) -> DemandState:
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
            places=_PLACES.validate_python(row.plan_places),
            expected=_EXPECTED.validate_python(row.plan_expected),
        ),
    )


def _proof(row: ProofRow, key: DataKey) -> Proof:
    finding = None
    if row.sealed_finding is not None:
        finding = _FINDING.validate_json(
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
    )


def _supplement(row: SupplementRow, key: DataKey) -> Supplement:
    return Supplement(
        defects=tuple(row.defects),
        message=key.open(bytes(row.sealed_message), context=f"{row.case_id}/supplement").decode(),
        asked_at=row.asked_at,
        by=StaffId(row.by),
        due_on=row.due_on,
        received_at=row.received_at,
    )


def _receipt(row: ReceiptRow) -> LocationReceipt:
    return LocationReceipt(
        store=row.store, table=row.table, rows=row.rows, digest=row.digest, at=row.at
    )
