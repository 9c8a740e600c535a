"""Papers, findings, the person, and what is missing (P3.10 to P3.12, P3.22)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mamoru.cases import execute, store
from mamoru.cases.actions import cooling
from mamoru.cases.actions.guards import expect_stage
from mamoru.cases.actions.installed import paper_rules, practice
from mamoru.cases.actions.looking import trail
from mamoru.cases.rules import deadline, facts, looks, needs, papers, refusal, states
from mamoru.cases.terms import (
    Case,
    Finding,
    Proof,
    ProofGroup,
    ProofKind,
    ProofOf,
    Role,
    Stage,
    Subject,
    Supplement,
)
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append
from mamoru.papers import workshop
from mamoru.papers.terms import PaperShowsNumber


class NotConfirmed(MamoruError):
    """Identity or authority is not confirmed. Ask for what would cure it."""

    code, exit_code = "not-confirmed", 3


class TooManyPapers(MamoruError):
    """A case takes a limited number of papers. Ask the desk."""

    code, exit_code = "too-many-papers", 3


class NothingSent(MamoruError):
    """No paper has come since papers were asked for. Send one first, then say so."""

    code, exit_code = "nothing-sent", 3


def receive_proof(
    case_id: CaseId,
    content: bytes,
    *,
    kind: ProofKind,
    of: ProofOf,
    by: StaffId,
    now: datetime,
    name: str = "",
    shows_number: bool = False,
) -> Proof:
    """Take a paper in: drawn anew, sealed, noted; the file that was sent is dropped.

    A PaperRefused says why a file is not taken, as where it shows 個人番号 or its sender says so
    (`shows_number`); `name`, the file's, is looked at and not kept. The same paper twice is one.
    The same file as another kind or for another person is a paper of its own: whoever chose
    wrongly at first sends it again, and what it is to prove is not left open (P3.22).
    """
    # Before any work is done on a stranger's file, though at the limit the last one, sent again
    # because its answer was lost, is then refused: nobody may let us draw without end.
    before = store.case(case_id)
    _expect_papers(before)
    _expect_room(before)
    if shows_number:
        raise PaperShowsNumber("the sender says that the file shows an individual number")
    # Outside of the transaction: the process that draws may take seconds.
    made = workshop.rebuild(content, name=name, max_bytes=practice().upload_bytes)
    digest = store.paper_digest(case_id, made.content)
    with store.atomic():
        case = store.held(case_id)
        _expect_papers(case)
        sent = (digest, kind, of)
        same = next(
            (each for each in case.proofs if (each.digest, each.kind, each.of) == sent), None
        )
        if same is not None:
            return same
        _expect_room(case)
        proof = Proof(
            id=ids.token(),
            kind=kind,
            of=of,
            media_type=made.media_type,
            size=len(made.content),
            digest=digest,
            received_at=now,
        )
        store.add_proof(case_id, proof, made.content)
        store.change(case_id, version=case.version)
        append.entry(
            "case.paper.received",
            subject=case_id,
            by=by,
            at=now,
            body={"kind": kind, "of": of, "size": len(made.content), "paper": digest},
        )
    return proof


def glance_at_paper(content: bytes, *, name: str = "") -> None:
    """Say what is wrong with a file at a glance, without taking it: a PaperRefused, or nothing."""
    workshop.glance(content, name=name, max_bytes=practice().upload_bytes)


def _expect_papers(case: Case) -> None:
    if not takes_papers(case):
        raise states.StageForbidden(f"a case that is `{case.stage}` takes no more papers")


def _expect_room(case: Case) -> None:
    if len(case.proofs) >= practice().uploads_per_case:
        raise TooManyPapers(f"case `{case.id}` holds {len(case.proofs)} papers already")


def submit_supplement(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Take note that what was asked for has come; the clock starts afresh.

    The requester says so; staff may, who see that papers lie here. NothingSent where none came.
    """
    case = store.case(case_id)
    stage = states.advance(case.stage, Stage.RECEIVED)
    if not needs.arrived(case):
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


def arrived_papers(case: Case) -> int:
    """Return how many papers have come since papers were last asked for."""
    return len(needs.arrived(case))


def takes_papers(case: Case) -> bool:
    """Return whether papers can still be handed in."""
    return case.stage in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED}


