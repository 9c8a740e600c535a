"""A demand carried out in the company's real databases: whole, once, proven (P3.5 to P3.7)."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from mamoru.cases import actions, execute, store
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import Demand, DemandKind, Effect, Stage, Work
from mamoru.connectors.port import StoreUnreachable
from mamoru.consents import actions as consents
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from mamoru.portal import words
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.cases import acts
from tests.cases.test_decide import text
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")

Rows = dict[str, list[tuple[object, ...]]]
NOW = acts.NOW


def dump(home: Path) -> Rows:
    """Return every row of every store, by store and table."""
    found: Rows = {}
    for name in ("shop", "personnel"):
        connection = sqlite3.connect(home / f"{name}.sqlite3")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            if table != "mamoru_fence":
                rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
                found[f"{name}/{table}"] = sorted(rows, key=repr)
        connection.close()
    lines = (home / "mailing.csv").read_text("utf-8-sig").splitlines()
    found["mailing/mailing"] = [(line,) for line in sorted(lines)]
    return found


def changed(before: Rows, after: Rows) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that are no longer there as they were."""
    found = {name: [row for row in before[name] if row not in after[name]] for name in before}
    return {name: rows for name, rows in found.items() if rows}


def approved(someone: Someone, *demands: Demand, refs: tuple[str, ...] = ()) -> CaseId:
    form = replace(acts.filing(someone), demands=demands)
    case_id = acts.verified_of(form, someone)
    for state, ref in zip(store.case(case_id).demands, refs, strict=False):
        version = store.case(case_id).version
        actions.name_value(state.id, ref, by=acts.SUZUKI, now=NOW, version=version)
    acts.decide(case_id)
    acts.approve(case_id)
    return case_id


def everything(kind: DemandKind) -> Demand:
    return Demand(kind=kind, items=("all",))


def effects(case_id: CaseId, position: int = 0) -> dict[str, Effect]:
    demand = store.case(case_id).demands[position]
    return {each.ref: each for each in kept.effects(demand.id)}


@pytest.mark.promise("P3.6", "P1.7")
def test_an_erasure_takes_the_person_out_of_every_store_and_nobody_else(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    before = dump(house.home)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    rows = changed(before, dump(house.home))
    mine = ("M000001", cast.HANAKO.email)
    for name, gone in rows.items():
        assert all(any(str(key) in str(row) for key in mine) for row in gone), name
    assert set(rows) == {"shop/members", "shop/addresses", "shop/inquiries", "mailing/mailing"}
    raw = b"".join((house.home / name).read_bytes() for name in ("shop.sqlite3", "mailing.csv"))
    assert cast.HANAKO.email.encode() not in raw
    assert "ハナコ".encode() not in raw or cast.HANAKO.phone.encode() not in raw


@pytest.mark.promise("P3.6")
def test_what_a_law_keeps_stays_with_its_day_and_its_law_in_the_answer(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))

    acts.carry_out(case_id)

    found = effects(case_id)
    orders = found["shop/orders"]
    assert (orders.erased, orders.held > 0, orders.holds) == (0, True, ("H01",))
    assert orders.release_on is not None
    assert found["shop/members"].referred == 1
    letter = text(case_id)
    assert "法令により保存する記録を除き、消去いたしました。" in letter
    answered = replace(store.case(case_id), stage=Stage.ANSWERED)
    assert words.stage(answered) == "回答済み（法令により保存する記録を除く）"
    assert "除き、消去" in words.outcome(answered.demands[0])
    assert "法人税法" in letter
    assert (
        f"{orders.release_on.year}年{orders.release_on.month}月{orders.release_on.day}日" in letter
    )


