"""丁目・番地・号: the numbers of a lot or a block, wherever kanji numerals end a name and begin one."""

import re
from typing import Final, NamedTuple

from mamoru.identity import numerals
from mamoru.identity.address.form import UNSTATED, Kind
from mamoru.identity.spelling import DASH

_SEPARATOR: Final = re.compile(rf"\s*(?:{DASH}|[ノの之乃])\s*")
_UNITS: Final = (
    r"\s*(丁目|番地割|番地|地割|番(?![町丁街館])|号(?![室棟館線])"
    rf"|丁(?=[\s0-9〇一二三四五六七八九十]|$|{DASH}))"
)
_UNIT: Final = re.compile(_UNITS)
_NOT_A_NUMBER: Final = re.compile(
    r"^(?:条|線|番町|番丁|番街|丁町|区|町|村|号線|[ノの之乃]?(?:日|本|軒|反|代|坪|ケ|ヶ|ツ|つ))"
)
_HYPHENS: Final = re.compile("[0-9]{1,9}(?:-[0-9]{1,9})*")
_INSIDE: Final = re.compile(r"\s*(?:階|F(?![A-Za-z])|号[室棟館]|番館)")
_GAP: Final = re.compile(rf"\s*(?=[0-9{numerals.KANJI}])")
_NUMBER: Final = re.compile(
    rf"({numerals.RUN.pattern})(?:{_UNITS})?({_SEPARATOR.pattern}(?=[0-9{numerals.KANJI}]))?"
)
"""A number, its unit, and what joins it to the next."""
_MARK: Final = re.compile("[甲乙丙戊己庚辛東西南北]")
_BEFORE_NUMBER: Final = rf"(?=[0-9]|[{numerals.KANJI}]+(?:番地|番|号|$))"
_CLASS: Final = re.compile(
    rf"(?:{DASH}|[ノの之乃])?([甲乙丙戊己庚辛])(?:{DASH}|[ノの之乃])?{_BEFORE_NUMBER}"
)
"""支号: 2の甲1994 is a lot of the class 甲 (不動産登記事務取扱手続準則67条)."""
_SIDE: Final = re.compile(f"([東西南北]){_BEFORE_NUMBER}")
"""A side of the street behind its 丁目: 平和通一丁目南6番."""
_CLASS_AT_END: Final = re.compile(rf"(?:{DASH}|[ノの之乃])?([甲乙丙戊己庚辛])地?(?=$|[ (（、,・])")
_ENDS: Final = frozenset(["", *" (（、,・"])
_CHOME: Final = Kind("丁目", "chome")
_KINDS: Final = {
    "丁目": _CHOME,
    "丁": Kind("丁", "chome"),
    "地割": Kind("地割", "chome"),
    "番地割": Kind("地割", "chome"),
    "番地": Kind("番地", "lot"),
    "番": Kind("番", "lot"),
    "号": Kind("号", "house"),
}


class Numbers(NamedTuple):
    """The numbers of a lot or block: what each is, what marks stand between, and what follows."""

    values: tuple[int, ...]
    kinds: tuple[str, ...]
    families: tuple[str, ...]
    marks: tuple[str, ...]  # before each number and behind the last; () if there is none
    after: str


def plainly(rest: str) -> Numbers | None:
    """Return the numbers of a text that is nothing else, as most people write them: 3-4-1."""
    if not _HYPHENS.fullmatch(rest):
        return None
    values = tuple(map(int, rest.split("-")))
    none = ("",) * len(values)
    return Numbers(values, none, none, (), "")


def first(rest: str, *, behind_town: bool = False) -> int:
    """Return where the numbers of the lot begin; the length of `rest` if there are none.

    `behind_town`: the town's name is known to end where `rest` begins, so that a numeral there
    is no part of it: 町二九丁目 is 29, not the 9th 丁目 of 町二.
    """
    for run in numerals.RUN.finditer(rest):
        after = rest[run.end() :]
        if _NOT_A_NUMBER.match(after):
            continue
        whole = run[0].isascii() or (behind_town and not run.start() and numerals.number(run[0]))
        begin = run.start() if whole else _begin(run, after)
        if begin is None:
            continue
        if run[0].isascii() or _ends_well(after) or not after or after[0] == " " or _joins(after):
            return begin
    return len(rest)


def read(block: str) -> Numbers:
    """Return the numbers with which a text begins."""
    marked = _MARK.search(block) is not None
    values: list[int] = []
    kinds: list[str] = []
    families: list[str] = []
    marks: list[str] = [""]
    at = begin = 0
    while run := _NUMBER.match(block, at):
        digits, unit, joint = run.groups()
        end = run.end(2 if unit else 1)
        value = int(digits) if digits.isascii() else numerals.number(digits)
        if value is None or len(digits) > numerals.MAX:
            break
        if (
            values
            and not unit
            and (
                _INSIDE.match(block, end)  # a floor or a room, not a number of the lot
                or (not digits.isascii() and not _ended(block, end))
            )
        ):
            break
        kind, family = _KINDS[unit] if unit else UNSTATED
        values.append(value)
        kinds.append(kind)
        families.append(family)
        at = begin = end
        mark = _mark(block, at, family) if marked else None
        marks.append(mark[1] if mark else "")
        if mark:
            at = mark.end()
        elif joint:
            at = begin = run.end()
        elif unit and unit != "号" and (gap := _GAP.match(block, at)):
            at = begin = gap.end()
        else:
            break
    marks[len(values) :] = [""]
    if marked and values and (last := _CLASS_AT_END.match(block, begin)):
        marks[-1], begin = last[1], last.end()
    return Numbers(
        tuple(values),
        tuple(kinds),
        tuple(families),
        tuple(marks) if any(marks) else (),
        block[begin:],
    )


def _mark(block: str, at: int, family: str) -> re.Match[str] | None:
    """Return the mark behind a number if another number follows it."""
    found = _CLASS.match(block, at)
    return _SIDE.match(block, at) if found is None and family in {"chome", ""} else found


def _begin(run: re.Match[str], after: str) -> int | None:
    """Return where the number within a run of kanji numerals begins.

    徳万五百五十八番地 is 558 of 徳万, 助七一丁目 is the first 丁目 of 助七.
    """
    text = run[0]
    if after.startswith("丁") and len(text) > 1 and set(text) <= set("一二三四五六七八九"):
        return run.end() - 1
    for place in range(len(text)):
        if numerals.number(text[place:]) is not None:
            return run.start() + place
    return None


def _ends_well(after: str) -> bool:
    """Whether a kanji numeral's unit is really one: 一番堀通町 is a name, 一番地二 is a lot."""
    unit = _UNIT.match(after)
    if unit is None:
        return False
    if unit[1] in {"丁目", "番地", "番地割", "地割"}:
        return True
    follows = after[unit.end() :]
    return not follows or follows[0] == " " or bool(_joins(follows) or numerals.RUN.match(follows))


def _joins(after: str) -> bool:
    """Whether a hyphen or の and another number come next."""
    found = _SEPARATOR.match(after)
    return bool(found and numerals.RUN.match(after[found.end() :]))


def _ended(block: str, end: int) -> bool:
    return block[end : end + 1] in _ENDS or bool(_joins(block[end:]))
