"""Nothing is said that is not so: no word for an act, nobody else's row, no way past the record."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.execute import changing, rows
from mamoru.cases.execute.installed import connector
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import Demand, DemandKind, Stage, Work
from mamoru.consents import actions as consents
from mamoru.gate.permit import PermitRefused
from mamoru.kit.ids import REQUESTER
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_change import approved, changed, dump, effects, everything
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")

T = TypeVar("T")

ICHIRO = f"{cast.HANAKO.email},山本 一郎,campaign,active,2020-01-01"


def share_the_mailbox(home: Path) -> None:
    """Let 一郎 of the same house take the news mail at 花子's address."""
    path = home / "mailing.csv"
    text = path.read_text("utf-8-sig")
    path.write_text(f"{text.rstrip()}\n{ICHIRO}\n", "utf-8-sig")


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize("kind", [DemandKind.DISCLOSURE, DemandKind.ERASURE])
def test_nobodys_word_replaces_what_the_machine_does(house: Company, kind: DemandKind) -> None:
    case_id = approved(cast.HANAKO, everything(kind))
    (house.home / "mailing.csv").unlink()
    acts.carry_out(case_id)

    with pytest.raises(StageForbidden, match="by the machine"):
        actions.record_carried_out(
            store.case(case_id).demands[0].id, by=SUZUKI, now=NOW, note="やった"
        )


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize("kind", [DemandKind.ERASURE, DemandKind.CEASE_USE])
def test_another_of_the_house_keeps_the_row_under_the_same_address(
    house: Company, kind: DemandKind
) -> None:
    case_id = approved(cast.HANAKO, everything(kind))
    share_the_mailbox(house.home)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    lines = [row[0] for row in dump(house.home)["mailing/mailing"]]
    assert ICHIRO in lines
    assert not [
        line
        for line in lines
        if str(line).startswith(f"{cast.HANAKO.email},山本 花子,campaign,active")
    ]
    assert effects(case_id)["mailing/mailing"].withheld == 1


def test_a_correction_leaves_the_address_of_another_of_the_house(house: Company) -> None:
    demand = Demand(
        kind=DemandKind.CORRECTION, items=("contact",), before="旧", after="new@mail.example"
    )
    case_id = approved(cast.HANAKO, demand, refs=("shop/members/M000001/email",))
    share_the_mailbox(house.home)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    lines = [str(row[0]) for row in dump(house.home)["mailing/mailing"]]
    assert ICHIRO in lines
    assert [line for line in lines if line.startswith("new@mail.example,山本 花子")]


@pytest.mark.promise("P3.7")
def test_a_stop_that_no_store_can_hold_is_in_force_and_waits_for_people(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.CEASE_PROVISION))

    assert acts.carry_out(case_id) is Work.WAITING

    case = store.case(case_id)
    assert case.work_note == "hand-work:cease-provision"
    assert consents.standing(execute.person_of(case), now=acts.clock_now()).stopped


def test_what_rows_are_told_by_is_not_left_in_silence(house: Company) -> None:
    case_id = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("contact",)))
    before = dump(house.home)

    assert acts.carry_out(case_id) is Work.WAITING

    assert store.case(case_id).work_note == "hand-work:erasure"
    assert changed(before, dump(house.home)) == {}


