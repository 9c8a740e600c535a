"""What became of one demand, in the values that a letter is worded from (P3.2 to P3.7, P3.12)."""

from dataclasses import replace
from datetime import date, datetime

from mamoru.cases import store
from mamoru.cases.answer import annexes, printing
from mamoru.cases.answer.sources import Sources
from mamoru.cases.rules import deadline, facts, papers
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    Decision,
    Demand,
    DemandKind,
    DemandState,
    Outcome,
    Target,
)
from mamoru.datamap.spoken import spoken
from mamoru.documents import letter
from mamoru.documents.terms import (
    Change,
    DemandAnswer,
    Purpose,
)
from mamoru.kit import clock


def demand(case: Case, sources: Sources, state: DemandState, decision: Decision) -> DemandAnswer:
    """Return what is said of one decided demand; what it asked for is shown where it was met."""
    asked = state.demand
    language = case.filing.language
    done = decision.outcome is Outcome.FULFILLED
    tables = annexes.tables(case, sources, state) if done and asked.kind in _SHOWING else ()
    return DemandAnswer(
        kind=asked.kind,
        items=_item_titles(sources, _spoken_of(case, sources, state), language),
        outcome=decision.outcome,
        grounds=decision.grounds,
        reason=decision.reason,
        law=decision.law,
        purposes=_purposes(sources, state, language)
        if asked.kind is DemandKind.NOTICE_OF_PURPOSE
        else (),
        changes=_changes(sources, _spoken_of(case, sources, state), language) if done else (),
        tables=tables,
        changed=annexes.changed(sources, state, language)
        if asked.kind is DemandKind.ERASURE
        else (),
        suit_from=_suit_from(case, asked),
        not_covered=asked.kind in not_covered(case, sources, at=decision.at),
    )


def _spoken_of(case: Case, sources: Sources, state: DemandState) -> Demand:
    """Return a demand as the letter speaks of it: of a protected person as the form did.

    Which registered value staff found it to be about, and what stood there, is not told.
    """
    if not sources.hidden:
        return state.demand
    return case.filing.demands[int(state.id.rpartition("/")[2]) - 1]


def refusal(case: Case, state: DemandState, sources: Sources, language: str) -> tuple[str, ...]:
    """Return what the letter says of a refusal, the Act named in full; nothing of what is not."""
    decision, asked = state.decision, state.demand
    if decision is None or decision.outcome is not Outcome.REFUSED:
        return ()
    said = DemandAnswer(
        kind=asked.kind,
        items=(),
        outcome=decision.outcome,
        grounds=decision.grounds,
        reason=decision.reason,
        law=decision.law,
        suit_from=_suit_from(case, asked),
        not_covered=asked.kind in not_covered(case, sources, at=decision.at),
    )
    return tuple(letter.refusal(said, language, in_full=True))


def _suit_from(case: Case, asked: Demand) -> date | None:
    return deadline.suit_from(clock.date_in_japan(case.received_at), asked.kind)


def not_covered(case: Case, sources: Sources, *, at: datetime) -> tuple[str, ...]:
    """Return the kinds of demand that the power of attorney did not cover, as it was read by then."""
    read = tuple(each for each in case.proofs if each.finding and each.finding.at <= at)
    rules = papers.of(sources.policy)
    today = clock.date_in_japan(at)
    found = facts.check(replace(case, proofs=read), today=today, rules=rules).open_findings
    lacking = {kind for each in found for kind in each.lacks}
    asked = dict.fromkeys(each.demand.kind for each in case.demands)
    return tuple(kind for kind in asked if kind in lacking)


_SHOWING = frozenset({DemandKind.DISCLOSURE, DemandKind.DISCLOSURE_OF_PROVISION_RECORDS})


def _item_titles(sources: Sources, asked: Demand, language: str) -> tuple[str, ...]:
    if Target.ALL in asked.items:
        return ()
    categories = {each.id: each.title for each in sources.policy.categories}
    titles = []
    for item in asked.items:
        if item in categories:
            titles.append(categories[item].in_(language))
        elif item.count("/") == 3:  # noqa: PLR2004 - store/table/row/column
            titles.append(_column_title(sources, item, language))
        else:
            titles.append(item)
    return tuple(titles)


def _column_title(sources: Sources, ref: str, language: str) -> str:
    store_name, table_name, _, column_name = ref.split("/")
    table = sources.datamap.table(store_name, table_name)
    title = next(column.title for column in table.columns if column.name == column_name)
    return title.en if language == "en" else title.ja


def _changes(sources: Sources, asked: Demand, language: str) -> tuple[Change, ...]:
    if asked.before is None and asked.after is None:
        return ()
    item = "、".join(_item_titles(sources, asked, language))
    before, after = (_said(sources, asked, each, language) for each in (asked.before, asked.after))
    return (Change(item=item, before=printing.printable(before), after=printing.printable(after)),)


def _said(sources: Sources, asked: Demand, value: str | None, language: str) -> str:
    """Return a value of a correction in the words of its column, where one column is named."""
    if len(asked.items) != 1 or asked.items[0].count("/") != 3:  # noqa: PLR2004 - as above
        return value or ""
    store_name, table_name, _, column_name = asked.items[0].split("/")
    return spoken(sources.datamap.table(store_name, table_name), column_name, value, language)


def _purposes(sources: Sources, state: DemandState, language: str) -> tuple[Purpose, ...]:
    """The actual purposes of this person's data, in the published words (P3.2, Act 32(2))."""
    codes: dict[str, None] = {}
    for done in store.receipts(state.id):
        if done.rows and done.table != PROVISION_RECORDS:
            table = sources.datamap.table(done.store, done.table)
            codes |= dict.fromkeys(table.purposes)
    return tuple(
        Purpose(code=each.id, text=sources.policy.clause(each.clause).in_(language))
        for each in sources.policy.purposes  # in its order: a purpose speaks of those that follow
        if each.id in codes
    )
