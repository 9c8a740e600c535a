"""Who has opened what: nobody speaks of a paper or a letter unseen (P3.10, P3.24)."""

from collections.abc import Iterable

from mamoru.cases.terms import TrailEntry
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, StaffId

PAPER_OPENED = "case.paper.opened"
LETTER_OPENED = "case.letter.opened"
TELLING_OPENED = "case.telling-letter.opened"
CHANGE_OPENED = "case.change-letter.opened"


class PaperUnopened(MamoruError):
    """Whoever writes down what a paper says has to open it first. Open it, then record."""

    code, exit_code = "paper-unopened", 3


class LetterUnopened(MamoruError):
    """Nothing is recorded as sent that was not opened as it is now. Open the letter, then record."""

    code, exit_code = "letter-unopened", 3


def opened_paper(history: Iterable[TrailEntry], digest: str, *, by: StaffId) -> bool:
    """Return whether this person opened the paper of this digest, as the ledger has it."""
    return _opened(history, PAPER_OPENED, "paper", digest, by)


def opened_letter(history: Iterable[TrailEntry], digest: str, *, by: StaffId) -> bool:
    """Return whether this person opened the letter of this digest, and no earlier one.

    What a member corrected goes back to the member's own page by itself: nobody sends it.
    """
    return by == SYSTEM or _opened(history, LETTER_OPENED, "letter", digest, by)


def opened_for(history: Iterable[TrailEntry], kind: str, destination: str) -> bool:
    """Return whether the letter of a kind was last opened for this destination (its digest).

    One that was printed before a flag, or before a contact changed, went elsewhere.
    """
    seen = [entry.facts.get("destination") for entry in history if entry.kind == kind]
    return bool(seen) and seen[-1] == destination


def _opened(history: Iterable[TrailEntry], kind: str, what: str, digest: str, by: StaffId) -> bool:
    return any(
        entry.kind == kind and entry.by == by and entry.facts.get(what) == digest
        for entry in history
    )
