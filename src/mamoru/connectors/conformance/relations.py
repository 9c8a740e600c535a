"""親子の表の検査 (P3.5, P3.6): what each connector promises of tables that lead to each other."""

# ruff: noqa: S101 - this is a test suite that happens to be shipped

from datetime import date
from pathlib import Path

from mamoru.connectors.conformance.subject import (
    INTEGER,
    NOW,
    SHOP,
    Built,
    Sheet,
    act_on,
    permit,
    raises,
    shop,
)
from mamoru.connectors.port import (
    StoreUnreadable,
)
from mamoru.datamap.acts import Held, Reference
from mamoru.datamap.terms import Hop, KeyPath, Location
from mamoru.gate.terms import Operation


class Relations(Built):
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
        rows = members, orders, items = subject.connector.freeze(allowed, places, NOW)
        allowed = permit(Operation.ERASE, *places, rows=rows)
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

    def test_a_row_of_nobody_keeps_the_row_that_it_refers_to(self, tmp_path: Path) -> None:
        guests = Sheet(
            (("guest_no", INTEGER), ("member_no", INTEGER), ("brought_by", INTEGER)),
            [
                ("1", "17", None),
                ("2", None, "1"),
                ("3", "17", "4"),
                ("4", "17", None),
                ("5", "170", None),
            ],
        )
        subject = self.build(tmp_path, {"guests": guests})
        place = Location(
            store="subject",
            table="guests",
            columns=("guest_no", "member_no", "brought_by"),
            categories=("account",) * 3,
            paths=(KeyPath(column="member_no", kind="member_no", keys=("17",)),),
        )
        (rows,) = subject.connector.freeze(permit(Operation.ERASE, place), (place,), NOW)
        brought = Reference(table="guests", column="brought_by", parent_column="guest_no")
        act = act_on(rows, delete=True, referred_by=(brought,))
        allowed = permit(Operation.ERASE, place, rows=(rows,))

        done = subject.connector.apply(allowed, (act,), fence="wave-1", now=NOW)
        (proof,) = subject.connector.prove(allowed, (act,), NOW)

        assert [row[0] for row in subject.dump("guests")] == ["1", "2", "5"]
        assert (done.counts, proof.open, proof.referred) == ((2,), 0, 1)

    def test_many_persons_are_one_act(self, tmp_path: Path) -> None:
        subject = self.build(tmp_path, SHOP)
        places = shop("17", "170", "9999")
        allowed = permit(Operation.ERASE, *places)
        rows = members, orders, items = subject.connector.freeze(allowed, places, NOW)
        allowed = permit(Operation.ERASE, *places, rows=rows)

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
        rows = members, orders, _ = subject.connector.freeze(allowed, places, NOW)
        allowed = permit(Operation.ERASE, *places, rows=rows)
        gone = act_on(
            orders,
            delete=True,
            referred_by=(Reference(table="returns", column="order_no", parent_column="order_no"),),
        )

        with raises(StoreUnreadable):
            subject.connector.apply(
                allowed, (act_on(members, delete=True), gone), fence="f", now=NOW
            )

        assert len(subject.dump("members")) == len(SHOP["members"].rows)
