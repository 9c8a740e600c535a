"""代理人からのご請求についてのお知らせ: the person hears of an agent's request first (P3.11)."""

from mamoru.documents.frame import date_in, framed, tongue_of
from mamoru.documents.terms import AgentNotice, Letter, Section

_TITLE = {
    "ja": "代理人からのご請求についてのお知らせ",
    "en": "A request made in your name by an agent",
}
_OPENING = {
    "ja": (
        "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
        "　{date}に、お客様の代理人と名乗る方から、お客様の個人情報に関するご請求を受け付けました"
        "（受付番号 {reference}）。代理人にお知らせする前に、当社に登録されているご連絡先へお知らせします。",
    ),
    "en": (
        "On {date} we received a request about your personal data from somebody who says that you "
        "asked them to act for you (reference {reference}). Before anything is told to them, we "
        "write to the contact that is registered with us.",
    ),
}
_STEPS = {
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


def build(told: AgentNotice) -> Letter:
    """Return the letter that tells a person of an agent's request (P3.11).

    Whoever opens it learns that an agent asked, and neither who nor for what.
    """
    tongue = tongue_of(told.language)
    words = {"date": date_in(told.received_on, tongue), "desk": told.sender.desk}
    words["reference"] = told.reference
    heading, bullets = _STEPS[tongue]
    return framed(
        told,
        title=_TITLE[tongue],
        opening=tuple(each.format(**words) for each in _OPENING[tongue]),
        sections=(
            Section(heading=heading, bullets=tuple(each.format(**words) for each in bullets)),
        ),
    )
