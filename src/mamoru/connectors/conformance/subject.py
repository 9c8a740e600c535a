"""検査の相手 (P3.1): the store under test, the rows that lie in it, and permits to touch it."""

# ruff: noqa: S101, PLR2004 - this is a test suite that happens to be shipped

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mamoru.connectors.port import (
    Connector,
)
from mamoru.datamap.acts import Act, Frozen, Share, share, shares
from mamoru.datamap.terms import ColumnType, Hop, KeyPath, Location, Match
from mamoru.gate.terms import Operation, Permit

TABLE = "people"
COLUMNS = ("row_id", "member_id", "email", "name", "note")
NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)

ROWS: tuple[tuple[str, ...], ...] = (
    ("1", "M1", "hana@mail.example", "山本 花子", '一行目\n二行目, "引用"'),
    ("2", "M2", "Taro@Mail.example", "髙橋 太郎", ""),
    ("3", "M1", "hana@mail.example", "山本 花子", "𠮷野様より"),
    ("4", "", "taro@mail.example ", "髙橋 太郎", "番号なし"),
    ("5", "M3", "taro@mail.example", "髙橋 次郎", "同じ家のメール"),
    ("6", "M10", "", "'; DROP TABLE people; --", "%_*"),
)
"""Line breaks, quotes, two planes of characters, a shared mailbox, an attempt at injection."""


Cells = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be made: its columns with their types, the first one its key, and its rows.

    `filled` are columns that allow no NULL. None is NULL, or an empty cell.
    """

    columns: tuple[tuple[str, ColumnType], ...]
    rows: Sequence[Cells]
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """A store under test: its connector, what really lies in it, and how it breaks."""

    connector: Connector
    dump: Callable[[str], Sequence[tuple[str, ...]]]  # a table by its first column; NULL as ""
    take_away: Callable[[], None]  # from now on the store cannot be reached
    fenced: bool = True  # whether a repetition is known by its fence, not by its effect alone


class Built:
    """How a store of the kind is made."""

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        """Make a store named `subject` with these tables."""
        raise NotImplementedError

    def prepare(self, folder: Path, rows: Sequence[tuple[str, ...]] = ROWS) -> Subject:
        """Make the store with `TABLE`, whose empty member numbers are NULL."""
        cells = [(row[0], row[1] or None, *row[2:]) for row in rows]
        columns = tuple((name, ColumnType.TEXT) for name in COLUMNS)
        return self.build(folder, {TABLE: Sheet(columns, cells)})


INTEGER, WORDS, DAY = ColumnType.INTEGER, ColumnType.TEXT, ColumnType.DATE
SHOP: Mapping[str, Sheet] = {
    "members": Sheet(
        (("member_no", INTEGER), ("email", WORDS), ("名前", WORDS), ("born", DAY)),
        [
            ("17", "hana@mail.example", "山本 花子", "1980-01-02"),
            ("170", "taro@mail.example", "髙橋 太郎", None),
        ],
        filled=frozenset({"member_no", "名前"}),
    ),
    "orders": Sheet(
        (("order_no", INTEGER), ("member_no", INTEGER), ("ordered_on", DAY), ("note", WORDS)),
        [
            ("1", "17", "2015-05-05", "置き配"),
            ("2", "17", "2024-05-05", "午前"),
            ("3", "17", None, ""),
            ("4", "170", "2015-05-05", "午後"),
            ("5", "17", "2016-06-06", "二つ目"),
        ],
    ),
    "order items": Sheet(
        (("item_no", INTEGER), ("order_no", INTEGER), ("gift", WORDS)),
        [
            ("11", "1", "花子へ"),
            ("12", "2", "母へ"),
            ("13", "4", "太郎へ"),
            ("14", "3", "父へ"),
            ("15", "5", "祖母へ"),
            ("16", "99", "誰の"),
        ],
    ),
    "reviews": Sheet(
        (("review_no", INTEGER), ("order_no", INTEGER), ("body", WORDS)),
        [("21", "5", "太郎の言葉"), ("22", "4", "別の言葉")],
    ),
}
"""Keys that are numbers, a table with a space in its name, a column in Japanese."""


def shop(*members: str) -> tuple[Location, Location, Location]:
    """Return where members of `SHOP` lie: their own row, their orders, their orders' items."""
    path = KeyPath(column="member_no", kind="member_no", keys=members)
    up = Hop(column="order_no", parent="orders", parent_column="order_no")

    def place(table: str, way: KeyPath) -> Location:
        columns = tuple(name for name, _ in SHOP[table].columns)
        return Location(
            store="subject",
            table=table,
            columns=columns,
            categories=("account",) * len(columns),
            paths=(way,),
        )

    return (
        place("members", path),
        place("orders", path),
        place("order items", replace(path, hops=(up,))),
    )


def act_on(frozen: Frozen, **what: Any) -> Act:
    """Return an act on frozen rows."""
    return Act(
        store=frozen.store, table=frozen.table, place=frozen.place, reaches=frozen.reaches, **what
    )


def location(columns: tuple[str, ...] = COLUMNS, **keys: tuple[str, ...]) -> Location:
    """Return where a person's rows lie in the subject: by `member_id`, else by `email`."""
    return Location(
        store="subject",
        table=TABLE,
        columns=columns,
        categories=("account",) * len(columns),
        paths=(
            KeyPath(column="member_id", kind="member_id", keys=keys.get("member_id", ())),
            KeyPath(column="email", kind="email", match=Match.EMAIL, keys=keys.get("email", ())),
        ),
    )


def permit(operation: Operation, *places: Location, rows: Iterable[Frozen | Act] = ()) -> Permit:
    """Return a permit for these places and rows, for an hour from a minute before `NOW`."""
    return Permit(
        case="C-2026-000001-8",
        purpose="PU08",
        recipient="internal",
        operation=operation,
        columns=frozenset(
            (place.store, place.table, column) for place in places for column in place.columns
        ),
        reach=frozenset(place.digest for place in places),
        frozen=frozenset(digest for each in rows for digest in _named(each)),
        by="staff:1",
        issued_at=NOW - timedelta(minutes=1),
        until=NOW + timedelta(minutes=59),
        policy="0" * 64,
    )


def _named(rows: Frozen | Act) -> frozenset[Share]:
    if isinstance(rows, Frozen):
        return shares(rows)
    return frozenset({share(rows, rows.only)})


@contextmanager
def raises(expected: type[Exception]) -> Iterator[list[str]]:
    """Expect an error, and that its one line tells nothing of what the store holds."""
    told: list[str] = []
    try:
        yield told
    except expected as problem:
        told.append(str(problem))
        cells: Mapping[str, None] = dict.fromkeys(
            cell for row in ROWS for cell in row if len(cell) > 2
        )
        assert "\n" not in told[0]
        assert not [cell for cell in cells if cell in told[0]], "the message holds personal data"
    else:
        raise AssertionError(f"{expected.__name__} was not raised")
