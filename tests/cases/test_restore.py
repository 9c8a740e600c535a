"""A restored backup brings nobody back (P1.7, P3.6; reliability F10)."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mamoru.cases import execute, store
from mamoru.cases.execute.restoring import NotRestored
from mamoru.cases.terms import DemandKind, Work
from mamoru.datamap.inventory import Authority
from mamoru.kit.ids import SYSTEM, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_change import approved, changed, dump, everything
from tests.conftest import STORES, Company

pytestmark = pytest.mark.usefixtures("house")


def backup(home: Path, to: Path) -> None:
    to.mkdir()
    for name in STORES:
        shutil.copy(home / name, to / name)


def restored(home: Path, copy: Path) -> None:
    for name in STORES:
        for left in home.glob(f"{name}-*"):
            left.unlink()
        shutil.copy(copy / name, home / name)


def carried_out(*kinds: DemandKind) -> CaseId:
    case_id = approved(cast.HANAKO, *(everything(kind) for kind in kinds))
    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note
    return case_id


@pytest.mark.promise("P1.7", "P3.6")
def test_a_restored_backup_is_emptied_again_of_who_was_erased(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    after = dump(house.home)
    restored(house.home, tmp_path / "old")
    assert changed(dump(house.home), after) != {}
    assert execute.needed() == ("shop",)

    found = execute.replay(by=SYSTEM, now=acts.clock_now())

    assert dump(house.home) == after
    assert sum(each.erased for each in found) > 0
    assert [each.problem for each in found] == [""] * 3
    assert execute.needed() == ()
    again = execute.replay(by=SYSTEM, now=acts.clock_now())
    assert [(each.erased, each.written) for each in again] == [(0, 0)] * 3


def test_nobody_elses_row_is_touched_by_the_replay(house: Company, tmp_path: Path) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")
    before = dump(house.home)

    execute.replay(by=SYSTEM, now=acts.clock_now())

    for name, rows in changed(before, dump(house.home)).items():
        for row in rows:
            assert "M000001" in row or cast.HANAKO.email in str(row), name


@pytest.mark.promise("P3.6")
def test_a_suspension_is_marked_again_after_a_restore(house: Company, tmp_path: Path) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.CEASE_USE)
    after = dump(house.home)
    restored(house.home, tmp_path / "old")

    execute.replay(by=SYSTEM, now=acts.clock_now())

    assert dump(house.home) == after


def test_where_nobody_was_erased_the_gate_touches_nothing(house: Company) -> None:
    before = dump(house.home)

    found = execute.replay(by=SYSTEM, now=acts.clock_now())

    assert [(each.persons, each.erased, each.written) for each in found] == [(0, 0, 0)] * 3
    assert dump(house.home) == before
    assert append.entries(CaseId("restore")) == ()
    assert execute.needed() == ()


def test_a_store_that_is_away_is_named_and_the_others_are_replayed(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")
    (house.home / "mailing.csv").unlink()

    found = {each.store: each for each in execute.replay(by=SYSTEM, now=acts.clock_now())}

    assert found["mailing"].problem == "store-unreachable"
    assert found["shop"].erased > 0


def test_a_new_member_under_the_familys_mail_address_stays(house: Company, tmp_path: Path) -> None:
    carried_out(DemandKind.ERASURE)
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject, body)"
            " VALUES (990001, NULL, '山本 一郎', ?, '2026-11-01 10:00:00', '件名', '本文')",
            (cast.HANAKO.email,),
        )
    shop.close()
    before = dump(house.home)

    execute.replay(by=SYSTEM, now=acts.clock_now())

    assert dump(house.home) == before


def test_the_commands_replay_and_tell_how_somebody_stands(
    house: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mamoru.site.command import main

    backup(house.home, tmp_path / "old")
    case_id = carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")

    assert main(["restore", "gate", "--home", str(house.home)]) == 0
    assert "rows erased again" in capsys.readouterr().out
    standing = ["person", "standing", "member_id=M000001", "--home", str(house.home)]
    assert main(standing) == 0
    shown = capsys.readouterr().out
    assert "tombstone" in shown
    assert "shop/orders" in shown
    assert main(["person", "standing", "shoe_size=9", "--home", str(house.home)]) == 2
    assert main(["case", "show", str(case_id), "--home", str(house.home)]) == 0
    assert "level E2" in capsys.readouterr().out


@pytest.mark.promise("P1.7", "P3.6")
def test_a_store_that_brings_back_what_is_deleted_is_not_called_restored(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "CREATE TRIGGER keeps AFTER DELETE ON inquiries BEGIN"
            " INSERT INTO inquiries (inquiry_id, member_id, name, email, received_at, subject, body)"
            " VALUES (old.inquiry_id, old.member_id, old.name, old.email, old.received_at,"
            " old.subject, old.body); END"
        )
    shop.close()

    with pytest.raises(NotRestored):
        execute.replay(by=SYSTEM, now=acts.clock_now())

    assert "restore.replayed" not in [each.kind for each in append.entries(CaseId("restore"))]


@pytest.mark.promise("P1.7")
def test_what_a_client_entrusted_is_not_erased_by_the_replay(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")
    before = dump(house.home)

    with entrusted("shop", "inquiries"):
        execute.replay(by=SYSTEM, now=acts.clock_now())

    touched = set(changed(before, dump(house.home)))
    assert "shop/members" in touched
    assert "shop/inquiries" not in touched


@contextmanager
def entrusted(store_name: str, table_name: str) -> Iterator[None]:
    """The company's data map with one table whose data a client entrusted."""
    installed = execute.hands()
    stores = tuple(
        each.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(update={"authority": Authority.ENTRUSTED})
                    if (each.name, table.name) == (store_name, table_name)
                    else table
                    for table in each.tables
                )
            }
        )
        for each in installed.datamap.stores
    )
    changed_map = installed.datamap.model_copy(update={"stores": stores})
    execute.install(replace(installed, datamap=changed_map))
    try:
        yield
    finally:
        execute.install(installed)
