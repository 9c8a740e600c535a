"""丁目・番地・号: the numbers of a lot or a block, wherever kanji numerals end a name and begin one."""

import re
from typing import Final

from mamoru.identity import numerals
from mamoru.identity.address.form import UNSTATED, Kind
from mamoru.identity.spelling import DASH

_SEPARATOR: Final = re.compile(rf"\s*(?:{DASH}|[ノの之乃])\s*")
_UNIT: Final = re.compile(
    r"\s*(丁目|番地割|番地|地割|番(?![町丁街])|号(?![室棟館線])|丁(?=[\s0-9〇一二三四五六七八九十]|$|"
    + DASH
    + "))"
)
_NOT_A_NUMBER: Final = re.compile(
    r"^(?:条|線|番町|番丁|番街|丁町|区|町|村|号線|[ノの之乃]?(?:日|本|軒|反|代|坪|ケ|ヶ|ツ|つ))"
)
_INSIDE: Final = re.compile(r"\s*(?:階|F(?![A-Za-z])|号[室棟館])")
_GAP: Final = re.compile(rf"\s*(?=[0-9{numerals.KANJI}])")
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


def read(block: str) -> tuple[tuple[int, ...], tuple[Kind, ...], str]:
    """Return the numbers with what each is, and what follows them."""
    values: list[int] = []
    kinds: list[Kind] = []
    at = 0
    while run := numerals.RUN.match(block, at):
        value = numerals.number(run[0])
        unit = _UNIT.match(block, run.end())
        end = unit.end() if unit else run.end()
        if value is None or (values and not run[0].isascii() and not _ended(block, end, unit)):
            break
        if values and _INSIDE.match(block, run.end()):
            break  # a floor or a room, not a number of the lot
        values.append(value)
        kinds.append(_KINDS[unit[1]] if unit else UNSTATED)
        at = end
        separator = _SEPARATOR.match(block, at)
        if separator and numerals.RUN.match(block, separator.end()):
            at = separator.end()
        elif unit and unit[1] != "号" and (gap := _GAP.match(block, at)):
            at = gap.end()
        else:
            break
    return tuple(values), tuple(kinds), block[at:]


def plain(text: str) -> str:
    """Return text with each run of numerals as digits between bars, so that runs never join."""

    def bar(run: re.Match[str]) -> str:
        value = numerals.number(run[0])
        return run[0] if value is None else f"|{value}|"

    return numerals.RUN.sub(bar, text)


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


def _ended(block: str, end: int, unit: re.Match[str] | None) -> bool:
    after = block[end:]
    return bool(unit) or not after or after[0] in " (（、,・" or bool(_joins(after))
