"""The disk of a store's server is full: nothing is claimed, others go on, room ends it (F4, P3.26).

The server says what it says of a full disk, by its own code; a trigger lets it say so when the
product writes there, since no test may fill the disk of the machine.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mamoru.cases import store
from mamoru.cases.terms import DemandKind, Work
from mamoru.site.sample import cast
from tests import needs
from tests.cases import acts
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines
from tests.faults.engines import Shop

FULL = {
    "postgresql": (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100';"
        " END $$",
        "CREATE TRIGGER full_disk BEFORE DELETE OR UPDATE ON inquiries"
        " FOR EACH ROW EXECUTE FUNCTION full_disk()",
    ),
    "mariadb": (
        "CREATE TRIGGER full_disk BEFORE DELETE ON inquiries FOR EACH ROW"
        " SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1021,"
        " MESSAGE_TEXT = 'Disk full; waiting for someone to free some space'",
    ),
}
ROOM = {
    "postgresql": "DROP TRIGGER full_disk ON inquiries",
    "mariadb": "DROP TRIGGER full_disk",
}


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres), "mariadb"])
def shop(request: pytest.FixtureRequest, house: Company) -> Iterator[Shop]:
    source = house.home / "shop.sqlite3"
    if request.param == "postgresql":
        postgres: servers.Postgres = request.getfixturevalue("postgres")
        yield engines.of_postgresql(postgres.database(), source)
    else:
        needs.require("mariadb")
        maria: servers.Maria = request.getfixturevalue("maria")
        yield engines.of_mariadb(maria.database(), str(maria.socket), source)


@pytest.mark.promise("P3.6", "P3.26")
def test_a_full_disk_of_a_server_makes_the_case_wait_and_room_ends_it(
    shop: Shop, house: Company, tmp_path: Path
) -> None:
    with engines.in_hand(shop, house.home, tmp_path):
        case_id = acts.verified_of(acts.filing(cast.HANAKO, DemandKind.ERASURE), cast.HANAKO)
        acts.decide(case_id)
        acts.approve(case_id)
        before = shop.dump()
        for statement in FULL[shop.kind]:
            shop.execute(statement)

        assert acts.carry_out(case_id) is Work.WAITING
        case = store.case(case_id)
        assert case.work_note == "store-unreachable:shop"
        assert not store.executed(case.demands[0].id)
        assert shop.dump() == before  # the tables before it in the same transaction, too

        shop.execute(ROOM[shop.kind])
        assert acts.carry_out(case_id) is Work.READY
        rows = "".join(row for table in shop.dump().values() for row in table)
        assert cast.HANAKO.email in "".join(row for table in before.values() for row in table)
        assert cast.HANAKO.email not in rows
