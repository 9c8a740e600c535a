"""The people of the demo and the tests, always present in the sample company with the same data.

花子 is a member. 太郎 left the service last year and has moved since, so that the
registered address is his old one. 﨑子 has characters that bad systems lose. 陽 is a
minor, 恵 the parent. 佐藤 is the lawyer who acts for 太郎. 悪田 is in no store and
must never see anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where somebody lives or lived."""

    postal_code: str
    address: str
    building: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person of the cast. `home` is where they live; `registered` what the company holds."""

    family_name: str
    given_name: str
    family_name_kana: str
    given_name_kana: str
    birth: date
    home: Home
    email: str
    phone: str
    registered: Home | None = None  # None: the same as `home`
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Both names with a space, in the Japanese order."""
        return f"{self.family_name} {self.given_name}"

    @property
    def kana(self) -> str:
        """The whole reading with a space."""
        return f"{self.family_name_kana} {self.given_name_kana}"

    @property
    def registered_home(self) -> Home:
        """The address in the company's stores."""
        return self.registered or self.home

    @property
    def member_id(self) -> str:
        """The member number; KeyError for who is none."""
        return self.keys["member_id"][0]


def _keys(member_id: str, email: str) -> Mapping[str, tuple[str, ...]]:
    return {"member_id": (member_id,), "email": (email,)}


HANAKO = Someone(
    family_name="山本",
    given_name="花子",
    family_name_kana="ヤマモト",
    given_name_kana="ハナコ",
    birth=date(1988, 3, 14),
    home=Home(
        postal_code="166-0004",
        address="東京都杉並区阿佐谷南二丁目15番7号",
        building="コーポ阿佐谷203号室",
    ),
    email="hanako.yamamoto@mail.example",
    phone="090-0000-0101",
    keys=_keys("M000001", "hanako.yamamoto@mail.example"),
)

TARO = Someone(
    family_name="髙橋",
    given_name="太郎",
    family_name_kana="タカハシ",
    given_name_kana="タロウ",
    birth=date(1979, 11, 2),
    home=Home(
        postal_code="211-0053",
        address="神奈川県川崎市中原区上小田中四丁目3番12号",
        building="メゾン中原501号室",
    ),
    registered=Home(postal_code="223-0062", address="神奈川県横浜市港北区日吉本町一丁目8番3号"),
    email="taro.takahashi@mail.example",
    phone="090-0000-0102",
    keys=_keys("M000002", "taro.takahashi@mail.example"),
)

SAKIKO = Someone(
    family_name="𠮷野",
    given_name="﨑子",
    family_name_kana="ヨシノ",
    given_name_kana="サキコ",
    birth=date(1964, 7, 30),
    home=Home(postal_code="604-8166", address="京都府京都市中京区三条通烏丸西入御倉町85番地の1"),
    email="sakiko.yoshino@mail.example",
    phone="090-0000-0103",
    keys=_keys("M000003", "sakiko.yoshino@mail.example"),
)

_OGAWA = Home(
    postal_code="330-0854",
    address="埼玉県さいたま市大宮区桜木町3-20-4",
    building="ハイツ桜木 102",
)

MEGUMI = Someone(
    family_name="小川",
    given_name="恵",
    family_name_kana="オガワ",
    given_name_kana="メグミ",
    birth=date(1984, 5, 19),
    home=_OGAWA,
    email="ogawa.family@mail.example",
    phone="090-0000-0104",
    keys=_keys("M000004", "ogawa.family@mail.example"),
)

YO = Someone(
    family_name="小川",
    given_name="陽",
    family_name_kana="オガワ",
    given_name_kana="ヨウ",
    birth=date(2012, 8, 21),
    home=_OGAWA,
    email="ogawa.family@mail.example",  # shared within the household
    phone="090-0000-0104",
    keys=_keys("M000005", "ogawa.family@mail.example"),
)

MEMBERS = (HANAKO, TARO, SAKIKO, MEGUMI, YO)
"""Those in the shop database, in the order of their member numbers."""

SATO = Someone(
    family_name="佐藤",
    given_name="健",
    family_name_kana="サトウ",
    given_name_kana="ケン",
    birth=date(1972, 1, 25),
    home=Home(
        postal_code="231-0023",
        address="神奈川県横浜市中区山下町9999番地",
        building="関内法律ビル4階",
    ),
    email="sato@law.example",
    phone="090-0000-0201",
)
"""佐藤弁護士, agent of 太郎. Not in any store."""

AKUDA = Someone(
    family_name="悪田",
    given_name="黒男",
    family_name_kana="アクダ",
    given_name_kana="クロオ",
    birth=date(1981, 4, 4),
    home=Home(postal_code="530-0001", address="大阪府大阪市北区梅田9-99-9"),
    email="akuda@mail.example",
    phone="090-0000-0666",
)
"""Has 花子's document and a wrong address. Not in any store; may never see anything."""

OUTSIDERS = (SATO, AKUDA)
"""Those of whom the company holds nothing."""

TARO_ORDERS = 12
TARO_INQUIRIES = 2


def taro_left_on(today: date) -> date:
    """Return the day on which 太郎 left the service: 20 December of last year."""
    return date(today.year - 1, 12, 20)
