"""What can happen to a case. Each action loads, decides, writes, logs and tells (part 3).

INVARIANT: the ledger entry is written in the same transaction as the change; without it
nothing is changed.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mamoru.cases import answer, execute, store
from mamoru.cases.rules import deadline, facts, looks, needs, papers, plans, refusal, retry, states
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    Channel,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    DispatchKind,
    Filing,
    Finding,
    Judgement,
    Outcome,
    PersonalDetails,
    PlanChange,
    PlannedPlace,
    Practice,
    Proof,
    ProofGroup,
    ProofKind,
    ProofOf,
    RefusalGround,
    Role,
    Stage,
    Subject,
    Supplement,
    Target,
    TrailEntry,
    Work,
)
from mamoru.documents import blanks, letter
from mamoru.documents.blanks import Blank
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import MEMBER, SYSTEM, CaseId, DemandId, StaffId
from mamoru.kit.work import Steps
from mamoru.ledger import append

CODE_DIGITS = 12

_NO_GLYPH = f"failed:{answer.GlyphMissing.code}"

LOOK = timedelta(hours=1)
"""One entry of the ledger covers the looks of one person at one case for so long."""

_JUDGED = frozenset(
    {RefusalGround.HARM_TO_RIGHTS, RefusalGround.HINDRANCE_TO_BUSINESS, RefusalGround.OTHER_LAW}
)

# What screens catch: they may not reach into the rules.
PaperRefused = papers.PaperRefused
StageForbidden = states.StageForbidden


class NotConfirmed(MamoruError):
    """Identity or authority is not confirmed. Ask for what would cure it."""

    code, exit_code = "not-confirmed", 3


class CodeRefused(MamoruError):
    """Number and code do not open a case. After five failures it stays shut for the hour."""

    code, exit_code = "code-refused", 3


class TooManyPapers(MamoruError):
    """A case takes a limited number of papers. Ask the desk."""

    code, exit_code = "too-many-papers", 3


class TooManyFilings(MamoruError):
    """Too many forms came from one place within the hour. Try again later."""

    code, retry, exit_code = "too-many-filings", True, 3


class KeyReused(MamoruError):
    """This form's one-time key has filed something else already. Open the form afresh."""

    code, exit_code = "one-time-key-reused", 3


class NothingSent(MamoruError):
    """No paper has come since papers were asked for. Send one first, then say so."""

    code, exit_code = "nothing-sent", 3


class ValueUnfit(MamoruError):
    """A corrected value is not of the form that its column holds. Correct it and send again."""

    code, exit_code = "value-unfit", 3


class FormDefective(MamoruError):
    """The demands of a member page are incomplete."""

    code, exit_code = "form-defective", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a requester takes away: number, code, and by when they hear."""

    case_id: CaseId
    code: str
    acknowledge_on: str
    due_on: str


_practice: Practice | None = None


def install(practice: Practice) -> None:
    """Hand over the company's periods and sizes, once, at start."""
    global _practice  # noqa: PLW0603 - set by the wiring before any call
    _practice = practice


def practice() -> Practice:
    """Return the company's periods and sizes."""
    if _practice is None:
        raise RuntimeError("no practice is installed: call `actions.install` first")
    return _practice


# --- the requester ------------------------------------------------------------------------


def file_case(filing: Filing, *, by: StaffId, now: datetime) -> Receipt:
    """Take a form in (P3.21): a number, a code, a due date. The same one-time key gives the same.

    A form with gaps is taken too; it leads to a request for supplement, not to
    refusal (P3.12).
    """
    one_time_key = filing.one_time_key or ids.token()
    filing = replace(filing, one_time_key=one_time_key)
    code = _code(one_time_key)
    received_on = clock.date_in_japan(now)
    due = deadline.due_on(received_on, days=practice().decide_days)
    _expect_known_items(filing)
    with store.atomic():
        known = store.case_of_key(one_time_key)
        if known is not None:
            return _known(known, filing, code)
        defects = refusal.form_defects(filing)
        case_id = store.next_case_id(received_on.year)
        case = store.add_case(case_id, filing, received_at=now, due_on=due, code=code)
        append.entry(
            "case.filed",
            subject=case_id,
            by=by,
            at=now,
            body={
                "role": filing.role,
                "channel": filing.channel,
                "demands": len(filing.demands),
                "kinds": [demand.kind for demand in filing.demands],
                "policy": f"v{filing.policy_version}",
                "purposes": list(filing.purpose_codes),
                "filing": store.commitment(case_id, "filing", repr(filing)),
                "due": due.isoformat(),
            },
        )
        if defects:
            _ask(case, tuple(gap.code for gap in defects), "", by=SYSTEM, now=now)
    return _receipt(case, code)


def open_status(case_id: CaseId, code: str, *, now: datetime) -> Case:
    """Return the case that number and code open; CodeRefused says the same for every failure.

    After too many wrong codes within the hour nothing opens it, not even the right
    one; the hour over, it opens again, so that nobody can shut a stranger's case for good.
    """
    tries = store.commitment(case_id, "code", "tries")
    hour = int(now.timestamp()) // 3600
    if store.attempts(tries, hour=hour) >= practice().code_attempts:
        raise CodeRefused("number and code do not open a case")
    if not store.code_fits(case_id, code):
        store.count_attempt(tries, hour=hour)
        raise CodeRefused("number and code do not open a case")
    return store.case(case_id)


