"""What every part of a case's page is made from."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django import forms as django_forms

from mamoru.cases import actions
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    Stage,
)
from mamoru.console import access, labels
from mamoru.console.access import Desk, Right
from mamoru.console.shown import (
    Kept,
)
from mamoru.console.words import language, said, word
from mamoru.documents import wording
from mamoru.kit import clock

F = TypeVar("F", bound=django_forms.Form)


class Look:
    """One case as one person at the desk sees it at one moment; every part of the page asks it."""

    def __init__(self, case: Case, desk: Desk, now: datetime, kept: Kept | None) -> None:
        """Read what more than one part needs, once."""
        self.desk, self.now, self.kept = desk, now, kept
        self.personal = desk.may(Right.READ)
        note = actions.note_seen(case.work_note, personal=self.personal)
        seen = note == case.work_note
        self.case = case if seen else replace(case, work_note=note, failures=0)
        self.handles = desk.may(Right.HANDLE)
        self.check = actions.check(case.id, now=now)
        self.entries = actions.trail_seen(actions.trail(case.id), personal=self.personal)
        self.titles = actions.titles(language())
        self.names = access.names(self._actors())
        self.today = clock.date_in_japan(now)
        self.open = case.stage in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED}
        self.blanks = actions.unprintable(case) if self.personal else ()

    def _actors(self) -> frozenset[str]:
        found = {str(entry.by) for entry in self.entries}
        found |= {str(paper.finding.by) for paper in self.case.proofs if paper.finding}
        return frozenset(found)

    def who(self, by: str | None) -> str:
        """Return the family name of a member of staff, or what acted in their place."""
        return self.names.get(by or "") or word(labels.ACTORS, by or "")

    def kept_or(self, kind: type[F], key: str, fresh: F) -> F:
        """Return the form that came back with errors, if it is this one, else a fresh one."""
        kept = self.kept.form if self.kept is not None and self.kept.key == key else fresh
        return kept if isinstance(kept, kind) else fresh

    def place(self, ref: str) -> str:
        """Return `store/table` in the words of the data map."""
        if ref == PROVISION_RECORDS:
            return said(wording.KINDS, "disclosure-of-provision-records")
        name, _, _table = ref.partition("/")
        return f"{self.titles.get(name, name)} / {self.titles.get(ref, ref)}"
