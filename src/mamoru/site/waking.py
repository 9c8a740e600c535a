"""Woken when work is queued, instead of asking all the time (decision 20).

Polling stays underneath: whatever is not heard here is found at the next look, so nothing
rests on a call that gets lost. What wakes says nothing; what is due is read from the outbox.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connections

from mamoru.cases import store

_BROKEN = (psycopg.Error, OSError)
LOOK_SECONDS = 0.05
"""How often the file of an embedded database is asked whether another process wrote to it."""


class Waking(Protocol):
    """Something that ends a worker's sleep early."""

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Sleep until work may have been queued, `seconds` are over, or the worker shall stop."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def open_waking() -> Waking:
    """Return what wakes a worker on the product's own database."""
    connection = connections["default"]
    if connection.vendor == "postgresql":
        return OfServer(_listening)
    return OfFile(Path(connection.settings_dict["NAME"]))


class OfFile:
    """SQLite: queued in this process, or any commit by another connection (`data_version`).

    The number changes at a commit of others and is read from shared memory: to ask costs some
    microseconds and takes no lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queued = threading.Event()
        self._version = -1
        self._connection: sqlite3.Connection | None = None
        store.when_queued(self._queued.set)

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Sleep; the first time not at all, for something may lie there already."""
        end = time.monotonic() + seconds
        while not stopping.is_set() and (left := end - time.monotonic()) > 0:
            # What is noticed is forgotten before the outbox is read: what comes later wakes anew.
            if self._changed() or self._queued.wait(min(left, LOOK_SECONDS)):
                break
        self._queued.clear()

    def _changed(self) -> bool:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, timeout=0, isolation_level=None, check_same_thread=False
                )
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            self._forget()  # the next look opens it anew; until then there is the polling
            return False
        changed = version != self._version
        self._version = version
        return changed

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Stop listening."""
        store.when_queued(None)
        self._forget()


class OfServer:
    """PostgreSQL: `NOTIFY` of the very transaction that queues, delivered at its commit.

    A connection of its own, since a listener must not sit in a transaction. Where it breaks, or
    a pooler in between keeps notices back, the polling goes on and the next sleep connects anew.
    """

    def __init__(self, listening: Callable[[], Any]) -> None:
        self._listening = listening
        self._connection: Any = None

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Sleep; not at all after connecting, for something may have been queued before."""
        try:
            if self._connection is None:
                self._connection = self._listening()
                return
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                return
        except _BROKEN:
            self.close()
            stopping.wait(seconds)

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            with contextlib.suppress(*_BROKEN):
                self._connection.close()
            self._connection = None


def _listening() -> Any:
    default = connections["default"]
    opened: Any = default.get_new_connection(default.get_connection_params())
    opened.autocommit = True
    opened.execute(f"LISTEN {store.QUEUED_CHANNEL}")
    return opened