def receive_proof(
    case_id: CaseId, content: bytes, *, kind: ProofKind, of: ProofOf, by: StaffId, now: datetime
) -> Proof:
    """Take a paper in: typed by its content, sealed, noted. The same paper twice is one."""
    media_type = papers.media_type(content, max_bytes=practice().upload_bytes)
    digest = store.commitment(case_id, "paper", hashlib.sha256(content).hexdigest())
    with store.atomic():
        case = store.held(case_id)
        if case.stage not in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED}:
            raise states.StageForbidden(f"a case that is `{case.stage}` takes no more papers")
        same = next((proof for proof in case.proofs if proof.digest == digest), None)
        if same is not None:
            return same
        if len(case.proofs) >= practice().uploads_per_case:
            raise TooManyPapers(f"case `{case_id}` holds {len(case.proofs)} papers already")
        proof = Proof(
            id=ids.token(),
            kind=kind,
            of=of,
            media_type=media_type,
            size=len(content),
            digest=digest,
            received_at=now,
        )
        store.add_proof(case_id, proof, content)
        store.change(case_id, version=case.version)
        append.entry(
            "case.paper.received",
            subject=case_id,
            by=by,
            at=now,
            body={"kind": kind, "of": of, "size": len(content), "paper": digest},
        )
    return proof


