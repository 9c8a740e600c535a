"""What a plan does to the rows: the persons' go, nobody else's change, nothing dangles (P3.5-P3.7)."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from mamoru.datamap import plan, reading
from mamoru.datamap.acts import Act, Frozen, Held, Reach
from mamoru.datamap.inventory import DataMap
from mamoru.datamap.plan import Cell, Deed, NoOrder
from mamoru.datamap.terms import (
    ColumnShape,
    ColumnType,
    ForeignKeyShape,
    Match,
    TableShape,
    column_type,
)
from mamoru.site.sample import generate
from tests.oracle import erasure
from tests.oracle.erasure import Database, Row

ON = date(2026, 11, 22)
PERSONS = ("P1", "P2", "P3")
TITLE = {"ja": "題", "en": "Title"}
HELD_ANCHOR = "2025-06-30"  # seven years ago are not over
ANCHORS = ("2012-01-01", HELD_ANCHOR, None)
HOLD = {"code": "H01", "law": TITLE, "period": "P7Y"}


# --- a small company, in any shape -------------------------------------------------------------


@dataclass
class Link:
    """A foreign key beside the path: `column` of `child` names the id of `parent`."""

    child: int
    parent: int
    column: str
    nullable: bool


@dataclass
class Company:
    """Tables t0 (the persons) to tn, their rows, and which hang on which."""

    above: list[int | None]  # table -> its parent's number; None: found by the person's number
    deletes: list[bool]
    holds: list[bool]
    links: list[Link]
    rows: Database = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.deletes)

    def anchored(self, at: int) -> int:
        """Return the table whose `at` column a hold of this table counts from."""
        while (parent := self.above[at]) is not None and self.holds[parent]:
            at = parent
        return at

    def datamap(self) -> DataMap:
        return DataMap.model_validate(
            {
                "datamap": 1,
                "controller": TITLE,
                "keys": [{"kind": "person", "title": TITLE}],
                "stores": [
                    {
                        "name": "shop",
                        "title": TITLE,
                        "kind": "sqlite",
                        "url": "shop.sqlite3",
                        "tables": [self._table(at) for at in range(self.count)],
                    }
                ],
            }
        )

    def _table(self, at: int) -> dict[str, Any]:
        parent = self.above[at]
        way = {"column": "id" if at == 0 else "up"}
        if at == 0 or parent is None:
            way["kind"] = "person"
        else:
            way |= {"through": f"t{parent}", "parent_column": "id"}
        hold = HOLD | ({"anchor": "at"} if self.anchored(at) == at else {})
        return {
            "name": f"t{at}",
            "title": TITLE,
            "purposes": ["PU01"],
            "retention": [{"text": TITLE, "period": "P1Y"}],
            "holds": [hold] if self.holds[at] else [],
            "row_key": "id",
            "person": [way],
            "provides": {"person": "id"} if at == 0 else {},
            "fate": {"erasure": "delete-row" if self.deletes[at] else "clear"},
            "columns": [
                {
                    "name": name,
                    "title": TITLE,
                    "category": "none" if name == "at" else "name",
                    "type": "date" if name == "at" else "text",
                }
                for name in self.columns(at)
            ],
        }

    def columns(self, at: int) -> list[str]:
        own = ["id", "name", "at"] + (["up"] if at else [])
        return own + [link.column for link in self.links if link.child == at]

    def shapes(self) -> tuple[TableShape, ...]:
        return tuple(
            TableShape(
                name=f"t{at}",
                columns=tuple(
                    ColumnShape(
                        name=name,
                        type=ColumnType.TEXT,
                        nullable=self._nullable(at, name),
                        primary_key=name == "id",
                    )
                    for name in self.columns(at)
                ),
                foreign_keys=tuple(
                    ForeignKeyShape(
                        columns=(ref.column,), parent=ref.parent, parent_columns=("id",)
                    )
                    for ref in self.refs(at)
                ),
            )
            for at in range(self.count)
        )

    def _nullable(self, at: int, name: str) -> bool:
        links = {link.column: link.nullable for link in self.links if link.child == at}
        return links.get(name, name in {"name", "at"})

    def refs(self, at: int) -> tuple[erasure.Ref, ...]:
        found = [
            erasure.Ref(link.column, f"t{link.parent}", link.nullable)
            for link in self.links
            if link.child == at
        ]
        if at:
            found.append(erasure.Ref("up", f"t{self.above[at] or 0}", nullable=False))
        return tuple(found)

    def held(self, at: int) -> Any:
        def check(database: Database, row: Row) -> bool:
            if not self.holds[at]:
                return False
            here, where = row, at
            while self.anchored(at) != where:
                where = self.above[where] or 0
                here = next(each for each in database[f"t{where}"] if each["id"] == here["up"])
            return here["at"] in {None, HELD_ANCHOR}

        return check

    def specs(self) -> Mapping[str, erasure.Spec]:
        return {
            f"t{at}": erasure.Spec(
                deletes=self.deletes[at],
                refs=self.refs(at),
                personal=frozenset(self.columns(at)) - {"at"},
                held=self.held(at),
            )
            for at in range(self.count)
        }

    def frozen(self, persons: Iterable[str]) -> tuple[list[Frozen], dict[str, set[str]]]:
        own: dict[str, set[str]] = {"t0": set(persons)}
        result = []
        for at in range(self.count):
            parent = self.above[at]
            column = "id" if at == 0 else "up"
            keys = own["t0"] if at == 0 or parent is None else own[f"t{parent}"]
            own[f"t{at}"] = {
                str(row["id"]) for row in self.rows[f"t{at}"] if str(row[column]) in keys
            }
            result.append(
                Frozen(
                    store="shop",
                    table=f"t{at}",
                    place=f"p{at}",
                    reaches=(Reach(column=column, keys=tuple(sorted(keys))),),
                )
            )
        return result, own


@st.composite
def companies(draw: st.DrawFn) -> Company:
    count = draw(st.integers(1, 4))
    above: list[int | None] = [None]
    above += [
        draw(st.one_of(st.none(), st.integers(1, at - 1))) if at > 1 else None
        for at in range(1, count)
    ]
    deletes = [True] + [draw(st.booleans()) for _ in range(1, count)]
    holds = [False] + [draw(st.booleans()) for _ in range(1, count)]
    links = []
    for number in range(draw(st.integers(0, 3))):
        child, parent = (draw(st.integers(0, count - 1)) for _ in "cp")
        nullable = child == parent or draw(st.booleans())
        links.append(Link(child, parent, f"r{number}", nullable))
    company = Company(above, deletes, holds, links)
    for at in range(count):
        keys = list(PERSONS) if at == 0 else [f"{at}.{n}" for n in range(draw(st.integers(0, 4)))]
        company.rows[f"t{at}"] = [{"id": key, "name": "山本"} for key in keys]
    for at in range(count):
        for row in company.rows[f"t{at}"]:
            row["at"] = draw(st.sampled_from(ANCHORS))
            if at:
                parents = [each["id"] for each in company.rows[f"t{above[at] or 0}"]]
                assume(parents)
                row["up"] = draw(st.sampled_from(parents))
            for link in (each for each in links if each.child == at):
                known: list[Any] = [each["id"] for each in company.rows[f"t{link.parent}"]]
                known += [None] if link.nullable else []
                assume(known)
                row[link.column] = draw(st.sampled_from(known))
    return company


# --- the acts, carried out on dicts ------------------------------------------------------------


def reached(act: Act, row: Row) -> bool:
    """Return whether a row is meant: a later reach counts where all earlier columns are empty."""
    for reach in act.reaches:
        if row[reach.column] not in {None, ""}:
            return row[reach.column] in reach.keys
    return False


def held(database: Database, row: Row, hold: Held) -> bool:
    if hold.after is None:
        return True
    for hop in hold.hops:
        row = next(
            each for each in database[hop.parent] if each[hop.parent_column] == row[hop.column]
        )
    return row[hold.anchor] is None or str(row[hold.anchor]) > hold.after.isoformat()


def carry_out(database: Database, acts: Iterable[Act]) -> None:
    for act in acts:
        meant = [
            row
            for row in database[act.table]
            if reached(act, row)
            and all(row[column] == value for column, value in (*act.only, *act.before))
            and not any(held(database, row, hold) for hold in act.holds)
        ]
        if act.delete:
            named = [
                {(ref.parent_column, row[ref.column]) for row in database[ref.table]}
                for ref in act.referred_by
            ]
            gone = [
                id(row)
                for row in meant
                if not any(
                    (ref.parent_column, row[ref.parent_column]) in cells
                    for ref, cells in zip(act.referred_by, named, strict=True)
                )
            ]
            database[act.table] = [row for row in database[act.table] if id(row) not in gone]
        for row in () if act.delete else meant:
            row.update(dict(act.values))


def copied(rows: Database) -> Database:
    return {name: [dict(row) for row in table] for name, table in rows.items()}


@pytest.mark.promise("P3.6")
@settings(max_examples=400, deadline=None)
@given(companies(), st.sets(st.sampled_from(PERSONS), min_size=1, max_size=2))
def test_the_persons_rows_go_and_nobody_elses_change(company: Company, persons: set[str]) -> None:
    frozen, own = company.frozen(sorted(persons))
    try:
        acts = plan.acts(
            company.datamap(), frozen, {"shop": company.shapes()}, what=Deed.ERASE, on=ON
        )
    except NoOrder:
        event("no order")
        return
    after = copied(company.rows)

    carry_out(after, acts)

    for at in range(company.count):
        name = f"t{at}"
        ids = {str(row["id"]) for row in after[name]}
        for row in company.rows[name]:
            is_held = company.held(at)(company.rows, row)
            if str(row["id"]) not in own[name] or is_held:
                assert row in after[name]
            elif str(row["id"]) in ids:
                (left,) = (each for each in after[name] if each["id"] == row["id"])
                assert left["name"] is None
                event("a row had to stay")
        for row in after[name]:
            for ref in company.refs(at):
                parents = {each["id"] for each in after[ref.parent]}
                assert row[ref.column] is None or row[ref.column] in parents
                assert ref.nullable or row[ref.column] is not None
    assert after == erasure.erase(company.rows, company.specs(), own)


@given(companies(), st.sets(st.sampled_from(PERSONS), min_size=1))
def test_few_statements_a_table_whatever_the_rows(company: Company, persons: set[str]) -> None:
    frozen, _ = company.frozen(sorted(persons))
    try:
        acts = plan.acts(
            company.datamap(), frozen, {"shop": company.shapes()}, what=Deed.ERASE, on=ON
        )
    except NoOrder:
        return
    loops = {link.child for link in company.links if link.child == link.parent}

    for at in range(company.count):
        mine = [act for act in acts if act.table == f"t{at}"]
        openings = 3 if company.links else 0
        assert len(mine) <= 2 + (at in loops) + openings


def test_a_circle_that_cannot_be_opened_is_told() -> None:
    company = Company(
        above=[None, None],
        deletes=[True, True],
        holds=[False, False],
        links=[Link(0, 1, "r0", nullable=False)],
        rows={"t0": [], "t1": []},
    )
    frozen, _ = company.frozen(["P1"])

    with pytest.raises(NoOrder, match="`t1`"):
        plan.acts(company.datamap(), frozen, {"shop": company.shapes()}, what=Deed.ERASE, on=ON)


def test_a_database_whose_shape_nobody_saw_is_not_planned() -> None:
    company = Company([None], [True], [False], [], {"t0": []})
    frozen, _ = company.frozen(["P1"])

    with pytest.raises(KeyError):
        plan.acts(company.datamap(), frozen, {}, what=Deed.ERASE, on=ON)


# --- the sample company ------------------------------------------------------------------------

SAMPLE = reading.load(Path(generate.__file__).with_name("datamap.yaml"))


def sample_frozen() -> tuple[Frozen, ...]:
    """The places of one member, as a connector freezes them."""
    member, mail, orders = ("M000001",), ("hanako@mail.example",), ("1", "2")
    reaches: dict[tuple[str, str], list[tuple[str, Match, tuple[str, ...]]]] = {
        ("shop", "members"): [("member_id", Match.EXACT, member)],
        ("shop", "addresses"): [("member_id", Match.EXACT, member)],
        ("shop", "orders"): [("member_id", Match.EXACT, member)],
        ("shop", "order_items"): [("order_id", Match.EXACT, orders)],
        ("shop", "inquiries"): [
            ("member_id", Match.EXACT, member),
            ("email", Match.EMAIL, mail),
        ],
        ("mailing", "mailing"): [("email", Match.EMAIL, mail)],
    }
    return tuple(
        Frozen(
            store=store,
            table=table,
            place="p",
            reaches=tuple(Reach(column=c, match=m, keys=keys) for c, m, keys in ways),
        )
        for (store, table), ways in reaches.items()
    )


@pytest.fixture(scope="module")
def sample_shapes() -> plan.Shapes:
    """The shop as its own statements make it, foreign keys and all."""
    script = Path(generate.__file__).with_name("shop.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(":memory:")
    connection.executescript(script.partition("-- insert")[0])
    found = []
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        keys = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
        found.append(
            TableShape(
                name=name,
                columns=tuple(
                    ColumnShape(
                        name=column,
                        type=column_type(kind),
                        nullable=not full,
                        primary_key=bool(key),
                    )
                    for _, column, kind, full, _, key in columns
                ),
                foreign_keys=tuple(
                    ForeignKeyShape(columns=(key[3],), parent=key[2], parent_columns=(key[4],))
                    for key in keys
                ),
            )
        )
    connection.close()
    return {"shop": tuple(found)}


@pytest.mark.promise("P3.6")
def test_a_member_goes_leaves_first_and_what_tax_law_holds_stays(
    sample_shapes: plan.Shapes,
) -> None:
    acts = plan.acts(SAMPLE, sample_frozen(), sample_shapes, what=Deed.ERASE, on=ON)

    said = [(act.table, "delete" if act.delete else "write") for act in acts]
    assert said == [
        ("members", "write"),  # the parent's number, which may name a row of the same batch
        ("order_items", "delete"),
        ("orders", "delete"),
        ("inquiries", "delete"),
        ("addresses", "delete"),
        ("members", "delete"),
        ("members", "write"),
        ("mailing", "delete"),
    ]
    items, orders, members = acts[1], acts[2], acts[-2]
    # The year that closed on 31 March 2019 was held to 31 May 2026; the next one still is.
    assert orders.holds == (Held(code="H01", anchor="ordered_on", after=date(2019, 3, 31)),)
    assert [(hop.column, hop.parent) for hop in items.holds[0].hops] == [("order_id", "orders")]
    assert (items.holds[0].anchor, items.holds[0].after) == ("ordered_on", date(2019, 3, 31))
    written = dict(members.values)
    assert written["status"] == "withdrawn"
    assert written["family_name"] is None
    assert "member_id" not in written
    assert {ref.table for ref in acts[5].referred_by} == {
        "members",
        "addresses",
        "orders",
        "inquiries",
    }


@pytest.mark.promise("P3.6", "P3.7")
def test_a_suspension_writes_the_marks_that_the_company_obeys(sample_shapes: plan.Shapes) -> None:
    acts = plan.acts(SAMPLE, sample_frozen(), sample_shapes, what=Deed.SUSPEND, on=ON)

    assert [(act.table, act.values, act.holds) for act in acts] == [
        ("members", (("news_mail", 0),), ()),
        ("mailing", (("status", "stopped"),), ()),
    ]
    assert plan.acts(SAMPLE, sample_frozen(), {}, what=Deed.STOP_PROVISION, on=ON) == ()


@pytest.mark.promise("P3.5")
def test_a_correction_reaches_every_copy_and_no_more() -> None:
    cell = Cell(store="shop", table="members", row="M000001", column="email")

    acts = plan.correction(
        SAMPLE, sample_frozen(), cell, "hanako@mail.example", "hanako2@mail.example"
    )

    assert [(act.table, dict(act.values), dict(act.only)) for act in acts] == [
        ("members", {"email": "hanako2@mail.example"}, {"member_id": "M000001"}),
        ("members", {"email": "hanako2@mail.example"}, {}),
        ("mailing", {"email": "hanako2@mail.example"}, {}),
    ]
    # What the person wrote in an inquiry stays as it was written.
    assert all(act.table != "inquiries" for act in acts)
    assert acts[0].before == (("email", "hanako@mail.example"),)


@pytest.mark.promise("P3.5")
def test_a_copy_is_found_however_its_key_is_spelt() -> None:
    cell = Cell(store="shop", table="members", row="M000001", column="email")

    *_, mailing = plan.correction(SAMPLE, sample_frozen(), cell, " Hanako@Mail.example", "a@b")

    assert mailing.before == ()
    assert mailing.reaches[0].keys == ("hanako@mail.example",)


@pytest.mark.promise("P3.5")
def test_former_addresses_stay_as_they_were() -> None:
    cell = Cell(store="shop", table="addresses", row="7", column="postal_code")

    (act,) = plan.correction(SAMPLE, sample_frozen(), cell, "113-6600", "113-6601")

    assert act.only == (("address_id", "7"),)


def test_json_keys_are_taken_out_of_a_column_that_stays() -> None:
    company = Company([None], [False], [False], [], {"t0": []})
    raw = company.datamap().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    raw["stores"][0]["tables"][0]["columns"][1] |= {
        "fate": {"erasure": "keep"},
        "json": [
            {"path": "$.phone", "title": TITLE, "category": "name", "fate": {"erasure": "clear"}},
            {"path": "$.shop", "title": TITLE, "category": "none"},
        ],
    }
    frozen, _ = company.frozen(["P1"])

    (act,) = plan.acts(
        DataMap.model_validate(raw), frozen, {"shop": company.shapes()}, what=Deed.ERASE, on=ON
    )

    assert act.json_removed == (("name", "$.phone"),)
    assert "name" not in dict(act.values)
