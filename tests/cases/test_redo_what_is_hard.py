"""Restores at bad moments: clocks, closed columns, third values, files, ended standings (P1.7)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from mamoru.cases import execute, store
from mamoru.cases.execute.installed import connector
from mamoru.cases.terms import Demand, DemandKind, Work
from mamoru.connectors.port import StoreUnreachable
from mamoru.consents import actions as consents
from mamoru.consents.terms import StandingKind
from mamoru.kit.ids import SYSTEM
from mamoru.ledger import append
from mamoru.site import restored as looking
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_change import approved, changed, dump, everything
from tests.cases.test_hold_what_is_promised import shop
from tests.cases.test_redo import NEW, corrected, keys_kept, replayed
from tests.cases.test_restore import backup, carried_out, restored
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


def test_a_third_value_does_not_keep_the_product_unready_for_ever(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    restored(house.home, tmp_path / "old")
    shop(house, "UPDATE members SET email = 'third@mail.example' WHERE member_id = 'M000001'")
    replayed()
    one = [each.kind for each in append.entries(case_id)].count("restore.redone")
    replayed()
    replayed()
    many = [each.kind for each in append.entries(case_id)].count("restore.redone")
    assert execute.needed() == ()
    assert (one, many) == (1, 1)


def test_a_round_that_began_early_and_ended_late_tells_a_restore_too(
    house: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    hand = connector("shop")
    with monkeypatch.context() as patch:  # the store goes away between freeze and apply

        def away(*_: object, **__: object) -> None:
            raise StoreUnreachable("away")

        patch.setattr(type(hand), "_apply", away)
        acts.carry_out(first)
    second = approved(cast.MEGUMI, everything(DemandKind.CEASE_USE))
    assert acts.carry_out(second) is Work.READY, store.case(second).work_note
    backup(house.home, tmp_path / "old")  # the nightly backup
    assert acts.carry_out(first) is Work.READY, store.case(first).work_note
    after = dump(house.home)
    restored(house.home, tmp_path / "old")
    assert changed(dump(house.home), after) != {}
    assert "shop" in execute.needed()


def test_a_clock_that_went_back_does_not_hide_a_restore(
    house: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = approved(cast.MEGUMI, everything(DemandKind.CEASE_USE))
    assert acts.carry_out(second) is Work.READY, store.case(second).work_note
    backup(house.home, tmp_path / "old")
    acts.set_clock(monkeypatch, acts.clock_now() - timedelta(seconds=5))
    first = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    assert acts.carry_out(first) is Work.READY, store.case(first).work_note
    restored(house.home, tmp_path / "old")
    assert "shop" in execute.needed()


def test_a_column_that_was_closed_since_does_not_stop_the_whole_restore(
    house: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(house.home, tmp_path / "old")
    corrected()
    other = approved(cast.MEGUMI, everything(DemandKind.ERASURE))
    assert acts.carry_out(other) is Work.READY
    restored(house.home, tmp_path / "old")
    datamap = execute.hands().datamap
    table = datamap.table("shop", "members")
    column = next(each for each in table.columns if each.name == "email")
    object.__setattr__(column, "correct", False)
    try:
        execute.replay(by=SYSTEM, now=acts.clock_now())
    finally:
        object.__setattr__(column, "correct", True)
    assert execute.needed() == ()


def test_the_keys_are_kept_until_the_last_backup_after_the_act_and_not_after_its_begin(
    house: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = acts.clock_now()
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("preference",)))
    hand = connector("shop")
    with monkeypatch.context() as patch:

        def away(*_: object, **__: object) -> None:
            raise StoreUnreachable("away")

        patch.setattr(type(hand), "_apply", away)
        acts.carry_out(case_id)
    acts.set_clock(monkeypatch, start + timedelta(days=25))
    backup(house.home, tmp_path / "old")  # kept for 30 days
    assert acts.carry_out(case_id) is Work.READY
    execute.forget(now=start + timedelta(days=33))  # 8 days after the act
    assert keys_kept(case_id)


def test_a_suspension_that_was_ended_is_not_put_back_by_a_restore(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = carried_out(DemandKind.CEASE_USE)
    consents.end(f"{case_id}/1", StandingKind.SUSPENSION, by=SYSTEM, now=acts.clock_now())
    restored(house.home, tmp_path / "old")
    before = dump(house.home)
    execute.replay(by=SYSTEM, now=acts.clock_now())
    assert changed(before, dump(house.home)) == {}


def test_what_serve_does_by_itself_after_a_restore_brings_nobody_back_in_a_file_either(
    house: Company, tmp_path: Path
) -> None:
    from mamoru.site.serving import replay_if_restored

    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")
    replay_if_restored()
    assert cast.HANAKO.email not in str(dump(house.home)["mailing/mailing"])


def test_two_corrections_of_one_value_are_redone_in_their_order(
    house: Company, tmp_path: Path
) -> None:
    from tests.cases import acts as a

    backup(house.home, tmp_path / "old")
    corrected()
    case_id = approved(
        cast.HANAKO,
        Demand(
            kind=DemandKind.CORRECTION, items=("contact",), before=NEW, after="third@mail.example"
        ),
        refs=("shop/members/M000001/email",),
    )
    assert a.carry_out(case_id) is Work.READY, store.case(case_id).work_note
    after = dump(house.home)
    restored(house.home, tmp_path / "old")
    replayed()
    assert dump(house.home)["shop/members"] == after["shop/members"]


def test_a_map_without_a_period_of_backups_keeps_the_keys(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("preference",)))
    assert acts.carry_out(case_id) is Work.READY
    mapped = execute.hands().datamap.store("shop")
    kept = mapped.backups
    object.__setattr__(mapped, "backups", None)
    try:
        execute.forget(now=acts.clock_now() + timedelta(days=400))
    finally:
        object.__setattr__(mapped, "backups", kept)
    assert keys_kept(case_id)


def test_a_case_that_people_must_judge_says_so_once(house: Company, tmp_path: Path) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    restored(house.home, tmp_path / "old")

    first, second = replayed("mailing"), replayed("mailing")

    assert (first.judge, second.judge) == ((case_id,), (case_id,))
    assert "restore.to-judge" not in [each.kind for each in append.entries(case_id)]


def test_the_workers_look_finds_a_restore_and_the_product_is_not_ready_until_it_is_undone(
    house: Company, tmp_path: Path, client: Client
) -> None:
    backup(house.home, tmp_path / "old")
    carried_out(DemandKind.ERASURE)
    restored(house.home, tmp_path / "old")

    assert looking.look() == ("shop",)
    assert client.get("/readyz").json()["checks"]["stores"] == "failed"
    execute.replay(("shop",), by=SYSTEM, now=acts.clock_now())
    assert looking.look() == ()
    assert client.get("/readyz").json()["checks"]["stores"] == "ok"


def test_an_older_schema_is_repaired_first_and_nothing_is_given_up_meanwhile(
    house: Company, tmp_path: Path
) -> None:
    backup(house.home, tmp_path / "old")
    case_id = corrected()
    after = dump(house.home)["shop/members"]
    restored(house.home, tmp_path / "old")
    shop(house, "ALTER TABLE members RENAME COLUMN email TO mail")

    assert replayed().problem == "store-unreadable"
    shop(house, "ALTER TABLE members RENAME COLUMN mail TO email")
    replayed()

    assert dump(house.home)["shop/members"] == after
    assert "restore.to-judge" not in [each.kind for each in append.entries(case_id)]
