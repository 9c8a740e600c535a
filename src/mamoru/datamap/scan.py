"""台帳にない個人データを探す (P0.1): what the columns of a store seem to hold, from a few rows.

A proposal is never entered by itself: somebody looks at it and writes the map. Values
are shown masked only.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mamoru.datamap import signs
from mamoru.datamap.inventory import Column, Store, ValueKind
from mamoru.datamap.signs import Sign

LIKELY = 0.5
"""From this confidence on a column is proposed."""
SURE = 0.8
"""From this confidence on a column that the map calls harmless contradicts it."""
_EXAMPLES, _LONG, _SHARE, _CHANCE = 2, 20, 0.05, 0.2
_ADULT, _SPREAD = 15, 12  # years

_CATEGORIES: Mapping[Sign, str] = {
    Sign.NAME: "name",
    Sign.KANA: "name",
    Sign.ADDRESS: "address",
    Sign.POSTAL_CODE: "address",
    Sign.PHONE: "contact",
    Sign.EMAIL: "contact",
    Sign.BIRTH: "birth",
    Sign.MY_NUMBER: "my-number",
    Sign.CARD: "payment",
    Sign.BANK_ACCOUNT: "payment",
    Sign.IP_ADDRESS: "access",
}
_VALUE_KINDS: Mapping[ValueKind, Sign] = {
    ValueKind.NAME: Sign.NAME,
    ValueKind.KANA: Sign.KANA,
    ValueKind.ADDRESS: Sign.ADDRESS,
    ValueKind.POSTAL_CODE: Sign.POSTAL_CODE,
    ValueKind.PHONE: Sign.PHONE,
    ValueKind.EMAIL: Sign.EMAIL,
}
# Words in a column's name, and words that take them back (`file_name`, `email_sent_at`).
_HEADERS: Mapping[Sign, str] = {
    Sign.KANA: r"kana|furigana|yomi|カナ|かな|フリガナ|ふりがな|読み",
    Sign.NAME: r"(^|_)(full|family|given|first|last|sur|ship_to|recipient|contact|holder|customer|user|member|guardian)_?name"
    r"|^name$|_name$|surname|shimei|氏名|名前|姓|^名$|宛名|名義|holder|recipient|person",
    Sign.ADDRESS: r"addr|street|prefecture|city|ward|line_?[12]|building|住所|所在地|都道府県|市区町村|番地|建物|jusho",
    Sign.POSTAL_CODE: r"postal|post_?code|zip|郵便|yubin",
    Sign.PHONE: r"phone|(^|_)tel(_|$|no)|mobile|fax|電話|携帯|denwa",
    Sign.EMAIL: r"e?_?mail|メール",
    Sign.BIRTH: r"birth|(^|_)dob|born|生年月日|誕生|seinen",
    Sign.MY_NUMBER: r"my_?number|マイナンバー|個人番号|kojin_?bango",
    Sign.CARD: r"card_?(no|num|number)|credit_?card|^pan$|カード番号",
    Sign.BANK_ACCOUNT: r"bank|account_?(no|num|number)|口座|振込先|branch",
    Sign.IP_ADDRESS: r"(^|_)ip(_|$|addr)|remote_?(addr|host)|IPアドレス",
}
_NOT_A_NAME = re.compile(
    r"file|product|item|service|shop|store|company|bank|branch|product|table|event|course|host|domain"
    r"|user_?name|login|nick|商品|会社|店|銀行|支店|役職|部署",
    re.IGNORECASE,
)
_PATTERNS = {sign: re.compile(pattern, re.IGNORECASE) for sign, pattern in _HEADERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some cells of one table, column by column, as the store gave them."""

    table: str
    columns: Mapping[str, Sequence[object]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a column seems to hold.

    `cells` are the sampled cells that are not empty, `matched` those that carry the
    sign. `mapped` is the category in the map, empty for a column that it does not know.
    `inside`: the signs stand between the words of a longer text.
    """

    store: str
    table: str
    column: str
    sign: Sign
    category: str
    confidence: float
    cells: int
    matched: int
    by_header: bool
    inside: bool
    mapped: str
    examples: tuple[str, ...] = ()

    @property
    def contradicts(self) -> bool:
        """Whether the map says otherwise, rather than nothing."""
        return bool(self.mapped)


def scan(store: Store, samples: Iterable[Sample], *, on: date) -> Iterator[Proposal]:
    """Yield a proposal for each column that the map does not know and that seems personal.

    Columns in the map are proposed only where it contradicts what they hold: no personal
    data in a column full of telephone numbers, or free text that is not said to be free.
    """
    mapped = {(table.name, each.name): each for table in store.tables for each in table.columns}
    said = _usual_categories(mapped.values())
    for sample in samples:
        for name, cells in sample.columns.items():
            known = mapped.get((sample.table, name))
            for judged in judge(name, cells, on=on):
                if known is not None and not _contradicts(known, judged):
                    continue
                yield Proposal(
                    store=store.name,
                    table=sample.table,
                    column=name,
                    sign=judged.sign,
                    category=said.get(judged.sign, _CATEGORIES[judged.sign]),
                    confidence=round(judged.confidence, 2),
                    cells=judged.cells,
                    matched=judged.matched,
                    by_header=judged.by_header,
                    inside=judged.inside,
                    mapped="" if known is None else known.category,
                    examples=judged.examples,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One sign of one column, weighed."""

    sign: Sign
    confidence: float
    cells: int
    matched: int
    by_header: bool
    inside: bool = False
    examples: tuple[str, ...] = ()


def judge(name: str, cells: Sequence[object], *, on: date) -> tuple[Judged, ...]:
    """Return what a column of this name with these cells holds, the most likely alone.

    A column of longer texts may show several signs between its words.
    """
    values = [value for cell in cells if (value := signs.plain(cell))]
    header = _header(name)
    judged = [each for each in _whole(values, header, on) if each.confidence >= LIKELY]
    if judged:
        return (max(judged, key=lambda each: each.confidence),)
    if not values and header is not None:
        return (_judged(header, LIKELY, values, [], header),)
    return tuple(_between_words(values, header))


def _header(name: str) -> Sign | None:
    for sign, pattern in _PATTERNS.items():
        if pattern.search(name) and not (
            sign in {Sign.NAME, Sign.KANA} and _NOT_A_NAME.search(name)
        ):
            return sign
    return None


def _whole(values: list[str], header: Sign | None, on: date) -> Iterator[Judged]:
    if not values:
        return
    for sign, fits in signs.WHOLE.items():
        matched = [value for value in values if fits(value)]
        share = len(matched) / len(values)
        if sign is Sign.PHONE and header is not Sign.PHONE:
            # Ten digits that happen to begin with 0 are a number of anything.
            mobile = sum(signs.is_mobile(value) for value in matched) > len(matched) * SURE
            dashed = any("-" in value or value.startswith("+") for value in matched)
            share *= 1.0 if dashed else 0.8 if mobile else 0.4
        if sign in {Sign.CARD, Sign.MY_NUMBER} and len(set(matched)) < min(3, len(set(values))):
            share *= 0.5
        yield _judged(
            sign,
            min(1.0, share + (_CHANCE if header is sign else 0)) if share > _CHANCE else 0,
            values,
            matched,
            header,
        )
    if header is Sign.POSTAL_CODE:
        yield _by_digits(Sign.POSTAL_CODE, values, header, range(7, 8))
    if header is Sign.PHONE:
        yield _by_digits(Sign.PHONE, values, header, range(10, 12))
    if header is Sign.BANK_ACCOUNT:
        yield _by_digits(Sign.BANK_ACCOUNT, values, header, range(3, 8))
    yield from _written(values, header)
    yield _birth(values, header, on)


def _by_digits(sign: Sign, values: list[str], header: Sign, lengths: range) -> Judged:
    matched = [
        v for v in values if v.replace("-", "").isdecimal() and len(v.replace("-", "")) in lengths
    ]
    return _judged(sign, 0.9 * len(matched) / len(values), values, matched, header)


def _written(values: list[str], header: Sign | None) -> Iterator[Judged]:
    """Weigh what people write: readings, names, addresses."""
    kana = [value for value in values if signs.is_kana(value)]
    share = len(kana) / len(values)
    spaced = sum(" " in value for value in kana) / max(len(kana), 1)
    varied = len(set(values)) / len(values)
    weight = 0.95 if header in {Sign.KANA, Sign.NAME} else 0.85 if spaced > LIKELY else 0.3
    yield _judged(Sign.KANA, share * weight, values, kana, header)

    names = [value for value in values if signs.is_name(value) and not signs.is_area(value)]
    common = sum(signs.begins_with_surname(value) for value in names) / len(values)
    by_header = header is Sign.NAME
    weight = 0.95 if by_header else 0.9 if common >= 0.3 and varied > _SHARE else 0  # noqa: PLR2004 - weights, measured
    # What is written in kana throughout is a reading; among names a few are, those from abroad.
    if share < (SURE if by_header else LIKELY):
        yield _judged(Sign.NAME, weight * len(names) / len(values), values, names, header)

    places = [value for value in values if signs.is_area(value) or signs.is_block(value)]
    whole = [value for value in places if signs.is_area(value) and any(c.isdigit() for c in value)]
    weight = 0.95 if header is Sign.ADDRESS else 0.9 if len(whole) > len(values) / 2 else 0.65
    if all(len(value) < 100 for value in places):  # noqa: PLR2004 - no address is longer
        yield _judged(Sign.ADDRESS, weight * len(places) / len(values), values, places, header)


def _birth(values: list[str], header: Sign | None, on: date) -> Judged:
    dated = [(value, found) for value in values if (found := signs.day(value)) is not None]
    share = len(dated) / len(values)
    days = sorted(found for _, found in dated)
    old = bool(days) and on.year - days[len(days) // 2].year >= _ADULT
    wide = bool(days) and days[-1].year - days[0].year >= _SPREAD
    weight = 0.95 if header is Sign.BIRTH else 0.7 if old and wide else 0
    return _judged(Sign.BIRTH, weight * share, values, [value for value, _ in dated], header)


def _between_words(values: list[str], header: Sign | None) -> Iterator[Judged]:
    long = [value for value in values if len(value) > _LONG]
    if len(long) < len(values) / 4:
        return
    counts: Counter[Sign] = Counter()
    for value in long:
        counts.update(signs.inside(value))
    for sign, count in counts.most_common():
        share = count / len(values)
        confidence = min(0.95, LIKELY + share)
        if share >= _SHARE:
            yield Judged(
                sign=sign,
                confidence=confidence,
                cells=len(values),
                matched=count,
                by_header=header is sign,
                inside=True,
            )


def _judged(
    sign: Sign, confidence: float, values: list[str], matched: list[str], header: Sign | None
) -> Judged:
    shown = list(dict.fromkeys(signs.masked(value) for value in matched))[:_EXAMPLES]
    return Judged(
        sign=sign,
        confidence=confidence,
        cells=len(values),
        matched=len(matched),
        by_header=header is sign,
        examples=tuple(shown),
    )


def _contradicts(known: Column, judged: Judged) -> bool:
    if judged.inside:
        return not known.free_text and judged.confidence >= SURE
    return not known.personal and judged.confidence >= SURE


def _usual_categories(columns: Iterable[Column]) -> Mapping[Sign, str]:
    """Return by which category the company's own map calls each kind of value."""
    counts: dict[Sign, Counter[str]] = {}
    for column in columns:
        sign = _VALUE_KINDS.get(column.value)
        if sign is not None and column.personal:
            counts.setdefault(sign, Counter())[column.category] += 1
    return {sign: counted.most_common(1)[0][0] for sign, counted in counts.items()}
