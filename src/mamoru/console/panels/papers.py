"""Which papers are needed, which came and what was read on them (P3.22)."""

from django.utils.translation import gettext

from mamoru.cases import actions
from mamoru.cases.terms import (
    Proof,
)
from mamoru.console import forms, labels
from mamoru.console.panels.look import Look
from mamoru.console.shaping import (
    finding_rows,
    listed_papers,
    size_of,
)
from mamoru.console.shown import (
    Needed,
    Paper,
)
from mamoru.console.words import language, moment, said, word
from mamoru.documents import wording


def needed(look: Look) -> tuple[Needed, ...]:
    """Return the groups of papers that the role has to send; none for who signed in."""
    if look.check.by_login:
        return ()
    found = []
    for need in look.check.needs:
        words = listed_papers(need.group.one_of)
        if need.group.two_of:
            words += gettext("。または、次のうち2点：") + listed_papers(need.group.two_of)
        found.append(
            Needed(
                of=said(wording.PROOF_OF, need.group.of),
                words=words,
                state=need.state,
                word=word(labels.NEEDS, need.state),
            )
        )
    return tuple(found)


def paper(look: Look, proof: Proof) -> Paper:
    """Return a paper with its finding, and the form for one where it may still be read."""
    form = None
    if look.handles and look.open and proof.kept:
        form = look.kept_or(
            forms.FindingForm,
            f"paper-{proof.id}",
            forms.FindingForm(proof, language=language()),
        )
    return Paper(
        proof=proof,
        word=said(wording.PROOF_KINDS, proof.kind),
        of=said(wording.PROOF_OF, proof.of),
        received=moment(proof.received_at),
        size=size_of(proof.size),
        read=finding_rows(proof) if look.personal else (),
        reader=look.who(proof.finding.by) if proof.finding else "",
        superseded=proof.id in look.check.superseded,
        opened=actions.opened_paper(look.entries, proof, by=look.desk.by),
        blackens=look.handles and proof.kept,
        form=form,
    )