def submit_supplement(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Take note that the requester has sent what was asked for; the clock starts afresh."""
    case = store.case(case_id)
    stage = states.advance(case.stage, Stage.RECEIVED)
    asked_at = case.supplements[-1].asked_at if case.supplements else case.received_at
    if not any(proof.received_at >= asked_at for proof in case.proofs):
        raise NothingSent(f"case `{case_id}` has no paper that came after it was asked for")
    due = deadline.due_on(clock.date_in_japan(now), days=practice().decide_days)
    with store.atomic():
        store.change(case_id, version=case.version, stage=stage, due_on=due)
        store.close_supplements(case_id, at=now)
        for demand in case.demands:
            if demand.decision is not None and not demand.decided:
                store.clear_decision(demand.id)  # made on what was known before the papers came
        append.entry(
            "case.supplement.received",
            subject=case_id,
            by=by,
            at=now,
            body={"papers": len(case.proofs), "due": due.isoformat()},
        )


def withdraw_case(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """End a case because its requester wants it; a new one may be filed at any time.

    What is done has to be answered (Act 34(3)): a case of which a part is done is not ended.
    """
    case = store.case(case_id)
    if _begun(case):
        raise states.StageForbidden("a part of it is carried out: the answer follows")
    stage = states.advance(case.stage, Stage.WITHDRAWN)
    with store.atomic():
        store.change(case_id, version=case.version, stage=stage)
        append.entry("case.withdrawn", subject=case_id, by=by, at=now, body={})


def admit(key: str, *, allowed: int, now: datetime) -> None:
    """Count a form from one place; TooManyFilings beyond `allowed` in an hour.

    `key` is a network address block; only its keyed digest is kept.
    """
    digest = store.commitment(CaseId("limiter"), "place", key)
    if store.count_attempt(digest, hour=int(now.timestamp()) // 3600) > allowed:
        raise TooManyFilings("too many forms from this place within the hour")


def place_of(address: str) -> str:
    """Return the block that an address lies in: /24 of IPv4, /56 of IPv6 (one household or office)."""
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 24 if host.version == 4 else 56  # noqa: PLR2004
    return str(ipaddress.ip_network(f"{host}/{prefix}", strict=False))


def acknowledge_on(case: Case) -> date:
    """Return the day by which the requester hears for the first time."""
    received_on = clock.date_in_japan(case.received_at)
    return deadline.acknowledge_on(received_on, open_days=practice().acknowledge_open_days)


def possible(case: Case, to: Stage) -> bool:
    """Return whether the law lets a case go to a stage from where it is."""
    return to in states.EXITS[case.stage] and not (to is Stage.WITHDRAWN and _begun(case))


def _begun(case: Case) -> bool:
    return any(store.executed(demand.id) for demand in case.demands)


def takes_papers(case: Case) -> bool:
    """Return whether papers can still be handed in."""
    return case.stage in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED}


def offers_download(case: Case) -> bool:
    """Return whether the requester may take the answer from the page: asked for so, and sent."""
    return case.stage is Stage.ANSWERED and case.dispatch is DispatchKind.DOWNLOAD


def download_answer(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the answer to its requester, electronically and only once sent (P3.24); it is noted."""
    if not offers_download(store.case(case_id)):
        raise StageForbidden("there is no answer to download")
    return open_letter(case_id, by=by, now=now)


# --- the desk -----------------------------------------------------------------------------


def record_finding(case_id: CaseId, proof_id: str, finding: Finding, *, now: datetime) -> None:
    """Keep what a named member of staff read on a paper (P3.10).

    PaperUnopened unless the ledger says that the same person opened this very paper.
    """
    with store.atomic():
        case = store.held(case_id)
        _expect(case, Stage.RECEIVED, Stage.SUPPLEMENT_ASKED)
        paper = next((proof for proof in case.proofs if proof.id == proof_id), None)
        if paper is None:
            raise store.PaperUnknown(f"case `{case_id}` holds no such paper")
        if not looks.opened_paper(trail(case_id), paper.digest, by=finding.by):
            raise looks.PaperUnopened(f"the paper of case `{case_id}` was not opened by its reader")
        store.save_finding(case_id, proof_id, finding)
        store.change(case_id, version=case.version)
        append.entry(
            "case.paper.read",
            subject=case_id,
            by=finding.by,
            at=now,
            body={
                "paper": paper.digest,
                "kind": paper.kind,
                "genuine": finding.genuine,
                "finding": store.commitment(case_id, "finding", repr(finding)),
            },
        )


def candidates(case_id: CaseId, *, by: StaffId, now: datetime) -> tuple[execute.Candidate, ...]:
    """Return records in the company's stores that may be the person, for staff to choose from."""
    case = store.case(case_id)
    with store.atomic():  # no entry, no look
        append.entry(
            "case.person.searched",
            subject=case_id,
            by=by,
            at=now,
            body={"purpose": execute.PURPOSE},
        )
    return execute.find_person(case, by=by, now=now)


def identify(case_id: CaseId, subjects: Sequence[Subject], *, by: StaffId, now: datetime) -> None:
    """Record which records are the person; none is an answer too (nothing is held)."""
    case = store.case(case_id)
    _expect(case, Stage.RECEIVED, Stage.SUPPLEMENT_ASKED)
    chosen = tuple(dict.fromkeys(subjects))
    identity = execute.identify(case_id, chosen, by=by, now=now)
    with store.atomic():
        store.save_identity(case_id, identity, version=case.version)
        append.entry(
            "case.person.identified",
            subject=case_id,
            by=by,
            at=now,
            body={
                "records": len(chosen),
                "tables": sorted({f"{each.store}/{each.table}" for each in chosen}),
                "persons": store.commitment(case_id, "subjects", repr(chosen)),
            },
        )


def check(case_id: CaseId, *, now: datetime) -> facts.Check:
    """Return what the papers, the form and the register say of identity and authority."""
    return facts.check(store.case(case_id), today=clock.date_in_japan(now))


def verify_case(case_id: CaseId, *, by: StaffId, now: datetime, note: str = "") -> None:
    """Record that identity (and an agent's authority) is confirmed by a named person.

    A partial agreement needs a note of why it suffices; a mismatch is never
    accepted (P3.10). Raises NotConfirmed with the open points.
    """
    case = store.case(case_id)
    stage = states.advance(case.stage, Stage.VERIFIED)
    result = facts.check(case, today=clock.date_in_japan(now))
    if not result.acceptable(note=note):
        raise NotConfirmed(_open(result))
    with store.atomic():
        store.change(case_id, version=case.version, stage=stage, verified_by=by, complete_at=now)
        append.entry(
            "case.verified",
            subject=case_id,
            by=by,
            at=now,
            body={
                "identity": result.identity_verdict,
                "authority": result.authority_code,
                "reasons": list(result.reasons),
                "note": bool(note),
            },
        )


def ask_supplement(
    case_id: CaseId, defects: Sequence[str], message: str, *, by: StaffId, now: datetime
) -> None:
    """Ask for what is missing before anything is refused (Act 37(2), P3.12, P3.22)."""
    with store.atomic():
        _ask(store.case(case_id), tuple(defects), message, by=by, now=now)


def decide_demand(
    demand_id: DemandId,
    *,
    judged: Judgement,
    by: StaffId,
    now: datetime,
    version: int,
) -> Decision:
    """Decide one demand (P3.10 to P3.17); it stands once a second person has approved it.

    `version` is the case's as it was shown; CaseChangedMeanwhile if it has moved on since.
    """
    case = store.case(_case_of(demand_id))
    demand = _demand(case, demand_id)
    _expect(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
    _expect_unchanged(case, version)
    answer.expect_printable(judged.reason, judged.law)
    known = facts.facts_of(
        case, is_retained=execute.holds_anything(case), today=clock.date_in_japan(now)
    )
    grounds = refusal.all_grounds(demand.demand, known, judged)
    _expect_cure_is_over(case, grounds, now=now)
    plan = execute.plan(case, demand)
    decision = states.decide(
        demand,
        outcome=_outcome(grounds),
        grounds=grounds,
        judged=judged,
        plan_digest=plan.digest,
        places=_places(case, plan),
        by=by,
        at=now,
    )
    with store.atomic():
        store.change(case.id, version=case.version)
        store.save_decision(demand_id, decision)
        append.entry(
            "case.demand.decided",
            subject=case.id,
            by=by,
            at=now,
            body={
                "demand": demand_id,
                "kind": demand.demand.kind,
                "outcome": decision.outcome,
                "grounds": list(grounds),
                "plan": plan.digest,
                "reason": store.commitment(case.id, "reason", judged.reason),
            },
        )
    return decision


def approve_demand(demand_id: DemandId, *, by: StaffId, now: datetime, version: int) -> Decision:
    """Approve a decision as the second person; the last approval starts the work (P3.17).

    `version` is the case's as the approver saw it: a decision that was made anew since
    is not approved by who has not seen it (CaseChangedMeanwhile).
    """
    with store.atomic():
        case = store.case(_case_of(demand_id))
        demand = _demand(case, demand_id)
        _expect(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
        _expect_unchanged(case, version)
        plan = execute.plan(case, demand)
        decision = states.approve(demand.decision, plan_digest=plan.digest, by=by, at=now)
        store.save_decision(demand_id, decision)
        append.entry(
            "case.demand.approved",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "outcome": decision.outcome, "plan": plan.digest},
        )
        others = [each for each in case.demands if each.id != demand_id]
        if all(each.decided for each in others):
            stage = states.advance(case.stage, Stage.DECIDED)
            store.change(case.id, version=case.version, stage=stage, work=Work.QUEUED)
            append.entry("case.decided", subject=case.id, by=by, at=now, body={})
        else:
            store.change(case.id, version=case.version)
    return decision


def return_demand(
    demand_id: DemandId, *, reason: str, by: StaffId, now: datetime, version: int
) -> None:
    """Send a decision back to be decided again; the second person did not agree.

    `version` is the case's as it was shown; CaseChangedMeanwhile if it has moved on since.
    """
    with store.atomic():
        case = store.case(_case_of(demand_id))
        demand = _demand(case, demand_id)
        _expect(case, Stage.VERIFIED, Stage.SUPPLEMENT_ASKED)
        _expect_unchanged(case, version)
        if demand.decision is None or demand.decided:
            raise states.StageForbidden(f"demand `{demand_id}` has no decision to send back")
        store.change(case.id, version=case.version)
        store.clear_decision(demand_id)
        append.entry(
            "case.demand.returned",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "reason": store.commitment(case.id, "return", reason)},
        )


def reopen_case(case_id: CaseId, *, reason: str, by: StaffId, now: datetime, version: int) -> None:
    """Send decisions back that can no longer be carried out as they were approved (P3.17).

    Every granted demand whose plan has changed is decided and approved anew, by two persons
    again; what is done or still stands is not touched. `version` is the case's as it was shown.
    """
    with store.atomic():
        case = store.held(case_id)
        _expect_unchanged(case, version)
        stale = tuple(each for each in case.demands if plan_change(case, each) is not None)
        stage = states.reopen(case.stage, case.work, stale)
        store.change(case_id, version=case.version, stage=stage)
        store.set_work(case_id, Work.NOT_STARTED)
        for demand in stale:
            store.reopen_decision(demand.id)
            append.entry(
                "case.demand.reopened",
                subject=case_id,
                by=by,
                at=now,
                body={
                    "demand": demand.id,
                    "approved": demand.decision.plan_digest if demand.decision else "",
                    "plan": execute.plan(case, demand).digest,
                    "reason": store.commitment(case_id, "reopen", reason),
                },
            )


def record_carried_out(demand_id: DemandId, *, by: StaffId, now: datetime, note: str) -> None:
    """Record that staff carried a granted demand out by hand, where no connector can.

    INVARIANT: who approved a demand does not also record that it is done.
    """
    with store.atomic():
        case = store.case(_case_of(demand_id))
        demand = _demand(case, demand_id)
        if case.stage is not Stage.DECIDED or demand.decision is None:
            raise states.StageForbidden(f"demand `{demand_id}` is not waiting to be carried out")
        if demand.decision.outcome is not Outcome.FULFILLED or not note.strip():
            raise states.StageForbidden("say in words what was done and where")
        if demand.decision.approved_by == by:
            raise states.SecondPersonNeeded("the person who approved cannot record the work")
        if case.work not in {Work.QUEUED, Work.WAITING}:
            raise states.StageForbidden("the case is being carried out or is done")
        if not store.save_hand_work(demand_id, note, by=by, at=now):
            raise states.StageForbidden(f"demand `{demand_id}` is carried out already")
        append.entry(
            "case.demand.carried-out-by-hand",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "note": store.commitment(case.id, "hand", note)},
        )
        store.set_work(case.id, Work.QUEUED)


