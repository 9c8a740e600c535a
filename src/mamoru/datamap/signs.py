"""値のしるし (P0.1): by what a cell shows that it says something of a person.

Each sign looks at one value alone, knows nothing of its column and tells how a value of its
kind looks; whether a column is of that kind is weighed in `scan`.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from importlib.resources import files

from mamoru.kit import individual_number
from mamoru.kit.text import digits_only, fold


class Sign(StrEnum):
    """What a value can show of itself."""

    NAME = "name"
    KANA = "kana"
    ADDRESS = "address"
    POSTAL_CODE = "postal-code"
    PHONE = "phone"
    EMAIL = "email"
    BIRTH = "birth"
    MY_NUMBER = "my-number"  # 個人番号, 番号法
    CARD = "card"
    BANK_ACCOUNT = "bank-account"
    IP_ADDRESS = "ip-address"


# The most frequent family names of Japan, old forms beside new ones; together about a third of
# all people. A column of names shows enough of them, a column of anything else does not.
_SURNAMES = frozenset((files(__package__) / "surnames.txt").read_text("utf-8").split())
_PREFECTURES = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県"
    "|富山県|石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県"
    "|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県"
    "|鹿児島県|沖縄県"
)
_KANJI = r"々〆ヶ\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_NAME = re.compile(rf"[{_KANJI}ぁ-んァ-ヶー]{{1,6}}[ 　]?[{_KANJI}ぁ-んァ-ヶー]{{0,6}}")
_COMPANIES = (
    "商店",
    "商会",
    "会社",
    "工業",
    "産業",
    "建設",
    "製作所",
    "事務所",
    "医院",
    "法人",
    "銀行",
    "支店",
    "店",
    "部",
    "課",
)
_KANA = re.compile(r"[ァ-ヶー]{1,12}[ 　]?[ァ-ヶー]{0,12}|[ぁ-んー]{1,12}[ 　]?[ぁ-んー]{0,12}")
_AREA = re.compile(
    rf"({_PREFECTURES})?[{_KANJI}ぁ-んァ-ヶ]{{1,12}}[市区町村郡].*|({_PREFECTURES}).*"
)
_JAPANESE = re.compile(rf"[{_KANJI}ぁ-んァ-ヶ]")
_BLOCK = re.compile(
    r".*(\d+|[一二三四五六七八九十]+)(丁目|番地?|号(室)?).*|.{2,}\d+-\d+(-\d+)*(\s.*|号室)?"
)
_BUILDING = re.compile(
    r".*(マンション|アパート|ハイツ|コーポ|レジデンス|ビル|荘|号室|[0-9]+F|階).*"
)
_POSTAL = re.compile(r"〒?\s?\d{3}-\d{4}")
_PHONE = re.compile(r"(\+81[- ]?\(?0?\)?|\(?0)\d{1,4}\)?[- ]?\d{1,4}[- ]?\d{3,4}")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_LONG_NUMBER = re.compile(r"\d[\d -]{10,22}\d")
_ACCOUNT = re.compile(
    r".*(銀行|信用金庫|信金|農協|ゆうちょ|金庫|組合).*(普通|当座|貯蓄|支店|出張所|店).*\d{6,8}.*"
    r"|\d{4}-\d{3}-([1249]-)?\d{7}"
)
_CARD_PREFIX = re.compile(
    r"4\d{12}(\d{3}){0,2}|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|35(2[89]|[3-8]\d)\d{12}|3(0[0-5]|[689]\d)\d{11}|6(011|5\d\d|4[4-9]\d)\d{12}"
)
_ERAS: Mapping[str, int] = {
    name: start
    for names, start in (
        (("令和", "R"), 2018),
        (("平成", "H"), 1988),
        (("昭和", "S"), 1925),
        (("大正", "T"), 1911),
        (("明治", "M"), 1867),
    )
    for name in names
}
_DAY = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])?(?P<y>\d{1,4}|元)[年/.\-](?P<m>\d{1,2})[月/.\-]"
    r"(?P<d>\d{1,2})日?([ T]\d\d:\d\d.*)?|(?P<basic>(18|19|20)\d{6})"
)
_GREGORIAN_DIGITS, _CARRY = 4, 9


def is_name(value: str) -> bool:
    """Return whether a value is written as a Japanese name can be, whole or one half of it."""
    return _NAME.fullmatch(value) is not None and not value.endswith(_COMPANIES)


def begins_with_surname(value: str) -> bool:
    """Return whether a value begins with one of the most frequent family names."""
    return any(value[:length] in _SURNAMES for length in (1, 2, 3)) and is_name(value)


def is_kana(value: str) -> bool:
    """Return whether a value is a reading: one script of kana, one space at most."""
    return _KANA.fullmatch(value) is not None


def is_area(value: str) -> bool:
    """Return whether a value begins as an address: prefecture, city, ward, town."""
    return _AREA.fullmatch(value) is not None


def is_block(value: str) -> bool:
    """Return whether a value ends as an address: 丁目, 番, 号, or a building."""
    if not _JAPANESE.search(value):
        return False  # a date, a telephone number, the number of a part
    return _BLOCK.fullmatch(value) is not None or _BUILDING.fullmatch(value) is not None


def is_postal_code(value: str) -> bool:
    """Return whether a value is a postal code with its hyphen."""
    return _POSTAL.fullmatch(value) is not None


def is_phone(value: str) -> bool:
    """Return whether a value is a telephone number: ten or eleven digits from 0 or +81."""
    digits = digits_only(value).removeprefix("81") if value.startswith("+") else digits_only(value)
    return _PHONE.fullmatch(value) is not None and len(digits.lstrip("0")) in {9, 10}


def is_mobile(value: str) -> bool:
    """Return whether a value is a mobile number without hyphens: 050, 070, 080, 090."""
    return re.fullmatch(r"0[5789]0\d{8}", value) is not None


def is_email(value: str) -> bool:
    """Return whether a value is a mail address."""
    return _EMAIL.fullmatch(value) is not None


def is_ip_address(value: str) -> bool:
    """Return whether a value is an address of the internet, fourth or sixth version."""
    if "." not in value and ":" not in value:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def is_my_number(value: str) -> bool:
    """Return whether a value is twelve digits with the check digit of a 個人番号."""
    return individual_number.fits(re.sub(r"[ -]", "", value))


def is_card(value: str) -> bool:
    """Return whether a value is a card number: an issuer's prefix, and Luhn's check digit."""
    if _LONG_NUMBER.fullmatch(value) is None:
        return False
    digits = re.sub(r"[ -]", "", value)
    if _CARD_PREFIX.fullmatch(digits) is None:
        return False
    total = 0
    for at, digit in enumerate(reversed(digits)):
        weighed = int(digit) * (at % 2 + 1)
        total += weighed - _CARRY if weighed > _CARRY else weighed
    return total % 10 == 0


def is_account(value: str) -> bool:
    """Return whether a value names a bank, a branch and an account number."""
    return _ACCOUNT.fullmatch(value) is not None


def day(value: str) -> date | None:
    """Return the day that a value says, in 西暦 or 和暦; None if it says none."""
    found = _DAY.fullmatch(value)
    if found is None:
        return None
    try:
        if found["basic"]:
            return date.fromisoformat(found["basic"])
        year = 1 if found["y"] == "元" else int(found["y"])
        if found["era"]:
            return date(_ERAS[found["era"]] + year, int(found["m"]), int(found["d"]))
        if len(found["y"]) != _GREGORIAN_DIGITS:
            return None
        return date(year, int(found["m"]), int(found["d"]))
    except ValueError:
        return None


_INSIDE: Mapping[Sign, re.Pattern[str]] = {
    Sign.EMAIL: re.compile(rf"(?<![\w.]){_EMAIL.pattern}", re.ASCII),
    Sign.PHONE: re.compile(r"(?<![\d-])0\d{1,4}-\d{1,4}-\d{3,4}(?![\d-])"),
    Sign.POSTAL_CODE: re.compile(r"〒\s?\d{3}-?\d{4}"),
    Sign.NAME: re.compile(rf"[{_KANJI}]{{2,8}}(様|さま|さん|氏)(?![{_KANJI}])"),
}


def inside(value: str) -> frozenset[Sign]:
    """Return what a longer text says of somebody between its words."""
    return frozenset(sign for sign, pattern in _INSIDE.items() if pattern.search(value))


def plain(value: object) -> str:
    """Return a cell as the signs read it: folded, one space for many."""
    return "" if value is None else re.sub(r"[ \t\r\n]+", " ", fold(str(value)))


def masked(value: object) -> str:
    """Return a value with everything hidden but its shape and the first of it."""
    shown = plain(value)[:40]
    return shown[:1] + re.sub(r"[^\W_]", "*", shown[1:])


WHOLE: Mapping[Sign, Callable[[str], bool]] = {
    Sign.EMAIL: is_email,
    Sign.IP_ADDRESS: is_ip_address,
    Sign.CARD: is_card,
    Sign.MY_NUMBER: is_my_number,
    Sign.BANK_ACCOUNT: is_account,
    Sign.POSTAL_CODE: is_postal_code,
    Sign.PHONE: is_phone,
}
"""Signs that a value carries by itself, without a look at its neighbours."""
