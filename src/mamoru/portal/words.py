"""Words of the pages: for codes, for days, and for what a requester is told (ux, section 4)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext

from mamoru.cases import actions
from mamoru.cases.store import effects
from mamoru.cases.terms import Case, DemandKind, DemandState, Outcome, Stage, Work
from mamoru.documents import asking, wording
from mamoru.kit import calendar, clock

TABLES: Mapping[str, wording.Words] = {
    "kinds": wording.KINDS,
    "stages": wording.STAGES,
    "roles": wording.ROLES,
    "proofs": wording.PROOF_KINDS,
    "of": wording.PROOF_OF,
    "groups": wording.PROOF_GROUPS,
    "outcomes": {**wording.OUTCOMES, "held": wording.ERASED_BUT_HELD},
    "grounds": wording.GROUNDS,
    "remedies": wording.REMEDIES,
    "dispatch": wording.DISPATCH,
    "methods": wording.ANSWER_METHODS,
    "uploads": asking.REASONS_OF_UPLOAD,
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def language() -> str:
    """Return the language of this page: `ja` or `en`."""
    return "en" if (translation.get_language() or "ja").startswith("en") else "ja"


def said(table: str, code: str) -> str:
    """Return the words of a code in the language of this page."""
    return wording.said(TABLES[table], code, language())


def day(value: date | datetime | str) -> str:
    """Return a date with its weekday: 2026年12月7日（月）, or 7 December 2026 (Mon)."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = clock.date_in_japan(value)
    if language() == "ja":
        return calendar.long_date(value)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year} ({_WEEKDAYS[value.weekday()]})"


def plain_day(value: date) -> str:
    """Return a date of long ago, whose weekday nobody asks: 1979年11月2日, or 2 November 1979."""
    if language() == "ja":
        return calendar.plain_date(value)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def stage(case: Case) -> str:
    """Return where a case is; once answered also how, but for one met in full."""
    word = said("stages", case.stage)
    how = _how(case)
    return f"{word}（{how}）" if how and language() == "ja" else f"{word} ({how})" if how else word


def meaning(case: Case) -> str:
    """Return the sentence that says what a stage means, with its date."""
    if case.stage is Stage.SUPPLEMENT_ASKED and actions.arrived_papers(case):
        return wording.PAPERS_UNFINISHED[language()]
    text = wording.said(wording.STAGE_MEANINGS, case.stage, language())
    if _delayed(case):
        text = wording.DELAYED[language()]
    return text.replace("{due}", day(case.due_on))


_PASSING = frozenset(
    {
        "store-unreachable", "store-unreadable", "store-file-missing", "outcome-unknown",
        "not-proven", "failed",
    }
)  # fmt: skip
"""Reasons to wait that are technical and are tried again until they pass."""


def _delayed(case: Case) -> bool:
    waits = case.stage is Stage.DECIDED and case.work is Work.WAITING
    passes = case.work_note.partition(":")[0] in _PASSING
    return waits and passes and not actions.unprintable(case)


def demanded(case: Case, position: int) -> str:
    """Return a demand as its form put it: its kind, and what it names if that is not everything.

    Not what staff have found it to be about since: of a protected person that is told to nobody.
    """
    asked = case.filing.demands[position - 1]
    kind = said("kinds", asked.kind)
    named = actions.asked_for(asked, actions.titles(language()))
    if not named:
        return kind
    return f"{kind}（{'、'.join(named)}）" if language() == "ja" else f"{kind} ({', '.join(named)})"


def outcome(state: DemandState) -> str:
    """Return how a decided demand ended; an erasure with records that a law keeps says so."""
    if state.decision is None:
        return ""
    return said("outcomes", "held" if _holds(state) else state.decision.outcome)


def refusal(case: Case, state: DemandState) -> tuple[str, ...]:
    """Return why a demand was refused, line by line as its letter says; none where it was not."""
    return actions.refusal(case, state, language())


def _holds(state: DemandState) -> bool:
    return state.demand.kind is DemandKind.ERASURE and effects.holds_still(state.id)


def _how(case: Case) -> str:
    if case.stage is not Stage.ANSWERED:
        return ""
    met = [
        each.decision is not None and each.decision.outcome is Outcome.FULFILLED
        for each in case.demands
    ]
    if all(met) and any(_holds(each) for each in case.demands):
        return gettext("法令により保存する記録を除く")
    if all(met):
        return ""
    return gettext("一部") if any(met) else gettext("お断り・該当なし")