@pytest.mark.promise("P3.6")
def test_what_was_held_goes_by_itself_when_the_law_lets_go(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    acts.carry_out(case_id)
    demand = store.case(case_id).demands[0]
    day = effects(case_id)["shop/orders"].release_on
    assert day is not None
    later = acts.noon(day)
    assert actions.due_releases(now=acts.noon(date.fromordinal(day.toordinal() - 1))) == ()
    assert actions.due_releases(now=later) == (demand.id,)
    acts.set_clock(monkeypatch, later)

    assert actions.release_held(demand.id, acts.Steps())

    rows = dump(house.home)
    assert not [row for row in rows["shop/orders"] if "M000001" in row]
    assert not [row for row in rows["shop/members"] if "M000001" in row]
    assert words.outcome(store.case(case_id).demands[0]) == "ご請求のとおり対応いたしました。"
    assert actions.due_releases(now=later) == ()


@pytest.mark.promise("P3.6", "P3.7")
@pytest.mark.parametrize(
    ("kind", "closed"),
    [
        (DemandKind.CEASE_USE, lambda standing: standing.suspended),
        (DemandKind.CEASE_PROVISION, lambda standing: bool(standing.stopped)),
        (DemandKind.ERASURE, lambda standing: standing.tombstone),
    ],
)
def test_the_gate_is_closed_before_anything_is_touched(
    house: Company, monkeypatch: pytest.MonkeyPatch, kind: DemandKind, closed: object
) -> None:
    case_id = approved(cast.HANAKO, everything(kind))
    before = dump(house.home)
    steps = acts.Steps(dies_after="begin")

    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, steps)

    who = execute.person_of(store.case(case_id))
    assert closed(consents.standing(who, now=acts.clock_now()))  # type: ignore[operator]
    assert changed(before, dump(house.home)) == {}


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("where", ["begin", "shop", "mailing", "residue", "seal", "letter"])
def test_an_erasure_whose_process_dies_is_made_once(
    house: Company, where: str, remembered: bool
) -> None:
    """Whether the engine of steps kept a note of what ended, or our own rows alone tell it."""
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    steps = acts.Steps(dies_after=where)

    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, steps)
    assert actions.carry_out(case_id, steps.restart() if remembered else acts.Steps()) is Work.READY

    told = [(each.kind, str(each.body)) for each in append.entries(case_id) if each.by == "system"]
    assert len(told) == len(set(told))
    assert effects(case_id)["shop/addresses"].erased == 1


@pytest.mark.promise("P3.5")
def test_a_correction_reaches_every_copy_of_the_value(house: Company) -> None:
    case_id = approved(
        cast.HANAKO,
        Demand(
            kind=DemandKind.CORRECTION,
            items=("contact",),
            before=cast.HANAKO.email,
            after="hanako.new@mail.example",
        ),
        refs=("shop/members/M000001/email",),
    )
    before = dump(house.home)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    rows = changed(before, dump(house.home))
    assert {"shop/members", "mailing/mailing"} <= set(rows)
    assert cast.HANAKO.email not in str(dump(house.home)["shop/members"])
    assert cast.HANAKO.email not in str(dump(house.home)["mailing/mailing"])


@pytest.mark.promise("P3.5")
def test_what_is_untrue_is_deleted_and_what_is_missing_is_added(house: Company) -> None:
    case_id = approved(
        cast.HANAKO,
        Demand(
            kind=DemandKind.DELETION,
            items=("contact",),
            before=cast.HANAKO.phone,
            after="",
        ),
        Demand(
            kind=DemandKind.ADDITION,
            items=("company",),
            before="",
            after="山本商店",
        ),
        refs=("shop/members/M000001/phone", "shop/members/M000001/company_name"),
    )

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    (member,) = [row for row in dump(house.home)["shop/members"] if row[0] == "M000001"]
    assert cast.HANAKO.phone not in member
    assert "山本商店" in member


@pytest.mark.promise("P3.5")
@pytest.mark.parametrize("stored", ["", None])
def test_what_is_missing_is_added_whether_nothing_or_an_empty_text_stands_there(
    house: Company, stored: str | None
) -> None:
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("UPDATE members SET company_name = ? WHERE member_id = 'M000001'", [stored])
    case_id = approved(
        cast.HANAKO,
        Demand(kind=DemandKind.ADDITION, items=("company",), before="", after="山本商店"),
        refs=("shop/members/M000001/company_name",),
    )

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    (member,) = [row for row in dump(house.home)["shop/members"] if row[0] == "M000001"]
    assert "山本商店" in member


