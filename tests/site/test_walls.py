"""The company's shop on PostgreSQL, read through doors: who is mailed is who may be (P1.5, P2.1)."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from mamoru.consents import actions as consents
from mamoru.consents import store as standings
from mamoru.consents.terms import Said, Way
from mamoru.datamap import reading
from mamoru.datamap.inventory import DataMap
from mamoru.gate import postgresql as text
from mamoru.kit import clock
from mamoru.kit.ids import MEMBER, SYSTEM
from mamoru.ledger import append
from mamoru.policy import compile as compiling
from mamoru.site import walls, wiring
from mamoru.site.sample import cast
from mamoru.site.walls import Walled
from tests.conftest import Company
from tests.connectors import servers
from tests.connectors.conftest import postgres
from tests.faults import engines

__all__ = ["postgres"]  # the fixture
pytestmark = pytest.mark.postgres
PROMISES = pytest.mark.promise("P1.5", "P2.1", "P3.6", "P3.7")
_numbers = itertools.count(1)


def with_doors(folder: Path, url: str) -> DataMap:
    """Return the sample's map with its shop on PostgreSQL, read through doors."""
    text = (folder / "datamap.yaml").read_text("utf-8")
    old = "    kind: sqlite\n    url: shop.sqlite3\n"
    assert text.count(old) == 1
    new = text.replace(old, f"    kind: postgresql\n    url: '{url}'\n    gate: true\n")
    target = folder / "datamap-with-doors.yaml"
    target.write_text(new, "utf-8")
    try:
        return reading.load(target)
    finally:
        target.unlink()


@pytest.fixture
def shop(house: Company, postgres: servers.Postgres) -> Iterator[Walled]:
    made = engines.of_postgresql(postgres.database(), house.home / "shop.sqlite3")
    (found,) = walls.walled(wiring.policy(), with_doors(house.home, made.url), wiring.master())
    standings.install_walls(["shop"])
    walls.install(found, by=SYSTEM, now=clock.now())
    yield found
    standings.install_walls([])


@contextmanager
def reader(found: Walled, purpose: str, recipient: str = "internal") -> Iterator[Any]:
    """Hold the connection of a tool that signs in for one purpose."""
    name = f"marketing_{next(_numbers)}"
    url = str(found.store.url)
    found.hand.make_logins(walls.logins(found, {name: (purpose, recipient)}))
    try:
        with psycopg.connect(make_conninfo(url, user=name), autocommit=True) as connection:
            yield connection
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {name}".encode())


def refuse(someone: cast.Someone, reference: str) -> None:
    consents.refuse(
        _person(someone),
        compiling.compile_policy(wiring.policy()),
        purpose="PU02",
        said=Said(way=Way.MEMBER_PAGE, at=clock.now()),
        reference=reference,
        by=MEMBER,
        now=clock.now(),
        master=wiring.master(),
    )


def _person(someone: cast.Someone) -> Any:
    ring = {"member_id": (someone.member_id,), "email": (someone.email,)}
    return standings.person(wiring.master(), ring, shareable=("email",))


def mailed(connection: Any) -> set[str]:
    return {row[0] for row in connection.execute("SELECT email FROM members").fetchall()}


@PROMISES
def test_the_login_of_marketing_sees_who_may_be_mailed_and_a_refusal_takes_somebody_out(
    shop: Walled,
) -> None:
    with reader(shop, "PU02") as marketing:
        before = mailed(marketing)
        refuse(cast.HANAKO, "wall-1")
        told = walls.tell_changes(shop)
        after = mailed(marketing)

    assert told == 2
    assert before - after == {cast.HANAKO.email}
    assert len(before) > 100
    assert standings.changes("shop") == ()


@PROMISES
def test_only_granted_columns_are_there_and_the_rest_says_why(shop: Walled) -> None:
    with reader(shop, "PU02") as marketing:
        columns = {
            row[0]
            for row in marketing.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'members'::regclass"
                " AND attnum > 0"
            )
        }
        said = marketing.execute("SELECT obj_description('members'::regclass)").fetchone()[0]

    assert {"email", "email_norm"} <= columns
    assert not columns & {"birth_date", "password_hash", "gender"}
    assert "the policy does not grant category `birth`" in said


