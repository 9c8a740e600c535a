"""Twelve kinds of drift on three engines: each blocks `done`, is named, and is over when repaired.

P0.1, reliability F11.
"""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mamoru.cases import store
from mamoru.cases.terms import Demand, DemandKind, Work
from mamoru.cli.datamap import datamap
from mamoru.datamap.terms import DriftKind
from mamoru.kit.ids import CaseId
from mamoru.site.command import Company as Product
from mamoru.site.sample.cast import Someone
from tests import needs, sweeps
from tests.cases import acts
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines
from tests.faults.engines import Shop

pytestmark = [pytest.mark.slow, pytest.mark.sweep]

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres), "mariadb")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the company's own to its schema, by engine, and the way back."""

    kind: DriftKind
    there: tuple[str, ...] | dict[str, tuple[str, ...]]
    back: tuple[str, ...] | dict[str, tuple[str, ...]]


_versions = itertools.count(1000)
"""Other connections read the schema anew only where its version is another."""


def written(table: str, old: str, new: str) -> tuple[str, ...]:
    """SQLite keeps a table's text: what needs a new table elsewhere is a new text here."""
    return (
        "PRAGMA writable_schema = ON;"
        f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}';"
        f"PRAGMA schema_version = {next(_versions)}; PRAGMA writable_schema = RESET;",
    )


