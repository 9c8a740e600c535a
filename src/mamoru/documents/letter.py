"""From an answer to a letter: the words in which a careful office writes it (P3.17, P3.24)."""

from mamoru.documents import asking, changed, wording
from mamoru.documents.frame import date_in, framed, tongue_of
from mamoru.documents.terms import (
    AnnexTable,
    Answer,
    DemandAnswer,
    Letter,
    Section,
)
from mamoru.documents.wording import said

_TITLE = {
    "ja": "個人情報の開示等のご請求に対する回答書",
    "en": "Answer to your request concerning personal data",
}
_ALL_ITEMS = {"ja": "当社が保有するすべての項目", "en": "everything that we hold"}


def build(answer: Answer) -> Letter:
    """Return the letter that answers a case: every demand with its result, reasons and ground.

    The wording for data that does not exist and for data whose existence must
    not be told (Order 5) is the same, byte for byte.
    """
    tongue = tongue_of(answer.language)
    return framed(
        answer,
        title=_TITLE[tongue],
        opening=_opening(answer, tongue),
        sections=tuple(
            _section(number, demand, tongue)
            for number, demand in enumerate(answer.demands, start=1)
        ),
        closing=_closing(answer, tongue),
        annexes=_annexes(answer, tongue),
    )


def _opening(answer: Answer, tongue: str) -> tuple[str, ...]:
    received = date_in(answer.received_on, tongue)
    if tongue == "en":
        agent = f", filed by {answer.agent_name} as agent" if answer.agent_name else ""
        return (
            f"Thank you for the request concerning the personal data of {answer.person_name}"
            f"{agent}, which we received on {received} (reference {answer.reference}). "
            f"Our answer is as follows.{' There is no fee.' if answer.free else ''}",
        )
    agent = f"（代理人 {answer.agent_name}様からのご請求）" if answer.agent_name else ""
    return (
        "拝啓　時下ますますご清栄のこととお慶び申し上げます。平素は格別のご高配を賜り、厚く御礼申し上げます。",
        f"　さて、{received}に受け付けました{answer.person_name}様の個人情報の開示等のご請求{agent}に"
        f"つきまして、次のとおりご回答申し上げます。{'なお、手数料はいただきません。' if answer.free else ''}",
        "　以下、個人情報の保護に関する法律を「法」、同法施行令を「施行令」といいます。",
    )


def _section(number: int, demand: DemandAnswer, tongue: str) -> Section:
    kind = said(wording.KINDS, demand.kind, tongue)
    article = said(wording.ARTICLES, demand.kind, tongue)
    heading = (
        f"{number}. {kind}（{article}）" if tongue == "ja" else f"{number}. {kind} ({article})"
    )
    asked = "、".join(demand.items) if tongue == "ja" else ", ".join(demand.items)
    what = asked or _ALL_ITEMS[tongue]
    label = f"ご請求の項目：{what}" if tongue == "ja" else f"Items: {what}"
    return Section(
        heading=heading,
        paragraphs=(label, *_result(demand, tongue)),
        bullets=_bullets(demand, tongue),
        indented=_indented(demand),
    )


def _result(demand: DemandAnswer, tongue: str) -> tuple[str, ...]:
    if demand.outcome == "refused":
        lines = [said(wording.OUTCOMES, "refused", tongue), *refusal(demand, tongue)]
        return tuple(lines)
    if _nothing(demand):
        return (_nothing_held(demand, tongue),)
    if demand.outcome != "fulfilled":
        return (said(wording.OUTCOMES, demand.outcome, tongue),)
    return (_done(demand, tongue), *changed.paragraphs(demand.changed, tongue))


def _nothing(demand: DemandAnswer) -> bool:
    """Whether nothing is held of what was asked: found so, or granted with nothing to show."""
    shown = {
        "notice-of-purpose": demand.purposes,
        "disclosure": demand.tables,
        "disclosure-of-provision-records": demand.tables,
    }
    granted = demand.outcome == "fulfilled"
    return demand.outcome == "nothing-held" or (granted and not shown.get(demand.kind, True))


def _nothing_held(demand: DemandAnswer, tongue: str) -> str:
    """Return that nothing is held, with the article that has the company say so."""
    records = demand.kind == "disclosure-of-provision-records" and demand.outcome == "fulfilled"
    sentence = (
        wording.NO_PROVISION_RECORDS[tongue]
        if records
        else said(wording.OUTCOMES, "nothing-held", tongue)
    )
    article = said(wording.NOTICE_DUTY, demand.kind, tongue)
    if tongue == "ja":
        return f"{sentence.removesuffix('。')}（{article}）。"
    return f"{sentence.removesuffix('.')} ({article})."


