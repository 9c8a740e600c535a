"""From values of the rooms to rows and words of the desk."""

from collections.abc import Iterable

from django.utils.translation import gettext

from mamoru.cases.terms import (
    PersonalDetails,
    Proof,
    ProofKind,
    RefusalGround,
)
from mamoru.console import labels
from mamoru.console.shown import (
    Ground,
    Pair,
    Row,
)
from mamoru.console.words import day, language, listed, said, word
from mamoru.documents import wording
from mamoru.identity import agent, reasons, verify


def details_rows(details: PersonalDetails) -> tuple[Row, ...]:
    """Return what is stated of a person, label by label."""
    rows = (
        (gettext("氏名"), details.name),
        (gettext("ふりがな"), f"{details.family_name_kana} {details.given_name_kana}".strip()),
        (gettext("生年月日"), details.birth_date),
        (gettext("郵便番号"), details.postal_code),
        (gettext("住所"), details.full_address),
        (gettext("電話番号"), details.phone),
        (gettext("メールアドレス"), details.email),
    )
    return tuple(Row(label=label, text=text) for label, text in rows if text)


def finding_rows(proof: Proof) -> tuple[Row, ...]:
    """Return what was read on a paper."""
    finding = proof.finding
    if finding is None:
        return ()
    rows = [
        (gettext("前の住所"), finding.former_address),
        (gettext("本人（委任者）の氏名"), finding.principal_name),
        (gettext("代理人の氏名"), finding.agent_name),
        (gettext("作成日・発行日"), day(finding.issued_on) if finding.issued_on else ""),
        (gettext("有効期限"), day(finding.expires_on) if finding.expires_on else ""),
        (
            gettext("委任の範囲"),
            listed(wording.said(wording.KINDS, kind, language()) for kind in finding.scope),
        ),
        (
            gettext("書類に不審な点はないか"),
            gettext("不審な点はない") if finding.genuine else gettext("疑義がある"),
        ),
    ]
    return (
        *details_rows(finding.details),
        *(Row(label=label, text=text) for label, text in rows if text),
    )


def pair_of(found: verify.PairVerdict) -> Pair:
    """Return two sources compared, differences apart from ways of writing.

    Ways of writing are listed once, and said to be all only where nothing else is said.
    """
    words = {code: reasons.words(code, language()) for code in found.reasons}
    differs = [code for code in words if code not in labels.NOTATION]
    ways = [text for code, text in words.items() if code in labels.WAYS_OF_WRITING]
    notes = [
        text
        for code, text in words.items()
        if code in labels.NOTATION and code not in labels.WAYS_OF_WRITING
    ]
    if ways:
        notes.append(_written(ways, besides=bool(differs), alone=not differs and not notes))
    return Pair(
        label=word(labels.PAIRS, found.pair),
        verdict=str(found.verdict),
        word=word(labels.VERDICTS, found.verdict),
        differences=tuple(words[code] for code in differs),
        notes=tuple(notes),
    )


def _written(ways: Iterable[str], *, besides: bool, alone: bool) -> str:
    listed_ways = {"ways": listed(way.replace("の違い", "") for way in ways)}
    if besides:
        return gettext("ほかに表記の違い：%(ways)s") % listed_ways
    if alone:
        return gettext("表記の違いのみ：%(ways)s") % listed_ways
    return gettext("表記の違い：%(ways)s") % listed_ways


def ground_of(ground: RefusalGround) -> Ground:
    """Return a ground with its article."""
    return Ground(
        code=ground,
        word=said(wording.GROUNDS, ground),
        article=said(wording.GROUND_ARTICLES, ground),
    )


def listed_papers(kinds: Iterable[ProofKind]) -> str:
    """Return kinds of paper in words."""
    return listed(said(wording.PROOF_KINDS, kind) for kind in kinds)


def finding_words(found: agent.AuthorityFinding) -> str:
    """Return what fails, with the paper that it is about and the demands that it leaves out."""
    words = found.words(language())
    if found.lacks:
        words = gettext("委任の範囲に「%(kinds)s」が含まれていません") % {
            "kinds": gettext("」「").join(said(wording.KINDS, kind) for kind in found.lacks)
        }
    if found.paper not in wording.PROOF_KINDS:
        return words
    paper = said(wording.PROOF_KINDS, found.paper)
    return gettext("%(label)s：%(message)s") % {"label": paper, "message": words}


def grounds_in(text: str) -> tuple[str, ...]:
    """Return the grounds that a line of the history names."""
    return tuple(part for part in text.split(", ") if part in wording.GROUNDS)


def size_of(count: int) -> str:
    """Return a size as people say it."""
    kilobytes = max(round(count / 1024), 1)
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"  # noqa: PLR2004 - a megabyte
