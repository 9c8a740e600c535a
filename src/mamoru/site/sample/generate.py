"""The stores of the sample company: a shop, personnel and a mailing list. Same seed, same content.

The mailing list is UTF-8 with a byte order mark and CRLF, the form in which Excel
in Japan writes and reads "CSV UTF-8". CP932, the older habit, was rejected: it has
髙 and 﨑, but no 𠮷, and a list that cannot write a person's name is not correct data
(P1.9).
"""

# ruff: noqa: PLR2004 - shares and ages of made-up people are plain numbers here

import csv
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from random import Random

import jaconv

from mamoru.kit.calendar import era_year
from mamoru.site.sample import cast, people
from mamoru.site.sample.cast import Home
from mamoru.site.sample.people import Drawn

SHOP = "shop.sqlite3"
PERSONNEL = "personnel.sqlite3"
MAILING = "mailing.csv"
MAILING_HEAD = ("email", "name", "topics", "status", "registered_on")

Cell = str | int | None
Rows = list[tuple[Cell, ...]]

_SERVICES = (
    ("海外取引先調査レポート", 48_000),
    ("商談通訳(1時間)", 16_500),
    ("契約書翻訳(1頁)", 4_400),
    ("輸出書類作成代行", 22_000),
    ("商品ページ英語化", 9_900),
    ("国際送金サポート", 3_300),
    ("サンプル発送手配", 7_700),
    ("現地展示会出展枠", 88_000),
)
_SUBJECTS = (
    ("請求書の宛名について", "請求書の宛名を会社名に変えてください。担当は同僚の{other}さんです。"),
    ("発送の状況", "先週お願いしたサンプルの発送がまだ届きません。至急ご確認ください。"),
    (
        "ログインできません",
        "電話番号が変わり、確認の番号が受け取れません。新しい番号は{phone}です。",
    ),
    ("翻訳の品質", "翻訳された契約書の第4条に誤りがあるようです。直していただけますか。"),
    ("住所の変更", "引っ越しましたので登録の住所を直したいのですが、手続を教えてください。"),
    ("取引先の紹介", "知人の{other}さんから紹介されました。食器を輸出したいと考えています。"),
    ("メールの停止", "お知らせのメールが多いので止めてください。"),
)
_DEPARTMENTS = ("営業部", "カスタマーサポート部", "開発部", "人事総務部", "経理部", "海外事業部")
_POSITIONS = (
    "営業職",
    "カスタマーサポート",
    "ソフトウェアエンジニア",
    "経理",
    "通訳コーディネーター",
)
_NOTES = (
    "受け答えは明快。英語での商談経験が3年ある。前職の上司である{other}氏からの推薦あり。",
    "希望年収は当社の水準より高い。志望動機はよく整理されていた。",
    "転居の予定があり、勤務を始められるのは早くて3か月後。",
    "技術課題は8割の出来。チームでの開発経験を重ねて確認したい。",
)
_VISITORS = tuple(
    (family, given)
    for family in ("浜口", "城戸", "綿貫", "名取", "鹿野", "真鍋")
    for given in ("英樹", "真理", "修", "千尋", "和真")
)
_WISHES = (
    "調味料を扱う会社と話したい。",
    "東南アジア向けの包装について相談したい。",
    "同行の{other}が後日ご連絡します。",
)
_TOPICS = ("export", "import", "seminar", "law", "campaign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was made: rows by `store.table`, persons in all, and how many of some kinds."""

    persons: int
    rows: dict[str, int]
    former_members: int
    minors: int
    movers: int
    in_two_stores: int


def create(home: Path, *, seed: int, persons: int = 1000, today: date) -> Summary:
    """Write the three stores into `home`; FileExistsError if one is there already.

    `persons` counts the cast's five members. ValueError below 50: too few for every
    kind of person to occur.
    """
    if persons < 50:
        raise ValueError("a sample company has at least 50 persons")
    for name in (SHOP, PERSONNEL, MAILING):
        if (home / name).exists():
            raise FileExistsError(home / name)
    home.mkdir(parents=True, exist_ok=True)
    drawn = people.people(Random(seed), persons - len(cast.MEMBERS), today=today)  # noqa: S311 - invented people, the same each time
    company = _Company(Random(seed + 1), today)  # noqa: S311 - made-up data, no secret
    company.add_cast()
    for person in drawn:
        company.add(person)
    company.link_minors()
    company.register_visitors(Random(seed + 2))  # noqa: S311 - as above
    _write_database(home / SHOP, "shop.sql", company.shop)
    _write_database(home / PERSONNEL, "personnel.sql", company.personnel)
    _write_mailing(home / MAILING, company.mailing)
    return company.summary(persons)


class _Company:
    """Rows in the making. Ids are counted, so that equal seeds give equal stores."""

    def __init__(self, draw: Random, today: date) -> None:
        self._draw = draw
        self._today = today
        self.shop: dict[str, Rows] = defaultdict(list)
        self.personnel: dict[str, Rows] = defaultdict(list)
        self.mailing: Rows = []
        self._mailed: set[str] = set()
        self._households: dict[int, list[tuple[Drawn, int]]] = defaultdict(list)
        self._minors = self._movers = self._in_two = 0

    def summary(self, persons: int) -> Summary:
        stores = {"shop": self.shop, "personnel": self.personnel}
        counts = {
            f"{store}.{table}": len(rows)
            for store, tables in stores.items()
            for table, rows in tables.items()
        }
        return Summary(
            persons=persons,
            rows={**counts, "mailing.mailing": len(self.mailing)},
            former_members=sum(row[11] == "withdrawn" for row in self.shop["members"]),
            minors=self._minors,
            movers=self._movers,
            in_two_stores=self._in_two,
        )

    # --- the cast --------------------------------------------------------------------------------

    def add_cast(self) -> None:
        left = cast.taro_left_on(self._today)
        for someone in cast.MEMBERS:
            former = someone is cast.TARO
            joined = date(2024, 4, 8) if someone is cast.YO else date(2019, 4, 8)
            self.shop["members"].append(
                (
                    someone.member_id,
                    someone.family_name,
                    someone.given_name,
                    someone.family_name_kana,
                    someone.given_name_kana,
                    someone.birth.isoformat(),
                    someone.email,
                    someone.phone,
                    None,
                    cast.MEGUMI.member_id if someone is cast.YO else None,
                    int(someone in {cast.HANAKO, cast.MEGUMI}),
                    "withdrawn" if former else "active",
                    joined.isoformat(),
                    left.isoformat() if former else None,
                )
            )
            self._address(someone.member_id, someone.registered_home, joined, None)
        self._minors += 1
        self._cast_activity(left)

    def _cast_activity(self, left: date) -> None:
        taro, hanako = cast.TARO, cast.HANAKO
        for at in range(cast.TARO_ORDERS):
            day = left - timedelta(days=20 + 31 * (cast.TARO_ORDERS - at))
            self._order(taro.member_id, taro.name, taro.registered_home.address, day)
        for at in range(3):
            day = self._today - timedelta(days=40 * (3 - at))
            self._order(hanako.member_id, hanako.name, hanako.home.address, day)
        address = cast.SAKIKO.home.address
        self._order(
            cast.SAKIKO.member_id, cast.SAKIKO.name, address, self._today - timedelta(days=15)
        )
        asked = left - timedelta(days=90)
        asker = (taro.name, taro.email)
        subject, body = _SUBJECTS[0]
        self._inquiry(taro.member_id, asker, asked, (subject, body.format(other="大塚")))
        # Written after he had left, so without a member number: only the mail address leads to it.
        self._inquiry(None, asker, left + timedelta(days=12), _SUBJECTS[6])
        recent = self._today - timedelta(days=33)
        self._inquiry(hanako.member_id, (hanako.name, hanako.email), recent, _SUBJECTS[1])
        self._apply_of(taro)
        self._mail(taro.email, taro.name, "active", date(2019, 4, 8))
        self._mail(hanako.email, hanako.name, "active", date(2019, 4, 8))
        self._mail(cast.SAKIKO.email, cast.SAKIKO.name, "active", date(2020, 2, 3))
        self._mail(cast.MEGUMI.email, cast.MEGUMI.name, "stopped", date(2021, 9, 1))

    def _apply_of(self, someone: cast.Someone) -> None:
        """A member who once wanted to work here: one person in all three stores."""
        home, birth = someone.registered_home, someone.birth
        self.personnel["applicants"].append(
            (
                f"A{len(self.personnel['applicants']) + 1:05d}",
                someone.name.replace(" ", "\u3000"),
                str(jaconv.z2h(someone.kana)),
                f"{era_year(birth)}{birth.month}月{birth.day}日",
                f"〒{home.postal_code} {home.address} {home.building}".strip(),
                someone.email,
                someone.phone.replace("-", ""),
                _POSITIONS[1],
                (self._today - timedelta(days=100)).isoformat(),
                "不採用",
                _NOTES[0].format(other="岸"),
            )
        )
        self._in_two += 1

    # --- everybody else --------------------------------------------------------------------------

    def add(self, person: Drawn) -> None:
        """Give a person one place in the company, and some a second."""
        self._minors += person.age(self._today) < 18
        self._movers += len(person.homes) > 1
        grown = person.age(self._today) >= 22
        part = self._draw.random()
        second = self._draw.random() < 0.04
        if grown and part < 0.06:
            self._employee(person)
            if second:
                self._member(person)
        elif grown and part < 0.15:
            self._applicant(person)
            if second:
                self._member(person)
        elif grown and part < 0.18:
            self._mail(person.email, _name(person), "active", self._past(2000))
            return
        else:
            self._member(person)
            if grown and second:
                self._applicant(person)
        self._in_two += grown and second

    def link_minors(self) -> None:
        """Name an adult of the household as guardian of each minor member."""
        members = self.shop["members"]
        for house in self._households.values():
            adults = [at for person, at in house if person.age(self._today) >= 18]
            for person, at in house:
                if person.age(self._today) < 18 and adults:
                    row = members[at]
                    members[at] = (*row[:9], members[adults[0]][0], *row[10:])

    def register_visitors(self, draw: Random) -> None:
        """Fill what a client has entrusted: the visitors of its fair, of whom some are our members."""
        there = {cast.TARO.member_id, cast.SAKIKO.member_id}
        members = [row for row in self.shop["members"] if row[0] in there]
        members += draw.sample(self.shop["members"][len(cast.MEMBERS) :], 30)
        known = [(f"{row[1]} {row[2]}", row[6], row[8]) for row in members]
        others = [
            (f"{family} {given}", f"visitor{at:03d}@fair.example", f"{family}物産")
            for at, (family, given) in enumerate(_VISITORS, 1)
        ]
        for number, visitor in enumerate((*known, *others), 1):
            day = self._today - timedelta(days=draw.randint(200, 202))
            wish = draw.choice((None, *_WISHES))
            told = None if wish is None else wish.format(other=draw.choice(("岸", "服部")))
            self.shop["fair_visitors"].append((number, *visitor, day.isoformat(), told))

    def _member(self, person: Drawn) -> None:
        member_id = f"M{len(self.shop['members']) + 1:06d}"
        started = person.homes[0][0]
        joined = max(started, self._past(2600))
        left = self._draw.random() < 0.09
        end = joined + (self._today - joined) * self._draw.uniform(0.3, 0.95) if left else None
        news = self._draw.random() < 0.5
        self._households[person.household].append((person, len(self.shop["members"])))
        self.shop["members"].append(
            (
                member_id,
                *(person.family.written, person.given.written),
                *(person.family.kana, person.given.kana),
                person.birth.isoformat(),
                person.email,
                person.phone,
                f"{person.family.written}商店" if self._draw.random() < 0.2 else None,
                None,
                int(news),
                "withdrawn" if left else "active",
                joined.isoformat(),
                None if end is None else end.isoformat(),
            )
        )
        self._addresses(member_id, person, end)
        until = end or self._today
        for _ in range(self._draw.choices((0, 1, 2, 4, 7), (40, 25, 18, 12, 5))[0]):
            day = joined + (until - joined) * self._draw.random()
            self._order(member_id, _name(person), person.home.address, day)
        if self._draw.random() < 0.25:
            subject, body = self._draw.choice(_SUBJECTS)
            other = self._draw.choice(("大塚", "佐野", "水野", "土屋", "西川"))
            known = member_id if self._draw.random() < 0.8 else None
            day = joined + (until - joined) * self._draw.random()
            text = (subject, body.format(other=other, phone=person.phone))
            self._inquiry(known, (_name(person), person.email), day, text)
        if news or self._draw.random() < 0.1:
            status = self._draw.choices(("active", "stopped", "bounced"), (90, 7, 3))[0]
            self._mail(person.email, _name(person), status, joined)

    def _addresses(self, member_id: str, person: Drawn, end: date | None) -> None:
        # Who has left does not tell us of later moves: the last known home stays registered.
        homes = [item for item in person.homes if end is None or item[0] < end]
        homes = homes or person.homes[:1]
        for at, (day, where) in enumerate(homes):
            until = homes[at + 1][0] if at + 1 < len(homes) else None
            self._address(member_id, where, day, until)

    def _employee(self, person: Drawn) -> None:
        hired = self._past(5000)
        retired = hired + timedelta(days=900) if self._draw.random() < 0.15 else None
        if retired is not None and retired > self._today:
            retired = None
        account = f"みなと銀行 芝浦支店 普通 {self._draw.randint(0, 9_999_999):07d}"
        contact = f"{person.family.written} {self._draw.choice(('父', '母', '配偶者', '姉'))}"
        self.personnel["employees"].append(
            (
                f"E{len(self.personnel['employees']) + 1:04d}",
                _name(person),
                f"{person.family.kana} {person.given.kana}",
                person.birth.isoformat(),
                self._draw.choice(_DEPARTMENTS),
                self._draw.choice(("主任", "係長", "課長", "担当", "担当", "担当")),
                hired.isoformat(),
                None if retired is None else retired.isoformat(),
                person.home.postal_code,
                f"{person.home.address} {person.home.building}".strip(),
                person.phone,
                person.email,
                account,
                contact if self._draw.random() < 0.8 else None,
            )
        )

    def _applicant(self, person: Drawn) -> None:
        applied = self._past(170)
        number = len(self.personnel["applicants"]) + 1
        birth = person.birth
        self.personnel["applicants"].append(
            (
                f"A{number:05d}",
                f"{person.family.written}\u3000{person.given.written}",
                str(jaconv.z2h(f"{person.family.kana} {person.given.kana}")),
                f"{era_year(birth)}{birth.month}月{birth.day}日",
                f"〒{person.home.postal_code} {person.home.address} {person.home.building}".strip(),
                person.email.replace("user", "User"),
                person.phone.replace("-", ""),
                self._draw.choice(_POSITIONS),
                applied.isoformat(),
                self._draw.choice(("選考中", "採用", "不採用", "辞退")),
                self._draw.choice(_NOTES).format(other=self._draw.choice(("堀", "岸", "服部")))
                if self._draw.random() < 0.7
                else None,
            )
        )

    # --- single rows -----------------------------------------------------------------------------

    def _address(self, member: str, where: Home, start: date, end: date | None) -> None:
        number = len(self.shop["addresses"]) + 1
        last = None if end is None else end.isoformat()
        place = (where.postal_code, where.address, where.building or None)
        self.shop["addresses"].append((number, member, *place, start.isoformat(), last))

    def _order(self, member: str, name: str, address: str, day: date) -> None:
        number = 10_001 + len(self.shop["orders"])
        items = self._draw.sample(_SERVICES, self._draw.choices((1, 2, 3), (60, 30, 10))[0])
        total = 0
        for service, price in items:
            quantity = self._draw.randint(1, 4)
            total += quantity * price
            item = len(self.shop["order_items"]) + 1
            self.shop["order_items"].append((item, number, service, quantity, price))
        card = f"{self._draw.randint(0, 9999):04d}" if self._draw.random() < 0.6 else None
        method = "銀行振込" if card is None else "クレジットカード"
        self.shop["orders"].append(
            (number, member, day.isoformat(), name, address, total, method, card)
        )

    def _inquiry(
        self, member: str | None, who: tuple[str, str], day: date, text: tuple[str, str]
    ) -> None:
        number = len(self.shop["inquiries"]) + 1
        hour, minute = self._draw.randint(8, 21), self._draw.randint(0, 59)
        at = f"{day.isoformat()} {hour:02d}:{minute:02d}:00"
        reply = "お問い合わせありがとうございます。担当が確認し、ご連絡いたしました。"
        answered = reply if self._draw.random() < 0.8 else None
        self.shop["inquiries"].append((number, member, *who, at, *text, answered))

    def _mail(self, email: str, name: str, status: str, day: date) -> None:
        if email in self._mailed:  # a shared mailbox is on the list once
            return
        self._mailed.add(email)
        topics = sorted(self._draw.sample(_TOPICS, self._draw.randint(1, 3)))
        self.mailing.append((email, name, ";".join(topics), status, day.isoformat()))

    def _past(self, days: int) -> date:
        return self._today - timedelta(days=self._draw.randint(10, days))


def _name(person: Drawn) -> str:
    return f"{person.family.written} {person.given.written}"


def _write_database(path: Path, script: str, tables: dict[str, Rows]) -> None:
    """Create a database from a script of ours: the tables, then `-- insert` statements."""
    text = (resources.files(__package__) / script).read_text(encoding="utf-8")
    schema, *inserts = text.split("-- insert ")
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # a broken demo is made anew
        connection.executescript(schema)
        connection.execute("BEGIN")
        for insert in inserts:
            table, _, statement = insert.partition("\n")
            connection.executemany(statement, tables[table])
        connection.execute("COMMIT")
    finally:
        connection.close()


def _write_mailing(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(MAILING_HEAD)
        writer.writerows(rows)