@PROMISES
def test_a_suspension_closes_every_purpose_that_rests_on_no_law(shop: Walled) -> None:
    with reader(shop, "PU01.b") as login:
        before = {row[0] for row in login.execute("SELECT member_id FROM members").fetchall()}
        consents.suspend(_person(cast.HANAKO), reference="wall-2", by=SYSTEM, now=clock.now())
        walls.tell_changes(shop)
        after = {row[0] for row in login.execute("SELECT member_id FROM members").fetchall()}

    assert before - after == {cast.HANAKO.member_id}


@PROMISES
def test_a_key_goes_from_the_wall_with_the_last_row_that_carries_it(shop: Walled) -> None:
    with psycopg.connect(str(shop.store.url)) as admin:
        admin.execute("UPDATE inquiries SET email = '' WHERE email = %s", [cast.HANAKO.email])
        admin.execute("UPDATE fair_visitors SET email = '' WHERE email = %s", [cast.HANAKO.email])
        had = admin.execute(
            "SELECT count(*) FROM mamoru_gate.people_email WHERE key = %s", [cast.HANAKO.email]
        ).fetchone()
    consents.bury(_person(cast.HANAKO), reference="wall-3", by=SYSTEM, now=clock.now())

    walls.tell_changes(shop)

    with psycopg.connect(str(shop.store.url)) as admin:
        left = admin.execute(
            "SELECT count(*) FROM mamoru_gate.people_email WHERE key = %s", [cast.HANAKO.email]
        ).fetchone()
    assert had is not None
    assert left == (0,)


@PROMISES
def test_a_renewal_takes_in_new_people_and_opens_nothing_that_was_not_told(shop: Walled) -> None:
    with psycopg.connect(str(shop.store.url)) as admin:
        admin.execute("UPDATE members SET email = 'neu@mail.example' WHERE member_id = %s",
                      [cast.TARO.member_id])  # fmt: skip
        admin.execute("UPDATE mamoru_gate.door SET valid_until = now()")
    refuse(cast.HANAKO, "wall-4")

    walls.renew(shop, now=clock.now())

    with reader(shop, "PU02") as marketing:
        assert cast.HANAKO.email not in mailed(marketing)
        assert "neu@mail.example" in mailed(marketing)


@PROMISES
def test_a_store_that_was_put_back_is_told_everything_again_by_itself(shop: Walled) -> None:
    url = str(shop.store.url)
    with psycopg.connect(url) as admin:
        admin.execute("CREATE TABLE backup_people AS SELECT * FROM mamoru_gate.people_member_id")
        (mark,) = admin.execute("SELECT mark FROM mamoru_gate.manifest").fetchone() or ("",)
    for at in range(2):
        refuse((cast.HANAKO, cast.TARO)[at], f"wall-5-{at}")
        walls.tell_changes(shop)
    with psycopg.connect(url) as admin:
        admin.execute("DELETE FROM mamoru_gate.people_member_id")
        admin.execute("INSERT INTO mamoru_gate.people_member_id SELECT * FROM backup_people")
        admin.execute("UPDATE mamoru_gate.manifest SET mark = %s", [mark])

    walls.renew(shop, now=clock.now())

    with reader(shop, "PU02") as marketing:
        assert not mailed(marketing) & {cast.HANAKO.email, cast.TARO.email}
    assert walls.verify(shop, by=SYSTEM, now=clock.now()) == ()


@PROMISES
def test_the_proof_finds_a_word_that_is_not_how_somebody_stands(shop: Walled) -> None:
    clean = walls.verify(shop, by=SYSTEM, now=clock.now())
    with psycopg.connect(str(shop.store.url)) as admin:
        admin.execute("UPDATE mamoru_gate.people_member_id SET m0 = m0 # 4 WHERE key = %s",
                      [cast.TARO.member_id])  # fmt: skip

    found = walls.verify(shop, by=SYSTEM, now=clock.now())

    assert clean == ()
    assert found == ("1 keys have a word that is not how their people stand",)
    bodies = [each.body for each in append.entries("gate/shop") if each.kind == "gate.verified"]
    assert [each["problems"] for each in bodies[-2:]] == [0, 1]


