"""The queue as the desk sees it: nothing in it identifies a person (P3.17, P3.26)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext

from mamoru.cases import actions, store
from mamoru.cases.terms import Channel, Stage, Work
from mamoru.console import labels
from mamoru.console.words import day, said, word
from mamoru.documents import wording
from mamoru.kit import clock
from mamoru.kit.ids import CaseId

PAGE: Final = 50
BESIDE: Final = 14
"""How many cases stand beside the open one."""

OPEN_STAGES: Final = (Stage.RECEIVED, Stage.SUPPLEMENT_ASKED, Stage.VERIFIED, Stage.DECIDED)
_FINAL: Final = frozenset({Stage.ANSWERED, Stage.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline in text, with no day while it is paused; `urgency` also chooses the colour."""

    day: str
    text: str
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case in the queue."""

    id: CaseId
    stage: Stage
    stage_word: str
    kinds: tuple[str, ...]
    role: str
    received: str
    due: Due
    todo: str
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A filter of the queue with its count."""

    key: str
    word: str
    count: int
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A page of the queue."""

    lines: tuple[Line, ...]
    tabs: tuple[Tab, ...]
    total: int
    number: int
    last: int
    first_row: int
    last_row: int

    @property
    def previous(self) -> int | None:
        """The page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, None on the last."""
        return self.number + 1 if self.number < self.last else None


def queue(*, key: str, search: str, number: int, personal: bool, now: datetime) -> Queue:
    """Return one page of the queue for a filter: `open`, `all` or a stage."""
    counts = store.count_by_stage(search=search)
    filters = {"open": OPEN_STAGES, **{str(stage): (stage,) for stage in Stage}, "all": ()}
    chosen = key if key in filters else "open"
    stages = filters[chosen]
    total = sum(counts[stage] for stage in stages or tuple(Stage))
    last = max(-(-total // PAGE), 1)
    page = min(max(number, 1), last)
    offset = (page - 1) * PAGE
    found = store.case_lines(stages=stages, search=search, offset=offset, limit=PAGE)
    words = {"open": gettext("対応中"), "all": gettext("すべて")}
    return Queue(
        lines=tuple(_line(line, personal=personal, now=now) for line in found),
        tabs=tuple(
            Tab(
                key=name,
                word=words.get(name) or word(labels.STAGES, name),
                count=sum(counts[stage] for stage in of or tuple(Stage)),
                here=name == chosen,
            )
            for name, of in filters.items()
        ),
        total=total,
        number=page,
        last=last,
        first_row=offset + 1 if found else 0,
        last_row=offset + len(found),
    )


def beside(case_id: CaseId, *, personal: bool, now: datetime) -> tuple[Line, ...]:
    """Return the cases that are due first, for the column beside an open case."""
    found = store.case_lines(stages=OPEN_STAGES, limit=BESIDE)
    return tuple(_line(line, personal=personal, now=now, here=line.id == case_id) for line in found)


def _line(line: store.CaseLine, *, personal: bool, now: datetime, here: bool = False) -> Line:
    state = actions.clock_of_line(line, now=now)
    return Line(
        id=line.id,
        stage=line.stage,
        stage_word=word(labels.STAGES, line.stage),
        kinds=tuple(dict.fromkeys(said(wording.KINDS, kind) for kind in line.kinds)),
        role=said(wording.ROLES, line.role),
        received=day(clock.date_in_japan(line.received_at)),
        due=due_in_words(
            line.stage, line.due_on, state.days_left, state.urgency, paused=state.paused
        ),
        todo=_todo(line, personal=personal),
        here=here,
    )


def due_in_words(stage: Stage, on: date, left: int, urgency: str, *, paused: bool) -> Due:
    if stage in _FINAL:
        return Due(day=day(on), text=gettext("終了"), urgency="ended")
    if paused:
        return Due(day="", text=gettext("書類待ち（期限は停止中）"), urgency="paused")
    if left < 0:
        text = gettext("期限を%(days)s日過ぎています") % {"days": -left}
    elif left == 0:
        text = gettext("今日が期限です")
    else:
        text = gettext("あと%(days)s日") % {"days": left}
    return Due(day=day(on), text=text, urgency=str(urgency))


def _todo(line: store.CaseLine, *, personal: bool) -> str:
    match line.stage:
        case Stage.RECEIVED if not line.papers and line.channel is not Channel.MEMBER_PAGE:
            text = gettext("書類の到着待ち")
        case Stage.RECEIVED:
            text = gettext("本人の確認")
        case Stage.SUPPLEMENT_ASKED if line.arrived:
            text = gettext("届いた書類の確認")
        case Stage.SUPPLEMENT_ASKED:
            text = gettext("書類の到着待ち")
        case Stage.VERIFIED if line.undecided:
            text = gettext("判断 %(count)s件") % {"count": f"{line.undecided:,}"}
        case Stage.VERIFIED:
            text = gettext("承認 %(count)s件") % {"count": f"{line.unapproved:,}"}
        case Stage.DECIDED:
            text = _todo_of_decided(line, personal=personal)
        case _:
            text = ""
    return text


def _todo_of_decided(line: store.CaseLine, *, personal: bool) -> str:
    if line.work is Work.READY:
        return gettext("回答の発送")
    if line.work is Work.WAITING:
        reason = actions.note_seen(line.work_note, personal=personal).partition(":")[0]
        return word(labels.WORK_TODOS, reason if reason in labels.WORK_TODOS else "failed")
    return gettext("自動処理中")