def record_finding(case_id: CaseId, proof_id: str, finding: Finding, *, now: datetime) -> None:
    """Keep what a named member of staff read on a paper (P3.10).

    PaperUnopened unless the ledger says that the same person opened this very paper.
    """
    with store.atomic():
        case = store.held(case_id)
        expect_stage(case, Stage.RECEIVED, Stage.SUPPLEMENT_ASKED)
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
            body={"purpose": execute.PURPOSE, "stores": list(execute.searched(case))},
        )
    found = execute.find_person(case, by=by, now=now)
    return tuple(_with_address(case_id, each, by=by, now=now) for each in found)


def searched_stores(case: Case) -> tuple[str, ...]:
    """Return the stores that are asked for the records of a case's person, by name."""
    return execute.searched(case)


def _with_address(
    case_id: CaseId, candidate: execute.Candidate, *, by: StaffId, now: datetime
) -> execute.Candidate:
    """Add the registered address where another table of the store has it.

    Two of one name are told apart by where they live.
    """
    mapped = execute.hands().datamap.store(candidate.subject.store)
    own = mapped.table(candidate.subject.table)
    titles = [
        column.title.ja
        for table in mapped.tables
        for column in table.columns
        if column.name == table.identity.address
    ]
    if own.identity.address is not None or not titles:
        return candidate
    identity = execute.identify(case_id, (candidate.subject,), by=by, now=now)
    address = identity.registered.full_address
    return replace(candidate, cells=(*candidate.cells, (titles[0], address)))


def identify(case_id: CaseId, subjects: Sequence[Subject], *, by: StaffId, now: datetime) -> None:
    """Record which records are the person; none is an answer too (nothing is held)."""
    case = store.case(case_id)
    expect_stage(case, Stage.RECEIVED, Stage.SUPPLEMENT_ASKED)
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
    return facts.check(
        cooling.proving(store.case(case_id), now=now),
        today=clock.date_in_japan(now),
        rules=paper_rules(),
    )


def verify_case(case_id: CaseId, *, by: StaffId, now: datetime, note: str = "") -> None:
    """Record that identity (and an agent's authority) is confirmed by a named person.

    A partial agreement needs a note of why it suffices; a mismatch is never
    accepted (P3.10). What is registered is read anew first: a contact that changed since the
    records were chosen proves nothing. Raises NotConfirmed with the open points.
    """
    states.advance(store.case(case_id).stage, Stage.VERIFIED)
    case = cooling.look_again(case_id, by=by, now=now)
    stage = states.advance(case.stage, Stage.VERIFIED)
    result = facts.check(
        cooling.proving(case, now=now), today=clock.date_in_japan(now), rules=paper_rules()
    )
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
                **({"proof": "registered-post"} if result.by_post else {}),
            },
        )


def ask_supplement(
    case_id: CaseId, defects: Sequence[str], message: str, *, by: StaffId, now: datetime
) -> None:
    """Ask for what is missing before anything is refused (Act 37(2), P3.12, P3.22)."""
    with store.atomic():
        ask(store.case(case_id), tuple(defects), message, by=by, now=now)


def required_proofs(role: Role) -> tuple[ProofGroup, ...]:
    """Return what has to be proved by whom files in a role, as groups of alternatives (P3.22)."""
    return needs.required(role, paper_rules())


def issued_within() -> dict[str, int]:
    """Return for each kind of paper that ages how many months old it may be."""
    return papers.issued_within(paper_rules())


_TELLS_OF_RECORD = "address-differs"
_UNKNOWN = "identity-unknown"


def asked_of(case: Case, defects: Sequence[str]) -> tuple[str, ...]:
    """Return what may be said to whoever asks about a case's person.

    INVARIANT: of a protected person (P3.11) nobody hears that an address on a paper is not the
    registered one: it would say that the person is here, and lives elsewhere now. They read what
    is written where nobody is registered.
    """
    if execute.shield(case) is None:
        return tuple(defects)
    return tuple(dict.fromkeys(_UNKNOWN if each == _TELLS_OF_RECORD else each for each in defects))


def ask(case: Case, defects: tuple[str, ...], message: str, *, by: StaffId, now: datetime) -> None:
    """Ask in the caller's transaction; ReasonMissing where nothing is named."""
    stage = states.advance(case.stage, Stage.SUPPLEMENT_ASKED)
    defects = asked_of(case, defects)
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


def _open(result: facts.Check) -> str:
    if result.open_points:
        return f"open points: {', '.join(result.open_points)}"
    if result.unread_points:
        return f"papers arrived and are unread: {', '.join(result.unread_points)}"
    if not result.identified:
        return "nobody has said yet which records the person is"
    return "the comparison leaves a doubt: say in a note why it suffices"
