"""What the databases themselves say of the lab's case; nothing is asked of the product."""

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEW_EMAIL = "hanako.new@mail.example"
OLD_EMAIL = "hanako.yamamoto@mail.example"
MEMBER = "M000001"
STORES = ("shop", "personnel")
Rows = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of the stores, and what the product has written about its work."""

    stores: Rows
    executed: dict[str, bool]  # kind of demand -> whether it is said to be done
    receipts: Counter[str]
    effects: Counter[tuple[Any, ...]]
    entries: Counter[tuple[str, str, str]]
    standings: Counter[str]
    answers: int
    work: str
    note: str
    sound: bool

    @property
    def corrected(self) -> bool:
        """Whether the value before stands neither with the member nor on the mailing list."""
        return not {"shop/members", "mailing/mailing"} & set(self.holding(OLD_EMAIL))

    @property
    def erased(self) -> bool:
        """Whether nothing of 花子 is left but what a law keeps."""
        kept = {"shop/orders", "shop/order_items", "shop/members"}
        left = {name for value in (OLD_EMAIL, NEW_EMAIL) for name in self.holding(value)}
        return not left and set(self.holding(MEMBER)) <= kept

    @property
    def touched(self) -> bool:
        """Whether an erasure has begun in any store."""
        (member,) = (row for row in self.stores["shop/members"] if row.startswith(f"('{MEMBER}'"))
        listed = any(
            {OLD_EMAIL, NEW_EMAIL} & set(r.split(",")) for r in self.stores["mailing/mailing"]
        )
        return "花子" not in member or not listed

    def holding(self, value: str) -> list[str]:
        """Return the tables in which a value still stands."""
        return [name for name, rows in self.stores.items() if any(value in row for row in rows)]


def gather(home: Path) -> Evidence:
    """Look at a copy: opening a database repairs it, which is the product's own work to do."""
    with _copied(home) as copy:
        stores = dump(copy)
        with closing(sqlite3.connect(copy / "mamoru.sqlite3")) as own:
            sound = own.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            demands = own.execute("SELECT id, kind, executed_at FROM cases_demandrow").fetchall()
            kinds = {name: kind for name, kind, _ in demands}
            receipts = own.execute('SELECT demand_id, location, "rows" FROM cases_receiptrow')
            effects = own.execute(
                'SELECT demand_id, store, "table", wave, erased, written, held, referred'
                " FROM cases_effectrow"
            )
            return Evidence(
                stores=stores,
                executed={kind: at is not None for _, kind, at in demands},
                receipts=Counter(f"{kinds[each]} {place}" for each, place, _ in receipts),
                effects=Counter((kinds[each], *rest) for each, *rest in effects),
                entries=Counter(_entry(*row) for row in own.execute(_ENTRIES)),
                standings=Counter(
                    kind for (kind,) in own.execute("SELECT kind FROM consents_standingrow")
                ),
                answers=own.execute("SELECT count(*) FROM cases_answerrow").fetchone()[0],
                work=own.execute("SELECT work FROM cases_caserow").fetchone()[0],
                note=own.execute("SELECT work_note FROM cases_caserow").fetchone()[0],
                sound=sound,
            )


_ENTRIES = "SELECT kind, data FROM mamoru_ledger_entry"


def _entry(kind: str, data: str) -> tuple[str, str, str]:
    body = json.loads(data)["body"]
    return kind, str(body.get("demand", "")), str(body.get("place", ""))


def dump(home: Path) -> Rows:
    """Return every row of every store as text, counted; our own fence left out."""
    found: Rows = {}
    for name in STORES:
        with closing(sqlite3.connect(home / f"{name}.sqlite3")) as store:
            tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if table != "mamoru_fence":
                    rows = store.execute(f'SELECT * FROM "{table}"')
                    found[f"{name}/{table}"] = Counter(map(repr, rows))
    lines = (home / "mailing.csv").read_text("utf-8-sig").splitlines()
    found["mailing/mailing"] = Counter(lines)
    return found


@contextmanager
def _copied(home: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        for path in home.iterdir():
            if path.is_file():
                shutil.copy(path, folder)
        yield Path(folder)
