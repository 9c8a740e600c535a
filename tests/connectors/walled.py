"""A small company behind a wall, and a plain second opinion of who sees what there."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from mamoru.connectors.barrier import PostgresqlWall
from mamoru.datamap.inventory import DataMap
from mamoru.datamap.terms import normal
from mamoru.gate import wall as walls
from mamoru.gate.table import Table
from mamoru.gate.terms import Standing
from mamoru.gate.wall import Key, Wall
from tests.oracle.gate import Grant, Purpose, Small, may

TITLE = {"ja": "表", "en": "a table"}
CLAUSES = {"PU01": "purpose.service", "PU02": "purpose.news", "PU07": "purpose.partner"}
POLICY = Small(
    purposes={
        "PU01": Purpose(clause="purpose.service"),
        "PU02": Purpose(needs="not-refused", clause="purpose.news"),
        "PU07": Purpose(needs="consent", clause="purpose.partner"),
        "APPI-33": Purpose(basis="law", clause="law"),
    },
    grants={
        **{
            (purpose, category, recipient): Grant()
            for purpose, category, recipient in [
                ("PU01", "name", "internal"),
                ("PU01", "contact", "internal"),
                ("PU01", "deal", "internal"),
                ("PU02", "contact", "internal"),
                ("PU02", "contact", "mailing"),
                ("PU02", "name", "mailing"),
                ("PU07", "name", "partner"),
                ("APPI-33", "name", "internal"),
            ]
        },
        ("PU01", "birth", "internal"): Grant(form="masked"),
    },
)
TABLES: dict[str, dict[str, str]] = {  # column -> category
    "customers": {
        "id": "none", "name": "name", "email": "contact", "birth": "birth", "guardian": "name",
    },
    "orders": {"id": "none", "customer_id": "none", "item": "deal"},
    "lines": {"id": "none", "order_id": "none", "wish": "deal"},
    "tickets": {"id": "none", "customer_id": "none", "email": "contact", "body": "deal"},
    "news": {"email": "contact", "name": "name"},
    "staff": {"number": "none", "name": "employment"},
}  # fmt: skip
TYPES = {"id": "integer", "customer_id": "integer", "order_id": "integer", "birth": "date"}
WAYS: dict[str, list[dict[str, str]]] = {
    "customers": [{"column": "id", "kind": "customer"}],
    "orders": [{"column": "customer_id", "through": "customers", "parent_column": "id"}],
    "lines": [{"column": "order_id", "through": "orders", "parent_column": "id"}],
    "tickets": [{"column": "customer_id", "kind": "customer"}, {"column": "email", "kind": "email"}],
    "news": [{"column": "email", "kind": "email"}],
    "staff": [{"column": "number", "kind": "staff"}],
}  # fmt: skip
PARENTS = {"orders": ("customers", "customer_id"), "lines": ("orders", "order_id")}
SQL = """
    CREATE TABLE customers (id integer PRIMARY KEY, name text, email text, birth date,
        guardian text);
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, item text);
    CREATE TABLE lines (id integer PRIMARY KEY, order_id integer NOT NULL, wish text);
    CREATE TABLE tickets (id integer PRIMARY KEY, customer_id integer, email varchar(80),
        body text);
    CREATE TABLE news (email text, name text);
    CREATE TABLE staff (number text PRIMARY KEY, name text);
