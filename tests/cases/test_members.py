"""A member sees and corrects what is registered, of nobody else (P3.18, P3.19)."""

import csv
import sqlite3
from dataclasses import replace

import pytest

from mamoru.cases import actions, store
from mamoru.cases.actions import FormDefective, KeyReused, NotConfirmed, ValueUnfit
from mamoru.cases.execute import ColumnNotOpen, MemberField
from mamoru.cases.models import FormerNameRow
from mamoru.cases.terms import DemandKind, Stage, Work
from mamoru.ledger import append
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.cases import acts
from tests.cases.acts import NOW
from tests.cases.test_protect import letter
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


def fields(someone: Someone) -> dict[str, MemberField]:
    tables = actions.registered_of(acts.user_of(someone), now=NOW)
    return {
        field.ref: field for table in tables for row in table.rows for field in row if field.ref
    }


def shown(someone: Someone) -> str:
    tables = actions.registered_of(acts.user_of(someone), now=NOW)
    return "\n".join(field.value for table in tables for row in table.rows for field in row)


def correct(someone: Someone, ref: str, before: str, after: str, key: str = "k") -> actions.Receipt:
    return actions.correct_own(
        acts.user_of(someone),
        {ref: (before, after)},
        policy_version="2026-04-01",
        one_time_key=key,
        now=NOW,
    )


def in_shop(home: Company, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home.home / "shop.sqlite3") as shop:
        found = shop.execute(sql).fetchall()
    shop.close()
    return found


@pytest.mark.promise("P3.18")
def test_a_member_sees_every_registered_value() -> None:
    text = shown(cast.HANAKO)

    for value in (
        cast.HANAKO.member_id,
        cast.HANAKO.family_name,
        cast.HANAKO.email,
        cast.HANAKO.phone,
        cast.HANAKO.home.address,
        cast.HANAKO.birth.isoformat(),
    ):
        assert value in text


@pytest.mark.promise("P3.19")
@pytest.mark.parametrize(
    ("column", "after"),
    [
        ("phone", "080-1111-2222"),
        ("news_mail", "0"),
        ("company_name", "山本商店"),
        ("given_name", "華子"),
    ],
)
def test_a_correction_is_in_the_shop_afterwards_and_read_back(
    house: Company, column: str, after: str
) -> None:
    ref = f"shop/members/M000001/{column}"
    before = fields(cast.HANAKO)[ref].value
    others = in_shop(house, "SELECT * FROM members WHERE member_id <> 'M000001'")

    receipt = correct(cast.HANAKO, ref, before, after)
    assert acts.carry_out(receipt.case_id) is Work.READY

    case = store.case(receipt.case_id)
    assert case.stage is Stage.ANSWERED
    found = in_shop(house, f"SELECT {column} FROM members WHERE member_id = 'M000001'")
    assert str(found[0][0]) == after
    assert in_shop(house, "SELECT * FROM members WHERE member_id <> 'M000001'") == others
    assert fields(cast.HANAKO)[ref].value == after
    assert [each.kind for each in append.entries(case.id)].count("case.place.corrected") == 1


@pytest.mark.promise("P3.19")
@pytest.mark.parametrize("where", ["begin", "shop", "seal", "letter"])
def test_a_correction_whose_process_dies_is_made_once(house: Company, where: str) -> None:
    receipt = correct(cast.HANAKO, "shop/members/M000001/phone", cast.HANAKO.phone, "080-1111-2222")
    steps = acts.Steps(dies_after=where)

    with pytest.raises(acts.Killed):
        acts.carry_out(receipt.case_id, steps)
    actions.carry_out(receipt.case_id, steps.restart())

    kinds = [each.kind for each in append.entries(receipt.case_id)]
    assert store.case(receipt.case_id).stage is Stage.ANSWERED
    for kind in ("case.place.corrected", "case.answer.composed", "case.answered"):
        assert kinds.count(kind) == 1
    found = in_shop(house, "SELECT phone FROM members WHERE member_id = 'M000001'")
    assert found == [("080-1111-2222",)]


