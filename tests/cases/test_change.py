"""A demand carried out in the company's real databases: whole, once, proven (P3.5 to P3.7)."""

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mamoru.cases import effects_store, execute, store
from mamoru.cases.terms import DemandKind, Work
from mamoru.consents import actions as consents
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")

Rows = dict[str, list[tuple[object, ...]]]


def dump(home: Path) -> Rows:
    """Return every row of every store, by store and table."""
    found: Rows = {}
    for name in ("shop", "personnel"):
        connection = sqlite3.connect(home / f"{name}.sqlite3")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            if table != "mamoru_fence":
                rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
                found[f"{name}/{table}"] = sorted(rows, key=repr)
        connection.close()
    lines = (home / "mailing.csv").read_text("utf-8-sig").splitlines()
    found["mailing"] = [(line,) for line in sorted(lines)]
    return found


def gone(before: Rows, after: Rows) -> list[tuple[str, tuple[object, ...]]]:
    return [(name, row) for name in before for row in before[name] if row not in after[name]]


@pytest.mark.promise("P3.6")
def test_an_erasure_takes_the_person_out_of_every_store_and_nobody_else(house: Company) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.ERASURE)
    acts.decide(case_id)
    acts.approve(case_id)
    before = dump(house.home)

    state = acts.carry_out(case_id)

    assert state is Work.READY, store.case(case_id).work_note
    after = dump(house.home)
    for name, row in gone(before, after):
        print(name, row)
    demand = store.case(case_id).demands[0]
    for each in effects_store.effects(demand.id):
        print(each)
    assert 0
