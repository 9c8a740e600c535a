"""Looks at a case: each one is entered in the ledger before anything is shown (P1.5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mamoru.cases import execute, store
from mamoru.cases.rules import deadline, looks
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    Demand,
    DemandKind,
    PersonalDetails,
    Proof,
    Stage,
    Target,
    TellingWay,
    TrailEntry,
)
from mamoru.datamap.inventory import About
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append

LOOK = timedelta(hours=1)
"""One entry of the ledger covers the looks of one person at one case for so long."""


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
    digest = store.paper_digest(case_id, content[1])
    with store.atomic():
        append.entry(looks.PAPER_OPENED, subject=case_id, by=by, at=now, body={"paper": digest})
    return content


def opened_paper(history: Sequence[TrailEntry], proof: Proof, *, by: StaffId) -> bool:
    """Return whether a person has opened a paper, so that a finding of theirs is taken."""
    return looks.opened_paper(history, proof.digest, by=by)


def note_opened(
    case_id: CaseId, kind: str, to: PersonalDetails, *, by: StaffId, now: datetime
) -> None:
    """Enter that a notice was opened, and for whom: a keyed digest of name and address."""
    with store.atomic():
        body = {"destination": _destination(case_id, to)}
        append.entry(kind, subject=case_id, by=by, at=now, body=body)


def expect_opened(case_id: CaseId, kind: str, way: TellingWay, to: PersonalDetails) -> None:
    """Raise LetterUnopened unless the letter of a kind was last opened for who is told now."""
    by_post = way is not TellingWay.ELECTRONIC_MAIL
    if by_post and not looks.opened_for(trail(case_id), kind, _destination(case_id, to)):
        raise looks.LetterUnopened(f"no letter of case `{case_id}` was opened for this address")


def _destination(case_id: CaseId, to: PersonalDetails) -> str:
    return store.commitment(case_id, "destination", f"{to.name} {to.full_address}")


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


def titles(language: str) -> Mapping[str, str]:
    """Return what stores, tables, columns and categories are called, by their references.

    `shop`, `shop/members`, `shop/members/phone` and the law of a hold, `shop/orders#H01`, of
    the data map; `contact` of the policy.
    """
    named = {each.id: each.title.in_(language) for each in execute.hands().policy.categories}
    for place in execute.hands().datamap.stores:
        named[place.name] = place.title.en if language == "en" else place.title.ja
        for table in place.tables:
            ref = f"{place.name}/{table.name}"
            named[ref] = table.title.en if language == "en" else table.title.ja
            for hold in table.holds:
                named[f"{ref}#{hold.code}"] = hold.law.en if language == "en" else hold.law.ja
            for column in table.columns:
                title = column.title.en if language == "en" else column.title.ja
                named[f"{ref}/{column.name}"] = title
    return named


def asked_for(demand: Demand, named: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a demand names, in the words of `titles`; nothing where it names everything."""
    if Target.ALL in demand.items:
        return ()
    found = []
    for item in demand.items:
        store_name, *parts = item.split("/")
        ref = "/".join((store_name, parts[0], parts[-1])) if parts else item
        found.append(named.get(ref, ref))
    return tuple(found)


def speaks_of_others(case: Case) -> tuple[str, ...]:
    """Return the disclosed columns, by reference, in which others may be spoken of (P3.14).

    Free text, and columns that are about a third party: people read them in the letter
    before it leaves.
    """
    found: dict[str, None] = {}
    for demand in case.demands:
        if demand.demand.kind is not DemandKind.DISCLOSURE:
            continue
        for done in store.receipts(demand.id):
            if not done.rows or done.table == PROVISION_RECORDS:
                continue
            table = execute.hands().datamap.table(done.store, done.table)
            shown = set(next(iter(store.values(demand.id, f"{done.store}/{done.table}")), ()))
            for column in table.columns:
                if column.name in shown and (column.free_text or column.about is About.THIRD_PARTY):
                    found[f"{done.store}/{done.table}/{column.name}"] = None
    return tuple(found)


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


def _spoken(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
