"""登録の連絡先が変わったことのお知らせ (P3.10, P3.24): the earlier contact hears of it, by letter or mail."""

from mamoru.documents.frame import date_in, framed, tongue_of
from mamoru.documents.terms import ContactNotice, Letter, Section

_CHANGED = {
    "ja": {"address": "ご住所", "email": "メールアドレス"},
    "en": {"address": "address", "email": "mail address"},
}
_AND = {"ja": "と", "en": " and "}
_TITLE = {
    "ja": "ご登録の連絡先の変更についてのお知らせ",
    "en": "Your registered contact was changed",
}
_OPENING = {
    "ja": (
        "拝啓　時下ますますご清栄のこととお慶び申し上げます。",
        "　当社に登録されているお客様の{what}が、{date}までに変更されました。お客様の個人情報に関するご請求を"
        "受け付けているため（受付番号 {reference}）、変更前のご連絡先へお知らせします。",
    ),
    "en": (
        "Your {what} registered with us was changed by {date}. Since there is a request about your "
        "personal data (reference {reference}), we write to your earlier contact.",
    ),
}
_STEPS = {
    "ja": (
        "お願い",
        (
            "ご自分で変更し、ご請求されたときは、何もしていただく必要はありません。",
            "覚えがないときは、すぐに{desk}までご連絡ください。",
        ),
    ),
    "en": (
        "What to do",
        (
            "If you changed it and made the request yourself, there is nothing to do.",
            "If you did not, please write to the {desk} at once.",
        ),
    ),
}


def build(told: ContactNotice) -> Letter:
    """Return the letter to the contact as it was before; whoever opens it learns no new one."""
    tongue = tongue_of(told.language)
    heading, bullets = _STEPS[tongue]
    words = _words(told, tongue)
    return framed(
        told,
        title=_TITLE[tongue],
        opening=tuple(each.format(**words) for each in _OPENING[tongue]),
        sections=(
            Section(heading=heading, bullets=tuple(each.format(**words) for each in bullets)),
        ),
    )


def _words(told: ContactNotice, tongue: str) -> dict[str, str]:
    return {
        "date": date_in(told.changed_on, tongue),
        "what": _AND[tongue].join(_CHANGED[tongue][each] for each in told.contacts),
        "reference": told.reference,
        "desk": told.sender.desk,
    }
