"""From an answer to a letter: the words in which a careful office writes it (P3.17, P3.24)."""

from collections.abc import Iterator
from datetime import date

from mamoru.documents import asking, changed, wording
from mamoru.documents.terms import (
    AgentNotice,
    AnnexTable,
    Answer,
    CodeLetter,
    ContactNotice,
    DemandAnswer,
    Letter,
    Section,
    SupplementRequest,
)
from mamoru.documents.wording import said
from mamoru.kit import calendar

__all__ = [
    "Letter",
    "build",
    "build_code",
    "build_notice",
    "build_supplement",
    "date_in",
    "of_words",
    "tongue_of",
]

_LABELS = {
    "ja": {
        "reference": "受付番号",
        "source": "保管場所：",
        "rows": "件数：",
        "record": "記録",
        "purposes": "利用目的：",
        "separator": "／",
        "desk": "担当：",
        "contact": "窓口：",
        "on_behalf": "ご本人：",
        "unbroken": "お問い合わせ窓口",
    },
    "en": {
        "reference": "Reference",
        "source": "Kept in: ",
        "rows": "Records: ",
        "record": "Record",
        "purposes": "Purposes of use: ",
        "separator": "; ",
        "desk": "Desk: ",
        "contact": "Contact: ",
        "on_behalf": "On behalf of ",
        "unbroken": "Personal Information Desk",
    },
}
_TITLE = {
    "ja": "個人情報の開示等のご請求に対する回答書",
    "en": "Answer to your request concerning personal data",
}
_SUPPLEMENT_TITLE = {
    "ja": "個人情報の開示等のご請求に関する書類提出のお願い",
    "en": "Request for further papers",
}
_HONORIFIC = {"ja": "様", "en": ""}
_ENDING = {"ja": "敬具", "en": ""}
_ALL_ITEMS = {"ja": "当社が保有するすべての項目", "en": "everything that we hold"}


def build(answer: Answer) -> Letter:
    """Return the letter that answers a case: every demand with its result, reasons and ground.

    The wording for data that does not exist and for data whose existence must
    not be told (Order 5) is the same, byte for byte.
    """
    tongue = tongue_of(answer.language)
    annexes = _annexes(answer, tongue)
    return Letter(
        language=tongue,
        reference=answer.reference,
        dated_on=answer.dated_on,
        date_line=date_in(answer.dated_on, tongue),
        title=_TITLE[tongue],
        sender=answer.sender,
        addressee=answer.addressee,
        honorific=_HONORIFIC[tongue],
        labels=_LABELS[tongue],
        opening=_opening(answer, tongue),
        sections=tuple(
            _section(number, demand, tongue)
            for number, demand in enumerate(answer.demands, start=1)
        ),
        closing=_closing(answer, tongue),
        ending=_ENDING[tongue],
        annexes=annexes,
    )