FOREIGN = "FOREIGN KEY (guardian_member_id) REFERENCES members (member_id)"
INLINE = "REFERENCES members (member_id) ON DELETE"
KEY = "members_guardian_member_id_fkey"
CHANGES = (
    Change(
        DriftKind.NEW_TABLE,
        ("CREATE TABLE wishes (member_id VARCHAR(190), wish VARCHAR(190))",),
        ("DROP TABLE wishes",),
    ),
    Change(DriftKind.GONE_TABLE, (), ()),  # its rows are kept meanwhile: see `changed`
    Change(
        DriftKind.RENAMED_TABLE,
        ("ALTER TABLE addresses RENAME TO places",),
        ("ALTER TABLE places RENAME TO addresses",),
    ),
    Change(
        DriftKind.NEW_COLUMN,
        ("ALTER TABLE members ADD COLUMN fax VARCHAR(190)",),
        ("ALTER TABLE members DROP COLUMN fax",),
    ),
    Change(
        DriftKind.GONE_COLUMN,
        ("ALTER TABLE inquiries DROP COLUMN reply",),
        ("ALTER TABLE inquiries ADD COLUMN reply TEXT",),
    ),
    Change(
        DriftKind.RENAMED_COLUMN,
        ("ALTER TABLE inquiries RENAME COLUMN subject TO topic",),
        ("ALTER TABLE inquiries RENAME COLUMN topic TO subject",),
    ),
    Change(
        DriftKind.RETYPED_COLUMN,
        {
            "sqlite": written("order_items", "quantity INTEGER", "quantity TEXT"),
            "postgresql": ("ALTER TABLE order_items ALTER COLUMN quantity TYPE text",),
            "mariadb": ("ALTER TABLE order_items MODIFY quantity VARCHAR(20) NOT NULL",),
        },
        {
            "sqlite": written("order_items", "quantity TEXT", "quantity INTEGER"),
            "postgresql": (
                "ALTER TABLE order_items ALTER COLUMN quantity TYPE bigint USING quantity::bigint",
            ),
            "mariadb": ("ALTER TABLE order_items MODIFY quantity INTEGER NOT NULL",),
        },
    ),
    Change(
        DriftKind.NEW_FOREIGN_KEY,
        {
            "sqlite": written(
                "members", "company_name TEXT", "company_name TEXT REFERENCES members (member_id)"
            ),
            "postgresql": (
                "ALTER TABLE members ADD CONSTRAINT firm FOREIGN KEY (company_name)"
                " REFERENCES members (member_id) NOT VALID",
            ),
            "mariadb": (
                "ALTER TABLE members ADD CONSTRAINT firm FOREIGN KEY (company_name)"
                " REFERENCES members (member_id)",
            ),
        },
        {
            "sqlite": written(
                "members", "company_name TEXT REFERENCES members (member_id)", "company_name TEXT"
            ),
            "postgresql": ("ALTER TABLE members DROP CONSTRAINT firm",),
            "mariadb": ("ALTER TABLE members DROP FOREIGN KEY firm",),
        },
    ),
    Change(
        DriftKind.GONE_FOREIGN_KEY,
        {
            "sqlite": written("members", f"{INLINE} SET NULL", ""),
            "postgresql": (f"ALTER TABLE members DROP CONSTRAINT {KEY}",),
            "mariadb": ("ALTER TABLE members DROP FOREIGN KEY members_ibfk_1",),
        },
        {
            "sqlite": written(
                "members", "guardian_member_id TEXT", f"guardian_member_id TEXT {INLINE} SET NULL"
            ),
            "postgresql": (
                f"ALTER TABLE members ADD CONSTRAINT {KEY} {FOREIGN} ON DELETE SET NULL",
            ),
            "mariadb": (
                f"ALTER TABLE members ADD CONSTRAINT members_ibfk_1 {FOREIGN} ON DELETE SET NULL",
            ),
        },
    ),
    Change(
        DriftKind.CHANGED_FOREIGN_KEY,
        {
            "sqlite": written("members", f"{INLINE} SET NULL", f"{INLINE} CASCADE"),
            "postgresql": (
                f"ALTER TABLE members DROP CONSTRAINT {KEY},"
                f" ADD CONSTRAINT {KEY} {FOREIGN} ON DELETE CASCADE",
            ),
            "mariadb": (
                "ALTER TABLE members DROP FOREIGN KEY members_ibfk_1",
                f"ALTER TABLE members ADD CONSTRAINT members_ibfk_1 {FOREIGN} ON DELETE CASCADE",
            ),
        },
        {
            "sqlite": written("members", f"{INLINE} CASCADE", f"{INLINE} SET NULL"),
            "postgresql": (
                f"ALTER TABLE members DROP CONSTRAINT {KEY},"
                f" ADD CONSTRAINT {KEY} {FOREIGN} ON DELETE SET NULL",
            ),
            "mariadb": (
                "ALTER TABLE members DROP FOREIGN KEY members_ibfk_1",
                f"ALTER TABLE members ADD CONSTRAINT members_ibfk_1 {FOREIGN} ON DELETE SET NULL",
            ),
        },
    ),
    Change(
        DriftKind.NEW_VIEW,
        ("CREATE VIEW members_now AS SELECT member_id FROM members",),
        ("DROP VIEW members_now",),
    ),
    Change(
        DriftKind.NOT_NULLABLE,
        {
            "sqlite": written("members", "status TEXT CHECK", "status TEXT NOT NULL CHECK"),
            "postgresql": ("UPDATE members SET status = 'withdrawn' WHERE status IS NULL",
                           "ALTER TABLE members ALTER COLUMN status SET NOT NULL"),
            "mariadb": ("UPDATE members SET status = 'withdrawn' WHERE status IS NULL",
                        "ALTER TABLE members MODIFY status VARCHAR(190) NOT NULL"),
        },
        {
            "sqlite": written("members", "status TEXT NOT NULL CHECK", "status TEXT CHECK"),
            "postgresql": ("ALTER TABLE members ALTER COLUMN status DROP NOT NULL",),
            "mariadb": ("ALTER TABLE members MODIFY status VARCHAR(190) NULL",),
        },
    ),
)  # fmt: skip