def test_a_value_that_changed_meanwhile_is_not_overwritten(house: Company) -> None:
    receipt = correct(cast.HANAKO, "shop/members/M000001/phone", cast.HANAKO.phone, "080-0000-0001")
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("UPDATE members SET phone = '070-9' WHERE member_id = 'M000001'")
    shop.close()

    assert acts.carry_out(receipt.case_id) is Work.WAITING

    found = in_shop(house, "SELECT phone FROM members WHERE member_id = 'M000001'")
    assert found == [("070-9",)]
    assert store.case(receipt.case_id).work_note == "value-changed-meanwhile:shop"
    assert store.answer(receipt.case_id) is None


@pytest.mark.promise("P3.14", "P3.18")
def test_a_household_with_one_mailbox_sees_each_its_own(house: Company) -> None:
    canaries = {cast.MEGUMI: "恵の秘密の相談", cast.YO: "陽の秘密の相談"}
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        for nth, (someone, secret) in enumerate(canaries.items()):
            shop.execute(
                "INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject,"
                " body) VALUES (?, NULL, ?, ?, '2026-11-01T10:00:00', '相談', ?)",
                (900_000 + nth, someone.name, someone.email, secret),
            )
    shop.close()

    for someone, secret in canaries.items():
        other = cast.YO if someone is cast.MEGUMI else cast.MEGUMI
        text = shown(someone)
        assert secret in text
        assert canaries[other] not in text
        assert other.given_name not in text.replace(secret, "")
        case_id = acts.verified(someone, *acts.EVERYTHING)
        acts.answered(case_id)
        values = "".join(
            str(store.values(demand.id, f"{done.store}/{done.table}"))
            for demand in store.case(case_id).demands
            for done in store.receipts(demand.id)
            if done.store != "mamoru"
        )
        assert secret in values
        assert canaries[other] not in values
        assert other.name not in values


@pytest.mark.promise("P3.19")
def test_a_child_cannot_change_the_parents_row_of_the_shared_mailbox(house: Company) -> None:
    ref = f"mailing/mailing/{cast.MEGUMI.email}/status"
    assert ref in fields(cast.MEGUMI)
    assert ref not in fields(cast.YO)

    with pytest.raises(ColumnNotOpen):
        correct(cast.YO, ref, "stopped", "active")

    with (house.home / "mailing.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["email"]: row for row in csv.DictReader(file)}
    assert rows[cast.MEGUMI.email]["status"] == "stopped"


@pytest.mark.parametrize(
    "ref",
    [
        "shop/members/M000002/phone",
        "shop/members/M000001/member_id",
        "shop/members/M000001/status",
        "shop/members/M000001",
        "../../etc/passwd",
        "",
    ],
)
def test_a_member_corrects_open_values_of_their_own_only(ref: str) -> None:
    with pytest.raises(ColumnNotOpen):
        correct(cast.HANAKO, ref, "a", "b")

    assert store.case_lines() == ()


@pytest.mark.parametrize("after", ["gossip", "export;gossip", "export; law", "export;"])
def test_a_topic_that_is_not_offered_is_refused_whoever_sends_it(after: str) -> None:
    (ref,) = (each for each in fields(cast.HANAKO) if each.endswith("/topics"))

    with pytest.raises(ValueUnfit):
        correct(cast.HANAKO, ref, "export;law", after)

    assert store.case_lines() == ()


def test_a_topic_that_is_offered_no_more_may_stay() -> None:
    (ref,) = (each for each in fields(cast.HANAKO) if each.endswith("/topics"))

    receipt = correct(cast.HANAKO, ref, "export;fairs", "fairs;law")

    assert store.case(receipt.case_id).work is Work.QUEUED


def test_a_correction_that_changes_nothing_is_no_case() -> None:
    with pytest.raises(FormDefective):
        correct(cast.HANAKO, "shop/members/M000001/phone", cast.HANAKO.phone, cast.HANAKO.phone)


def test_the_same_correction_twice_is_one_case_and_anothers_key_opens_nothing() -> None:
    ref = "shop/members/M000001/phone"
    first = correct(cast.HANAKO, ref, cast.HANAKO.phone, "080-0000-0001")

    assert correct(cast.HANAKO, ref, cast.HANAKO.phone, "080-0000-0001") == first
    with pytest.raises(KeyReused):
        correct(cast.MEGUMI, "shop/members/M000004/phone", cast.MEGUMI.phone, "080-0000-0001")
    assert [line.id for line in store.cases_of_member("shop/members/M000001")] == [first.case_id]
    assert store.cases_of_member("shop/members/M000004") == ()


def test_an_account_that_is_no_member_has_no_page() -> None:
    with pytest.raises(NotConfirmed):
        actions.registered_of(999, now=NOW)


@pytest.mark.promise("P3.6", "P3.18")
def test_an_account_whose_record_is_gone_shows_nothing_and_corrects_nothing(
    house: Company,
) -> None:
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("DELETE FROM members WHERE member_id = 'M000003'")
    shop.close()

    assert shown(cast.SAKIKO) == ""
    with pytest.raises(ColumnNotOpen):
        correct(cast.SAKIKO, "shop/members/M000003/phone", cast.SAKIKO.phone, "090-1111-2222")
    assert store.case_lines() == ()


def _write_in(house: Company, name: str) -> None:
    """Somebody of the house writes by its mailbox, without a member number."""
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "INSERT INTO inquiries VALUES (90001, NULL, ?, ?, '2026-11-01 10:00:00', '相談',"
            " '避難先のことです。', NULL)",
            (name, cast.MEGUMI.email),
        )
    shop.close()


