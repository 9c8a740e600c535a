"""変える手の検査 (P3.5 to P3.7): what each connector promises of freezing, applying and proving."""

# ruff: noqa: S101, PLR2004 - this is a test suite that happens to be shipped

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from mamoru.connectors.conformance.subject import (
    NOW,
    ROWS,
    TABLE,
    Built,
    Subject,
    act_on,
    location,
    permit,
    raises,
)
from mamoru.connectors.port import (
    StoreError,
    StoreUnreachable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.acts import Act, Done, Held, Reach
from mamoru.datamap.terms import Location
from mamoru.gate.permit import PermitRefused
from mamoru.gate.terms import Operation, PermitExpired


class Acting(Built):
    """What is done to one table, a fact a test."""

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
        (proof,) = subject.connector.prove(permit(Operation.ERASE, place, rows=(act,)), (act,), NOW)
        assert (proof.open, proof.held, proof.referred, proof.latest) == (0, 0, 0, None)

    def test_before_the_act_its_proof_is_open(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)

        (proof,) = subject.connector.prove(permit(Operation.ERASE, place, rows=(act,)), (act,), NOW)

        assert (proof.act, proof.open) == (act, 2)

    def test_values_are_written_over_and_no_other_column(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, values=(("name", "消去済み"), ("note", None)))
        allowed = permit(Operation.ERASE, place, rows=(act,))

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
            permit(Operation.ERASE, place, rows=(act,)), (act,), fence="fence-1", now=NOW
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
            allowed = permit(Operation.ERASE, place, rows=(act,))
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
        allowed = permit(Operation.ERASE, place, rows=(act,))

        done = subject.connector.apply(allowed, (act,), fence="f", now=NOW)

        assert done.counts == (2,)
        assert [row[0] for row in subject.dump(TABLE)] == ["11", "12", "13", "14"]
        (proof,) = subject.connector.prove(allowed, (act,), NOW)
        assert (proof.open, proof.held, proof.latest) == (0, 4, date(2024, 5, 6))

    def test_a_hold_without_end_keeps_all(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True, holds=(Held(code="suit"),))
        allowed = permit(Operation.ERASE, place, rows=(act,))

        done = subject.connector.apply(allowed, (act,), fence="f", now=NOW)

        assert done.counts == (0,)
        assert subject.connector.prove(allowed, (act,), NOW)[0].held == 2

    def test_a_json_key_is_taken_out_and_the_rest_stays(self, tmp_path: Path) -> None:
        note = '{"a": {"mail": "x@y.example", "n": 1}, "b": "髙"}'
        subject = self.prepare(
            tmp_path, [("1", "M1", "", "", note), ("2", "M1", "", "", '{"c": null}')]
        )
        place = location(member_id=("M1",))
        act = self._act(subject, place, json_removed=(("note", "$.a.mail"), ("note", "$.c")))
        allowed = permit(Operation.ERASE, place, rows=(act,))

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
        right = self._act(
            subject, place, before=(("name", "髙橋 太郎"),), values=(("name", "髙橋 一"),)
        )
        allowed = permit(Operation.CORRECT, place, rows=(right,))
        wrong = replace(right, before=(("name", "高橋 太郎"),), values=(("name", "x"),))

        with raises(ValueChangedMeanwhile):
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
            permit(Operation.ERASE, place, rows=(act,)),
            permit(Operation.ERASE, place.narrowed(("note",)), rows=(act,)),
        )
        wider = replace(act, reaches=(Reach(column="member_id", keys=("M1", "M2")),))
        by_mail = replace(act, reaches=act.reaches[1:])  # no longer only where no number stands
        # Under a key that a household shares, the person's own rows are told by a name.
        own = permit(Operation.ERASE, place, rows=(replace(act, only=(("name", "佐藤"),)),))
        forged = (
            (erase, replace(act, place=location(member_id=("M2",)).digest)),
            (erase, replace(act, table="others")),
            (erase, replace(act, store="other")),
            (erase, wider),
            (erase, by_mail),
            (own, act),
            (own, replace(act, only=(("name", "鈴木"),))),
            (permit(Operation.ERASE, place), act),  # resolved, and no rows named
            (permit(Operation.CORRECT, place, rows=(act,)), act),
            (permit(Operation.READ, place, rows=(act,)), act),
            (narrow, replace(act, delete=False, values=(("name", None),))),
            (
                permit(Operation.CORRECT, place, rows=(act,)),
                replace(act, delete=False, values=(("name", ""),)),
            ),
        )

        for allowed, each in forged:
            with raises(PermitRefused):
                subject.connector.apply(allowed, (each,), fence="f", now=NOW)
            with raises(PermitRefused):
                subject.connector.prove(allowed, (each,), NOW)

        assert list(subject.dump(TABLE)) == list(ROWS)

    def test_an_expired_permit_does_nothing(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        late = NOW + timedelta(hours=1)
        allowed = permit(Operation.ERASE, place, rows=(act,))

        for call in (
            lambda: subject.connector.freeze(allowed, (place,), late),
            lambda: subject.connector.apply(allowed, (act,), fence="f", now=late),
            lambda: subject.connector.prove(allowed, (act,), late),
            lambda: subject.connector.deepen(allowed, (TABLE,), late),
        ):
            with raises(PermitExpired):
                call()

    def test_deepening_says_how_far_it_went(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        _, act = self._erase(subject, place)
        allowed = permit(Operation.ERASE, place, rows=(act,))

        depth = subject.connector.deepen(allowed, (TABLE,), NOW)

        assert depth.done or depth.stays
        for refused, table in ((allowed, "others"), (permit(Operation.ERASE, place), TABLE)):
            with raises(PermitRefused):
                subject.connector.deepen(refused, (table,), NOW)

    def test_a_store_that_is_away_is_not_erased(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        act = self._act(subject, place, delete=True)
        allowed = permit(Operation.ERASE, place, rows=(act,))
        subject.take_away()

        for call in (
            lambda: subject.connector.apply(allowed, (act,), fence="f", now=NOW),
            lambda: subject.connector.prove(allowed, (act,), NOW),
        ):
            with raises(StoreUnreachable):
                call()

    def _act(self, subject: Subject, place: Location, **what: Any) -> Act:
        (frozen,) = subject.connector.freeze(permit(Operation.ERASE, place), (place,), NOW)
        return act_on(frozen, **what)

    def _erase(self, subject: Subject, place: Location) -> tuple[Done, Act]:
        act = self._act(subject, place, delete=True)
        allowed = permit(Operation.ERASE, place, rows=(act,))
        return subject.connector.apply(allowed, (act,), fence="fence-1", now=NOW), act
