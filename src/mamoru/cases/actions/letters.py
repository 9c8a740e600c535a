"""Letters of a case: looked at first, and filled in by hand where no font will do (P3.24)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import cooling, protecting
from mamoru.cases.actions.installed import sources
from mamoru.cases.rules import looks, states
from mamoru.cases.rules.shielding import SafeContactMissing
from mamoru.cases.terms import (
    Case,
    DemandState,
    Stage,
    TrailEntry,
)
from mamoru.documents import blanks, letter, supplement
from mamoru.documents.blanks import Blank
from mamoru.documents.terms import Addressee
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append

_NO_GLYPH = f"failed:{answer.GlyphMissing.code}"


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


def destination(case: Case, *, now: datetime) -> Addressee | None:
    """Return to whom and where the answer goes; None while no address is proven (P3.24)."""
    try:
        return answer.addressee(cooling.addressed(case, now=now), execute.shield(case))
    except (answer.AddressUnverified, SafeContactMissing):
        return None


def refusal(case: Case, state: DemandState, language: str) -> tuple[str, ...]:
    """Return why an answered demand was refused, as its letter says; before that nothing."""
    if case.stage is not Stage.ANSWERED:
        return ()
    return answer.refusal(case, state, sources(), language)


def open_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the rendered answer; the look is entered in the ledger first.

    AnswerHeldBack where the person's protection is not what it was composed for.
    """
    case = store.case(case_id)
    if case.stage is not Stage.ANSWERED:  # afterwards the desk sees what has left
        protecting.expect_current(case, by=by, now=now)
    made = store.answer(case_id)
    if made is None:
        raise states.StageForbidden("the answer is not ready yet")
    with store.atomic():
        append.entry(looks.LETTER_OPENED, subject=case_id, by=by, at=now, body={"letter": made[0]})
    return made[1]


def opened_letter(case_id: CaseId, history: Sequence[TrailEntry], *, by: StaffId) -> bool:
    """Return whether a person has opened the letter as it is now, so that they may send it."""
    made = store.answer(case_id)
    return made is not None and looks.opened_letter(history, made[0], by=by)


def unprintable(case: Case) -> tuple[Blank, ...]:
    """Return the characters of the letter in hand that no font of ours has, and where they stand.

    Those that a person writes already are among them: the desk has to see where.
    """
    held = execute.shield(case)
    if destination(case, now=clock.now()) is None and held is not None:
        return ()
    if case.stage is Stage.SUPPLEMENT_ASKED:
        asked = answer.compose_supplement(case, sources(), case.supplements[-1], held)
        return blanks.find(supplement.build(asked))
    if case.stage not in {Stage.DECIDED, Stage.ANSWERED}:
        return ()
    if case.work_note != _NO_GLYPH and not case.hand_written:
        return ()
    on = clock.date_in_japan(case.received_at)
    addressed = cooling.addressed(case, now=clock.now())
    composed = answer.compose(addressed, sources(), dated_on=on, shield=held)
    return blanks.find(letter.build(composed))


def supplement_letter(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the newest request for a supplement as a letter; the look is in the ledger first."""
    case = store.case(case_id)
    if not case.supplements:
        raise states.StageForbidden("nothing was asked for")
    with store.atomic():
        append.entry("case.supplement-letter.opened", subject=case_id, by=by, at=now, body={})
    return answer.render_supplement(
        answer.compose_supplement(case, sources(), case.supplements[-1], execute.shield(case)),
        by_hand=case.hand_written,
    )