@pytest.mark.promise("P3.11", "P3.14")
def test_who_takes_the_name_of_another_of_the_house_sees_nothing_of_theirs(house: Company) -> None:
    """A login proves whose account it is, and not what they are called."""
    _write_in(house, "小川 一郎")
    given = f"shop/members/{cast.MEGUMI.member_id}/given_name"
    assert "避難先" not in shown(cast.MEGUMI)

    acts.carry_out(correct(cast.MEGUMI, given, "恵", "一郎", key="k1").case_id)
    once = shown(cast.MEGUMI)
    acts.carry_out(correct(cast.MEGUMI, given, "一郎", "恵", key="k2").case_id)
    acts.carry_out(correct(cast.MEGUMI, given, "恵", "一郎", key="k3").case_id)

    assert "一郎" in once  # as it was written
    assert "避難先" not in once
    assert "避難先" not in shown(cast.MEGUMI)


@pytest.mark.promise("P3.18", "P3.19")
def test_who_changes_the_surname_still_sees_what_bears_the_former_one() -> None:
    mailing = f"mailing/mailing/{cast.HANAKO.email}/name"
    assert mailing in fields(cast.HANAKO)

    surname = f"shop/members/{cast.HANAKO.member_id}/family_name"
    acts.carry_out(correct(cast.HANAKO, surname, "山本", "𠮷﨑").case_id)

    after = fields(cast.HANAKO)
    assert after[surname].value == "𠮷﨑"
    assert after[mailing].value == "山本 花子"


@pytest.mark.promise("P3.19")
def test_another_value_than_the_name_leaves_no_former_name() -> None:
    phone = f"shop/members/{cast.HANAKO.member_id}/phone"
    acts.carry_out(correct(cast.HANAKO, phone, cast.HANAKO.phone, "03-1111-2222").case_id)

    assert not FormerNameRow.objects.exists()


@pytest.mark.promise("P3.3", "P3.11")
def test_a_paper_that_shows_the_name_speaks_where_the_register_does_not(house: Company) -> None:
    _write_in(house, "小川 芽久美")
    given = f"shop/members/{cast.MEGUMI.member_id}/given_name"
    acts.carry_out(correct(cast.MEGUMI, given, "恵", "芽久美", key="k1").case_id)
    renamed = replace(cast.MEGUMI, given_name="芽久美")

    case_id = acts.verified(renamed, DemandKind.DISCLOSURE)
    acts.answered(case_id)

    assert "避難先" not in shown(cast.MEGUMI)
    assert "避難先のことです。" in letter(case_id)


def test_what_was_before_is_sealed(house: Company) -> None:
    given = f"shop/members/{cast.HANAKO.member_id}/given_name"
    acts.carry_out(correct(cast.HANAKO, given, "花子", "華子").case_id)

    (row,) = FormerNameRow.objects.filter(whom__isnull=False)[:1]
    assert "花子".encode() not in bytes(row.sealed_name)
    assert cast.HANAKO.member_id not in row.whom
