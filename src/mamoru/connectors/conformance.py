"""手の検査 (P3.1, P3.4): one suite that every connector passes, ours and those of others.

Subclass `Conformance` in a test module and say in `prepare` how a store of the
kind is made. The suite names no engine and looks at the store only through what
`prepare` hands it, never through the connector that it tests.
"""

# ruff: noqa: S101 - this is a test suite that happens to be shipped

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mamoru.connectors.port import (
    Connector,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.terms import Criterion, KeyPath, Location, Match
from mamoru.gate.permit import PermitRefused
from mamoru.gate.terms import Operation, Permit, PermitExpired

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


@dataclass(frozen=True, slots=True)
class Subject:
    """A store under test: its connector, what really lies in it, and how it breaks."""

    connector: Connector
    dump: Callable[[], Sequence[tuple[str, ...]]]  # all rows in the order of `row_id`; NULL as ""
    take_away: Callable[[], None]  # from now on the store cannot be reached


class Conformance:
    """What each connector promises, a fact a test."""

    def prepare(self, folder: Path, rows: Sequence[tuple[str, ...]]) -> Subject:
        """Make a store named `subject` with `TABLE`, `COLUMNS` (text) and these rows."""
        raise NotImplementedError

    def test_answers_a_probe(self, tmp_path: Path) -> None:
        self.prepare(tmp_path, ROWS).connector.probe()

    def test_tells_its_shape(self, tmp_path: Path) -> None:
        shapes = self.prepare(tmp_path, ROWS).connector.shape()

        assert [shape.name for shape in shapes] == [TABLE]
        assert [column.name for column in shapes[0].columns] == list(COLUMNS)

    def test_reads_all_rows_of_the_person_and_nobody_elses(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M1",))

        reading = subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert [tuple(row.values()) for row in reading.rows] == [ROWS[0], ROWS[2]]
        assert (reading.store, reading.table, reading.count) == ("subject", TABLE, 2)

    def test_a_mail_address_counts_only_where_no_number_stands(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",), email=("taro@mail.example",))

        reading = subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert [row["row_id"] for row in reading.rows] == ["2", "4"]

    def test_reading_changes_nothing(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        before = {file: file.read_bytes() for file in tmp_path.iterdir()}
        place = location(member_id=("M1",))

        subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before

    def test_equal_rows_have_equal_digests_and_others_do_not(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        hanako, taro = location(member_id=("M1",)), location(member_id=("M2",))
        allowed = permit(Operation.READ, hanako, taro)

        first = subject.connector.read(allowed, hanako, NOW)
        again = subject.connector.read(allowed, hanako, NOW)
        other = subject.connector.read(allowed, taro, NOW)

        assert first.digest == again.digest != other.digest

    def test_values_are_never_taken_for_statements(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("' OR '1'='1", "M%", "%"))

        reading = subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert reading.rows == ()
        assert len(subject.dump()) == len(ROWS)

    def test_finds_by_all_criteria_and_shows_the_permitted_columns_only(
        self, tmp_path: Path
    ) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(("member_id", "email", "name"))
        criteria = (
            Criterion(column="email", values=("TARO@mail.example",), match=Match.EMAIL),
            Criterion(column="name", values=("髙橋　太郎",), match=Match.SPACELESS),
        )

        rows = subject.connector.find(permit(Operation.FIND, place), TABLE, criteria, NOW)

        assert sorted(str(row["member_id"] or "") for row in rows) == ["", "M2"]
        assert all(set(row) == {"member_id", "email", "name"} for row in rows)

    def test_finds_nothing_without_a_criterion(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector

        assert connector.find(permit(Operation.FIND, location()), TABLE, (), NOW) == ()

    def test_does_not_search_by_a_column_outside_the_permit(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        allowed = permit(Operation.FIND, location(("member_id",)))
        asked = (Criterion(column="note", values=("番号なし",)),)

        with _raises(PermitRefused):
            connector.find(allowed, TABLE, asked, NOW)

    def test_corrects_and_returns_what_was_read_back(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",))
        changes = {
            "name": ("髙橋 太郎", "髙橋 﨑太郎"),
            "note": (_stored(subject, place), '改名,"届"'),
        }

        reading = subject.connector.correct(permit(Operation.CORRECT, place), place, changes, NOW)

        expected = list(ROWS)
        expected[1] = ("2", "M2", "Taro@Mail.example", "髙橋 﨑太郎", '改名,"届"')
        assert list(subject.dump()) == expected
        assert [tuple(row.values()) for row in reading.rows] == [expected[1]]

    def test_corrects_only_the_row_that_is_meant(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M1",))
        row = place.narrowed(COLUMNS, row_id="3")

        subject.connector.correct(
            permit(Operation.CORRECT, place), row, {"name": ("山本 花子", "山本 華子")}, NOW
        )

        assert [line[3] for line in subject.dump()][:3] == ["山本 花子", "髙橋 太郎", "山本 華子"]

    def test_writes_nothing_where_the_value_before_differs(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",))
        changes = {
            "name": ("高橋 太郎", "髙橋 一"),
            "email": ("Taro@Mail.example", "x@mail.example"),
        }

        with _raises(ValueChangedMeanwhile):
            subject.connector.correct(permit(Operation.CORRECT, place), place, changes, NOW)

        assert list(subject.dump()) == list(ROWS)

    def test_a_repeated_correction_succeeds_without_effect(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",))
        allowed = permit(Operation.CORRECT, place)
        changes = {"name": ("髙橋 太郎", "髙橋 一")}

        first = subject.connector.correct(allowed, place, changes, NOW)
        again = subject.connector.correct(allowed, place, changes, NOW)

        assert again == first

    def test_a_permit_to_read_is_none_to_correct(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",))

        with _raises(PermitRefused):
            subject.connector.correct(
                permit(Operation.READ, place), place, {"name": ("髙橋 太郎", "x")}, NOW
            )

        assert list(subject.dump()) == list(ROWS)

    def test_a_permit_for_one_person_reads_no_other(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        hanako, taro = location(member_id=("M1",)), location(member_id=("M2",))

        with _raises(PermitRefused):
            connector.read(permit(Operation.READ, taro), hanako, NOW)

    def test_an_expired_permit_opens_nothing(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        place = location(member_id=("M1",))

        with _raises(PermitExpired):
            connector.read(permit(Operation.READ, place), place, NOW + timedelta(hours=1))

    def test_a_column_that_the_store_lacks_is_an_error(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        place = location((*COLUMNS, "fax"), member_id=("M1",))

        with _raises(StoreUnreadable):
            connector.read(permit(Operation.READ, place), place, NOW)

    def test_a_store_that_is_away_is_unreachable_and_is_not_made_anew(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M1",))
        subject.take_away()
        left = sorted(file.name for file in tmp_path.iterdir())

        for call in (
            subject.connector.probe,
            subject.connector.shape,
            lambda: subject.connector.read(permit(Operation.READ, place), place, NOW),
            lambda: subject.connector.correct(
                permit(Operation.CORRECT, place), place, {"name": ("山本 花子", "x")}, NOW
            ),
        ):
            with _raises(StoreUnreachable) as told:
                call()
            assert "subject" in told[0]

        assert sorted(file.name for file in tmp_path.iterdir()) == left


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


def permit(operation: Operation, *places: Location) -> Permit:
    """Return a permit for these places, for an hour from a minute before `NOW`."""
    return Permit(
        case="C-2026-000001-8",
        purpose="PU08",
        recipient="internal",
        operation=operation,
        columns=frozenset(
            (place.store, place.table, column) for place in places for column in place.columns
        ),
        reach=frozenset(place.digest for place in places),
        by="staff:1",
        issued_at=NOW - timedelta(minutes=1),
        until=NOW + timedelta(minutes=59),
        policy="0" * 64,
    )


def _stored(subject: Subject, place: Location) -> str | int | float | None:
    reading = subject.connector.read(permit(Operation.READ, place), place, NOW)
    return reading.rows[0]["note"]


@contextmanager
def _raises(expected: type[Exception]) -> Iterator[list[str]]:
    """Expect an error, and that its one line tells nothing of what the store holds."""
    told: list[str] = []
    try:
        yield told
    except expected as problem:
        told.append(str(problem))
        cells: Mapping[str, None] = dict.fromkeys(
            cell
            for row in ROWS
            for cell in row
            if len(cell) > 2  # noqa: PLR2004
        )
        assert "\n" not in told[0]
        assert not [cell for cell in cells if cell in told[0]], "the message holds personal data"
    else:
        raise AssertionError(f"{expected.__name__} was not raised")