def build_supplement(asked: SupplementRequest) -> Letter:
    """Return the letter that asks for what is missing (Act 37(2)); it shows nothing registered."""
    tongue = tongue_of(asked.language)
    if tongue == "ja":
        opening = (
            "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
            f"　さて、{calendar.letter_date(asked.received_on)}に受け付けました{asked.person_name}様の"
            f"個人情報の開示等のご請求（受付番号 {asked.reference}）につきまして、"
            "ご本人等の確認のため、次の書類が必要です。お手数をおかけいたしますが、"
            f"{calendar.letter_date(asked.due_on)}までにお送りくださいますようお願い申し上げます。",
        )
        closing = (
            "　書類は、受付状況の確認画面からお送りいただけます。お送りの際は、個人番号（マイナンバー）、"
            "健康保険の記号・番号、本籍など、確認に必要のない部分を隠してください。",
            "　期日までに書類が届かない場合は、ご請求に応じられないことがあります。"
            "期日までのご用意が難しいときは、お早めに担当窓口までお知らせください。",
        )
        heading = "お送りいただきたい書類"
    else:
        opening = (
            f"Thank you for your request of {date_in(asked.received_on, tongue)} on behalf of or as "
            f"{asked.person_name} (reference {asked.reference}).",
            "To confirm identity and authority we need what is listed below. Please send it by "
            f"{date_in(asked.due_on, tongue)}.",
        )
        closing = (
            "You can send the papers on the status page. Please cover what is not needed: the "
            "My Number, symbols and numbers of health insurance, and the registered domicile.",
            "If the papers do not arrive in time, we may not be able to meet the request. Please "
            "tell the desk early if you need more time.",
        )
        heading = "What we need"
    bullets = tuple(
        asking.not_covered(asked.not_covered, tongue)
        if code == "scope-too-narrow" and asked.not_covered
        else asking.defect(code, tongue, asked.issued_within)
        for code in asked.defects
    )
    return Letter(
        language=tongue,
        reference=asked.reference,
        dated_on=asked.dated_on,
        date_line=date_in(asked.dated_on, tongue),
        title=_SUPPLEMENT_TITLE[tongue],
        sender=asked.sender,
        addressee=asked.addressee,
        honorific=_HONORIFIC[tongue],
        labels=_LABELS[tongue],
        opening=opening,
        sections=(
            Section(heading=heading, bullets=tuple(dict.fromkeys(bullets))),
            *_from_the_desk(asked.message, tongue),
        ),
        closing=closing,
        ending=_ENDING[tongue],
    )


def _from_the_desk(message: str, tongue: str) -> Iterator[Section]:
    """Yield what staff wrote besides, behind the list: before it, it would read as one of the papers."""
    if message:
        heading = {"ja": "担当者からのご連絡", "en": "From the desk"}[tongue]
        yield Section(heading=heading, paragraphs=tuple(message.splitlines()))


def build_code(made: CodeLetter) -> Letter:
    """Return the letter that takes a one-time code to the registered address (P3.10).

    Whoever opens it learns that a request was made, and neither by whom nor for what.
    """
    tongue = tongue_of(made.language)
    return Letter(
        language=tongue,
        reference=made.reference,
        dated_on=made.dated_on,
        date_line=date_in(made.dated_on, tongue),
        title=_CODE_TITLE[tongue],
        sender=made.sender,
        addressee=made.addressee,
        honorific=_HONORIFIC[tongue],
        labels=_LABELS[tongue],
        opening=_CODE_OPENING[tongue],
        sections=tuple(
            Section(
                heading=heading,
                bullets=tuple(
                    each.format(
                        page=made.page, days=made.days, tries=made.tries, desk=made.sender.desk
                    )
                    for each in bullets
                ),
            )
            for heading, bullets in _CODE_STEPS[tongue]
        ),
        closing=(),
        ending=_ENDING[tongue],
        code=f"{made.code[:4]} {made.code[4:]}",
    )


def build_notice(told: AgentNotice) -> Letter:
    """Return the letter that tells a person of an agent's request (P3.11).

    Whoever opens it learns that an agent asked, and neither who nor for what.
    """
    tongue = tongue_of(told.language)
    words = {"date": date_in(told.received_on, tongue), "desk": told.sender.desk}
    words["reference"] = told.reference
    heading, bullets = _NOTICE_STEPS[tongue]
    return of_words(
        told,
        title=_NOTICE_TITLE[tongue],
        opening=tuple(each.format(**words) for each in _NOTICE_OPENING[tongue]),
        section=Section(heading=heading, bullets=tuple(each.format(**words) for each in bullets)),
    )


def of_words(
    told: AgentNotice | ContactNotice, *, title: str, opening: tuple[str, ...], section: Section
) -> Letter:
    """Return a short letter to a registered contact, in the house's form."""
    tongue = tongue_of(told.language)
    return Letter(
        language=tongue,
        reference=told.reference,
        dated_on=told.dated_on,
        date_line=date_in(told.dated_on, tongue),
        title=title,
        sender=told.sender,
        addressee=told.addressee,
        honorific=_HONORIFIC[tongue],
        labels=_LABELS[tongue],
        opening=opening,
        sections=(section,),
        closing=(),
        ending=_ENDING[tongue],
    )


