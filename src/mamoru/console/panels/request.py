"""What was asked, and what has happened since."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from mamoru.cases.terms import (
    TrailEntry,
)
from mamoru.console import labels
from mamoru.console.panels.look import Look
from mamoru.console.shaping import (
    grounds_in,
)
from mamoru.console.shown import (
    Row,
    TrailLine,
)
from mamoru.console.words import moment, said, thousands, version, word
from mamoru.documents import wording


def facts(look: Look) -> tuple[Row, ...]:
    """Return how and when the request came."""
    filing = look.case.filing
    return (
        Row(label=gettext("受付"), text=moment(look.case.received_at)),
        Row(label=gettext("請求した人"), text=said(wording.ROLES, filing.role)),
        Row(label=gettext("受付の経路"), text=word(labels.CHANNELS, filing.channel)),
        Row(
            label=gettext("回答の方法"),
            text=said(wording.ANSWER_METHODS, filing.answer_method),
        ),
        Row(label=gettext("適用される方針の版"), text=version(filing.policy_version)),
    )


def trail(look: Look, entry: TrailEntry) -> TrailLine:
    """Return an entry of the ledger in words, without personal data."""
    return TrailLine(
        index=entry.index,
        word=word(labels.TRAIL, entry.kind),
        who=look.who(entry.by),
        at=moment(entry.at),
        facts=tuple(_trail_facts(look, entry.facts)),
    )


def _trail_facts(look: Look, facts: Mapping[str, str]) -> Iterable[str]:
    if "/" in facts.get("demand", ""):
        yield gettext("請求%(position)s") % {"position": facts["demand"].rpartition("/")[2]}
    if facts.get("outcome") in labels.OUTCOMES:
        yield word(labels.OUTCOMES, facts["outcome"])
    for ground in grounds_in(facts.get("grounds", "")):
        yield said(wording.GROUNDS, ground)
    if facts.get("kind") in wording.PROOF_KINDS:
        yield said(wording.PROOF_KINDS, facts["kind"])
    if facts.get("genuine") == "False":
        yield gettext("書類に疑義あり")
    for name in ("found", "records", "rows"):
        if name in facts:
            yield gettext("%(count)s件") % {"count": thousands(facts[name])}
    if "place" in facts:
        yield look.place(facts["place"])
    if facts.get("dispatch") in wording.DISPATCH:
        yield said(wording.DISPATCH, facts["dispatch"])