@pytest.fixture(params=ENGINES)
def shop(request: pytest.FixtureRequest, house: Company, tmp_path: Path) -> Shop:
    source = house.home / "shop.sqlite3"
    if request.param == "sqlite":
        return engines.of_sqlite(tmp_path / "shop.sqlite3", source)
    if request.param == "postgresql":
        postgres: servers.Postgres = request.getfixturevalue("postgres")
        return engines.of_postgresql(postgres.database(), source)
    needs.require("mariadb")
    maria: servers.Maria = request.getfixturevalue("maria")
    return engines.of_mariadb(maria.database(), str(maria.socket), source)


def do(shop: Shop, statements: tuple[str, ...] | dict[str, tuple[str, ...]]) -> None:
    for each in statements[shop.kind] if isinstance(statements, dict) else statements:
        shop.execute(each)


@contextmanager
def changed(shop: Shop, change: Change) -> Iterator[None]:
    """The company changes its schema, and changes it back."""
    if change.kind is not DriftKind.GONE_TABLE:
        do(shop, change.there)
        yield
        do(shop, change.back)
        return
    rows = shop.execute("SELECT * FROM order_items")
    made = [each for each in shop.made if " order_items " in each]
    shop.execute("DROP TABLE order_items")
    yield
    for each in made:
        shop.execute(each)
    shop.execute("INSERT INTO order_items VALUES (%s, %s, %s, %s, %s)", rows)


def checked(folder: Path) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(datamap, ["check", "--json", "--home", str(folder)], obj=Product())
    return result.exit_code, json.loads(result.stdout)


def approved(someone: Someone) -> CaseId:
    demand = Demand(kind=DemandKind.ERASURE, items=("all",))
    case_id = acts.verified_of(replace(acts.filing(someone), demands=(demand,)), someone)
    acts.decide(case_id)
    acts.approve(case_id)
    return case_id


@pytest.mark.promise("P0.1", "P3.6")
def test_each_kind_of_drift_blocks_done_is_named_and_ends_with_its_repair(
    shop: Shop, house: Company, tmp_path: Path, record_property: sweeps.Record
) -> None:
    # Of shape. Whether each value is in its normal form is asked by `datamap check` alone, and
    # rows are hidden by PostgreSQL alone (`test_hide`).
    elsewhere = {DriftKind.NOT_NORMAL, DriftKind.ROWS_HIDDEN}
    assert {change.kind for change in CHANGES} == set(DriftKind) - elsewhere
    # A sample takes each kind on one engine: all of them over the three.
    at = ("sqlite", "postgresql", "mariadb").index(shop.kind)
    changes = CHANGES if sweeps.LEVEL else CHANGES[at::3]
    people = engines.somebody(house.home / "shop.sqlite3", after=10, count=len(changes))
    blocked, named, ended = [], [], []
    with engines.in_hand(shop, house.home, tmp_path) as folder:
        assert checked(folder)[0] == 0, checked(folder)
        for change, someone in zip(changes, people, strict=True):
            case_id = approved(someone)
            with changed(shop, change):
                before = shop.execute("SELECT count(*) FROM members")
                acts.carry_out(case_id)

                case = store.case(case_id)
                again = store.next_try(case_id)
                assert shop.execute("SELECT count(*) FROM members") == before, change.kind
                if (
                    case.work is Work.WAITING
                    and case.work_note == "store-unreadable:shop"
                    and not store.executed(case.demands[0].id)
                    and again is not None
                    and (again - acts.clock_now()).total_seconds() <= 60
                ):
                    blocked.append(change.kind)
                code, document = checked(folder)
                found = {each["kind"]: each["remedy"] for each in document["drifts"]}
                if code == 3 and found.get(change.kind):
                    named.append(change.kind)
            if acts.carry_out(case_id) is Work.READY and checked(folder)[0] == 0:
                ended.append(change.kind)

    every = [change.kind for change in changes]
    what = "kinds of drift, on each of three engines"
    sweeps.record(record_property, what, ran=len(ended), of=len(CHANGES))
    assert (blocked, named, ended) == (every, every, every)
