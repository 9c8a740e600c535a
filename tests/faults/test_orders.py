"""Demands on one person at once, step by step in any order and with kills: a legal order exists (F9).

Seven approved cases of 花子 are made once. hypothesis then plays the scheduler: which case takes its
next step, and whether the process dies before the step is recorded. The plain model carries the
same demands out one after the other; what the stores hold at the end, and what was disclosed, must
be what some such order gives. `make sweep` plays many more schedules.
"""

import itertools
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Demand, DemandKind
from mamoru.consents import actions as consents
from mamoru.gate.terms import Standing
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests import sweeps
from tests.cases import acts
from tests.conftest import Company

pytestmark = [pytest.mark.slow, pytest.mark.sweep]

T = TypeVar("T")
FULL = 80
SHARDS = sweeps.shards(4)
FULL_ROUNDS = 20
ROUNDS = sweeps.points(sample=1, whole=FULL_ROUNDS)
SCHEDULES = sweeps.points(sample=3, whole=FULL) // len(SHARDS)
NEW_MAIL, NEW_PHONE, FIRM = "hanako.new@mail.example", "09099990101", "山本商店"


# --- the plain model ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """What the stores say of her."""

    email: str
    phone: str
    firm: str
    mailed: tuple[str, str] | None  # address and state on the mailing list
    there: bool = True


def _after(person: Person, name: str) -> Person:
    if name == "erasure":
        return Person(email="", phone="", firm="", mailed=None, there=False)
    mailed = person.mailed
    if name == "mail":
        return replace(person, email=NEW_MAIL, mailed=mailed and (NEW_MAIL, mailed[1]))
    if name == "phone":
        return replace(person, phone=NEW_PHONE)
    if name == "firm":
        return replace(person, firm=FIRM)
    return replace(person, mailed=mailed and (mailed[0], "stopped")) if name == "use" else person


CORRECTING = {"mail", "phone", "firm"}


def orders(done: set[str]) -> Iterator[list[str]]:
    """Return the orders that are legal: nothing is written back after an erasure."""
    for order in itertools.permutations(sorted(done)):
        erased = order.index("erasure") if "erasure" in done else len(order)
        if not CORRECTING & set(order[erased:]):
            yield list(order)


def states(first: Person, order: list[str]) -> list[Person]:
    """Return what is so before the first and after each demand."""
    return list(itertools.accumulate(order, _after, initial=first))


# --- the real thing ----------------------------------------------------------------------------


class _Paused(BaseException):
    """The scheduler takes the processor away after one step."""


class _Steps:
    """Steps as a worker records them; each run takes one more, and may die before it is recorded."""

    def __init__(self) -> None:
        self.recorded: list[tuple[str, object]] = []
        self.dies = False

    def begin(self, *, dies: bool) -> "_Steps":
        self.dies, self._at, self._left = dies, 0, 1
        return self

    def step(self, name: str, act: Callable[[], T]) -> T:
        if self._at < len(self.recorded):
            known, result = self.recorded[self._at]
            assert known == name, f"the resumed run asks for {name}, the first one did {known}"
            self._at += 1
            return result  # type: ignore[return-value]
        if not self._left:
            raise _Paused
        self._left = 0
        result = act()
        if self.dies:
            raise _Paused
        self.recorded.append((name, result))
        self._at += 1
        return result