def test_a_case_that_is_half_carried_out_is_not_withdrawn(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    (house.home / "mailing.csv").unlink()
    assert acts.carry_out(case_id) is Work.WAITING

    assert not actions.possible(store.case(case_id), Stage.WITHDRAWN)
    with pytest.raises(StageForbidden, match="carried out"):
        actions.withdraw_case(case_id, by=REQUESTER, now=NOW)


@pytest.mark.promise("P3.6")
def test_nobody_is_corrected_back_after_the_erasure(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.set_clock(monkeypatch, NOW)
    demand = Demand(kind=DemandKind.CORRECTION, items=("contact",), before="旧", after="080-1-1")
    earlier = approved(cast.HANAKO, demand, refs=("shop/members/M000001/phone",))
    form = replace(acts.filing(cast.HANAKO), demands=(demand,))
    later = acts.verified_of(form, cast.HANAKO)
    assert acts.carry_out(approved(cast.HANAKO, everything(DemandKind.ERASURE))) is Work.READY
    before = dump(house.home)

    assert acts.carry_out(earlier) is Work.WAITING
    assert store.case(earlier).work_note.startswith("person-erased")
    with pytest.raises(consents.PersonErased):
        acts.decide(later)

    assert changed(before, dump(house.home)) == {}


class Meanwhile(acts.Steps):
    """Steps of which one finds that another worker has just done something."""

    def __init__(self, at: str, other: Callable[[], object]) -> None:
        super().__init__()
        self.at, self.other = at, other

    def step(self, name: str, act: Callable[[], T]) -> T:
        if name.endswith(self.at):
            self.other()
        return super().step(name, act)


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize("kind", [DemandKind.ERASURE, DemandKind.CEASE_USE])
def test_a_key_that_the_company_changes_while_we_work_is_looked_for_as_well(
    house: Company, kind: DemandKind
) -> None:
    new = "hanako.new@mail.example"

    def moved() -> None:
        with sqlite3.connect(house.home / "shop.sqlite3") as shop:
            shop.execute("UPDATE members SET email = ? WHERE member_id = 'M000001'", (new,))
        shop.close()
        path = house.home / "mailing.csv"
        path.write_text(path.read_text("utf-8-sig").replace(cast.HANAKO.email, new), "utf-8-sig")

    case_id = approved(cast.HANAKO, everything(kind))

    done = acts.carry_out(case_id, Meanwhile(" shop", moved))

    assert done is Work.READY, store.case(case_id).work_note
    listed = [row for (row,) in dump(house.home)["mailing/mailing"] if str(row).startswith(new)]
    assert all("stopped" in str(row) for row in listed)
    assert len(listed) == (kind is DemandKind.CEASE_USE)


def test_what_cannot_be_done_as_decided_goes_back_to_two_persons(house: Company) -> None:
    demand = Demand(kind=DemandKind.CORRECTION, items=("contact",), before="旧", after="080-2-2")
    case_id = approved(cast.HANAKO, demand, refs=("shop/members/M000001/phone",))
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute("UPDATE members SET phone = '070-9' WHERE member_id = 'M000001'")
    shop.close()
    assert acts.carry_out(case_id) is Work.WAITING
    case = store.case(case_id)
    assert case.work_note == "value-changed-meanwhile:shop"

    actions.reopen_case(case_id, reason="値が変わった", by=SUZUKI, now=NOW, version=case.version)
    version = store.case(case_id).version
    actions.name_value(
        case.demands[0].id, "shop/members/M000001/phone", by=SUZUKI, now=NOW, version=version
    )
    acts.decide(case_id)
    acts.approve(case_id)

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note
    (member,) = [row for row in dump(house.home)["shop/members"] if row[0] == "M000001"]
    assert "080-2-2" in member


@pytest.mark.promise("P1.7")
def test_a_store_put_back_before_the_seal_is_emptied_again(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    path = house.home / "shop.sqlite3"
    old = path.read_bytes()
    steps = acts.Steps(dies_after="mailing residue")
    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, steps)
    path.write_bytes(old)

    assert actions.carry_out(case_id, steps.restart()) is Work.WAITING
    assert store.case(case_id).work_note == "not-proven:shop"
    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    assert not [row for row in dump(house.home)["shop/addresses"] if "M000001" in row]
    assert "case.place.undone" in [each.kind for each in append.entries(case_id)]


@pytest.mark.promise("P3.6")
def test_a_second_wave_that_dies_before_its_last_step_is_ended_later(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    acts.carry_out(case_id)
    demand = store.case(case_id).demands[0]
    day = effects(case_id)["shop/orders"].release_on
    assert day is not None
    acts.set_clock(monkeypatch, acts.noon(day))
    case = store.case(case_id)
    assert execute.changing.change(case, demand, "shop", wave=1) == "done"  # and then it dies
    assert actions.due_releases(now=acts.noon(day)) == (demand.id,)

    assert actions.release_held(demand.id, acts.Steps())

    late = [each for each in kept.effects(demand.id) if each.wave == 1 and each.erased]
    assert late
    assert {each.level for each in late} == {"E2"}
    assert actions.due_releases(now=acts.noon(day)) == ()


@pytest.mark.promise("P1.5", "P3.6")
def test_an_act_on_other_keys_than_those_that_were_frozen_is_refused(house: Company) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))
    case, before = store.case(case_id), dump(house.home)
    at = rows.task(case, case.demands[0], "shop", now=NOW)
    hand = connector("shop")
    frozen, _ = rows.resolve(at)
    acts_now = changing.acts_for(at, frozen, hand.shape())
    act = next(each for each in acts_now if each.table == "members" and each.delete)
    wider = replace(
        act, reaches=tuple(replace(each, keys=(*each.keys, "M000002")) for each in act.reaches)
    )

    for allowed, done in ((at.permit(frozen), wider), (at.permit(), act)):
        with pytest.raises(PermitRefused):
            hand.prove(allowed, (done,), NOW)
        with pytest.raises(PermitRefused):
            hand.apply(allowed, (done,), fence="f", now=NOW)
    with pytest.raises(PermitRefused):
        hand.deepen(at.permit(), ["members"], NOW)

    assert dump(house.home) == before
    assert hand.prove(at.permit(frozen), (act,), NOW)[0].referred == 1  # hers, seen by it


@pytest.mark.promise("P3.6")
def test_a_key_known_after_a_store_was_done_is_looked_for_there_before_the_seal(
    house: Company,
) -> None:
    case_id = approved(cast.HANAKO, everything(DemandKind.ERASURE))

    class Moving(acts.Steps):
        """A later store tells of another address of hers, and the shop holds a letter from it."""

        def step(self, name: str, act: Callable[[], T]) -> T:
            if name.endswith(" mailing"):
                case = store.case(case_id)
                assert case.identity is not None
                known = replace(case.identity, later=(("email", ("h@new.example",)),))
                store.save_identity(case_id, known, version=case.version)
                with sqlite3.connect(house.home / "shop.sqlite3") as shop:
                    shop.execute(
                        "UPDATE inquiries SET member_id = NULL, email = 'h@new.example', name = ?"
                        " WHERE inquiry_id = (SELECT max(inquiry_id) FROM inquiries)",
                        (known.registered.name,),
                    )
                shop.close()
            return super().step(name, act)

    store.claim_work(case_id)
    assert actions.carry_out(case_id, Moving()) is Work.WAITING
    assert store.case(case_id).work_note == "not-proven:shop"
    assert "h@new.example" in str(dump(house.home))

    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

    assert "h@new.example" not in str(dump(house.home))
