"""A person's rows in all three stores, against a plain scan of everything (P0.1, P3.2)."""

import csv
import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from mamoru.connectors.open import connector
from mamoru.datamap import reading
from mamoru.datamap.locate import keys_of, locate, searches
from mamoru.datamap.terms import Facts, KeyRing
from mamoru.gate.permit import issue
from mamoru.gate.terms import Standing
from mamoru.site.sample import cast, generate
from tests.oracle.gate import Grant, Purpose, Small

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
DATAMAP = reading.load(Path(generate.__file__).with_name("datamap.yaml"))
CATEGORIES = {
    column.category
    for store in DATAMAP.stores
    for table in store.tables
    for column in table.columns
}
POLICY = Small(
    purposes={"PU08": Purpose(basis="law")},
    grants={("PU08", category, "internal"): Grant() for category in CATEGORIES},
)
Cells = Mapping[str, object]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    generate.create(folder, seed=11, persons=400, today=TODAY)
    return folder


def everything(home: Path) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for name in (generate.SHOP, generate.PERSONNEL):
        connection = sqlite3.connect(home / name)
        connection.row_factory = sqlite3.Row
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            found[table] = [dict(row) for row in rows]
        connection.close()
    with (home / generate.MAILING).open(encoding="utf-8-sig", newline="") as file:
        found["mailing"] = list(csv.DictReader(file))
    return found


def scanned(rows: dict[str, list[Cells]], keys: KeyRing) -> dict[str, list[Cells]]:
    """Row by row, written from what the tables mean and not from the map."""
    members = set(keys.get("member_id", ()))
    mails = {mail.strip().lower() for mail in keys.get("email", ())}

    def mine(row: Cells) -> bool:
        return row["member_id"] in members

    def mail(row: Cells) -> bool:
        return str(row["email"]).strip().lower() in mails

    orders = {row["order_id"] for row in rows["orders"] if mine(row)}
    hits = {
        "members": [row for row in rows["members"] if mine(row)],
        "addresses": [row for row in rows["addresses"] if mine(row)],
        "orders": [row for row in rows["orders"] if mine(row)],
        "order_items": [row for row in rows["order_items"] if row["order_id"] in orders],
        "inquiries": [
            row
            for row in rows["inquiries"]
            if mine(row) or (row["member_id"] is None and mail(row))
        ],
        "employees": [
            row for row in rows["employees"] if row["employee_id"] in keys.get("employee_id", ())
        ],
        "applicants": [
            row for row in rows["applicants"] if row["applicant_id"] in keys.get("applicant_id", ())
        ],
        "mailing": [row for row in rows["mailing"] if mail(row)],
    }
    return {table: found for table, found in hits.items() if found}


def read(home: Path, keys: KeyRing) -> dict[str, list[Cells]]:
    locations = locate(DATAMAP, keys)
    permit = issue(
        POLICY,
        case="C-2026-000001-8",
        purpose="PU08",
        operation="read",
        locations=locations,
        standing=Standing(),
        by="staff:1",
        now=NOW,
        until=NOW + timedelta(hours=1),
    )
    found: dict[str, list[Cells]] = {}
    for place in locations:
        hand = connector(DATAMAP.store(place.store), base=home)
        rows = hand.read(permit, place, NOW).rows
        if rows:
            found[place.table] = list(rows)
    return found


def _sorted(found: dict[str, list[Cells]]) -> dict[str, list[str]]:
    return {
        table: sorted(repr(sorted(row.items())) for row in rows) for table, rows in found.items()
    }


@pytest.mark.promise("P0.1", "P3.2")
def test_reads_what_a_plain_scan_of_all_rows_finds(home: Path) -> None:
    rows = everything(home)
    draw = Random(5)
    people = [
        ("shop", "members", row)
        for row in [*rows["members"][:5], *draw.sample(rows["members"], 30)]
    ]
    people += [("personnel", "employees", row) for row in draw.sample(rows["employees"], 5)]
    people += [("personnel", "applicants", row) for row in draw.sample(rows["applicants"], 5)]

    for store, table, row in people:
        keys = keys_of(DATAMAP, [(store, table, row)])  # type: ignore[list-item]
        assert _sorted(read(home, keys)) == _sorted(scanned(rows, keys))


@pytest.mark.promise("P3.2", "P3.19")
def test_taros_data_is_found_in_both_stores_that_hold_it(home: Path) -> None:
    found = read(home, cast.TARO.keys)

    assert {table: len(rows) for table, rows in found.items() if table != "order_items"} == {
        "members": 1,
        "addresses": 1,
        "orders": cast.TARO_ORDERS,
        "inquiries": cast.TARO_INQUIRIES,
        "mailing": 1,
    }


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("someone", cast.MEMBERS, ids=lambda someone: someone.given_name_kana)
def test_each_of_the_cast_is_found_by_what_a_form_says(home: Path, someone: cast.Someone) -> None:
    facts = Facts(
        family_name_kana=someone.family_name_kana,
        given_name_kana=someone.given_name_kana,
        birth=someone.birth,
    )

    assert someone.member_id in {row.get("member_id") for row in candidates(home, facts)}


@pytest.mark.promise("P3.10")
def test_akuda_is_nobody(home: Path) -> None:
    facts = Facts(
        family_name=cast.AKUDA.family_name,
        given_name=cast.AKUDA.given_name,
        family_name_kana=cast.AKUDA.family_name_kana,
        given_name_kana=cast.AKUDA.given_name_kana,
        birth=cast.AKUDA.birth,
        email=cast.AKUDA.email,
        phone=cast.AKUDA.phone,
    )

    assert candidates(home, facts) == []


def candidates(home: Path, facts: Facts) -> list[Cells]:
    ways = searches(DATAMAP, facts)
    permit = issue(
        POLICY,
        case="C-2026-000001-8",
        purpose="PU08",
        operation="find",
        locations=ways,
        standing=Standing(),
        by="staff:1",
        now=NOW,
        until=NOW + timedelta(hours=1),
    )
    found: list[Cells] = []
    for way in ways:
        hand = connector(DATAMAP.store(way.store), base=home)
        found += hand.find(permit, way.table, way.criteria, NOW)
    return found
