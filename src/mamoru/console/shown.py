"""What the page of a case holds, as values: words and forms, no rows (P3.10 to P3.17)."""

from dataclasses import dataclass

from django import forms as django_forms

from mamoru.cases import execute
from mamoru.cases.terms import (
    NeedState,
    Proof,
    Stage,
    Work,
)
from mamoru.console import forms, queue
from mamoru.console.effects import Counted, Proven
from mamoru.kit.ids import CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one thing to do now."""

    text: str
    by: str
    anchor: str = ""
    link: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the page; what is to be done now stands open and first, the rest is folded."""

    key: str
    template: str
    title: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """A line of the history."""

    index: int
    word: str
    who: str
    at: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper with what was read on it."""

    proof: Proof
    word: str
    of: str
    received: str
    size: str
    read: tuple[Row, ...]
    reader: str
    superseded: bool  # it fell short, and a later one makes up for it
    opened: bool  # by whoever looks at this page: without it no finding is taken
    blackens: bool  # whoever looks at this page may black parts of it out
    form: forms.FindingForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A group of papers that the role has to send, and how far it has come."""

    of: str
    words: str
    state: NeedState
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sources compared."""

    label: str
    verdict: str
    word: str
    differences: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Address, name or birth date: three originals, three pairs."""

    key: str
    title: str
    verdict: str
    word: str
    sources: tuple[Row, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole matrix, and the chain of a mover."""

    paper: str
    parts: tuple[Compared, ...]
    chain: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for what is missing."""

    at: str
    by: str
    due: str
    received: str
    points: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A table of a plan or of a receipt: counts, never values."""

    store: str
    table: str
    count: int
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground with its article."""

    code: str
    word: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision in words."""

    outcome: str
    word: str
    grounds: tuple[Ground, ...]
    reason: str
    law: str
    by: str
    at: str
    approved_by: str
    approved_at: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A decision that can no longer be carried out: what has changed, in words."""

    position: int
    kind: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """A demand with facts, plan, decision and what may be done with it."""

    position: int
    kind: str
    code: str
    article: str
    items: str
    before: str
    after: str
    reason: str
    standing: tuple[Ground, ...]
    plan: tuple[Touched, ...]
    changes: bool  # carrying it out writes to the stores
    expected: tuple[Counted, ...]
    effects: tuple[Proven, ...]
    may_name: bool  # which one value is meant can still be said
    by_hand: bool
    withheld: str  # in counts, of a protected person
    decided: Decided | None
    form: forms.DecideForm | None
    may_approve: bool
    approval: str
    return_form: forms.ReturnForm | None
    receipts: tuple[Touched, ...]
    done: bool
    hand_form: forms.CarriedOutForm | None
    hand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What the machine does, in plain words."""

    word: str
    note: str
    since: str
    tries: int
    failures: int
    next_try: str
    may_hasten: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """A suspension or stop in force, and what this person may do to end it."""

    position: int
    kind: str
    asked: bool
    form: forms.LiftingForm | None
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A protective flag in force, and what this person may do to end it."""

    position: int
    reference: str
    facts: tuple[Row, ...]
    asked: bool
    form: forms.UnprotectForm | None
    may_confirm: bool
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """How the person is protected, for those who read persons at all."""

    in_force: bool
    overdue: bool  # a flag should have been renewed; it holds all the same
    unreachable: bool  # no one safe contact: nothing is written to the person
    unconfirmed: bool  # one person alone has named the contact
    conflicting: bool  # flags name different contacts
    marked: tuple[str, ...]  # tables of the company that mark the person
    flags: tuple[Flag, ...]
    form: forms.ProtectionForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A character without a glyph: what to write by hand, and where."""

    code: str
    part: str
    count: int
    nth: int
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A code by registered post: what there is to do, and how far the newest has come."""

    facts: tuple[Row, ...]
    may_make: bool
    again: bool  # an older one would be void
    form: forms.PostedCodeForm | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Whether the person was told that an agent asks, or how to."""

    facts: tuple[Row, ...]
    by_letter: bool
    form: forms.ToldForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A registered contact that changed a short time ago, and what to do about it."""

    facts: tuple[Row, ...]
    unknown: bool  # of one nobody knows what it was before
    nobody: bool  # there is no earlier contact to be told
    by_letter: bool
    by_mail: bool  # from here, by the company's server
    form: forms.ToldForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A form that came back with errors, shown again where it stood."""

    key: str
    form: django_forms.Form


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything on the page of one case. What `personal` forbids is not in it."""

    case_id: CaseId
    version: int
    stage: Stage
    stage_word: str
    work: Work
    work_note: str
    personal: bool
    handles: bool
    facts: tuple[Row, ...]
    due: queue.Due
    next_step: NextStep
    parts: tuple[Part, ...]
    beside: tuple[queue.Line, ...]
    trail: tuple[TrailLine, ...]
    person: tuple[Row, ...]
    agent: tuple[Row, ...]
    demands: tuple[DemandView, ...]
    needed: tuple[Needed, ...]
    papers: tuple[Paper, ...]
    identified: bool
    by_login: bool
    records: tuple[str, ...]
    registered: tuple[Row, ...]
    former: tuple[str, ...]
    can_identify: bool
    candidates: tuple[execute.Candidate, ...] | None
    searched: str  # the stores that were asked, where candidates are shown
    identify_form: forms.IdentifyForm | None
    comparison: Comparison | None
    authority: tuple[str, ...]
    authority_proven: bool
    by_agent: bool
    open_points: tuple[str, ...]
    open_words: tuple[str, ...]
    unread_words: tuple[str, ...]
    verify_form: forms.VerifyForm | None
    verify_note: bool
    verify_hint: str
    verified: str
    recent: Recent | None
    mailed: tuple[Row, ...]  # how far a code by mail has come; empty where none was made
    posted: Posted | None
    supplements: tuple[Asked, ...]
    may_resume: int  # how many papers came since they were asked for, where work may go on
    supplement_form: forms.SupplementForm | None
    decide_hint: str
    working: Working
    stale: tuple[Stale, ...]
    reopen_form: forms.ReturnForm | None
    liftings: tuple[Lifting, ...]
    written: tuple[Written, ...]
    written_form: forms.HandWrittenForm | None
    has_letter: bool
    letter_opened: bool
    of_others: tuple[str, ...]  # disclosed items in which others may be spoken of
    destination: tuple[Row, ...]  # to whom, where and why: only where it can be sent now
    telling: Telling | None
    guarded: Guarded | None
    send_form: forms.SendForm | None
    send_hint: str
    answered: tuple[Row, ...]
