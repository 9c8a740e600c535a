"""The history of a case in words, without personal data (P1.5)."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from mamoru.cases.terms import TrailEntry
from mamoru.console import labels
from mamoru.console.panels.look import Look
from mamoru.console.shaping import grounds_in
from mamoru.console.shown import TrailLine
from mamoru.console.words import listed, moment, said, thousands, word
from mamoru.documents import wording

_PLACE_CHANGED = frozenset({"case.place.changed", "case.place.corrected"})


def lines(look: Look) -> tuple[TrailLine, ...]:
    """Return the entries of the ledger, the newest first."""
    papers = papers_by_digest(look.entries)
    return tuple(_line(look, entry, papers) for entry in reversed(look.entries))


def papers_by_digest(entries: Iterable[TrailEntry]) -> Mapping[str, tuple[str, ...]]:
    """Return what the paper of a digest is called, as the ledger has it from when it came.

    An entry of a look names the digest only. One file may have been sent as two papers: both
    are named then. A paper that was erased since keeps its name here.
    """
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        digest, kind = entry.facts.get("paper", ""), entry.facts.get("kind", "")
        if digest and kind in wording.PROOF_KINDS:
            found[digest] = tuple(dict.fromkeys((*found.get(digest, ()), kind)))
    return found


def _line(look: Look, entry: TrailEntry, papers: Mapping[str, tuple[str, ...]]) -> TrailLine:
    return TrailLine(
        index=entry.index,
        word=_word(entry),
        who=look.who(entry.by),
        at=moment(entry.at),
        facts=tuple(_facts(look, entry, papers)),
    )


def _word(entry: TrailEntry) -> str:
    """Return what happened; a table in which nothing had to change was not changed."""
    if entry.kind in _PLACE_CHANGED and not any(_changed(entry).values()):
        return gettext("変更する記録がないことを確かめた")
    return word(labels.TRAIL, entry.kind)


def _changed(entry: TrailEntry) -> Mapping[str, int]:
    if entry.kind not in _PLACE_CHANGED:
        return {"erased": 0, "written": 0}
    return {name: int(entry.facts.get(name, "0")) for name in ("erased", "written")}


def _facts(look: Look, entry: TrailEntry, papers: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    facts = entry.facts
    if "/" in facts.get("demand", ""):
        yield gettext("請求%(position)s") % {"position": facts["demand"].rpartition("/")[2]}
    if facts.get("outcome") in labels.OUTCOMES:
        yield word(labels.OUTCOMES, facts["outcome"])
    for ground in grounds_in(facts.get("grounds", "")):
        yield said(wording.GROUNDS, ground)
    yield from _of_paper(facts, papers)
    for name in ("found", "records", "rows"):
        if name in facts:
            yield gettext("%(count)s件") % {"count": thousands(facts[name])}
    if facts.get("stores"):
        named = (look.titles.get(name, name) for name in facts["stores"].split(", "))
        yield listed(named)
    if "place" in facts:
        yield look.place(facts["place"])
    yield from _of_change(_changed(entry))
    if facts.get("dispatch") in wording.DISPATCH:
        yield said(wording.DISPATCH, facts["dispatch"])


def _of_paper(facts: Mapping[str, str], papers: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    own = facts.get("kind", "")
    for kind in (own,) if own in wording.PROOF_KINDS else papers.get(facts.get("paper", ""), ()):
        yield said(wording.PROOF_KINDS, kind)
    if facts.get("of") in wording.PROOF_OF:
        yield said(wording.PROOF_OF, facts["of"])
    if facts.get("genuine") == "False":
        yield gettext("書類に疑義あり")


def _of_change(changed: Mapping[str, int]) -> Iterable[str]:
    if changed["erased"]:
        yield gettext("削除した記録 %(count)s件") % {"count": thousands(changed["erased"])}
    if changed["written"]:
        yield gettext("書き換えた記録 %(count)s件") % {"count": thousands(changed["written"])}
