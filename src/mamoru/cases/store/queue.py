"""The lines of the queue: nothing that identifies a person, no sealed column read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from mamoru.cases.models import (
    CaseRow,
    ProofRow,
    SupplementRow,
)
from mamoru.cases.store.forms import member_digest_of
from mamoru.cases.terms import (
    Channel,
    DemandKind,
    Role,
    Stage,
    Work,
)
from mamoru.kit.ids import CaseId


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
    papers: bool  # some lie here
    arrived: bool  # some came since papers were last asked for


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
    papers = ProofRow.objects.filter(case=OuterRef("pk"))
    asked = SupplementRow.objects.filter(case=OuterRef("case")).order_by("-asked_at")
    since = papers.filter(received_at__gte=Subquery(asked.values("asked_at")[:1]))
    found = (
        rows.defer("sealed_filing", "sealed_identity")
        .annotate(has_papers=Exists(papers), papers_arrived=Exists(since))
        .prefetch_related("demands")
    )
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
            papers=row.has_papers,
            arrived=row.papers_arrived,
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
    return _lines(CaseRow.objects.filter(member_digest=member_digest_of(member_ref)))