def write_by_hand(
    case_id: CaseId, points: Collection[int], *, by: StaffId, now: datetime
) -> tuple[Blank, ...]:
    """Record which characters without a glyph a person writes into the letter (P3.24).

    The letter is then made with a box in their place. StageForbidden for a character that the
    letter does not hold or that can be printed. The ledger has who, when, how many and where;
    the characters are of a name and stay sealed.
    """
    with store.atomic():
        case = store.held(case_id)
        named = tuple(each for each in unprintable(case) if each.point in points)
        if not named or {each.point for each in named} != set(points):
            raise states.StageForbidden("the letter holds no such character without a glyph")
        if case.stage is Stage.DECIDED and not store.hasten_work(case_id):
            raise states.StageForbidden(f"case `{case_id}` does not wait for its letter")
        characters = "".join(map(chr, sorted({*points, *map(ord, case.hand_written)})))
        store.save_hand_written(case_id, characters)
        store.change(case_id, version=case.version)
        append.entry(
            "case.letter.by-hand",
            subject=case_id,
            by=by,
            at=now,
            body={
                "characters": len(set(points)),
                "parts": list(dict.fromkeys(each.part for each in named)),
                "written": store.commitment(case_id, "hand-written", characters),
            },
        )
    return named


def send_answer(
    case_id: CaseId, *, dispatch: DispatchKind, tracking_number: str, by: StaffId, now: datetime
) -> None:
    """Record that the answer left, how, and with which tracking number (P3.24).

    LetterUnopened unless the ledger says that the sender opened the letter as it is now.
    """
    case = store.case(case_id)
    stage = states.advance(case.stage, Stage.ANSWERED)
    made = store.answer(case_id)
    if case.work is not Work.READY or made is None:
        raise states.StageForbidden("the answer is not ready yet")
    if (dispatch is DispatchKind.DOWNLOAD) != (
        case.filing.answer_method is AnswerMethod.ELECTRONIC
    ):
        raise states.StageForbidden("the person chose another way of answering")
    if not looks.opened_letter(trail(case_id), made[0], by=by):
        raise looks.LetterUnopened(f"the letter of case `{case_id}` was not opened by its sender")
    with store.atomic():
        store.change(
            case_id,
            version=case.version,
            stage=stage,
            answered_at=now,
            dispatch=dispatch,
            tracking_number=tracking_number,
        )
        append.entry(
            "case.answered",
            subject=case_id,
            by=by,
            at=now,
            body={
                "dispatch": dispatch,
                "tracked": bool(tracking_number),
                "letter": made[0],
                "outcomes": [each.decision.outcome for each in case.demands if each.decision],
            },
        )


