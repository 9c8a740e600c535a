"""What mails say: neutral subjects, no name, no link that logs anybody in (P1.5, P3.10)."""

from mamoru.documents import contact_notice
from mamoru.documents.frame import tongue_of
from mamoru.documents.terms import ContactNotice, Letter, Sender

_CODE_SUBJECT = {"ja": "確認番号のお知らせ", "en": "Your code"}
_CODE = {
    "ja": (
        "次の確認番号を、ご請求の画面に入力してください。",
        "",
        "　確認番号：{code}",
        "",
        "・番号は{minutes}分間使えます。新しい番号を求めると、前の番号は使えなくなります。",
        "・画面：{page}",
        "・当社からこの番号をおたずねすることはありません。",
        "・お心当たりのないときは、番号をだれにも知らせず、{desk}までご連絡ください。",
    ),
    "en": (
        "Please type this code on the page of your request.",
        "",
        "  Code: {code}",
        "",
        "- It can be used for {minutes} minutes. A new code voids the one before.",
        "- Page: {page}",
        "- We never ask you for this code.",
        "- If you asked for none, tell nobody the code and write to the {desk}.",
    ),
}


def code(*, language: str, sender: Sender, code: str, page: str, minutes: int) -> tuple[str, str]:
    """Return subject and text of the mail with a one-time code; it names nobody."""
    tongue = tongue_of(language)
    spaced = f"{code[:4]} {code[4:]}"
    words = {"code": spaced, "minutes": minutes, "page": page, "desk": sender.desk}
    lines = [each.format(**words) for each in _CODE[tongue]]
    return _CODE_SUBJECT[tongue], _signed(lines, sender)


def notice(told: ContactNotice) -> tuple[str, str]:
    """Return subject and text of the notice of a changed contact: the letter's own words."""
    built: Letter = contact_notice.build(told)
    paragraphs = [each.strip() for each in built.opening if not each.startswith("拝啓")]
    lines = [*paragraphs, "", *(f"・{each}" for one in built.sections for each in one.bullets)]
    return built.title, _signed(lines, told.sender)


def _signed(lines: list[str], sender: Sender) -> str:
    name = "" if sender.name in sender.desk else sender.name
    known = [name, sender.desk, sender.contact]
    return "\n".join([*lines, "", "--", *(each for each in known if each), ""])
