"""台帳の図 (P0.1): stores, tables, and how a person is found in them, as one SVG.

Each kind of key is a line from top to bottom; a filled dot is a table in which people
are found by it, a ring a table that gives it. A table that is reached through another
hangs under that one. Colours are the page's own, so that it can be dark or light.
"""

from collections.abc import Iterator, Mapping
from html import escape

from mamoru.datamap.inventory import DataMap, KeyKind, PersonPath, Store, Table
from mamoru.datamap.register import ERASURE, word

_WIDTH, _LEFT, _TOP = 1180, 28, 20
_LANE, _LABEL = 44, 26
_HEAD, _ROW, _GAP, _BETWEEN = 40, 66, 10, 22
_INDENT, _MARGIN, _SMALL = 28, 16, 13
_WORDS: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "title": "個人データの台帳の図",
        "columns": "{all}列(個人データ{personal}列)",
        "erasure": "消去: {word}",
        "held": "{law}により保存",
        "through": "{parent}を経てたどる",
        "found": "{keys}でたどる",
        "gives": "{keys}がわかる",
        "legend": "● その鍵で本人をたどる　○ その鍵がわかる",
        "sentence": "{store}の{table}: {ways}。",
        "several": "、",
        "more": "ほか{count}",
    },
    "en": {
        "title": "Picture of the data map",
        "columns": "{all} columns, {personal} with personal data",
        "erasure": "erasure: {word}",
        "held": "kept under the {law}",
        "through": "found through {parent}",
        "found": "found by {keys}",
        "gives": "gives {keys}",
        "legend": "● people are found by this key   ○ the table gives it",
        "sentence": "{store}, {table}: {ways}.",
        "several": ", ",
        "more": "and {count} more",
    },
}


def picture(datamap: DataMap, language: str) -> str:
    """Return the picture as an `<svg>` element, to stand in a page; in `ja` or `en`.

    Title and description say all of it in words for those who do not see it. Holds no
    personal data, no script and no style that a content security policy would refuse.
    """
    return _Picture(datamap, language).drawn()