def _done(demand: DemandAnswer, tongue: str) -> str:
    """Return what was done; INVARIANT: what a law keeps is not said to be erased."""
    if not any(place.held for place in demand.changed):
        return said(wording.DONE, demand.kind, tongue)
    went = any(place.erased or place.emptied for place in demand.changed)
    return (wording.ERASED_BUT_HELD if went else wording.ONLY_HELD)[tongue]


def refusal(demand: DemandAnswer, tongue: str, *, in_full: bool = False) -> list[str]:
    """Ground, article, reason in words, what would cure it, and the way to a court (Act 36, 39).

    `in_full` names the Act where no opening of a letter has said what it is called below.
    """

    def cited(words: str) -> str:
        return wording.in_full(words, tongue) if in_full else words

    lines = []
    for ground in demand.grounds:
        name = said(wording.GROUNDS, ground, tongue)
        article = cited(wording.ground_article(demand.kind, ground, tongue))
        lines.append(
            f"お断りする理由：{name}（{article}）"
            if tongue == "ja"
            else f"Ground: {name} ({article})"
        )
    if "agency-unconfirmed" in demand.grounds and demand.not_covered:
        lines.append(asking.not_covered((demand.kind,), tongue, asking=False))
    if demand.law:
        lines.append(f"該当する法令：{demand.law}" if tongue == "ja" else f"Law: {demand.law}")
    if demand.reason:
        lines.append(
            f"ご説明：{demand.reason}" if tongue == "ja" else f"Explanation: {demand.reason}"
        )
    lines += [
        said(wording.REMEDIES, ground, tongue)
        for ground in demand.grounds
        if ground in wording.REMEDIES
    ]
    if demand.suit_from is not None:
        lines.append(
            cited(
                "本件のご請求については、法第39条第1項ただし書により、本回答をもって直ちに訴えを提起することができます。"
                if tongue == "ja"
                else "Under the proviso of Article 39(1) of the Act, a suit may be brought at once."
            )
        )
    return lines


def _indented(demand: DemandAnswer) -> tuple[int, ...]:
    """Return the places of purposes that are part of one above them, as PU01.a is of PU01."""
    if demand.outcome != "fulfilled":
        return ()
    codes = [purpose.code for purpose in demand.purposes]
    return tuple(at for at, code in enumerate(codes) if code.rpartition(".")[0] in codes[:at])


def _bullets(demand: DemandAnswer, tongue: str) -> tuple[str, ...]:
    if demand.outcome != "fulfilled":
        return ()
    purposes = tuple(purpose.text for purpose in demand.purposes)
    if tongue == "ja":
        changes = tuple(
            f"{change.item}：「{change.before}」から「{change.after}」へ"
            for change in demand.changes
        )
    else:
        changes = tuple(
            f"{change.item}: from “{change.before}” to “{change.after}”"
            for change in demand.changes
        )
    return purposes + changes + changed.bullets(demand.changed, tongue)


def _annexes(answer: Answer, tongue: str) -> tuple[Section, ...]:
    result: list[Section] = []
    for number, demand in enumerate(answer.demands, start=1):
        if demand.outcome != "fulfilled" or not demand.tables:
            continue
        kind = said(wording.KINDS, demand.kind, tongue)
        heading = (
            f"別紙{len(result) + 1}　{kind}（回答{number}関係）"
            if tongue == "ja"
            else f"Annex {len(result) + 1}: {kind} (answer {number})"
        )
        result.append(
            Section(
                heading=heading,
                paragraphs=(_count(answer, demand.tables, tongue),),
                tables=demand.tables,
            )
        )
    return tuple(result)


def _count(answer: Answer, tables: tuple[AnnexTable, ...], tongue: str) -> str:
    rows = sum(len(table.rows) for table in tables)
    if answer.may_withhold:
        return wording.LISTED[tongue].format(kinds=len(tables), rows=f"{rows:,}")
    if tongue == "ja":
        return f"ご本人の記録と確認できた{len(tables)}種類、合計{rows:,}件をすべて記載しています。"
    return f"All {rows:,} records of {len(tables)} kinds that we know to be yours are listed."


def _closing(answer: Answer, tongue: str) -> tuple[str, ...]:
    if tongue == "en":
        return (
            "If anything is unclear, or if you wish to complain about how we handle personal "
            f"information, please write to {answer.sender.desk}: {answer.sender.contact}",
            "You may also turn to the consultation line of the Personal Information Protection "
            "Commission.",
        )
    return (
        f"　本回答についてのご不明な点、個人情報の取扱いに関する苦情・ご相談は、{answer.sender.desk}"
        f"（{answer.sender.contact}）にて承ります。また、個人情報保護委員会の個人情報保護法相談ダイヤルも"
        "ご利用いただけます。",
    )