def test_erasing_some_items_only_leaves_the_person_a_member(house: Company) -> None:
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("preference",)))
    before = dump(house.home)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    who = execute.person_of(store.case(case_id))
    assert not consents.standing(who, now=acts.clock_now()).tombstone
    (member,) = [row for row in dump(house.home)["shop/members"] if row[0] == "M000001"]
    assert cast.HANAKO.email in member
    assert changed(before, dump(house.home))


def test_the_plan_is_counted_before_two_persons_decide_and_touches_nothing(house: Company) -> None:
    before = dump(house.home)

    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))

    decision = store.case(case_id).demands[0].decision
    assert decision is not None
    expected = {each.ref: each for each in decision.expected}
    assert expected["shop/addresses"].rows == 1
    assert expected["shop/orders"].held > 0
    assert changed(before, dump(house.home)) == {}
    assert "case.plan.counted" in [each.kind for each in append.entries(case_id)]


@pytest.mark.promise("P3.26")
def test_a_store_that_is_away_is_the_only_one_that_waits(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    path = house.home / "mailing.csv"
    content = path.read_bytes()
    path.unlink()

    assert acts.carry_out(case_id) is Work.WAITING
    case = store.case(case_id)
    assert case.work_note == "store-unreachable:mailing"
    assert not store.executed(case.demands[0].id)
    assert effects(case_id)["shop/addresses"].erased == 1

    path.write_bytes(content)
    assert acts.carry_out(case_id) is Work.READY
    assert cast.HANAKO.email.encode() not in path.read_bytes()


def test_a_plan_that_cannot_be_counted_is_not_decided_on(house: Company) -> None:
    form = replace(acts.filing(cast.HANAKO), demands=(everything(DemandKind.ERASURE),))
    case_id = acts.verified_of(form, cast.HANAKO)
    (house.home / "mailing.csv").unlink()

    with pytest.raises(StoreUnreachable):
        acts.decide(case_id)

    assert store.case(case_id).demands[0].decision is None


def test_a_store_the_map_does_not_know_whole_is_never_called_done(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("CREATE TABLE wishes (member_id TEXT, wish TEXT)")
    shop.close()

    assert acts.carry_out(case_id) is Work.WAITING

    assert store.case(case_id).work_note == "store-unreadable:shop"
    assert effects(case_id) == {}


def test_rows_that_come_while_we_erase_go_as_well(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    steps = acts.Steps(dies_after="begin")
    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, steps)
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(
            "INSERT INTO addresses (address_id, member_id, postal_code, address, valid_from)"
            " VALUES (999999, 'M000001', '100-0001', '東京都千代田区千代田一丁目1番', '2026-11-20')"
        )
    shop.close()

    assert actions.carry_out(case_id, steps.restart()) is Work.READY, store.case(case_id).work_note

    assert effects(case_id)["shop/addresses"].erased == 2


@pytest.mark.promise("P3.5", "P3.6")
def test_what_was_corrected_a_moment_before_is_erased_wherever_it_went(house: Company) -> None:
    correction = Demand(
        kind=DemandKind.CORRECTION,
        items=("contact",),
        before=cast.HANAKO.email,
        after="hanako.new@mail.example",
    )
    form = replace(acts.filing(cast.HANAKO), demands=(correction, everything(DemandKind.ERASURE)))
    case_id = acts.verified_of(form, cast.HANAKO)
    first = store.case(case_id)
    ref = "shop/members/M000001/email"
    actions.name_value(first.demands[0].id, ref, by=acts.SUZUKI, now=NOW, version=first.version)
    acts.decide(case_id)
    acts.approve(case_id)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    assert "hanako" not in str(dump(house.home))
    who = execute.person_of(store.case(case_id))
    assert len(who.shared) == 4  # two addresses, each alone and together with the name


@pytest.mark.promise("P3.6")
def test_who_took_on_another_mail_address_since_is_erased_by_that_one_too(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("UPDATE members SET email = 'h@new.example' WHERE member_id = 'M000001'")
    shop.close()
    path = house.home / "mailing.csv"
    path.write_bytes(path.read_bytes().replace(cast.HANAKO.email.encode(), b"h@new.example"))

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    assert b"h@new.example" not in path.read_bytes()


@pytest.mark.promise("P1.7", "P3.6")
@pytest.mark.parametrize("kind", [DemandKind.ADDITION, DemandKind.CORRECTION])
def test_a_correction_that_comes_late_does_not_bring_an_erased_person_back(
    house: Company, kind: DemandKind
) -> None:
    before = cast.HANAKO.phone if kind is DemandKind.CORRECTION else ""
    column = "phone" if kind is DemandKind.CORRECTION else "company_name"
    late = approved(
        cast.HANAKO,
        Demand(kind=kind, items=("contact",), before=before, after="0312345678"),
        refs=(f"shop/members/M000001/{column}",),
    )
    steps = acts.Steps(dies_after="begin")
    with pytest.raises(acts.Killed):
        acts.carry_out(late, steps)
    steps.recorded.append((steps.ran[-1], "done"))  # it died after the step was recorded
    erasure = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    assert acts.carry_out(erasure) is Work.READY, store.case(erasure).work_note
    erased = dump(house.home)

    assert actions.carry_out(late, steps.restart()) is Work.WAITING

    assert dump(house.home) == erased
    assert store.case(late).work_note == "person-erased:shop"


@pytest.mark.promise("P3.6", "P3.19")
def test_an_erased_member_sees_what_a_law_keeps_and_corrects_nothing(
    house: Company, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("member")
    assert "/member/correct/" in browser.get("/member/").content.decode()
    acts.carry_out(approved(cast.HANAKO, everything(DemandKind.ERASURE)))

    page = browser.get("/member/").content.decode()
    sent = browser.get("/member/correct/?part=0-0", follow=True)

    assert "ご請求により消去したため、この画面からは変更できません。" in page
    assert "/member/correct/" not in page
    assert "1年1月1日" not in page
    assert sent.redirect_chain == [("/member/", 302)]
    with pytest.raises(consents.PersonErased):
        actions.correct_own(
            acts.user_of(cast.HANAKO),
            {"shop/members/M000001/phone": ("", "0312345678")},
            policy_version="2026-04-01",
            one_time_key="late",
            now=acts.clock_now(),
        )


@pytest.mark.parametrize(
    "ref", ["shop/members/M000002/email", "shop/members/M000001/member_id", "shop/nothing/1/x", "x"]
)
def test_only_an_open_value_of_this_person_can_be_named(house: Company, ref: str) -> None:
    demand = Demand(kind=DemandKind.CORRECTION, items=("contact",), before="a", after="b")
    form = replace(acts.filing(cast.HANAKO), demands=(demand,))
    case = store.case(acts.verified_of(form, cast.HANAKO))

    with pytest.raises(execute.ColumnNotOpen):
        actions.name_value(case.demands[0].id, ref, by=acts.SUZUKI, now=NOW, version=case.version)


def test_the_values_to_choose_from_are_this_persons_and_the_look_has_its_entry(
    house: Company,
) -> None:
    demand = Demand(kind=DemandKind.CORRECTION, items=("contact",), before="a", after="b")
    form = replace(acts.filing(cast.HANAKO), demands=(demand,))
    case = store.case(acts.verified_of(form, cast.HANAKO))

    tables = actions.values_to_name(case.demands[0].id, by=acts.SUZUKI, now=NOW)

    refs = [field.ref for table in tables for row in table.rows for field in row if field.ref]
    assert "shop/members/M000001/email" in refs
    assert "case.values.opened" in [each.kind for each in append.entries(case.id)]