class _Picture:
    def __init__(self, datamap: DataMap, language: str) -> None:
        self._datamap = datamap
        self._language = language
        self._words = _WORDS["en" if language == "en" else "ja"]
        self._lanes = {key.kind: _LEFT + at * _LANE for at, key in enumerate(datamap.keys)}
        self._box = _LEFT + len(datamap.keys) * _LANE
        self._parts: list[str] = []

    def drawn(self) -> str:
        top = _TOP + len(self._datamap.keys) * _LABEL + _GAP
        y = top
        last: dict[str, int] = {}
        for store in self._datamap.stores:
            y = self._store(store, y, last)
        height = y + _LABEL
        for at, key in enumerate(self._datamap.keys):
            self._lane(key, at, last.get(key.kind, top))
        self._text(_LEFT - 8, y + 8, self._words["legend"], size=_SMALL, soft=True)
        title = word(self._datamap.controller, self._language)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
            f' width="{_WIDTH}" height="{height}" role="img" aria-labelledby="map-title map-desc"'
            ' font-family="inherit" fill="currentColor">'
            f'<title id="map-title">{escape(self._words["title"])}: {escape(title)}</title>'
            f'<desc id="map-desc">{escape(" ".join(self._sentences()))}</desc>'
            f"{''.join(self._parts)}</svg>"
        )

    def _lane(self, key: KeyKind, at: int, end: int) -> None:
        x, y = self._lanes[key.kind], _TOP + at * _LABEL
        self._parts.append(
            f'<line x1="{x}" y1="{y + 6}" x2="{x}" y2="{end}" stroke="currentColor"'
            ' stroke-width="2" stroke-opacity="0.45"/>'
        )
        self._parts.append(f'<circle cx="{x}" cy="{y}" r="6"/>')
        self._text(x + 14, y + 5, word(key.title, self._language), bold=True)

    def _store(self, store: Store, y: int, last: dict[str, int]) -> int:
        """Draw a store with its tables; return where the next one begins."""
        rows = list(_nested(store))
        height = _HEAD + len(rows) * (_ROW + _GAP) + 4
        self._frame(self._box, y, _WIDTH - self._box - 2, height, strong=True)
        name = word(store.title, self._language)
        self._text(self._box + _MARGIN, y + 26, name, bold=True, size=17)
        self._text(
            _WIDTH - _MARGIN,
            y + 26,
            f"{store.name} ({store.kind})",
            size=_SMALL,
            end=True,
            soft=True,
        )
        at = y + _HEAD
        middles: dict[str, tuple[int, int]] = {}
        for table, depth in rows:
            x = self._box + _MARGIN + depth * _INDENT
            middle = at + _ROW // 2
            middles[table.name] = (x, at + _ROW)
            self._frame(x, at, _WIDTH - _MARGIN - x, _ROW, strong=False)
            self._table(table, x, at)
            for number, way in enumerate(table.person):
                self._way(way, x, middle + number * 12, middles, last)
            for kind in table.provides:
                self._tick(kind, x, middle, last, ring=not _finds(table, kind))
            at += _ROW + _GAP
        return y + height + _BETWEEN

    def _table(self, table: Table, x: int, y: int) -> None:
        words, language = self._words, self._language
        personal = sum(column.personal for column in table.columns)
        self._text(x + 14, y + 26, word(table.title, language), bold=True)
        count = words["columns"].format(all=len(table.columns), personal=personal)
        self._text(
            _WIDTH - _MARGIN - 14,
            y + 26,
            f"{table.name}, {count}",
            size=_SMALL,
            end=True,
            soft=True,
        )
        fate = table.fate_of(table.columns[0]).erasure
        said = [words["erasure"].format(word=ERASURE["en" if language == "en" else "ja"][fate])]
        if table.holds:
            said.append(words["held"].format(law=word(table.holds[0].law, language)))
            if len(table.holds) > 1:
                said.append(words["more"].format(count=len(table.holds) - 1))
        self._text(x + 14, y + 50, words["several"].join(said), size=_SMALL, soft=True)

    def _way(
        self,
        way: PersonPath,
        x: int,
        middle: int,
        middles: Mapping[str, tuple[int, int]],
        last: dict[str, int],
    ) -> None:
        if way.kind is not None:
            self._tick(way.kind, x, middle, last, ring=False)
        elif way.through is not None and way.through in middles:
            above, bottom = middles[way.through]
            elbow = above + _INDENT // 2
            self._parts.append(
                f'<path d="M {elbow} {bottom} V {middle} H {x}" fill="none"'
                ' stroke="currentColor" stroke-width="2"/>'
            )

    def _tick(self, kind: str, x: int, y: int, last: dict[str, int], *, ring: bool) -> None:
        lane = self._lanes.get(kind)
        if lane is None:
            return
        y += 16 if ring else -12
        last[kind] = max(last.get(kind, 0), y)
        dash = ' stroke-dasharray="3 4"' if ring else ""
        self._parts.append(
            f'<line x1="{lane}" y1="{y}" x2="{x}" y2="{y}" stroke="currentColor"'
            f' stroke-width="1.5" stroke-opacity="0.6"{dash}/>'
        )
        fill = 'fill="none" stroke="currentColor" stroke-width="2"' if ring else ""
        self._parts.append(f'<circle cx="{lane}" cy="{y}" r="5" {fill}/>')

    def _frame(self, x: int, y: int, width: int, height: int, *, strong: bool) -> None:
        opacity, fill = ("0.9", "0.03") if strong else ("0.45", "0.04")
        self._parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="currentColor"'
            f' fill-opacity="{fill}" stroke="currentColor" stroke-opacity="{opacity}"/>'
        )

    def _text(
        self,
        x: int,
        y: int,
        text: str,
        *,
        size: int = 15,
        bold: bool = False,
        end: bool = False,
        soft: bool = False,
    ) -> None:
        style = f'font-size="{size}"'
        style += ' font-weight="700"' if bold else ""
        style += ' text-anchor="end"' if end else ""
        style += ' fill-opacity="0.8"' if soft else ""
        self._parts.append(f'<text x="{x}" y="{y}" {style}>{escape(text)}</text>')

    def _sentences(self) -> Iterator[str]:
        """Say the picture in words, a sentence a table."""
        words, language = self._words, self._language
        titles = {key.kind: word(key.title, language) for key in self._datamap.keys}
        for store in self._datamap.stores:
            for table in store.tables:
                by = [titles.get(way.kind, way.kind) for way in table.person if way.kind]
                said = [words["found"].format(keys=words["several"].join(by))] if by else []
                said += [
                    words["through"].format(parent=word(store.table(way.through).title, language))
                    for way in table.person
                    if way.through
                ]
                given = [titles.get(kind, kind) for kind in table.provides]
                if given:
                    said.append(words["gives"].format(keys=words["several"].join(given)))
                yield words["sentence"].format(
                    store=word(store.title, language),
                    table=word(table.title, language),
                    ways=words["several"].join(said),
                )


def _finds(table: Table, kind: str) -> bool:
    return any(way.kind == kind for way in table.person)


def _nested(store: Store) -> Iterator[tuple[Table, int]]:
    """Yield the tables, each under the one through which it is reached, with its depth."""

    def under(parent: str | None, depth: int) -> Iterator[tuple[Table, int]]:
        for table in store.tables:
            if table.person[0].through == parent:
                yield table, depth
                yield from under(table.name, depth + 1)

    yield from under(None, 0)
