"""What stands between a decision and somebody's rows, each seen from outside (P3.5, P3.6, P3.14)."""

import sqlite3

import pytest

from mamoru.cases import actions, store
from mamoru.cases.actions import StageForbidden
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import Demand, DemandKind, Work
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_change import approved, dump, effects, everything
from tests.cases.test_decide import text
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


def shop(house: Company, *statements: str) -> None:
    """Let the shop's own people change their database."""
    connection = sqlite3.connect(house.home / "shop.sqlite3")
    with connection:
        for each in statements:
            connection.execute(each)
    connection.close()


@pytest.mark.promise("P3.3", "P3.6")
@pytest.mark.parametrize("erased_first", [True, False])
def test_what_is_disclosed_is_read_before_it_is_erased_however_the_form_lists_them(
    house: Company, erased_first: bool
) -> None:
    kinds = [DemandKind.ERASURE, DemandKind.DISCLOSURE]
    asked = map(everything, kinds if erased_first else reversed(kinds))
    case_id = approved(cast.HANAKO, *asked)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    letter = "".join(text(case_id).split())
    assert cast.HANAKO.phone in letter
    assert cast.HANAKO.phone not in str(dump(house.home)["shop/members"])
    done = [
        str(each.body["place"])
        for each in append.entries(case_id)
        if each.kind in {"case.place.read", "case.place.changed"}
    ]
    changes = [
        each.kind for each in append.entries(case_id) if str(each.kind).startswith("case.place.")
    ]
    assert "shop/members" in done
    assert changes == sorted(changes, key=lambda kind: kind == "case.place.changed")


@pytest.mark.promise("P3.6")
def test_a_correction_is_not_written_for_a_person_who_was_erased_meanwhile(house: Company) -> None:
    correcting = approved(
        cast.HANAKO,
        Demand(
            kind=DemandKind.CORRECTION,
            items=("contact",),
            before=cast.HANAKO.phone,
            after="090-1111-2222",
        ),
        refs=("shop/members/M000001/phone",),
    )
    erasing = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    assert acts.carry_out(erasing) is Work.READY
    before = dump(house.home)

    assert acts.carry_out(correcting) is Work.WAITING

    assert store.case(correcting).work_note == "person-erased:correction"
    assert dump(house.home) == before
    assert "case.execution.began" not in [each.kind for each in append.entries(correcting)]


def test_only_a_decided_case_is_tried_again_at_once(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    store.set_work(case_id, Work.WAITING, note="store-unreachable:mailing")
    told = len(append.entries(case_id))

    with pytest.raises(StageForbidden):
        actions.try_now(case_id, by=acts.SUZUKI, now=acts.NOW)

    assert store.case(case_id).work is Work.WAITING
    assert len(append.entries(case_id)) == told


@pytest.mark.promise("P3.6", "P3.14")
def test_a_housemates_inquiry_on_the_same_mailbox_stays_and_is_counted(house: Company) -> None:
    case_id = approved(cast.MEGUMI, everything(DemandKind.ERASURE))
    shop(
        house,
        "INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject, body)"
        f" VALUES (900001, NULL, '小川 陽', '{cast.YO.email}', '2026-11-01 10:00', '質問', '陽の文')",
        "INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject, body)"
        f" VALUES (900002, NULL, '小川 恵', '{cast.YO.email}', '2026-11-01 10:00', '質問', '恵の文')",
    )

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    left = str(dump(house.home)["shop/inquiries"])
    assert "陽の文" in left
    assert "恵の文" not in left
    assert effects(case_id)["shop/inquiries"].withheld == 1
    (told,) = [
        each.body
        for each in append.entries(case_id)
        if each.kind == "case.place.changed" and each.body["place"] == "shop/inquiries"
    ]
    assert told["withheld"] == 1


@pytest.mark.promise("P3.6", "P3.14")
def test_a_housemates_line_under_the_same_row_key_is_never_taken_for_ones_own(
    house: Company,
) -> None:
    case_id = approved(cast.MEGUMI, everything(DemandKind.ERASURE))
    path = house.home / "mailing.csv"
    line = f"{cast.YO.email},小川 陽,campaign,active,2026-11-01\r\n".encode()
    path.write_bytes(path.read_bytes() + line)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    assert line in path.read_bytes()
    assert cast.MEGUMI.name.encode() not in path.read_bytes()
    assert effects(case_id)["mailing/mailing"].withheld == 1


@pytest.mark.promise("P0.4", "P3.6")
def test_a_store_that_puts_the_row_back_is_never_called_done(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    shop(
        house,
        "CREATE TRIGGER back AFTER DELETE ON addresses BEGIN INSERT INTO addresses"
        " (address_id, member_id, postal_code, address, valid_from) VALUES"
        " (OLD.address_id, OLD.member_id, OLD.postal_code, OLD.address, OLD.valid_from); END",
    )

    assert acts.carry_out(case_id) is Work.WAITING

    case = store.case(case_id)
    assert case.work_note == "not-proven:shop"
    assert not store.executed(case.demands[0].id)
    assert [ref for ref in effects(case_id) if ref.startswith("shop/")] == []
    assert "case.demand.carried-out" not in [each.kind for each in append.entries(case_id)]


@pytest.mark.promise("P3.6")
def test_rows_that_come_between_a_round_and_its_proof_make_another_round(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    shop(
        house,
        "CREATE TRIGGER late AFTER DELETE ON addresses WHEN OLD.address_id < 900000 BEGIN"
        " INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject, body)"
        " VALUES (900003, OLD.member_id, '山本 花子', 'x@mail.example', '2026-11-20 12:00', '転居', '遅れた文');"
        " INSERT INTO addresses (address_id, member_id, postal_code, address, valid_from)"
        " VALUES (900004, OLD.member_id, '100-0001', '遅れた住所', '2026-11-20'); END",
    )

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    demand = store.case(case_id).demands[0]
    assert [each.number for each in kept.rounds(demand.id, "shop", wave=0)] == [1, 2]
    rows = dump(house.home)
    assert "遅れた文" not in str(rows["shop/inquiries"])
    assert "遅れた住所" not in str(rows["shop/addresses"])
    assert effects(case_id)["shop/addresses"].erased == 2
