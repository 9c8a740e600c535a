"""Many erasures through the engine, and the restore of an older copy: parts for tests to join.

`erase` ends with every tombstone set and every row proven gone; `backup` before it and `restore`
after it play a company that puts an old copy back, with our fence and its rows gone as well.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from mamoru.cases import execute, store
from mamoru.cases.terms import Demand, DemandKind
from mamoru.consents import store as standings
from mamoru.consents.terms import StandingKind
from mamoru.kit.ids import CaseId
from mamoru.site.sample.cast import Someone
from tests import sweeps
from tests.cases import acts
from tests.faults.engines import PERSONNEL, Rows, Shop

PERSONS, FULL = sweeps.points(sample=2_000, whole=10_000), 100
ERASED = sweeps.points(sample=3, whole=FULL)
Backup = dict[str, Any]


def erase(people: Iterable[Someone]) -> list[CaseId]:
    """Take each through identification, decision and approval; carry it out but for the letter."""
    done = []
    for someone in people:
        demand = Demand(kind=DemandKind.ERASURE, items=("all",))
        case_id = acts.verified_of(replace(acts.filing(someone), demands=(demand,)), someone)
        acts.decide(case_id)
        acts.approve(case_id)
        store.claim_work(case_id)
        execute.run(store.case(case_id), acts.Steps())
        if store.executed(store.case(case_id).demands[0].id):
            done.append(case_id)
    return done


def everything(shop: Shop, home: Path, *, personnel: Shop | None = None) -> Rows:
    """Return every row of every store of the company."""
    found = {f"shop/{name}": rows for name, rows in shop.dump().items()}
    if personnel is None:
        with closing(sqlite3.connect(home / "personnel.sqlite3")) as file:
            for table in PERSONNEL:
                rows = file.execute(f"SELECT * FROM {table}")
                found[f"personnel/{table}"] = Counter(map(repr, rows))
    else:
        found |= {f"personnel/{name}": rows for name, rows in personnel.dump().items()}
    lines = (home / "mailing.csv").read_text("utf-8-sig").splitlines()
    return {**found, "mailing/mailing": Counter(lines)}


def foreign(before: Rows, after: Rows, people: Iterable[Someone]) -> Counter[str]:
    """Return the rows that differ and carry no key of any of these people."""
    keys = [key for someone in people for held in someone.keys.values() for key in held]
    changed = Counter[str]()
    for name in before:
        changed += (before[name] - after[name]) + (after[name] - before[name])
    return Counter({row: n for row, n in changed.items() if not any(key in row for key in keys)})


def visible(shop: Shop, people: Sequence[Someone]) -> list[str]:
    """Return whom of these people the shop names again."""
    rows = shop.execute("SELECT member_id, family_name FROM members")
    named = {member for member, family in rows if family}
    return [each.member_id for each in people if each.member_id in named]


def buried(people: Iterable[Someone]) -> int:
    """Return how many of these people the product's own database says were erased."""
    digests = [
        digest
        for someone in people
        for digest in standings.person(
            store.master(), {"member_id": (someone.member_id,)}, shareable=()
        ).own
    ]
    return len(standings.among(digests, StandingKind.TOMBSTONE, shared=False, now=acts.clock_now()))


def backup(shop: Shop, folder: Path) -> Backup:
    """Keep a copy of the shop as it is now, by the engine's own means."""
    if shop.kind == "sqlite":
        path = folder / "backup.sqlite3"
        shutil.copy(shop.url, path)
        return {"path": path}
    return {table: shop.execute(f"SELECT * FROM {table}") for table in shop.tables}


def restore(shop: Shop, kept: Backup) -> None:
    """Put the copy in the store's place: newer rows and our fence are gone with what was there."""
    if shop.kind == "sqlite":
        beside = kept["path"].with_name("restored.sqlite3")
        shutil.copy(kept["path"], beside)
        beside.replace(shop.url)
        return
    for table in (*reversed(shop.tables), "mamoru_fence"):
        shop.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
    for statement in shop.made:
        shop.execute(statement)
    for table in shop.tables:
        rows = kept[table]
        if table == "members":
            rows = sorted(rows, key=lambda row: row[9] is not None)
        marks = ", ".join(["%s"] * len(rows[0]))
        shop.execute(f"INSERT INTO {table} VALUES ({marks})", rows)
