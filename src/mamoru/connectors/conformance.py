"""手の検査 (P3.1, P3.4): one suite that every connector passes, ours and those of others.

Subclass `Conformance` in a test module and say in `build` how a store of the kind is
made; a kind that holds several tables subclasses `Relations` too. The suites name no
engine and look at the store only through what `build` hands them, never through the
connector that they test.
"""

# ruff: noqa: S101, PLR2004 - this is a test suite that happens to be shipped

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from mamoru.connectors.port import (
    Connector,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
    reach_digest,
)
from mamoru.datamap.acts import Act, Done, Frozen, Held, Reach, Reference
from mamoru.datamap.terms import ColumnType, Criterion, Hop, KeyPath, Location, Match
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


class _Built:
    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        """Make a store named `subject` with these tables."""
        raise NotImplementedError


class Conformance(_Built):
    """What each connector promises of one table, a fact a test."""

    def prepare(self, folder: Path, rows: Sequence[tuple[str, ...]] = ROWS) -> Subject:
        """Make the store with `TABLE`, whose empty member numbers are NULL."""
        cells = [(row[0], row[1] or None, *row[2:]) for row in rows]
        columns = tuple((name, ColumnType.TEXT) for name in COLUMNS)
        return self.build(folder, {TABLE: Sheet(columns, cells)})

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

        with _raises(ValueChangedMeanwhile):
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

        with _raises(PermitRefused):
            subject.connector.correct(
                permit(Operation.READ, place), place, {"name": ("髙橋 太郎", "x")}, NOW
            )

        assert list(subject.dump(TABLE)) == list(ROWS)

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

        with _raises(PermitRefused):
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

    # --- freezing and doing -------------------------------------------------------------------

    def test_freezing_changes_nothing(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M2",), email=("taro@mail.example",))

        (frozen,) = subject.connector.freeze(permit(Operation.ERASE, place), (place,), NOW)

        assert (frozen.place, frozen.table) == (place.digest, TABLE)
        assert [(each.column, each.keys) for each in frozen.reaches] == [
            ("member_id", ("M2",)),
            ("email", ("taro@mail.example",)),
        ]
        assert list(subject.dump(TABLE)) == list(ROWS)

    def test_rows_go_and_nobody_elses(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M2",), email=("taro@mail.example",))

        done, act = self._erase(subject, place)

        assert done.counts == (2,)
        assert list(subject.dump(TABLE)) == [row for row in ROWS if row[0] not in {"2", "4"}]
        (proof,) = subject.connector.prove(permit(Operation.ERASE, place), (act,), NOW)
        assert (proof.open, proof.held, proof.referred, proof.latest) == (0, 0, 0, None)

    def test_before_the_act_its_proof_is_open(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)

        (proof,) = subject.connector.prove(permit(Operation.ERASE, place), (act,), NOW)

        assert (proof.act, proof.open) == (act, 2)

    def test_values_are_written_over_and_no_other_column(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        allowed = permit(Operation.ERASE, place)
        act = self._act(subject, place, values=(("name", "消去済み"), ("note", None)))

        done = subject.connector.apply(allowed, (act,), fence="f1", now=NOW)

        assert done == Done(counts=(2,))
        expected = [(*row[:3], "消去済み", "") if row[1] == "M1" else row for row in ROWS]
        assert list(subject.dump(TABLE)) == expected
        assert subject.connector.prove(allowed, (act,), NOW)[0].open == 0

    def test_a_repetition_does_nothing_and_tells_the_first_counts(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        first, act = self._erase(subject, place)

        again = subject.connector.apply(
            permit(Operation.ERASE, place), (act,), fence="fence-1", now=NOW
        )

        assert first == Done(counts=(2,))
        assert again == (Done(counts=(2,), repeated=True) if subject.fenced else Done(counts=(0,)))
        assert [shape.name for shape in subject.connector.shape()] == [TABLE]

    def test_of_two_at_once_one_does_it(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        results: list[Done | StoreError] = []
        start = Barrier(2)

        def work() -> None:
            start.wait()
            allowed = permit(Operation.ERASE, place)
            for last in (False, False, True):
                try:
                    results.append(subject.connector.apply(allowed, (act,), fence="f", now=NOW))
                except StoreError as problem:
                    # An engine may let one of two give way (a deadlock): nothing was changed, and
                    # whoever works repeats it, as execution does.
                    if problem.retry and not last:
                        continue
                    results.append(problem)
                return

        threads = [Thread(target=work) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

        if subject.fenced:
            expected = [Done(counts=(2,)), Done(counts=(2,), repeated=True)]
        else:
            expected = [Done(counts=(0,)), Done(counts=(2,))]
        assert sorted(results, key=repr) == sorted(expected, key=repr)

    def test_held_rows_stay_and_their_last_day_is_told(self, tmp_path: Path) -> None:
        days = ("2019-03-31", "2019-04-01", "2024/05/06", "", "いつか", "2018-01-01 23:59:59")
        subject = self.prepare(
            tmp_path, [(str(at), "M1", "", "", day) for at, day in enumerate(days, 10)]
        )
        place = location(member_id=("M1",))
        hold = Held(code="tax", anchor="note", after=date(2019, 3, 31))
        act = self._act(subject, place, delete=True, holds=(hold,))
        allowed = permit(Operation.ERASE, place)

        done = subject.connector.apply(allowed, (act,), fence="f", now=NOW)

        assert done.counts == (2,)
        assert [row[0] for row in subject.dump(TABLE)] == ["11", "12", "13", "14"]
        (proof,) = subject.connector.prove(allowed, (act,), NOW)
        assert (proof.open, proof.held, proof.latest) == (0, 4, date(2024, 5, 6))

    def test_a_hold_without_end_keeps_all(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True, holds=(Held(code="suit"),))
        allowed = permit(Operation.ERASE, place)

        done = subject.connector.apply(allowed, (act,), fence="f", now=NOW)

        assert done.counts == (0,)
        assert subject.connector.prove(allowed, (act,), NOW)[0].held == 2

    def test_a_json_key_is_taken_out_and_the_rest_stays(self, tmp_path: Path) -> None:
        note = '{"a": {"mail": "x@y.example", "n": 1}, "b": "髙"}'
        subject = self.prepare(
            tmp_path, [("1", "M1", "", "", note), ("2", "M1", "", "", '{"c": null}')]
        )
        place = location(member_id=("M1",))
        allowed = permit(Operation.ERASE, place)
        act = self._act(subject, place, json_removed=(("note", "$.a.mail"), ("note", "$.c")))

        done = subject.connector.apply(allowed, (act,), fence="f", now=NOW)

        assert done.counts == (2,)
        assert [json.loads(row[4]) for row in subject.dump(TABLE)] == [
            {"a": {"n": 1}, "b": "髙"},
            {},
        ]
        assert subject.connector.prove(allowed, (act,), NOW)[0].open == 0

    def test_a_correction_as_an_act_compares_first(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M2",))
        allowed = permit(Operation.CORRECT, place)
        right = self._act(
            subject, place, before=(("name", "髙橋 太郎"),), values=(("name", "髙橋 一"),)
        )
        wrong = replace(right, before=(("name", "高橋 太郎"),), values=(("name", "x"),))

        with _raises(ValueChangedMeanwhile):
            subject.connector.apply(allowed, (right, wrong), fence="f1", now=NOW)
        assert list(subject.dump(TABLE)) == list(ROWS)
        assert [each.open for each in subject.connector.prove(allowed, (right, wrong), NOW)] == [
            1,
            1,
        ]
        done = subject.connector.apply(allowed, (right,), fence="f2", now=NOW)

        assert done.counts == (1,)
        assert subject.connector.prove(allowed, (right,), NOW)[0].open == 0

    def test_a_person_of_1850_rows_goes_at_once(self, tmp_path: Path) -> None:
        rows = [(f"{at:05d}", "M1" if at % 2 else "M3", "", "", "") for at in range(3700)]
        subject = self.prepare(tmp_path, rows)
        place = location(member_id=("M1",))

        done, _ = self._erase(subject, place)

        assert done.counts == (1850,)
        assert list(subject.dump(TABLE)) == rows[::2]

    def test_a_forged_act_is_refused(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        erase, narrow = (
            permit(Operation.ERASE, place),
            permit(Operation.ERASE, place.narrowed(("note",))),
        )
        bound = replace(erase, reach=erase.reach | {reach_digest(act)})
        wider = replace(act, reaches=(Reach(column="member_id", keys=("M1", "M2")),))
        forged = (
            (erase, replace(act, place=location(member_id=("M2",)).digest)),
            (erase, replace(act, table="others")),
            (erase, replace(act, store="other")),
            (bound, wider),
            (permit(Operation.CORRECT, place), act),
            (permit(Operation.READ, place), act),
            (narrow, replace(act, delete=False, values=(("name", None),))),
            (permit(Operation.CORRECT, place), replace(act, delete=False, values=(("name", ""),))),
        )

        for allowed, each in forged:
            with _raises(PermitRefused):
                subject.connector.apply(allowed, (each,), fence="f", now=NOW)
            with _raises(PermitRefused):
                subject.connector.prove(allowed, (each,), NOW)

        assert list(subject.dump(TABLE)) == list(ROWS)

    def test_an_expired_permit_does_nothing(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        late = NOW + timedelta(hours=1)
        allowed = permit(Operation.ERASE, place)

        for call in (
            lambda: subject.connector.freeze(allowed, (place,), late),
            lambda: subject.connector.apply(allowed, (act,), fence="f", now=late),
            lambda: subject.connector.prove(allowed, (act,), late),
            lambda: subject.connector.deepen(allowed, (TABLE,), late),
        ):
            with _raises(PermitExpired):
                call()

    def test_deepening_says_how_far_it_went(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        self._erase(subject, place)

        depth = subject.connector.deepen(permit(Operation.ERASE, place), (TABLE,), NOW)

        assert depth.done or depth.stays
        with _raises(PermitRefused):
            subject.connector.deepen(permit(Operation.ERASE, place), ("others",), NOW)

    def test_a_store_that_is_away_is_not_erased(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        allowed = permit(Operation.ERASE, place)
        subject.take_away()

        for call in (
            lambda: subject.connector.apply(allowed, (act,), fence="f", now=NOW),
            lambda: subject.connector.prove(allowed, (act,), NOW),
        ):
            with _raises(StoreUnreachable):
                call()

    def _act(self, subject: Subject, place: Location, **what: Any) -> Act:
        (frozen,) = subject.connector.freeze(permit(Operation.ERASE, place), (place,), NOW)
        return act_on(frozen, **what)

    def _erase(self, subject: Subject, place: Location) -> tuple[Done, Act]:
        act = self._act(subject, place, delete=True)
        allowed = permit(Operation.ERASE, place)
        return subject.connector.apply(allowed, (act,), fence="fence-1", now=NOW), act


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


class Relations(_Built):
    """What each connector promises of tables that lead to each other."""

    def test_a_child_is_reached_through_its_parent(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        places = shop("17")

        readings = subject.connector.read_all(permit(Operation.READ, *places), places, NOW)

        assert [[str(next(iter(row.values()))) for row in each.rows] for each in readings] == [
            ["17"],
            ["1", "2", "3", "5"],
            ["11", "12", "14", "15"],
        ]

    def test_a_number_is_met_by_its_own_digits_only(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        places = [shop(key)[0] for key in ("017", "17.0", " 17", "17x", "", "9" * 30, "1e1")]

        readings = subject.connector.read_all(permit(Operation.READ, *places), places, NOW)

        assert [reading.count for reading in readings] == [0] * len(places)

    def test_freezing_resolves_parents_before_children(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        members, orders, items = shop("17")

        frozen = subject.connector.freeze(
            permit(Operation.ERASE, members, orders, items), (items, members, orders), NOW
        )

        assert [each.table for each in frozen] == ["order items", "members", "orders"]
        assert frozen[0].reaches[0].column == "order_no"
        assert sorted(frozen[0].reaches[0].keys) == ["1", "2", "3", "5"]

    def test_a_child_freezes_without_its_parent_being_asked_for(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        items = shop("17")[2]

        (frozen,) = subject.connector.freeze(permit(Operation.ERASE, items), (items,), NOW)

        assert sorted(frozen.reaches[0].keys) == ["1", "2", "3", "5"]

    def test_holds_reach_up_to_the_parent_and_references_keep_rows(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        places = shop("17")
        allowed = permit(Operation.ERASE, *places)
        members, orders, items = subject.connector.freeze(allowed, places, NOW)
        until = date(2019, 3, 31)
        up = (Hop(column="order_no", parent="orders", parent_column="order_no"),)
        acts = (
            act_on(
                items,
                delete=True,
                holds=(Held(code="tax", hops=up, anchor="ordered_on", after=until),),
            ),
            act_on(
                orders,
                delete=True,
                holds=(Held(code="tax", anchor="ordered_on", after=until),),
                referred_by=(
                    Reference(table="order items", column="order_no", parent_column="order_no"),
                    Reference(table="reviews", column="order_no", parent_column="order_no"),
                ),
            ),
            act_on(members, values=(("email", None), ("名前", None), ("born", None))),
        )

        done = subject.connector.apply(allowed, acts, fence="wave-1", now=NOW)
        proofs = subject.connector.prove(allowed, acts, NOW)

        assert done.counts == (2, 1, 1)
        assert [(each.open, each.held, each.referred, each.latest) for each in proofs] == [
            (0, 2, 0, date(2024, 5, 5)),
            (0, 2, 1, date(2024, 5, 5)),
            (0, 0, 0, None),
        ]
        assert [row[0] for row in subject.dump("order items")] == ["12", "13", "14", "16"]
        assert [row[0] for row in subject.dump("orders")] == ["2", "3", "4", "5"]
        assert list(subject.dump("members")) == [
            ("17", "", "", ""),
            ("170", "taro@mail.example", "髙橋 太郎", ""),
        ]
        assert list(subject.dump("reviews")) == [
            tuple(c or "" for c in r) for r in SHOP["reviews"].rows
        ]

    def test_many_persons_are_one_act(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        places = shop("17", "170", "9999")
        allowed = permit(Operation.ERASE, *places)
        members, orders, items = subject.connector.freeze(allowed, places, NOW)

        done = subject.connector.apply(
            allowed,
            [act_on(each, delete=True) for each in (items, orders, members)],
            fence="batch",
            now=NOW,
        )

        assert done.counts == (5, 5, 2)
        assert [row[0] for row in subject.dump("order items")] == ["16"]

    def test_a_table_or_column_that_is_gone_is_an_error_before_anything_is_done(
        self, tmp_path: Path
    ) -> None:
        subject = self.build(tmp_path, SHOP)
        places = shop("17")
        allowed = permit(Operation.ERASE, *places)
        members, orders, _ = subject.connector.freeze(allowed, places, NOW)
        gone = act_on(
            orders,
            delete=True,
            referred_by=(Reference(table="returns", column="order_no", parent_column="order_no"),),
        )

        with _raises(StoreUnreadable):
            subject.connector.apply(
                allowed, (act_on(members, delete=True), gone), fence="f", now=NOW
            )

        assert len(subject.dump("members")) == len(SHOP["members"].rows)


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
            cell for row in ROWS for cell in row if len(cell) > 2
        )
        assert "\n" not in told[0]
        assert not [cell for cell in cells if cell in told[0]], "the message holds personal data"
    else:
        raise AssertionError(f"{expected.__name__} was not raised")