"""


def datamap(**changes: Any) -> DataMap:
    """Return the map of the company; `changes` are laid over its only store."""
    return DataMap.model_validate(
        {
            "datamap": 1,
            "controller": TITLE,
            "keys": [
                {"kind": "customer", "title": TITLE},
                {"kind": "email", "title": TITLE, "match": "email"},
                {"kind": "staff", "title": TITLE},
            ],
            "stores": [
                {
                    "name": "shop",
                    "title": TITLE,
                    "kind": "postgresql",
                    "url": "postgresql://",
                    "tables": [_table(name) for name in TABLES],
                    **changes,
                }
            ],
        }
    )


def _table(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLE,
        "purposes": ["PU01"],
        "retention": [{"text": TITLE, "period": "P1Y"}],
        "row_key": next(iter(TABLES[name])),
        "person": WAYS[name],
        "provides": {"email": "email"} if name == "customers" else {},
        "fate": {"erasure": "delete-row"},
        "columns": [
            {
                "name": column,
                "title": TITLE,
                "category": category,
                "type": TYPES.get(column, "text"),
                **({"about": "third-party"} if column == "guardian" else {}),
            }
            for column, category in TABLES[name].items()
        ],
    }


@dataclass
class Memory:
    """The marks that were left in a wall, as the product keeps them."""

    kept: str = ""
    promised: str = ""

    def known(self) -> set[str]:
        return {self.kept, self.promised} - {""}

    def promise(self, mark: str) -> None:
        self.promised = mark

    def keep(self, mark: str) -> None:
        self.kept = mark


@dataclass
class Company:
    """Rows, how people stand, and the database that holds the rows."""

    url: str
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    standings: dict[tuple[str, str], Standing | None] = field(default_factory=dict)
    policy: Small = POLICY
    map: DataMap = field(default_factory=datamap)
    memory: Memory = field(default_factory=Memory)

    def make(self) -> None:
        """Write tables and rows."""
        with psycopg.connect(self.url) as connection:
            connection.execute(SQL)
            for table, rows in self.rows.items():
                marks = ", ".join("%s" for _ in TABLES[table])
                for row in rows:
                    connection.execute(f"INSERT INTO {table} VALUES ({marks})".encode(), row)

    @property
    def wall(self) -> Wall:
        return walls.build(Table(self.policy), self.map, self.map.stores[0], CLAUSES)

    @property
    def hand(self) -> PostgresqlWall:
        return PostgresqlWall("shop", self.url, self.memory)

    def standing(self, kind: str, key: str) -> Standing | None:
        """Return how the person of a key stands: nothing recorded, unless something is."""
        return self.standings.get((kind, key), Standing())

    def words(self, key: Key, keys: Sequence[str]) -> list[tuple[str, int]]:
        table = Table(self.policy)
        return [(ref(key.kind, each), table.word(self.standing(key.kind, each))) for each in keys]

    def everybody(self) -> Callable[[Key, Sequence[str]], list[int]]:
        """Return what gives words for the digest of any key that has a standing, else of nobody."""
        table = Table(self.policy)
        known = {ref(*each): found for each, found in self.standings.items()}
        return lambda _, refs: [table.word(known.get(each, Standing())) for each in refs]

    def renewed(
        self, among: Mapping[str, tuple[str, str]]
    ) -> Callable[[Key, Sequence[str]], list[int]]:
        """Return what gives words for digests, of the keys among these."""
        table = Table(self.policy)
        return lambda _, refs: [table.word(self.standing(*among[each])) for each in refs]

    # --- the second opinion ------------------------------------------------------------------

    def person(self, table: str, row: tuple[Any, ...]) -> tuple[str, str] | None:
        """Return the key by which a row is somebody's, looked for as the map describes it."""
        cells = dict(zip(TABLES[table], row, strict=True))
        if table == "customers":
            return ("customer", str(cells["id"]))
        if table in PARENTS:
            parent, column = PARENTS[table]
            above = [each for each in self.rows[parent] if each[0] == cells[column]]
            return self.person(parent, above[0]) if above else None
        if cells.get("customer_id") is not None:
            return ("customer", str(cells["customer_id"]))
        mail = _mail(cells.get("email"))
        return ("email", mail) if mail else None

    def clear(self, purpose: str, category: str, recipient: str) -> bool:
        """Return whether the policy shows a category whole behind a door."""
        grant = self.policy.grants.get((purpose, category, recipient))
        return grant is not None and grant.form == "clear"

    def seen(self, purpose: str, recipient: str, table: str) -> list[tuple[Any, ...]] | None:
        """Return what a reader of a door must see of a table; None where there is no such view."""
        open_ = [
            column
            for column, category in TABLES[table].items()
            if column != "guardian"
            and (category == "none" or self.clear(purpose, category, recipient))
        ]
        if all(TABLES[table][column] == "none" for column in open_):
            return None
        found = []
        for row in self.rows.get(table, []):
            who = self.person(table, row)
            standing = None if who is None else self.standing(*who)
            category = next(c for c in map(TABLES[table].get, open_) if c and c != "none")
            if may(self.policy, purpose, category, recipient, standing):
                cells = dict(zip(TABLES[table], row, strict=True))
                found.append(
                    tuple(cells[column] for column in open_)
                    + ((_mail(cells["email"]),) if "email" in open_ else ())
                )
        return found


def ref(kind: str, key: str) -> str:
    """Return a digest of a key."""
    return hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()


def _mail(cell: Any) -> str | None:
    return None if cell is None else normal(EMAIL, cell)


EMAIL = datamap().match_of("email")
