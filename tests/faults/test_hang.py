"""One store hangs, another case goes on; when it wakes, both converge within a minute (F4, P3.26)."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from mamoru.cases import execute, store
from mamoru.cases.execute import carry
from mamoru.cases.terms import Demand, DemandKind, Work
from mamoru.connectors.postgresql import Postgresql
from mamoru.kit import clock
from mamoru.kit.ids import CaseId
from mamoru.site import work
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Home, Someone
from tests import sweeps
from tests.cases import acts
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines
from tests.faults.engines import Shop

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.sweep]


def until(done: Callable[[], bool], *, seconds: float) -> None:
    """Wait for the worker's threads."""
    latest = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < latest, "the worker did not get there"
        time.sleep(0.02)


def employee(home: Path) -> Someone:
    """Return an employee, of whom the shop knows nothing."""
    with closing(sqlite3.connect(home / "personnel.sqlite3")) as personnel:
        row = personnel.execute(
            "SELECT employee_id, name, kana, birth_date, postal_code, address, email, phone"
            " FROM employees WHERE retired_on IS NULL ORDER BY 1"
        ).fetchone()
    (family, given), (family_kana, given_kana) = row[1].split(), row[2].split()
    return Someone(
        family_name=family,
        given_name=given,
        family_name_kana=family_kana,
        given_name_kana=given_kana,
        birth=date.fromisoformat(row[3]),
        home=Home(postal_code=row[4], address=row[5]),
        email=row[6],
        phone=row[7],
        keys={"member_id": (row[0],)},  # the key by which the desk picks the record
    )


def approved(someone: Someone, demand: Demand) -> CaseId:
    case_id = acts.verified_of(replace(acts.filing(someone), demands=(demand,)), someone)
    acts.decide(case_id)
    acts.approve(case_id)
    return case_id


def impatient(shop: Shop) -> None:
    """Wait for the shop no longer than two seconds."""
    before = execute.hands()
    connector = Postgresql("shop", shop.url, fence=True, wait_seconds=1.0, limit_seconds=2.0)
    execute.install(replace(before, connectors={**before.connectors, "shop": connector}))


@contextmanager
def hung(shop: Shop, postgres: servers.Postgres) -> Iterator[None]:
    """The server and what serves us stand still: they take connections and never answer."""
    with psycopg.connect(shop.url) as looker:
        pids = [
            int(pid)
            for (pid,) in looker.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'mamoru'"
                " AND datname = current_database()"
            )
        ]
    stopped = [*pids, int((postgres.folder / "postmaster.pid").read_text().split()[0])]
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(stopped):
            os.kill(process, signal.SIGCONT)


@contextmanager
def slow(shop: Shop, postgres: servers.Postgres) -> Iterator[None]:
    """The server answers, but what we ask for takes longer than anybody waits."""
    with psycopg.connect(shop.url) as holder:
        holder.execute("LOCK TABLE members IN ACCESS EXCLUSIVE MODE")
        yield
        holder.rollback()


FAULTS = {"hung": hung, "slow": slow}


@pytest.fixture(params=sweeps.take(list(FAULTS), sample=1))
def troubled(
    request: pytest.FixtureRequest, house: Company, postgres: servers.Postgres
) -> tuple[Shop, AbstractContextManager[None]]:
    """The shop on PostgreSQL, and what will befall it."""
    shop = engines.of_postgresql(postgres.database(), house.home / "shop.sqlite3")
    return shop, FAULTS[request.param](shop, postgres)


@pytest.mark.promise("P3.26")
def test_a_hung_or_slow_store_holds_up_nobody_else_and_converges_when_it_wakes(
    troubled: tuple[Shop, AbstractContextManager[None]],
    house: Company,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: sweeps.Record,
) -> None:
    shop, trouble = troubled
    assert execute.RETRY_SECONDS < 60
    if not sweeps.LEVEL:  # the whole waits as long as the product does
        monkeypatch.setattr(carry, "RETRY_SECONDS", 3)
    with engines.in_hand(shop, house.home, tmp_path):
        impatient(shop)
        waits = approved(cast.HANAKO, Demand(kind=DemandKind.ERASURE, items=("all",)))
        goes_on = approved(
            employee(house.home), Demand(kind=DemandKind.DISCLOSURE, items=("employment",))
        )
        try:
            with trouble:
                work.start()
                until(lambda: store.case(goes_on).work is Work.READY, seconds=60)
                until(lambda: store.case(waits).work is Work.WAITING, seconds=60)
                assert store.case(waits).work_note == "store-unreachable:shop"
                assert not store.executed(store.case(waits).demands[0].id)
                again = store.next_try(waits)
                assert again is not None
                assert (again - clock.now()).total_seconds() < 60
            until(lambda: store.case(waits).work is Work.READY, seconds=60)
        finally:
            work.stop()

    sweeps.record(
        record_property, "ways of a store to keep us waiting", ran=1, of=1 + (not sweeps.LEVEL)
    )