@PROMISES
def test_the_proof_finds_a_right_that_was_given_past_the_door(shop: Walled) -> None:
    with psycopg.connect(str(shop.store.url)) as admin:
        admin.execute("GRANT SELECT ON members TO mamoru_pu02_internal")

    found = walls.verify(shop, by=SYSTEM, now=clock.now())

    assert any("reaches `public.members` past its door" in each for each in found)


def test_what_is_installed_stands_in_the_ledger_without_a_word_about_anybody(shop: Walled) -> None:
    (entry,) = [each for each in append.entries("gate/shop") if each.kind == "gate.installed"][-1:]

    assert entry.body["wall"] == shop.wall.digest
    assert entry.body["doors"] == len(shop.wall.openings)
    assert set(entry.body) == {"wall", "policy", "doors", "keys", "catalogue"}


@pytest.mark.slow
@PROMISES
def test_by_commands_and_a_worker_a_door_is_built_proven_and_told_within_a_second(
    house: Company, postgres: servers.Postgres, tmp_path: Path
) -> None:
    made = engines.of_postgresql(postgres.database(), house.home / "shop.sqlite3")
    home = tmp_path / "company"
    shutil.copytree(house.home, home)
    text_ = (home / "datamap.yaml").read_text("utf-8")
    (home / "datamap.yaml").write_text(
        text_.replace(
            "    kind: sqlite\n    url: shop.sqlite3\n",
            "    kind: postgresql\n    url: ${SHOP_URL}\n    gate: true\n",
        ),
        "utf-8",
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SHOP_URL": made.url,
        "MAMORU_HOME": str(home),
    }

    def mamoru(*arguments: str) -> tuple[int, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "mamoru.site", *arguments, "--json"],
            env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    login = f"mail_tool_{next(_numbers)}"
    code, plan = mamoru("gate", "plan", "--login", f"{login}=PU02:internal")
    assert code == 0
    assert any(login in each["text"] for each in plan["statements"])
    code, installed = mamoru("gate", "install", "--login", f"{login}=PU02:internal")
    assert (code, installed[0]["logins"]) == (0, [login])
    assert mamoru("gate", "verify") == (
        0,
        [{"store": "shop", "wall": plan["wall"], "problems": []}],
    )
    code, refused = mamoru(
        "gate", "decide", "--purpose", "PU02", "--column", "personnel.employees.birth_date"
    )
    assert (code, refused["code"]) == (3, "not-granted")
    assert refused["sentence"]

    worker = subprocess.Popen(
        [sys.executable, "-m", "mamoru.site", "worker"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with psycopg.connect(make_conninfo(made.url, user=login), autocommit=True) as marketing:
            with psycopg.connect(made.url) as admin:
                admin.execute("UPDATE mamoru_gate.door SET valid_until = now()")
            _until(lambda: _opened(marketing))
            assert cast.HANAKO.email in mailed(marketing)
            said = subprocess.run(
                [sys.executable, "-c", _REFUSAL], env=environment, check=True, timeout=60,
                capture_output=True, text=True,
            )  # fmt: skip
            _until(lambda: cast.HANAKO.email not in mailed(marketing))
            seen = clock.now()
    finally:
        worker.kill()
        worker.wait()
        with psycopg.connect(made.url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {login}".encode())
    told = datetime.fromisoformat(said.stdout.strip())
    assert seen - told < timedelta(seconds=5)  # usually a quarter of a second: see the benchmarks


_REFUSAL = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "mamoru.site.settings"
import django; django.setup()
from mamoru.site import wiring
wiring.wire()
from tests.site.test_walls import refuse
from mamoru.site.sample import cast
from mamoru.kit import clock
refuse(cast.HANAKO, "wall-6")
print(clock.now().isoformat())
"""


def _opened(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1 FROM members LIMIT 1")
    except psycopg.Error as problem:
        return problem.sqlstate != text.CLOSED
    return True


def _until(done: Any, *, seconds: float = 60.0) -> None:
    """Wait for another process, which is the subject here."""
    end = clock.now() + timedelta(seconds=seconds)
    while not done():
        assert clock.now() < end
