"""Old copies of several engines are put back: the gate lets nobody return, and says what it waits for.

P1.7, P3.6, reliability F10. The shop lies on PostgreSQL, personnel on MariaDB, the list in a file.
"""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mamoru.cases import execute
from mamoru.site.command import main
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests import needs
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines, restoring

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def in_both(home: Path, count: int) -> list[Someone]:
    """Return members who have also applied for work, under the same address."""
    with closing(sqlite3.connect(home / "personnel.sqlite3")) as personnel:
        applied = dict(
            personnel.execute("SELECT lower(email), applicant_id FROM applicants").fetchall()
        )
    found = []
    for each in engines.somebody(home / "shop.sqlite3", after=0, count=900):
        if (applicant := applied.get(each.email.lower())) is not None:
            keys = {**each.keys, "applicant_id": (applicant,)}
            mails = (*each.keys["email"], each.email.replace("user", "User"))
            found.append(replace(each, keys={**keys, "email": mails}))
    assert len(found) >= count
    return found[:count]


@pytest.mark.promise("P1.7", "P3.6")
def test_the_gate_after_old_copies_of_three_engines_leaves_what_the_erasures_left(
    house: Company,
    postgres: servers.Postgres,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    needs.require("mariadb")
    maria: servers.Maria = request.getfixturevalue("maria")
    home, mailing = house.home, house.home / "mailing.csv"
    shop = engines.of_postgresql(postgres.database(), home / "shop.sqlite3")
    personnel = engines.of_mariadb(
        maria.database(),
        str(maria.socket),
        home / "personnel.sqlite3",
        engines.PERSONNEL,
    )
    people = [cast.HANAKO, *in_both(home, 3)]
    gate = ["restore", "gate", "--home", str(home)]

    with engines.in_hand(shop, home, tmp_path, personnel=personnel):
        before = restoring.everything(shop, home, personnel=personnel)
        old = [(each, restoring.backup(each, tmp_path)) for each in (shop, personnel)]
        shutil.copy(mailing, tmp_path / "old.csv")
        assert len(restoring.erase(people)) == len(people)
        after = restoring.everything(shop, home, personnel=personnel)
        assert all(before[name] != after[name] for name in ("shop/members", "personnel/applicants"))
        assert restoring.foreign(before, after, people) == Counter()

        for store, copy in old:
            restoring.restore(store, copy)
        shutil.copy(tmp_path / "old.csv", mailing)
        assert restoring.everything(shop, home, personnel=personnel) == before
        assert set(execute.needed()) == {"shop", "personnel"}

        mailing.rename(tmp_path / "away.csv")
        with pytest.raises(SystemExit, match=r"^4$"):
            main(gate)
        assert "mailing" in "".join(capsys.readouterr())
        shutil.copy(tmp_path / "away.csv", mailing)
        assert main(gate) == 0

        assert restoring.everything(shop, home, personnel=personnel) == after
        assert execute.needed() == ()
        assert main(gate) == 0
        assert restoring.everything(shop, home, personnel=personnel) == after