def seen(home: Path) -> Person:
    """Return what the stores themselves say."""
    with closing(sqlite3.connect(home / "shop.sqlite3")) as shop:
        email, phone, firm, name = shop.execute(
            "SELECT email, phone, company_name, given_name FROM members WHERE member_id = 'M000001'"
        ).fetchone()
        others = sum(
            shop.execute(f"SELECT count(*) FROM {table} WHERE member_id = 'M000001'").fetchone()[0]
            for table in ("addresses", "inquiries")
        )
    lines = (home / "mailing.csv").read_text("utf-8-sig").splitlines()
    mine = [line.split(",") for line in lines if "hanako" in line]
    assert len(mine) <= 1
    return Person(
        email=email,
        phone=phone,
        firm=firm or "",
        mailed=(mine[0][0], mine[0][3]) if mine else None,
        there=bool(name or others),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The approved cases, and the folder as it was when all were."""

    company: Company
    cases: dict[str, CaseId]
    database: Path

    def put_back(self) -> None:
        connection.close()
        path = Path(connection.settings_dict["NAME"])
        for left in path.parent.glob(f"{path.name}-*"):
            left.unlink()
        shutil.copyfile(self.database, path)
        self.company.restore()


@pytest.fixture
def prepared(house: Company, tmp_path: Path) -> Prepared:
    everything = ("all",)
    wanted: dict[str, tuple[Demand, str]] = {
        "disclosure": (Demand(kind=DemandKind.DISCLOSURE, items=everything), ""),
        "mail": (_correct(cast.HANAKO.email, NEW_MAIL), "email"),
        "phone": (_correct(cast.HANAKO.phone, NEW_PHONE), "phone"),
        "firm": (replace(_correct("", FIRM), kind=DemandKind.ADDITION), "company_name"),
        "use": (Demand(kind=DemandKind.CEASE_USE, items=everything), ""),
        "provision": (Demand(kind=DemandKind.CEASE_PROVISION, items=everything), ""),
        "erasure": (Demand(kind=DemandKind.ERASURE, items=everything), ""),
    }
    cases = {}
    for name, (demand, column) in wanted.items():
        form = replace(acts.filing(cast.HANAKO), demands=(demand,))
        case_id = acts.verified_of(form, cast.HANAKO)
        case = store.case(case_id)
        if column:
            actions.name_value(
                case.demands[0].id,
                f"shop/members/M000001/{column}",
                by=acts.SUZUKI,
                now=acts.NOW,
                version=case.version,
            )
        acts.decide(case_id)
        acts.approve(case_id)
        cases[name] = case_id
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    kept = tmp_path / "kept.sqlite3"
    shutil.copyfile(connection.settings_dict["NAME"], kept)
    return Prepared(house, cases, kept)


def _correct(before: str, after: str) -> Demand:
    return Demand(kind=DemandKind.CORRECTION, items=("contact",), before=before, after=after)


NAMES = ("disclosure", "mail", "phone", "firm", "use", "provision", "erasure")


class Schedules(RuleBasedStateMachine):
    """One schedule of the seven cases."""

    prepared: Prepared
    played = 0

    def __init__(self) -> None:
        super().__init__()
        self.prepared.put_back()
        type(self).played += 1
        self.home = self.prepared.company.home
        self.first = seen(self.home)
        self.steps = {name: _Steps() for name in NAMES}
        self.done: set[str] = set()
        self.refused: dict[str, str] = {}
        self.arranged: set[str] = set()  # in force, and for people to arrange

    @property
    def open(self) -> list[str]:
        ended = {*self.done, *self.refused, *self.arranged}
        return [name for name in NAMES if name not in ended]

    @rule(at=st.integers(0, len(NAMES) - 1), dies=st.sampled_from([False, False, False, True]))
    def a_case_takes_a_step(self, at: int, dies: bool) -> None:
        if self.open:
            self._go_on(self.open[at % len(self.open)], dies=dies)

    def _go_on(self, name: str, *, dies: bool) -> None:
        steps = self.steps[name].begin(dies=dies)
        try:
            execute.run(store.case(self.prepared.cases[name]), steps)
        except _Paused:
            return
        except execute.Waiting as waiting:
            steps.recorded.clear()  # the next try is a new run
            if waiting.note.startswith("hand-work:"):
                self.arranged.add(name)
            elif waiting.seconds >= execute.HAND_WORK_SECONDS:
                self.refused[name] = waiting.note
            return
        self.done.add(name)

    @invariant()
    def what_was_erased_stays_erased(self) -> None:
        if "erasure" in self.done:
            assert seen(self.home) == _after(self.first, "erasure")

    @invariant()
    def the_gate_is_closed_before_anything_goes(self) -> None:
        if not seen(self.home).there:
            assert self._standing("erasure").tombstone

    def _standing(self, name: str) -> Standing:
        who = execute.person_of(store.case(self.prepared.cases[name]))
        return consents.standing(who, now=acts.clock_now())

    def teardown(self) -> None:
        for _ in range(60):
            for name in self.open:
                self._go_on(name, dies=False)
        assert self.open == []
        assert self.arranged == {"provision"}  # no store of the sample has a flag for it
        assert self._standing("provision").stopped
        assert set(self.refused) <= CORRECTING, self.refused
        assert not self.refused or "erasure" in self.done
        last = seen(self.home)
        told = self._disclosed()
        assert any(
            states(self.first, order)[-1] == last and self._fits(states(self.first, order), told)
            for order in self._legal()
        ), (last, told, self.done, self.refused)

    def _legal(self) -> Iterator[list[str]]:
        """Return the orders of what was done; a correction that the erasure overtook may have begun."""
        for count in range(len(self.refused) + 1):
            for begun in itertools.combinations(sorted(self.refused), count):
                yield from orders({*self.done, *begun} - {"disclosure"})

    def _disclosed(self) -> tuple[tuple[str, str] | None, str | None]:
        demand = store.case(self.prepared.cases["disclosure"]).demands[0].id
        members = store.values(demand, "shop/members")
        mailing = store.values(demand, "mailing/mailing")
        return (
            (str(members[0]["email"]), str(members[0]["phone"])) if members else None,
            str(mailing[0]["email"]) if mailing else None,
        )

    @staticmethod
    def _fits(passed: list[Person], told: tuple[tuple[str, str] | None, str | None]) -> bool:
        """Each store was read at some moment of the order.

        Not both at the same one: nothing holds two stores together, and an erasure that is under
        way may have done the one and not yet the other.
        """
        return any((each.email, each.phone) == told[0] for each in passed) and any(
            (each.mailed[0] if each.mailed else None) == told[1] for each in passed
        )


@pytest.mark.promise("P1.7", "P3.5", "P3.6")
@pytest.mark.parametrize("shard", SHARDS)
def test_demands_at_once_have_a_legal_order_and_nothing_comes_back(
    prepared: Prepared, shard: int, record_property: sweeps.Record
) -> None:
    class Played(Schedules):
        pass

    Played.prepared = prepared
    play = settings(
        max_examples=SCHEDULES,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.generate],  # a schedule is short as it is; looking for a shorter one is not
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        database=None,
    )
    run_state_machine_as_test(Played, settings=play)

    what = "schedules of seven cases of one person"
    sweeps.record(record_property, what, ran=Played.played, of=FULL // len(SHARDS))
    assert Played.played >= SCHEDULES


@pytest.mark.promise("P1.7", "P3.5", "P3.6", "P3.26")
def test_demands_carried_out_by_threads_at_the_same_time_have_a_legal_order(
    prepared: Prepared, record_property: sweeps.Record
) -> None:
    class Threaded(Schedules):
        pass

    Threaded.prepared = prepared
    failed: list[BaseException] = []
    for _ in range(ROUNDS):
        played, together = Threaded(), threading.Barrier(len(NAMES))

        def carry(name: str, played: Threaded = played, together: Any = together) -> None:
            try:
                together.wait()
                for _ in range(60):  # a store that another holds is asked again
                    if name in played.open:
                        played._go_on(name, dies=False)
            except BaseException as problem:  # noqa: BLE001 - told below, in the test's own thread
                failed.append(problem)
            finally:
                connection.close()

        threads = [threading.Thread(target=carry, args=(name,)) for name in NAMES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        played.teardown()
    sweeps.record(record_property, "seven demands in seven threads", ran=ROUNDS, of=FULL_ROUNDS)
