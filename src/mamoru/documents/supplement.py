"""書類提出のお願い: the letter that asks for what is missing (Act 37(2), P3.12)."""

from collections.abc import Iterator

from mamoru.documents import asking
from mamoru.documents.frame import date_in, framed, tongue_of
from mamoru.documents.terms import Letter, Section, SupplementRequest
from mamoru.kit import calendar

_TITLE = {
    "ja": "個人情報の開示等のご請求に関する書類提出のお願い",
    "en": "Request for further papers",
}


def build(asked: SupplementRequest) -> Letter:
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
            "　書類は、ウェブサイトの「請求の状況」からお送りいただけます。お送りの際は、個人番号（マイナンバー）、"
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
    return framed(
        asked,
        title=_TITLE[tongue],
        opening=opening,
        sections=(
            Section(heading=heading, bullets=tuple(dict.fromkeys(bullets))),
            *_from_the_desk(asked.message, tongue),
        ),
        closing=closing,
    )


def _from_the_desk(message: str, tongue: str) -> Iterator[Section]:
    """Yield what staff wrote besides, behind the list: before it, it would read as one of the papers."""
    if message:
        heading = {"ja": "担当者からのご連絡", "en": "From the desk"}[tongue]
        yield Section(heading=heading, paragraphs=tuple(message.splitlines()))
