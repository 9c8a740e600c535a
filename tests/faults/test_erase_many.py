"""A hundred erasures among ten thousand persons through the engine change nobody else's row (P1.6)."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mamoru.site.sample import generate
from tests import sweeps
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines, restoring
from tests.faults.engines import Shop
from tests.faults.restoring import ERASED, FULL, PERSONS

pytestmark = [pytest.mark.slow, pytest.mark.sweep]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    generate.create(folder, seed=7, persons=PERSONS, today=date(2026, 11, 20))
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop(request: pytest.FixtureRequest, many: Path, tmp_path: Path) -> Iterator[Shop]:
    if request.param == "sqlite":
        yield engines.of_sqlite(tmp_path / "shop.sqlite3", many / "shop.sqlite3")
        return
    postgres: servers.Postgres = request.getfixturevalue("postgres")
    yield engines.of_postgresql(postgres.database(), many / "shop.sqlite3")


@pytest.mark.promise("P1.7", "P3.6")
def test_row_by_row_nobody_else_is_changed_and_an_old_copy_is_seen_for_what_it_is(
    shop: Shop, house: Company, many: Path, tmp_path: Path, record_property: sweeps.Record
) -> None:
    home = tmp_path / "company"
    shutil.copytree(many, home)
    shutil.copy(house.home / "datamap.yaml", home)
    before = restoring.everything(shop, home)
    old = restoring.backup(shop, tmp_path)
    people = engines.somebody(many / "shop.sqlite3", after=50, count=ERASED)

    with engines.in_hand(shop, home, tmp_path):
        cases = restoring.erase(people)
        after = restoring.everything(shop, home)
        foreign = restoring.foreign(before, after, people)
        gone = sum(sum((before[name] - after[name]).values()) for name in before)

        restoring.restore(shop, old)
        back = restoring.visible(shop, people)

    what = f"erased among {PERSONS} on {shop.kind}, {gone} rows changed, {len(foreign)} foreign"
    sweeps.record(record_property, what, ran=len(cases), of=FULL)
    assert (len(cases), foreign) == (ERASED, Counter())
    # What a restore brings back is `mamoru restore gate`'s to take away again: until it has run,
    # the rows are there, and the product's own tombstones say that they must not be.
    assert len(back) == ERASED
    assert restoring.buried(people) == ERASED