# --- the worker ---------------------------------------------------------------------------


def carry_out(case_id: CaseId, steps: Steps) -> Work:
    """Carry a decided case out, compose the answer and render the letter; safe to repeat.

    Returns READY, or WAITING with a note when a store cannot be reached: then
    nothing is answered and the clock runs on.
    """
    case = store.case(case_id)
    if case.stage is not Stage.DECIDED or case.work is Work.READY:
        return case.work
    try:
        execute.run(case_id, steps)
    except execute.Waiting as waiting:
        after = clock.now() + timedelta(seconds=waiting.seconds)
        store.set_work(case_id, Work.WAITING, note=waiting.note, after=after, failures=0)
        return Work.WAITING
    steps.step("letter", lambda: _render(case_id))
    return Work.READY


def note_failure(case_id: CaseId, code: str, *, now: datetime) -> datetime:
    """Let a case whose work failed wait, the longer the more often it failed; return until when."""
    failures = store.case(case_id).failures + 1
    after = retry.again_at(now, failures=failures)
    store.set_work(case_id, Work.WAITING, note=f"failed:{code}", after=after, failures=failures)
    return after


def try_now(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Let the worker take a waiting case up at once, because somebody asks for it."""
    with store.atomic():
        case = store.held(case_id)
        if case.stage is not Stage.DECIDED or not store.hasten_work(case_id):
            raise states.StageForbidden(f"case `{case_id}` does not wait to be carried out")
        append.entry(
            "case.work.hastened",
            subject=case_id,
            by=by,
            at=now,
            body={"reason": case.work_note.partition(":")[0], "tries": case.tries},
        )


def _render(case_id: CaseId) -> str:
    now = clock.now()
    case = store.case(case_id)
    composed = answer.compose(case, _sources(), dated_on=clock.date_in_japan(now))
    pdf = answer.render(composed, by_hand=case.hand_written)
    with store.atomic():
        digest = store.save_answer(case_id, "answer", pdf, at=now)
        append.entry(
            "case.answer.composed",
            subject=case_id,
            by=SYSTEM,
            at=now,
            body={"letter": digest, "bytes": len(pdf)},
        )
        store.set_work(case_id, Work.READY, failures=0)
        if case.filing.channel is Channel.MEMBER_PAGE and _by_download(case):
            send_answer(
                case_id, dispatch=DispatchKind.DOWNLOAD, tracking_number="", by=SYSTEM, now=now
            )
    return digest


def _by_download(case: Case) -> bool:
    return case.filing.answer_method is AnswerMethod.ELECTRONIC


# --- members ------------------------------------------------------------------------------


def registered_of(user_id: int, *, now: datetime) -> tuple[execute.MemberTable, ...]:
    """Return everything registered about a signed-in member, table by table (P3.18)."""
    subject = _member(user_id)
    with store.atomic():  # no entry, no look
        append.entry(
            "member.page.read",
            subject="member-page",
            by=MEMBER,
            at=now,
            body={"person": store.commitment(CaseId("member-page"), "person", _ref(subject))},
        )
    return execute.read_own(subject, now=now)


def own_cases(user_id: int) -> tuple[store.CaseLine, ...]:
    """Return the lines of the cases that a signed-in member filed on the member page."""
    return store.cases_of_member(_ref(_member(user_id)))


def correct_own(
    user_id: int,
    changes: Mapping[str, tuple[str, str]],
    *,
    policy_version: str,
    one_time_key: str,
    now: datetime,
) -> Receipt:
    """Take a member's own correction (P3.19): the login is the proof, the worker writes it back.

    `changes` maps a column reference (`shop/members/phone`) to (before, after).
    Only columns that the data map opens to their person are taken.
    """
    subject = _member(user_id)
    execute.expect_correctable(subject, tuple(changes), now=now)
    _expect_fitting({ref: after for ref, (_, after) in changes.items()})
    demands = tuple(
        Demand(kind=DemandKind.CORRECTION, items=(column,), before=before, after=after)
        for column, (before, after) in changes.items()
    )
    if not demands or any(demand.before == demand.after for demand in demands):
        raise FormDefective("nothing differs from what is registered")
    filing = Filing(
        role=Role.PERSON,
        channel=Channel.MEMBER_PAGE,
        person=PersonalDetails(),
        demands=demands,
        answer_method=AnswerMethod.ELECTRONIC,
        policy_version=policy_version,
        member_ref=_ref(subject),
        one_time_key=one_time_key,
    )
    received_on = clock.date_in_japan(now)
    due = deadline.due_on(received_on, days=practice().decide_days)
    with store.atomic():
        known = store.case_of_key(one_time_key)
        if known is not None:
            return _known(known, filing, _code(one_time_key))
        case_id = store.next_case_id(received_on.year)
        case = store.add_case(
            case_id, filing, received_at=now, due_on=due, code=_code(one_time_key)
        )
        append.entry(
            "case.filed",
            subject=case_id,
            by=MEMBER,
            at=now,
            body={
                "role": filing.role,
                "channel": filing.channel,
                "demands": len(demands),
                "kinds": DemandKind.CORRECTION,
                "policy": f"v{policy_version}",
                "filing": store.commitment(case_id, "filing", repr(filing)),
                "due": due.isoformat(),
            },
        )
        identity = execute.identify(case_id, (subject,), by=MEMBER, now=now)
        store.save_identity(case_id, identity, version=0)
        store.change(case_id, version=1, stage=Stage.VERIFIED, verified_by=MEMBER, complete_at=now)
        append.entry(
            "case.verified", subject=case_id, by=MEMBER, at=now, body={"identity": "login"}
        )
        case = store.case(case_id)
        for demand in case.demands:
            _grant_own(case, demand, now=now)
        store.change(case_id, version=2, stage=Stage.DECIDED, work=Work.QUEUED)
        append.entry("case.decided", subject=case_id, by=SYSTEM, at=now, body={})
    return _receipt(case, _code(one_time_key))


def _grant_own(case: Case, demand: DemandState, *, now: datetime) -> None:
    """A member's correction of an open column is the policy's promise: nobody has to judge it."""
    plan = execute.plan(case, demand)
    decision = Decision(
        outcome=Outcome.FULFILLED,
        by=MEMBER,
        at=now,
        approved_by=SYSTEM,
        approved_at=now,
        plan_digest=plan.digest,
        places=_places(case, plan),
    )
    store.save_decision(demand.id, decision)
    append.entry(
        "case.demand.decided",
        subject=case.id,
        by=MEMBER,
        at=now,
        body={
            "demand": demand.id,
            "kind": demand.demand.kind,
            "outcome": decision.outcome,
            "plan": plan.digest,
            "rule": "self-service",
        },
    )


# --- reading, for screens -----------------------------------------------------------------


def open_case(case_id: CaseId, *, by: StaffId, now: datetime) -> Case:
    """Return a case with what identifies its person; the look is entered in the ledger first.

    One entry covers an hour, so that a screen that is reloaded does not fill the ledger.
    """
    case = store.case(case_id)
    covered = any(
        entry.kind == "case.opened" and entry.by == by and now - entry.at < LOOK
        for entry in append.entries(case_id)
    )
    if not covered:
        with store.atomic():
            append.entry(
                "case.opened",
                subject=case_id,
                by=by,
                at=now,
                body={"purpose": execute.PURPOSE},
            )
    return case


def open_paper(case_id: CaseId, proof_id: str, *, by: StaffId, now: datetime) -> tuple[str, bytes]:
    """Return media type and bytes of a paper; the look is entered in the ledger first."""
    content = store.proof_content(case_id, proof_id)
    digest = store.commitment(case_id, "paper", hashlib.sha256(content[1]).hexdigest())
    with store.atomic():
        append.entry(looks.PAPER_OPENED, subject=case_id, by=by, at=now, body={"paper": digest})
    return content


def open_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the rendered answer; the look is entered in the ledger first."""
    made = store.answer(case_id)
    if made is None:
        raise states.StageForbidden("the answer is not ready yet")
    with store.atomic():
        append.entry(looks.LETTER_OPENED, subject=case_id, by=by, at=now, body={"letter": made[0]})
    return made[1]


def opened_paper(history: Sequence[TrailEntry], proof: Proof, *, by: StaffId) -> bool:
    """Return whether a person has opened a paper, so that a finding of theirs is taken."""
    return looks.opened_paper(history, proof.digest, by=by)


def opened_letter(case_id: CaseId, history: Sequence[TrailEntry], *, by: StaffId) -> bool:
    """Return whether a person has opened the letter as it is now, so that they may send it."""
    made = store.answer(case_id)
    return made is not None and looks.opened_letter(history, made[0], by=by)


def unprintable(case: Case) -> tuple[Blank, ...]:
    """Return the characters of the letter in hand that no font of ours has, and where they stand.

    Those that a person writes already are among them: the desk has to see where.
    """
    if case.stage is Stage.SUPPLEMENT_ASKED:
        asked = answer.compose_supplement(case, _sources(), case.supplements[-1])
        return blanks.find(letter.build_supplement(asked))
    if case.stage not in {Stage.DECIDED, Stage.ANSWERED}:
        return ()
    if case.work_note != _NO_GLYPH and not case.hand_written:
        return ()
    composed = answer.compose(case, _sources(), dated_on=clock.date_in_japan(case.received_at))
    return blanks.find(letter.build(composed))


def trail(case_id: CaseId) -> tuple[TrailEntry, ...]:
    """Return the history of a case as the ledger has it, oldest first."""
    return tuple(
        TrailEntry(
            index=entry.index,
            kind=entry.kind,
            by=StaffId(entry.by),
            at=entry.at,
            facts={name: _spoken(value) for name, value in entry.body.items()},
        )
        for entry in append.entries(case_id)
    )


def allowed_grounds(kind: DemandKind) -> tuple[RefusalGround, ...]:
    """Return the grounds that may be chosen against a kind of demand (appi-reference 6.2)."""
    return refusal.allowed_grounds(kind)


def judged_grounds(kind: DemandKind) -> tuple[RefusalGround, ...]:
    """Return those of the allowed grounds that a person has to weigh (P3.14 to P3.16)."""
    return tuple(ground for ground in refusal.allowed_grounds(kind) if ground in _JUDGED)


def plan_of(case: Case, demand: DemandState) -> execute.Plan:
    """Return the places that a demand would touch, as the decider and the approver see them."""
    return execute.plan(case, demand)


def plan_change(case: Case, demand: DemandState) -> PlanChange | None:
    """Return what is no longer as it was decided on; None while the decision can be carried out."""
    if case.stage is not Stage.DECIDED or demand.decision is None:
        return None
    plan = execute.plan(case, demand)
    done = store.executed(demand.id)
    if not states.plan_is_stale(demand, plan_digest=plan.digest, carried_out=done):
        return None
    return plans.compare(demand.decision.places, _places(case, plan))


def titles(language: str) -> Mapping[str, str]:
    """Return what stores, tables, columns and categories are called, by their references.

    `shop`, `shop/members`, `shop/members/phone` of the data map, `contact` of the policy.
    """
    named = {each.id: each.title.in_(language) for each in execute.hands().policy.categories}
    for place in execute.hands().datamap.stores:
        named[place.name] = place.title.en if language == "en" else place.title.ja
        for table in place.tables:
            ref = f"{place.name}/{table.name}"
            named[ref] = table.title.en if language == "en" else table.title.ja
            for column in table.columns:
                title = column.title.en if language == "en" else column.title.ja
                named[f"{ref}/{column.name}"] = title
    return named


def standing_grounds(
    case: Case, demand: DemandState, *, now: datetime
) -> tuple[RefusalGround, ...]:
    """Return the grounds that stand on the recorded facts, before anybody judges."""
    known = facts.facts_of(
        case, is_retained=execute.holds_anything(case), today=clock.date_in_japan(now)
    )
    return refusal.mechanical_grounds(demand.demand, known)


def clock_of(case: Case, *, now: datetime) -> deadline.Clock:
    """Return how a case's deadline stands today."""
    return deadline.clock(
        started_on=clock.date_in_japan(case.received_at),
        due=case.due_on,
        today=clock.date_in_japan(now),
        paused=case.stage is Stage.SUPPLEMENT_ASKED,
    )


def clock_of_line(line: store.CaseLine, *, now: datetime) -> deadline.Clock:
    """Return how the deadline of a line of the queue stands today."""
    return deadline.clock(
        started_on=clock.date_in_japan(line.received_at),
        due=line.due_on,
        today=clock.date_in_japan(now),
        paused=line.stage is Stage.SUPPLEMENT_ASKED,
    )


def required_proofs(role: Role) -> tuple[ProofGroup, ...]:
    """Return what has to be proved by whom files in a role, as groups of alternatives (P3.22)."""
    return needs.required(role)


def supplement_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the newest request for a supplement as a letter; the look is in the ledger first."""
    case = store.case(case_id)
    if not case.supplements:
        raise states.StageForbidden("nothing was asked for")
    with store.atomic():
        append.entry("case.supplement-letter.opened", subject=case_id, by=by, at=now, body={})
    return answer.render_supplement(
        answer.compose_supplement(case, _sources(), case.supplements[-1]),
        by_hand=case.hand_written,
    )


# --- inside -------------------------------------------------------------------------------


def _places(case: Case, plan: execute.Plan) -> tuple[PlannedPlace, ...]:
    return tuple(
        PlannedPlace(
            store=place.store,
            table=place.table,
            columns=tuple(place.columns),
            digest=store.commitment(case.id, "place", place.digest),
        )
        for place in plan.locations
    )


def _spoken(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _sources() -> answer.Sources:
    hands = execute.hands()
    return answer.Sources(hands.policy, hands.datamap, hands.public_url)


def _code(one_time_key: str) -> str:
    """Return the 照会コード of a form: unguessable, and the same when the form comes twice."""
    secret = store.master().derive("status-code")
    number = int.from_bytes(hmac.digest(secret, one_time_key.encode(), hashlib.sha256))
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _known(case_id: CaseId, filing: Filing, code: str) -> Receipt:
    """Return the receipt of the very same form; number and code of another's are not given out."""
    case = store.case(case_id)
    if case.filing != filing:
        raise KeyReused("the one-time key belongs to another form")
    return _receipt(case, code)


def _receipt(case: Case, code: str) -> Receipt:
    return Receipt(
        case_id=case.id,
        code=code,
        acknowledge_on=acknowledge_on(case).isoformat(),
        due_on=case.due_on.isoformat(),
    )


def _ask(case: Case, defects: tuple[str, ...], message: str, *, by: StaffId, now: datetime) -> None:
    stage = states.advance(case.stage, Stage.SUPPLEMENT_ASKED)
    if not defects:
        raise refusal.ReasonMissing("a request for supplement names at least one defect")
    due = deadline.cure_due_on(clock.date_in_japan(now), days=practice().cure_days)
    supplement = Supplement(defects=defects, message=message, asked_at=now, by=by, due_on=due)
    store.change(case.id, version=case.version, stage=stage)
    store.add_supplement(case.id, supplement)
    append.entry(
        "case.supplement.asked",
        subject=case.id,
        by=by,
        at=now,
        body={
            "defects": list(defects),
            "due": due.isoformat(),
            "message": store.commitment(case.id, "message", message),
        },
    )


def _expect_known_items(filing: Filing) -> None:
    """Take only items that the policy knows: an unknown one would be answered "nothing is held".

    A program that files names every content too; a person on paper may be asked for it.
    """
    known = {Target.ALL, *(each.id for each in execute.hands().policy.categories)}
    asked = [item for demand in filing.demands for item in demand.items if item not in known]
    if asked and (filing.channel is not Channel.POST or not all(map(execute.is_ref, asked))):
        raise FormDefective("`items` names something that is neither `all` nor a category")
    gaps = refusal.form_defects(filing)
    if filing.channel is Channel.API and gaps:
        raise FormDefective(f"the form has gaps: {', '.join(gap.code for gap in gaps)}")


def _expect(case: Case, *stages: Stage) -> None:
    if case.stage not in stages:
        raise states.StageForbidden(f"not possible for a case that is `{case.stage}`")


def _expect_unchanged(case: Case, version: int) -> None:
    if case.version != version:
        raise store.CaseChangedMeanwhile(f"case `{case.id}` was changed by somebody else")


def _expect_cure_is_over(case: Case, grounds: tuple[RefusalGround, ...], *, now: datetime) -> None:
    """A curable ground refuses only after the period for its cure (P3.12)."""
    if case.stage is not Stage.SUPPLEMENT_ASKED:
        return
    today = clock.date_in_japan(now)
    if not refusal.curable(grounds) or case.supplements[-1].due_on >= today:
        raise states.StageForbidden("the period for the supplement is not over")


def _open(result: facts.Check) -> str:
    if result.open_points:
        return f"open points: {', '.join(result.open_points)}"
    if result.unread_points:
        return f"papers arrived and are unread: {', '.join(result.unread_points)}"
    if not result.identified:
        return "nobody has said yet which records the person is"
    return "the comparison leaves a doubt: say in a note why it suffices"


def _case_of(demand_id: DemandId) -> CaseId:
    return CaseId(demand_id.rpartition("/")[0])


def _demand(case: Case, demand_id: DemandId) -> DemandState:
    found = next((each for each in case.demands if each.id == demand_id), None)
    if found is None:
        raise store.CaseUnknown(f"there is no demand `{demand_id}`")
    return found


def _outcome(grounds: tuple[RefusalGround, ...]) -> Outcome:
    if not grounds:
        return Outcome.FULFILLED
    if grounds == (RefusalGround.NOT_RETAINED_PERSONAL_DATA,):
        return Outcome.NOTHING_HELD
    return Outcome.REFUSED


def _expect_fitting(values: Mapping[str, str]) -> None:
    """A store takes what it is given: what is no telephone number must stop here (P3.19)."""
    answer.expect_printable(*values.values())
    for ref, value in values.items():
        if not execute.fits(ref, value):
            raise ValueUnfit("a value is not of the form that its column holds")


def _member(user_id: int) -> Subject:
    subject = store.member(user_id)
    if subject is None:
        raise NotConfirmed("this account is not joined to a member's record")
    return subject


def _ref(subject: Subject) -> str:
    return f"{subject.store}/{subject.table}/{subject.key}"
