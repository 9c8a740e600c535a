"""ご本人確認のための番号のお知らせ: a one-time code goes to the registered address (P3.10)."""

from mamoru.documents.frame import framed, tongue_of
from mamoru.documents.terms import CodeLetter, Letter, Section

_TITLE = {"ja": "ご本人確認のための番号のお知らせ", "en": "A code to confirm who is asking"}
_OPENING = {
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
_STEPS = {
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


def build(made: CodeLetter) -> Letter:
    """Return the letter that takes a one-time code to the registered address (P3.10).

    Whoever opens it learns that a request was made, and neither by whom nor for what.
    """
    tongue = tongue_of(made.language)
    words = {"page": made.page, "days": made.days, "tries": made.tries, "desk": made.sender.desk}
    return framed(
        made,
        title=_TITLE[tongue],
        opening=_OPENING[tongue],
        sections=tuple(
            Section(heading=heading, bullets=tuple(each.format(**words) for each in bullets))
            for heading, bullets in _STEPS[tongue]
        ),
        code=f"{made.code[:4]} {made.code[4:]}",
    )