_NOTICE_TITLE = {
    "ja": "代理人からのご請求についてのお知らせ",
    "en": "A request made in your name by an agent",
}
_NOTICE_OPENING = {
    "ja": (
        "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
        "　{date}に、お客様の代理人という方から、お客様の個人情報に関するご請求を受け付けました"
        "（受付番号 {reference}）。代理人にお知らせする前に、当社に登録されているご連絡先へお知らせします。",
    ),
    "en": (
        "On {date} we received a request about your personal data from somebody who says that you "
        "asked them to act for you (reference {reference}). Before anything is told to them, we "
        "write to the contact that is registered with us.",
    ),
}
_NOTICE_STEPS = {
    "ja": (
        "お願い",
        (
            "代理人に依頼された覚えがあるときは、何もしていただく必要はありません。",
            "覚えがないとき、または依頼を取りやめたいときは、すぐに{desk}までご連絡ください。",
        ),
    ),
    "en": (
        "What to do",
        (
            "If you asked somebody to act for you, there is nothing to do.",
            "If you did not, or no longer want it, please write to the {desk} at once.",
        ),
    ),
}
_CODE_TITLE = {"ja": "ご本人確認のための番号のお知らせ", "en": "A code to confirm who is asking"}
_CODE_OPENING = {
    "ja": (
        "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
        "　当社に、お客様の個人情報に関するご請求がありました。お客様ご本人、またはお客様から依頼された方による"
        "ご請求であることを確かめるため、当社に登録されているご住所あてに、次の確認番号をお送りします。",
    ),
    "en": (
        "We have received a request about your personal data. To make sure that it comes from you, "
        "or from somebody whom you asked to act for you, we send the following code to the address "
        "that is registered with us.",
    ),
}
_CODE_STEPS = {
    "ja": (
        (
            "ご請求に心当たりがある方",
            (
                "次のページを開き、この書面の受付番号と、請求のときにお渡しした照会コードを入力してください。{page}",
                "「書留郵便で届いた確認番号」の欄に、上の確認番号を入力してください。",
                "代理人にご請求を依頼された方は、依頼の内容に間違いがないときに限り、確認番号を代理人にお伝えください。",
                "確認番号は、この書面の発送の日から{days}日間使えます。{tries}回間違えると使えなくなります。"
                "そのときは{desk}までお知らせください。新しい番号をお送りします。",
            ),
        ),
        (
            "ご請求に心当たりがない方",
            (
                "確認番号をどなたにも知らせずに、{desk}までご連絡ください。",
                "当社の担当者が、電話などで確認番号をおたずねすることはありません。",
            ),
        ),
    ),
    "en": (
        (
            "If you know of the request",
            (
                "Open {page} and enter the reference number of this letter and the status code that "
                "was given when the request was filed.",
                "Type the code above into the field “Code from a registered letter”.",
                "If you asked an agent to act for you, pass the code on only if the request is what "
                "you wanted.",
                "The code can be used for {days} days from the day on which this letter was sent. "
                "After {tries} wrong tries it is void: tell the {desk} and we will send another.",
            ),
        ),
        (
            "If you know nothing of it",
            (
                "Tell the code to nobody, and write to the {desk}.",
                "We never ask for the code by telephone or in any other way.",
            ),
        ),
    ),
}


def tongue_of(language: str) -> str:
    """Return the language in which a letter is written: Japanese where nothing else is known."""
    return "en" if language == "en" else "ja"


def date_in(day: date, tongue: str) -> str:
    """Return a day as a letter writes it."""
    return calendar.letter_date(day) if tongue == "ja" else f"{day.day} {day:%B %Y}"


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
