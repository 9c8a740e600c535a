"""The answer to COMMIT is lost, the server hangs, the disk is full: what is true stays true."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from mamoru.connectors.conformance import NOW, SHOP, act_on, permit, shop
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.port import ErasureRefusedByStore, OutcomeUnknown, StoreUnreachable
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sql import Sql
from mamoru.datamap.acts import Act, Done
from mamoru.datamap.terms import ColumnType
from mamoru.gate.terms import Operation, Permit
from tests import sweeps
from tests.connectors import servers
from tests.connectors.proxy import Mode, Proxy
from tests.connectors.test_conformance import fill

CUTS = sweeps.points(sample=12, whole=200)
LAST = max(60, CUTS + 1)
MODES = (Mode.CUT_AFTER, Mode.RESET_AFTER)


class Company:
    """A database with `members` persons, and a connector that goes through a proxy."""

    def __init__(
        self,
        store: Callable[[int], Sql],
        upstream: Callable[[], socket.socket],
        ask: Callable[[str], Any],
    ) -> None:
        self.proxy = Proxy(upstream, b"COMMIT")
        self.store = store(self.proxy.port)
        self.ask = ask

    def acts(self, number: int) -> tuple[Permit, list[Act]]:
        places = shop(str(number))
        allowed = permit(Operation.ERASE, *places)
        rows = members, orders, items = self.store.freeze(allowed, places, NOW)
        return permit(Operation.ERASE, *places, rows=rows), [
            act_on(items, values=(("gift", None),)),
            act_on(orders, values=(("note", "済"),)),
            act_on(members, delete=True),
        ]

    def left(self) -> int:
        return int(self.ask("SELECT count(*) FROM members"))

    def stop(self) -> None:
        self.store.close()
        self.proxy.stop()


def people(execute: Callable[..., Any], types: dict[ColumnType, str]) -> None:
    """Make `SHOP` with one member, two orders and two items a number from 1 to `LAST`."""
    empty = {table: type(sheet)(sheet.columns, []) for table, sheet in SHOP.items()}
    fill(execute, empty, types, "%s")
    mark = "`" if types[ColumnType.TEXT] != "text" else '"'
    for n in range(1, LAST + 1):
        execute(f"INSERT INTO members VALUES ({n}, 'm{n}@mail.example', '名', NULL)")
        for each in (2 * n, 2 * n + 1):
            execute(f"INSERT INTO orders VALUES ({each}, {n}, NULL, 'x')")
            execute(f"INSERT INTO {mark}order items{mark} VALUES ({each}, {each}, 'g')")


@pytest.fixture
def on_postgres(postgres: servers.Postgres) -> Iterator[Company]:
    url = postgres.database()
    types = {ColumnType.TEXT: "text", ColumnType.INTEGER: "bigint", ColumnType.DATE: "date"}
    with psycopg.connect(url) as connection:
        people(connection.execute, types)
    parts = make_url(url)

    def upstream() -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.connect(f"{parts.query['host']}/.s.PGSQL.{parts.port or 5432}")
        return made

    def ask(statement: str) -> Any:
        with psycopg.connect(url) as connection:
            found = connection.execute(statement.encode()).fetchone()
            return found and found[0]

    def store(port: int) -> Sql:
        return Postgresql(
            "subject",
            f"postgresql://{parts.username}@127.0.0.1:{port}/{parts.database}?sslmode=disable&gssencmode=disable",
            fence=True,
            wait_seconds=1.0,
            limit_seconds=2.0,
        )

    company = Company(store, upstream, ask)
    yield company
    company.stop()


@pytest.fixture
def on_mariadb(maria: servers.Maria) -> Iterator[Company]:
    name = str(make_url(maria.database()).database)
    connection = maria.connect(name, autocommit=False)
    types = {ColumnType.TEXT: "VARCHAR(99)", ColumnType.INTEGER: "BIGINT", ColumnType.DATE: "DATE"}
    people(connection.cursor().execute, types)
    connection.commit()
    connection.close()

    def upstream() -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(maria.socket))
        return made

    def store(port: int) -> Sql:
        return Mariadb(
            "subject",
            f"mariadb://root@127.0.0.1:{port}/{name}",
            fence=True,
            wait_seconds=1.0,
            limit_seconds=2.0,
        )

    company = Company(store, upstream, lambda statement: maria.run(statement, name)[0][0])
    yield company
    company.stop()


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres), "mariadb"])
def company(request: pytest.FixtureRequest) -> Company:
    found: Company = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.mark.promise("P3.5")
@pytest.mark.sweep
def test_a_lost_answer_to_commit_is_unknown_and_a_repetition_finds_the_fence(
    company: Company, record_property: sweeps.Record
) -> None:
    company.store.probe()
    allowed, acts = company.acts(LAST)
    company.store.apply(allowed, acts, fence="warm", now=NOW)

    for number in range(1, CUTS + 1):
        allowed, acts = company.acts(number)
        company.proxy.mode = MODES[number % 2]
        with pytest.raises(OutcomeUnknown):
            company.store.apply(allowed, acts, fence=f"f{number}", now=NOW)

        again = company.store.apply(allowed, acts, fence=f"f{number}", now=NOW)

        assert again == Done(counts=(2, 2, 1), repeated=True)
        assert [proof.open for proof in company.store.prove(allowed, acts, NOW)] == [0, 0, 0]
        assert company.left() == LAST - 1 - number
    assert company.proxy.cuts == CUTS
    sweeps.record(record_property, "lost answers to COMMIT, two engines", ran=CUTS, of=200)


@pytest.mark.promise("P3.5")
def test_a_commit_that_never_arrived_is_unknown_and_a_repetition_does_it(company: Company) -> None:
    allowed, acts = company.acts(LAST)
    company.store.apply(allowed, acts, fence="warm", now=NOW)

    for number in range(1, 5):
        allowed, acts = company.acts(number)
        company.proxy.mode = Mode.CUT_BEFORE
        with pytest.raises(OutcomeUnknown):
            company.store.apply(allowed, acts, fence=f"f{number}", now=NOW)
        assert company.left() == LAST - number

        again = company.store.apply(allowed, acts, fence=f"f{number}", now=NOW)

        assert again == Done(counts=(2, 2, 1))
        assert company.left() == LAST - 1 - number


def test_a_server_that_falls_silent_at_commit_is_not_waited_for(company: Company) -> None:
    allowed, acts = company.acts(LAST)
    company.store.apply(allowed, acts, fence="warm", now=NOW)
    allowed, acts = company.acts(1)
    company.proxy.mode = Mode.SILENT_AFTER
    began = time.monotonic()

    with pytest.raises(OutcomeUnknown):
        company.store.apply(allowed, acts, fence="f", now=NOW)

    assert time.monotonic() - began < 6
    assert company.store.apply(allowed, acts, fence="f", now=NOW).repeated


def test_a_pooled_connection_that_went_stale_is_replaced(company: Company) -> None:
    allowed, acts = company.acts(1)
    drop = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'mamoru' AND datname = current_database()"
    )
    if isinstance(company.store, Postgresql):
        assert company.ask(drop) == 1
    else:
        number = company.ask(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = database()"
            " AND ID <> connection_id()"
        )
        with pytest.raises(IndexError):  # it returns no row
            company.ask(f"KILL {number}")

    company.store.probe()
    done = company.store.apply(allowed, acts, fence="f", now=NOW)

    assert done.counts == (2, 2, 1)


@pytest.mark.promise("P3.5")
def test_of_two_with_one_fence_at_once_only_one_does_it(company: Company) -> None:
    company.store.probe()
    allowed, acts = company.acts(1)
    start, done = threading.Barrier(2), list[Done]()

    def apply() -> None:
        start.wait()
        done.append(company.store.apply(allowed, acts, fence="f", now=NOW))

    threads = [threading.Thread(target=apply) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each.counts for each in done] == [(2, 2, 1)] * 2
    assert sorted(each.repeated for each in done) == [False, True]


@pytest.mark.postgres
def test_an_act_that_is_refused_in_an_exchange_leaves_nothing_done_and_nothing_said(
    on_postgres: Company, caplog: pytest.LogCaptureFixture
) -> None:
    allowed, acts = on_postgres.acts(1)
    url = make_url(str(on_postgres.store._dialect._address))
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("ALTER TABLE orders ADD CHECK (note <> '済')")

    for _ in range(2):
        with pytest.raises(ErasureRefusedByStore, match="23514"):
            on_postgres.store.apply(allowed, acts, fence="f", now=NOW)

    assert on_postgres.ask('SELECT count(*) FROM "order items" WHERE gift IS NULL') == 0
    assert not on_postgres.store.fenced("f")
    assert caplog.records == []
    assert on_postgres.store.apply(allowed, acts[:1], fence="f", now=NOW).counts == (2,)


@pytest.mark.postgres
def test_a_server_that_hangs_in_an_exchange_is_unreachable_and_later_it_goes_on(
    on_postgres: Company, postgres: servers.Postgres
) -> None:
    allowed, acts = on_postgres.acts(1)
    on_postgres.store.prove(allowed, acts, NOW)
    backend = int(
        on_postgres.ask(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'mamoru'"
            " AND datname = current_database() LIMIT 1"
        )
    )
    server = int((postgres.folder / "postmaster.pid").read_text().split()[0])
    for process in (backend, server):
        os.kill(process, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnreachable):
            on_postgres.store.prove(allowed, acts, NOW)
    finally:
        for process in (server, backend):
            os.kill(process, signal.SIGCONT)

    assert [proof.open for proof in on_postgres.store.prove(allowed, acts, NOW)] == [2, 2, 1]


@pytest.mark.postgres
def test_a_server_that_hangs_is_unreachable_within_the_limit(
    on_postgres: Company, postgres: servers.Postgres
) -> None:
    on_postgres.store.probe()
    backend = int(
        on_postgres.ask(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'mamoru'"
            " AND datname = current_database() LIMIT 1"
        )
    )
    server = int((postgres.folder / "postmaster.pid").read_text().split()[0])
    for process in (backend, server):
        os.kill(process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(StoreUnreachable):
            on_postgres.store.probe()
        took = time.monotonic() - began
    finally:
        for process in (server, backend):
            os.kill(process, signal.SIGCONT)

    # Bounded at all is the fact: without a limit it would hang for ever. How long a busy machine
    # takes to say so is no test's business.
    assert took < 60
    on_postgres.store.probe()


def test_a_lock_that_another_holds_is_not_waited_for_long(company: Company) -> None:
    allowed, acts = company.acts(1)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        if isinstance(company.store, Postgresql):
            url = make_url(str(company.store._dialect._address))
            connection: Any = psycopg.connect(url.render_as_string(hide_password=False))
        else:
            url = make_url(str(company.store._dialect._address))
            connection = pymysql.connect(
                host="127.0.0.1", port=url.port or 0, user="root", database=url.database
            )
        with connection.cursor() as cursor:
            cursor.execute("UPDATE members SET email = 'x' WHERE member_no = 1")
            held.set()
            release.wait(20)
        connection.rollback()
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    try:
        with pytest.raises(StoreUnreachable):
            company.store.apply(allowed, acts, fence="f", now=NOW)
    finally:
        release.set()
        other.join()

    assert company.store.apply(allowed, acts, fence="f", now=NOW).counts == (2, 2, 1)


FULL_DISK = """
    import resource, signal, sys
    sys.path[:0] = {path!r}
    from pathlib import Path
    from mamoru.connectors.conformance import NOW, act_on, permit, shop
    from mamoru.connectors.port import StoreError
    from mamoru.connectors.sqlite import Sqlite
    from mamoru.gate.terms import Operation
    store = Sqlite("subject", Path({file!r}), fence=True)
    places = shop("1")[:1]
    allowed = permit(Operation.ERASE, *places)
    frozen = store.freeze(allowed, places, NOW)
    allowed = permit(Operation.ERASE, *places, rows=frozen)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
    acts = [act_on(frozen[0], values=(("email", "x" * 3000), ("名前", "y" * 3000)))]
    try:
        print(store.apply(allowed, acts, fence="f", now=NOW).counts)
    except StoreError as problem:
        print(type(problem).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(store.prove(allowed, acts, NOW)[0].open)
    print(store.apply(allowed, acts, fence="f", now=NOW).counts)
"""


@pytest.mark.promise("P3.5")
def test_a_disk_without_room_leaves_the_old_state_and_later_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(
        'CREATE TABLE members (member_no INTEGER, email TEXT, "名前" TEXT, born DATE)'
    )
    connection.executemany(
        "INSERT INTO members VALUES (?, 'a', 'b', NULL)", [(n,) for n in range(9)]
    )
    connection.execute("CREATE TABLE mamoru_fence (fence TEXT PRIMARY KEY, acts TEXT, at TEXT)")
    connection.commit()
    connection.close()
    program = FULL_DISK.format(path=sys.path, file=str(path), limit=path.stat().st_size)

    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )

    first, left, second = ran.stdout.split("\n")[:3]
    assert first in {"StoreUnreachable", "OutcomeUnknown"}
    assert (left, second) == ("1", "(1,)")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
