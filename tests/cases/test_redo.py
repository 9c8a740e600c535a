"""What single demands changed is done again after a restore, and what is over is forgotten (P1.7, P3.5)."""

from datetime import timedelta
from pathlib import Path

import pytest

from mamoru.cases import execute
from mamoru.cases.execute import Replayed, redoing
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import Demand, DemandKind, Work
from mamoru.kit.ids import SYSTEM, CaseId, DemandId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_change import approved, changed, dump, everything
from tests.cases.test_hold_what_is_promised import shop
from tests.cases.test_restore import backup, carried_out, restored
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")

NEW = "hanako.new@mail.example"


def corrected() -> CaseId:
    case_id = approved(
        cast.HANAKO,
        Demand(kind=DemandKind.CORRECTION, items=("contact",), before=cast.HANAKO.email, after=NEW),
        refs=("shop/members/M000001/email",),
    )
    assert acts.carry_out(case_id) is Work.READY
    return case_id


def replayed(name: str = "shop") -> Replayed:
    found = execute.replay(by=SYSTEM, now=acts.clock_now())
    return next(each for each in found if each.store == name)


def keys_kept(case_id: CaseId) -> bool:
    return any(one.frozen for one in kept.rounds(DemandId(f"{case_id}/1"), "shop", wave=0))


@pytest.mark.promise("P1.7", "P3.5")
def test_a_correction_is_written_again_where_the_database_forgot_it(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    after = dump(house.home)
    restored(house.home, tmp_path / "old")
    assert execute.needed() == ("shop",)

    done = replayed()

    assert changed(dump(house.home), after).keys() <= {"mailing/mailing"}
    assert done.written > 0
    assert "restore.redone" in [each.kind for each in append.entries(case_id)]
    assert execute.needed() == ()


@pytest.mark.promise("P3.5")
def test_what_a_file_without_a_fence_holds_is_named_for_people_to_judge(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    restored(house.home, tmp_path / "old")
    before = dump(house.home)["mailing/mailing"]

    done = replayed("mailing")

    assert done.judge == (case_id,)
    assert dump(house.home)["mailing/mailing"] == before


@pytest.mark.promise("P3.5")
def test_a_value_that_people_changed_after_the_correction_is_not_taken_for_an_old_one(
    house: Company,
) -> None:
    corrected()
    shop(house, f"UPDATE members SET email = '{cast.HANAKO.email}' WHERE member_id = 'M000001'")
    before = dump(house.home)

    done = replayed()

    assert (done.written, done.judge) == (0, ())
    assert dump(house.home) == before


def test_a_backup_with_a_third_value_is_named_for_people_to_judge(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    restored(house.home, tmp_path / "old")
    shop(house, "UPDATE members SET email = 'third@mail.example' WHERE member_id = 'M000001'")
    before = dump(house.home)["shop/members"]

    done = replayed()

    assert done.judge == (case_id,)
    assert dump(house.home)["shop/members"] == before


@pytest.mark.promise("P1.7", "P3.6")
def test_an_erasure_of_some_items_is_done_again(house: Company, tmp_path: Path) -> None:
    backup(house.home, tmp_path / "old")
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("preference",)))
    assert acts.carry_out(case_id) is Work.READY
    after = dump(house.home)
    restored(house.home, tmp_path / "old")

    replayed()

    assert changed(after, dump(house.home)).keys() <= {"mailing/mailing"}


@pytest.mark.promise("P3.6")
def test_a_correction_is_not_written_again_for_somebody_who_was_erased_since(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    corrected()
    carried_out_after = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    assert acts.carry_out(carried_out_after) is Work.READY
    after = dump(house.home)
    restored(house.home, tmp_path / "old")

    mapped = execute.hands().datamap.store("shop")
    correction, *_ = redoing.redo(mapped, by=SYSTEM, now=acts.clock_now())
    replayed()

    assert (correction.written, correction.judge) == (0, False)
    assert dump(house.home)["shop/members"] == after["shop/members"]
    assert NEW not in str(dump(house.home))


@pytest.mark.promise("P3.6", "P1.7")
def test_the_keys_are_destroyed_once_no_backup_can_bring_the_rows_back(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("preference",)))
    assert acts.carry_out(case_id) is Work.READY
    now = acts.clock_now()

    assert execute.forget(now=now + timedelta(days=29)) == 0
    assert keys_kept(case_id)
    assert execute.forget(now=now + timedelta(days=32)) > 0
    assert not keys_kept(case_id)
    assert execute.forget(now=now + timedelta(days=33)) == 0

    told = [each.kind for each in append.entries(case_id)]
    assert "case.keys.forgotten" in told
    restored(house.home, tmp_path / "old")
    assert execute.needed() == ("shop",)
    replayed()
    assert execute.needed() == ()


@pytest.mark.promise("P3.6")
def test_the_keys_of_rows_that_a_law_holds_are_kept_until_it_lets_go(house: Company) -> None:
    case_id = carried_out(DemandKind.ERASURE)

    execute.forget(now=acts.clock_now() + timedelta(days=90))

    assert keys_kept(case_id)
