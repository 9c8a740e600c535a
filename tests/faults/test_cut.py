"""The answer to any COMMIT of a case is lost, or the COMMIT itself: the case waits and ends once (F5)."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mamoru.cases import execute, store
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import Demand, DemandKind, Work
from tests import needs, sweeps
from tests.cases import acts
from tests.conftest import Company
from tests.connectors import servers
from tests.connectors.proxy import Mode, Proxy
from tests.faults import engines, restoring
from tests.faults.engines import Shop

pytestmark = [pytest.mark.slow, pytest.mark.sweep]

MODES = (Mode.CUT_AFTER, Mode.CUT_BEFORE, Mode.RESET_AFTER)


@contextmanager
def proxied(shop: Shop, path: str) -> Iterator[tuple[Shop, Proxy]]:
    """Let the product reach the shop through a proxy only; the test looks past it."""

    def upstream() -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.connect(path)
        return made

    proxy = Proxy(upstream, b"COMMIT")
    parts = make_url(shop.url)
    options = "?sslmode=disable&gssencmode=disable" if shop.kind == "postgresql" else ""
    url = f"{shop.kind}://{parts.username}@127.0.0.1:{proxy.port}/{parts.database}{options}"
    try:
        yield replace(shop, url=url), proxy
    finally:
        proxy.stop()


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres), "mariadb"])
def served(request: pytest.FixtureRequest, house: Company) -> Iterator[tuple[Shop, Proxy]]:
    source = house.home / "shop.sqlite3"
    if request.param == "postgresql":
        postgres: servers.Postgres = request.getfixturevalue("postgres")
        shop = engines.of_postgresql(postgres.database(), source)
        parts = make_url(shop.url)
        path = f"{parts.query['host']}/.s.PGSQL.{parts.port or 5432}"
    else:
        needs.require("mariadb")
        maria: servers.Maria = request.getfixturevalue("maria")
        shop = engines.of_mariadb(maria.database(), str(maria.socket), source)
        path = str(maria.socket)
    with proxied(shop, path) as made:
        yield made


@pytest.mark.promise("P3.5", "P3.6")
def test_a_lost_commit_leaves_the_truth_in_the_case_and_nothing_is_done_twice(
    served: tuple[Shop, Proxy],
    house: Company,
    tmp_path: Path,
    record_property: sweeps.Record,
) -> None:
    shop, proxy = served
    modes = sweeps.take(MODES, sample=1)
    people = iter(engines.somebody(house.home / "shop.sqlite3", after=10, count=40))
    waited = set()
    with engines.in_hand(shop, house.home, tmp_path):
        for mode in modes:
            for passing in range(10):
                someone, before = next(people), restoring.everything(shop, house.home)
                demand = Demand(kind=DemandKind.ERASURE, items=("all",))
                form = replace(acts.filing(someone), demands=(demand,))
                case_id = acts.verified_of(form, someone)
                acts.decide(case_id)
                acts.approve(case_id)
                state, known = store.case(case_id).demands[0], proxy.cuts
                proxy.mode, proxy.passing = mode, passing

                first = acts.carry_out(case_id)

                if proxy.cuts == known:  # there are no more
                    proxy.mode = Mode.PASS
                    assert first is Work.READY
                    break
                if first is Work.WAITING:
                    waited.add(mode)
                    case = store.case(case_id)
                    assert case.work_note == "store-unreachable:shop"
                    assert not store.executed(state.id)
                    again = store.next_try(case_id)
                    assert again is not None
                    assert (again - acts.clock_now()).total_seconds() <= execute.RETRY_SECONDS
                    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note

                after = restoring.everything(shop, house.home)
                assert restoring.foreign(before, after, [someone]) == Counter()
                assert restoring.visible(shop, [someone]) == []
                told = kept.effects(state.id)
                gone = sum((before[name] - after[name]).total() for name in before)
                assert sum(each.erased + each.written for each in told) == gone, (mode, passing)
    what = "ways to lose each COMMIT of a case, two engines"
    sweeps.record(record_property, what, ran=len(modes), of=len(MODES))
    assert waited == set(modes)
