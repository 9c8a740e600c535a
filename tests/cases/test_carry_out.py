"""A decided case is carried out once, whatever dies meanwhile (P3.3, P3.24; reliability F1, F3)."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import connection

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import (
    AnswerMethod,
    DemandKind,
    DispatchKind,
    LocationReceipt,
    Outcome,
    ProofKind,
    ProofOf,
    Role,
    Stage,
    TellingWay,
    Work,
)
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.conftest import TODAY, Company

T = TypeVar("T")

pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.promise("P3.3", "P3.24")
def test_a_persons_disclosure_goes_from_form_to_letter() -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)

    case = acts.answered(case_id)

    assert case.stage is Stage.DECIDED
    assert [each.decision.outcome for each in case.demands if each.decision] == [
        Outcome.FULFILLED
    ] * 3
    letter = store.answer(case_id)
    assert letter is not None
    assert letter[1].startswith(b"%PDF-")


def test_another_thread_than_the_one_that_wired_writes_its_entries(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    before = len(append.entries(case_id))
    results: list[object] = []

    def work() -> None:
        try:
            results.append(acts.carry_out(case_id))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert results == [Work.READY]
    assert len(append.entries(case_id)) > before


class Paused(acts.Steps):
    """A worker that stands still before one step, while another ends the case."""

    def __init__(self, case_id: CaseId, *, before: str, then: str = "") -> None:
        super().__init__()
        self.case_id, self.before, self.then = case_id, before, then

    def step(self, name: str, act: Callable[[], T]) -> T:
        if not name.endswith(self.before):
            return super().step(name, act)
        assert actions.carry_out(self.case_id, acts.Steps()) is Work.READY
        return super().step(name, (lambda: self.then) if self.then else act)  # type: ignore[return-value]


@pytest.mark.promise("P3.26")
@pytest.mark.parametrize(("before", "then"), [("letter", ""), ("shop", "store-unreachable:shop")])
def test_a_paused_worker_that_wakes_neither_takes_a_ready_answer_back_nor_makes_another(
    before: str, then: str
) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)

    paused = Paused(case_id, before=before, then=then)

    assert acts.carry_out(case_id, paused) is Work.READY
    assert store.case(case_id).work is Work.READY
    kinds = [each.kind for each in append.entries(case_id)]
    assert kinds.count("case.answer.composed") == 1


@pytest.mark.promise("P3.26")
def test_a_paused_worker_leaves_the_try_that_another_has_begun_since() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)

    class Late(acts.Steps):
        def step(self, name: str, act: Callable[[], T]) -> T:
            if name == "letter":
                store.set_work(case_id, Work.QUEUED)
                store.claim_work(case_id)
            return super().step(name, act)

    assert acts.carry_out(case_id, Late()) is Work.RUNNING
    assert store.answer(case_id) is None


@pytest.mark.promise("P3.26")
def test_a_failure_of_a_paused_worker_does_not_take_a_ready_answer_back() -> None:
    case_id = acts.answered(acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)).id

    actions.note_failure(case_id, "OperationalError", now=clock.now())

    assert store.case(case_id).work is Work.READY


KILLED_AFTER = ("begin", "shop", "mailing", "provision records", "seal", "letter")


@pytest.mark.promise("P3.3", "P3.5")
@pytest.mark.parametrize("where", KILLED_AFTER)
def test_a_process_killed_between_effect_and_record_does_nothing_twice(where: str) -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.decide(case_id)
    acts.approve(case_id)
    steps = acts.Steps(dies_after=where)

    with pytest.raises(acts.Killed):
        acts.carry_out(case_id, steps)
    first = store.answer(case_id)
    assert actions.carry_out(case_id, steps.restart()) is Work.READY

    case = store.case(case_id)
    told = [
        (entry.kind, entry.body.get("demand"), entry.body.get("place"))
        for entry in append.entries(case_id)
    ]
    done = [each for each in told if each[0].startswith(("case.place", "case.execution"))]
    assert len(done) == len(set(done))
    assert told.count(("case.answer.composed", None, None)) == 1
    for demand in case.demands:
        assert told.count(("case.demand.carried-out", demand.id, None)) == 1
        places = [f"{each.store}/{each.table}" for each in store.receipts(demand.id)]
        assert len(places) == len(set(places))
    assert first is None or first == store.answer(case_id)


def test_two_runs_of_one_case_at_once_leave_one_receipt_and_one_entry() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    store.claim_work(case_id)

    class Overtaken(acts.Steps):
        """Before each step, another worker does the whole case."""

        def step(self, name: str, act: Callable[[], T]) -> T:
            execute.run(store.case(case_id), acts.Steps())
            return super().step(name, act)

    execute.run(store.case(case_id), Overtaken())

    kinds = [entry.kind for entry in append.entries(case_id)]
    places = store.receipts(store.case(case_id).demands[0].id)
    assert kinds.count("case.place.read") == len(places)
    assert kinds.count("case.execution.began") == kinds.count("case.demand.carried-out") == 1


@pytest.mark.parametrize("kind", [DemandKind.DISCLOSURE, DemandKind.ERASURE])
def test_a_store_of_many_tables_is_written_down_at_once(kind: DemandKind) -> None:
    case_id = acts.verified(cast.HANAKO, kind)
    acts.decide(case_id)
    acts.approve(case_id)
    store.claim_work(case_id)
    case = store.case(case_id)
    demand = case.demands[0]
    said: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        execute.run(case, acts.Steps())

    def count(start: str) -> int:
        return sum(sql.startswith(start) for sql in said)

    told = [entry.kind for entry in append.entries(case_id)]
    stores = len({each.store for each in store.receipts(demand.id)})
    assert len(store.receipts(demand.id)) > stores
    assert count('INSERT INTO "cases_receiptrow"') == stores
    # One lock of the ledger for the beginning and the end, one for what a step did in a store,
    # one for its residue, and one for the standing of who is erased.
    more = told.count("case.erasure.deepened") + (kind is DemandKind.ERASURE)
    assert count("UPDATE mamoru_ledger_head SET touched") == 2 + stores + more


def test_a_receipt_is_kept_once() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    demand_id = store.case(case_id).demands[0].id
    done = LocationReceipt(store="shop", table="members", rows=1, digest="a" * 64, at=acts.NOW)

    assert store.save_receipts(demand_id, {"shop/members": (done, ({"a": 1},))}) == {"shop/members"}
    later = {"shop/members": (done, ({"a": 2},)), "shop/orders": (done, ())}
    assert store.save_receipts(demand_id, later) == {"shop/orders"}
    assert store.values(demand_id, "shop/members") == ({"a": 1},)


@pytest.mark.promise("P3.3")
@pytest.mark.parametrize("away", ["mailing.csv", "shop.sqlite3"])
def test_a_store_that_is_away_makes_the_case_wait_and_nothing_is_answered(
    house: Company, away: str
) -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.decide(case_id)
    acts.approve(case_id)
    hidden = (house.home / away).rename(house.home / "away")

    for _ in range(3):
        assert acts.carry_out(case_id) is Work.WAITING

    case = store.case(case_id)
    began = [each for each in append.entries(case_id) if each.kind == "case.execution.began"]
    assert case.stage is Stage.DECIDED
    assert case.work_note == f"store-unreachable:{away.partition('.')[0]}"
    assert store.answer(case_id) is None
    assert len({each.body["demand"] for each in began}) == len(began)
    assert store.due_work(now=clock.now()) == ()
    later = clock.now() + timedelta(seconds=execute.RETRY_SECONDS + 5)
    assert store.due_work(now=later) == (case_id,)

    hidden.rename(house.home / away)
    assert acts.carry_out(case_id) is Work.READY
    assert store.answer(case_id) is not None


@pytest.mark.promise("P3.26")
def test_a_store_that_cannot_be_read_is_tried_again_soon_and_goes_on_once_repaired(
    house: Company,
) -> None:
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.decide(case_id)
    acts.approve(case_id)
    shop = house.home / "shop.sqlite3"
    sound = shop.read_bytes()
    shop.write_bytes(b"no database at all" * 500)

    assert acts.carry_out(case_id) is Work.WAITING

    later = clock.now() + timedelta(seconds=execute.RETRY_SECONDS + 5)
    assert store.answer(case_id) is None
    assert store.due_work(now=later) == (case_id,)
    shop.write_bytes(sound)
    assert acts.carry_out(case_id) is Work.READY


def test_what_was_approved_is_carried_out_and_no_other_plan() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.decide(case_id)
    acts.approve(case_id)
    with acts.without("mailing"):
        assert acts.carry_out(case_id) is Work.WAITING
        assert store.case(case_id).work_note == "plan-changed:disclosure"
        assert store.receipts(store.case(case_id).demands[0].id) == ()

    assert acts.carry_out(case_id) is Work.READY


@pytest.mark.promise("P3.24")
def test_the_letter_of_a_lawyers_case_holds_what_is_held_and_goes_to_the_proven_address() -> None:
    kinds = acts.EVERYTHING
    case_id = acts.file(acts.filing(cast.TARO, *kinds, role=Role.LAWYER, agent=cast.SATO))
    acts.papers_of_a_lawyer(case_id, cast.TARO, cast.SATO, kinds)
    acts.identify(case_id)
    actions.ask_supplement(case_id, ("address-differs",), "", by=acts.SUZUKI, now=acts.NOW)
    assert actions.supplement_letter(case_id, by=acts.SUZUKI, now=acts.NOW).startswith(b"%PDF-")
    both = acts.finding(cast.TARO, issued_on=TODAY, former=cast.TARO.registered_home.address)
    acts.hand_in(case_id, ProofKind.RESIDENT_RECORD, ProofOf.PERSON, both)
    actions.submit_supplement(case_id, by=REQUESTER, now=acts.NOW)
    actions.verify_case(case_id, by=acts.SUZUKI, now=acts.NOW)

    acts.answered(case_id)

    text = letter_text(case_id)
    assert cast.SATO.home.address in text or cast.TARO.home.address in text
    assert text.count("株式会社") > 0
    assert all(part in text for part in (cast.TARO.email, "髙橋", "M000002"))
    receipts = store.receipts(store.case(case_id).demands[1].id)
    assert {each.table: each.rows for each in receipts}["orders"] == cast.TARO_ORDERS
    actions.open_letter(case_id, by=acts.SUZUKI, now=acts.NOW)
    actions.telling_letter(case_id, by=acts.SUZUKI, now=acts.NOW)
    actions.record_told(case_id, way=TellingWay.ORDINARY_MAIL, by=acts.SUZUKI, now=acts.NOW)
    actions.send_answer(
        case_id,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=acts.SUZUKI,
        now=acts.NOW,
    )
    assert store.case(case_id).stage is Stage.ANSWERED


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize(
    ("chosen", "dispatch"),
    [
        (AnswerMethod.ELECTRONIC, DispatchKind.SIMPLIFIED_REGISTERED_MAIL),
        (AnswerMethod.PAPER, DispatchKind.DOWNLOAD),
    ],
)
def test_an_answer_leaves_in_no_other_way_than_the_person_chose(
    chosen: AnswerMethod, dispatch: DispatchKind
) -> None:
    form = replace(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), answer_method=chosen)
    case_id = acts.verified_of(form, cast.HANAKO)
    acts.answered(case_id)
    actions.open_letter(case_id, by=acts.SUZUKI, now=acts.NOW)
    number = "" if dispatch is DispatchKind.DOWNLOAD else "123-45-67890-1"

    with pytest.raises(actions.StageForbidden, match="another way of answering"):
        actions.send_answer(
            case_id, dispatch=dispatch, tracking_number=number, by=acts.SUZUKI, now=acts.NOW
        )

    assert store.case(case_id).stage is Stage.DECIDED
    assert "case.answered" not in {each.kind for each in append.entries(case_id)}


def letter_text(case_id: CaseId) -> str:
    letter = store.answer(case_id)
    assert letter is not None
    return pdfs.words(letter[1])
