"""Joins the rooms: which store, which journal, which hands. Nothing is chosen anywhere else."""

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.db import DatabaseError, connection

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Practice
from mamoru.connectors import open as opening
from mamoru.connectors.barrier import PostgresqlWall
from mamoru.consents import store as standings
from mamoru.console import inventory as desk
from mamoru.datamap import drift, inventory, reading
from mamoru.datamap.scan import Sample
from mamoru.datamap.terms import Drift, TableShape, Value
from mamoru.gate.building import Hand
from mamoru.kit import seal
from mamoru.kit.errors import MamoruError
from mamoru.ledger import append, checkpoint
from mamoru.ledger.storage import SqlStorage
from mamoru.policy import compile as compiling
from mamoru.policy import document
from mamoru.site import mail, stores

_lock = threading.Lock()
_wired: list[bool] = []


def home() -> Path:
    """Return the company's folder."""
    return Path(settings.HOME)


def master() -> seal.MasterKey:
    """Return the master key; KeyMissing if the settings point nowhere."""
    return seal.load_master_key(home() / settings.MAMORU.key_file)


def journal() -> append.Journal:
    """Return the ledger of this company, in the product's own database."""
    signer = checkpoint.load_signer(home() / settings.MAMORU.ledger_key_file)
    # `connection` stands for the thread's own: the method is looked up at each call, for a method
    # kept from here would be that of the thread that wired, which Django forbids to all others.
    storage = SqlStorage(
        lambda: connection.cursor(),  # noqa: PLW0108 - see above
        errors=(DatabaseError,),
        in_transaction=lambda: connection.in_atomic_block,
    )
    return append.Journal(storage=storage, signer=signer)


def policy() -> document.Policy:
    """Return the policy in force: the working file of the company's folder."""
    return document.load(home() / settings.MAMORU.policy)


def datamap() -> inventory.DataMap:
    """Return the data map of the company's folder."""
    return reading.load(home() / settings.MAMORU.datamap)


def practice() -> Practice:
    """Return the company's periods and sizes."""
    limits = settings.MAMORU.limits
    return Practice(
        acknowledge_open_days=limits.acknowledge_open_days,
        decide_days=limits.decide_days,
        cure_days=limits.cure_days,
        upload_bytes=limits.upload_bytes,
        uploads_per_case=limits.uploads_per_case,
        papers_days=limits.papers_days,
        cooling_days=limits.cooling_days,
        code_attempts=limits.code_attempts,
    )


def wire() -> None:
    """Install keys, ledger, policy and hands into the rooms; the second call changes nothing."""
    with _lock:
        if _wired:
            return
        store.install(master())
        append.install(journal())
        actions.install(practice())
        actions.install_mailer(mail.mailer())
        published, located = policy(), datamap()
        execute.install(
            execute.Hands(
                policy=published,
                grants=compiling.compile_policy(published),
                datamap=located,
                public_url=settings.MAMORU.public_url,
                connectors={
                    each.name: opening.connector(each, base=home()) for each in located.stores
                },
            )
        )
        desk.install(_states)
        standings.install_walls(each.name for each in located.stores if each.gate)
        _wired.append(True)


def _states(located: inventory.DataMap) -> list[tuple[str, tuple[str, str, str]]]:
    return stores.states(shapes(located, home()))


ADMIN = "MAMORU_GATE_ADMIN_"
"""Before a store's name in capitals: the environment variable with an administrator's address."""


def wall_hand(each: inventory.Store) -> Hand:
    """Return what builds the wall of a PostgreSQL store; nothing is opened yet."""
    admin = os.environ.get(f"{ADMIN}{each.name.upper().replace('-', '_')}", "")
    memory = standings.Mark(each.name)
    return PostgresqlWall(each.name, inventory.expand(each.url), memory, admin=admin)


def unwire() -> None:
    """Forget what was installed, so that the next call reads the folder afresh."""
    with _lock:
        _wired.clear()


def shapes(
    located: inventory.DataMap, base: Path
) -> Iterator[tuple[inventory.Store, tuple[TableShape, ...] | MamoruError]]:
    """Yield each store with its live shape, or with the error that kept it from being seen."""
    for each, shape in opening.shapes(located, base=base):
        missing = isinstance(shape, MamoruError) and shape.retry and _missing_file(each, base)
        yield each, StoreFileMissing(_FILE_MISSING % (each.name, each.url)) if missing else shape


def strays(located: inventory.DataMap, base: Path) -> tuple[Drift, ...]:
    """Return the columns that are not stored in the form that the map relies on.

    A store that is away, or that has drifted, says so by its shape.
    """
    return tuple(
        drift.not_normal(store, table, column)
        for store, found in opening.strays(located, base=base)
        if not isinstance(found, MamoruError)
        for table, column in found
    )


class StoreFileMissing(MamoruError):
    """The file of a store is not there. Put it back, or correct the store's `url` in the data map."""

    code, retry, exit_code = "store-file-missing", True, 4


_FILE_MISSING = "the file of store `%s` is missing (`%s`): put it back or correct its `url`"
_IN_FILES = frozenset(
    {
        inventory.StoreKind.SQLITE,
        inventory.StoreKind.CSV,
        inventory.StoreKind.EXCEL,
        inventory.StoreKind.PARQUET,
    }
)


def _missing_file(store: inventory.Store, base: Path) -> bool:
    """Whether a store that does not answer is a file that is not there."""
    if store.kind not in _IN_FILES:
        return False
    path = base / inventory.expand(store.url).removeprefix("sqlite:///")
    return not path.exists()


@runtime_checkable
class Sampler(Protocol):
    """A store that shows some of its rows, so that unregistered personal data can be found."""

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return up to `limit` cells of each column."""
        ...


class NotSampled(MamoruError):
    """A store of this kind shows nothing but the rows of a person. Look at its columns yourself."""

    code, exit_code = "not-sampled", 4


def samples(
    located: inventory.DataMap, base: Path, limit: int
) -> Iterator[tuple[inventory.Store, Sample | MamoruError]]:
    """Yield up to `limit` rows of every live table, or the error that kept a store unseen."""
    for each in located.stores:
        try:
            opened = opening.connector(each, base=base)
            if not isinstance(opened, Sampler):
                raise NotSampled(f"store `{each.name}` cannot be looked into")
            for shape in opened.shape():
                if shape.name != inventory.FENCE:
                    yield each, Sample(table=shape.name, columns=opened.sample(shape.name, limit))
        except MamoruError as problem:
            yield each, problem
