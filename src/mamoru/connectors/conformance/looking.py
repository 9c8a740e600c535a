"""見る手の検査 (P3.1, P3.4, P3.5): what each connector promises of one table, read and corrected."""

# ruff: noqa: S101 - this is a test suite that happens to be shipped

from datetime import timedelta
from pathlib import Path

from mamoru.connectors.conformance.subject import (
    COLUMNS,
    NOW,
    ROWS,
    TABLE,
    Built,
    Subject,
    location,
    permit,
    raises,
)
from mamoru.connectors.port import (
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.terms import Criterion, Location, Match
from mamoru.gate.permit import PermitRefused
from mamoru.gate.terms import Operation, PermitExpired


class Looking(Built):
    """What each connector promises of one table, a fact a test."""

    def test_answers_a_probe(self, tmp_path: Path) -> None:
        self.prepare(tmp_path, ROWS).connector.probe()

    def test_tells_its_shape(self, tmp_path: Path) -> None:
        shapes = self.prepare(tmp_path, ROWS).connector.shape()

        assert [shape.name for shape in shapes] == [TABLE]
        assert [column.name for column in shapes[0].columns] == list(COLUMNS)

    def test_walks_every_row_with_the_granted_columns_only(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(("row_id", "email"), member_id=("M1",))

        rows = subject.connector.walk(permit(Operation.FIND, place), TABLE, NOW)

        seen = sorted((str(row["row_id"]), str(row["email"] or "")) for row in rows)
        assert seen == sorted((row[0], row[2]) for row in ROWS)

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
        assert len(subject.dump(TABLE)) == len(ROWS)

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

        with raises(PermitRefused):
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
        assert list(subject.dump(TABLE)) == expected
        assert [tuple(row.values()) for row in reading.rows] == [expected[1]]

    def test_corrects_only_the_row_that_is_meant(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M1",))
        row = place.narrowed(COLUMNS, row_id="3")

        subject.connector.correct(
            permit(Operation.CORRECT, place), row, {"name": ("山本 花子", "山本 華子")}, NOW
        )

        assert [line[3] for line in subject.dump(TABLE)][:3] == [
            "山本 花子",
            "髙橋 太郎",
            "山本 華子",
        ]

    def test_writes_nothing_where_the_value_before_differs(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path, ROWS)
        place = location(member_id=("M2",))
        changes = {
            "name": ("高橋 太郎", "髙橋 一"),
            "email": ("Taro@Mail.example", "x@mail.example"),
        }

        with raises(ValueChangedMeanwhile):
            subject.connector.correct(permit(Operation.CORRECT, place), place, changes, NOW)

        assert list(subject.dump(TABLE)) == list(ROWS)

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

        with raises(PermitRefused):
            subject.connector.correct(
                permit(Operation.READ, place), place, {"name": ("髙橋 太郎", "x")}, NOW
            )

        assert list(subject.dump(TABLE)) == list(ROWS)

    def test_a_permit_for_one_person_reads_no_other(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        hanako, taro = location(member_id=("M1",)), location(member_id=("M2",))

        with raises(PermitRefused):
            connector.read(permit(Operation.READ, taro), hanako, NOW)

    def test_an_expired_permit_opens_nothing(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        place = location(member_id=("M1",))

        with raises(PermitExpired):
            connector.read(permit(Operation.READ, place), place, NOW + timedelta(hours=1))

    def test_a_column_that_the_store_lacks_is_an_error(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path, ROWS).connector
        place = location((*COLUMNS, "fax"), member_id=("M1",))

        with raises(StoreUnreadable):
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
            with raises(StoreUnreachable) as told:
                call()
            assert "subject" in told[0]

        assert sorted(file.name for file in tmp_path.iterdir()) == left

    # --- many at once ------------------------------------------------------------------------

    def test_reads_several_places_in_their_order(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        hanako, taro = location(member_id=("M1",)), location(member_id=("M2",))

        readings = subject.connector.read_all(
            permit(Operation.READ, hanako, taro), (taro, hanako), NOW
        )

        assert [reading.count for reading in readings] == [1, 2]

    def test_checks_every_permit_before_the_first_is_read(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        hanako, taro = location(member_id=("M1",)), location(member_id=("M2",))

        with raises(PermitRefused):
            subject.connector.read_all(permit(Operation.READ, hanako), (hanako, taro), NOW)

    def test_samples_cells_by_column(self, tmp_path: Path) -> None:
        sample = self.prepare(tmp_path).connector.sample(TABLE, 3)

        assert list(sample) == list(COLUMNS)
        assert sample["name"] == ("山本 花子", "髙橋 太郎", "山本 花子")

    # --- whose rows ----------------------------------------------------------------------------

    def test_letters_that_look_alike_are_not_the_same(self, tmp_path: Path) -> None:
        names = (
            "髙橋",
            "高橋",
            "𠮷野",
            "吉野",
            "abc",
            "ABC",
            "abc ",
            "àbc",
            "か",
            "が",
            "カ",
            "ﾊ",
            "ハ",
        )
        subject = self.prepare(
            tmp_path, [(str(at), name, "", "", "") for at, name in enumerate(names, 10)]
        )
        places = [location(member_id=(name,)) for name in names]

        readings = subject.connector.read_all(permit(Operation.READ, *places), places, NOW)

        assert [[row["member_id"] for row in each.rows] for each in readings] == [
            [name] for name in names
        ]

    def test_signs_that_mean_something_to_an_engine_are_letters_of_a_key(
        self, tmp_path: Path
    ) -> None:
        keys = (
            'a"b',
            "a\\b",
            '\\"',
            "{a,b}",
            "a,b",
            "[1]",
            "NULL",
            "%s",
            ":p0",
            "a''b",
            " a",
            "a ",
        )
        subject = self.prepare(
            tmp_path, [(str(at), key, "", "", "") for at, key in enumerate(keys, 10)]
        )
        each, everyone = [location(member_id=(key,)) for key in keys], location(member_id=keys)
        places = [*each, everyone]

        *single, whole = subject.connector.read_all(permit(Operation.READ, *places), places, NOW)

        assert [[row["member_id"] for row in found.rows] for found in single] == [
            [key] for key in keys
        ]
        assert [row["member_id"] for row in whole.rows] == list(keys)

    def test_only_ascii_letters_of_a_mail_address_lose_their_case(self, tmp_path: Path) -> None:
        mails = ("A@b.example", " a@B.example", "Å@b.example", "å@b.example", "a@b.example\u3000")
        subject = self.prepare(
            tmp_path, [(str(at), "", mail, "", "") for at, mail in enumerate(mails, 10)]
        )
        place = location(email=("a@b.example",))

        reading = subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert [row["row_id"] for row in reading.rows] == ["10", "11", "14"]

    def test_a_space_in_a_key_column_is_not_nothing(self, tmp_path: Path) -> None:
        subject = self.prepare(
            tmp_path, [("1", " ", "a@b.example", "", ""), ("2", "", "a@b.example", "", "")]
        )
        place = location(email=("a@b.example",))

        reading = subject.connector.read(permit(Operation.READ, place), place, NOW)

        assert [row["row_id"] for row in reading.rows] == ["2"]


def _stored(subject: Subject, place: Location) -> str | int | float | None:
    reading = subject.connector.read(permit(Operation.READ, place), place, NOW)
    return reading.rows[0]["note"]
