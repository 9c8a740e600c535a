"""A store that hides rows, or keeps what is erased: nothing is told or called done by half (P3.26)."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mamoru.cases import execute, store
from mamoru.cases.terms import DemandKind, Work
from mamoru.datamap import drift
from mamoru.datamap.terms import DriftKind
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company
from tests.connectors import servers
from tests.faults import engines
from tests.faults.engines import Shop

pytestmark = pytest.mark.postgres
HIDDEN = (
    "ALTER TABLE inquiries ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY of_support ON inquiries USING (false)",
)


def as_clerk(shop: Shop) -> Shop:
    """The same shop, reached by a login that is no superuser and owns nothing."""
    name = f"clerk_{make_url(shop.url).database}"
    for statement in (
        f"CREATE ROLE {name} LOGIN",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {name}",
    ):
        shop.execute(statement)
    url = make_url(shop.url).set(username=name).render_as_string(hide_password=False)
    return Shop(shop.kind, url, shop.execute, made=shop.made, tables=shop.tables)


@pytest.mark.promise("P3.6", "P3.26")
@pytest.mark.parametrize("kind", [DemandKind.ERASURE, DemandKind.DISCLOSURE])
def test_rows_that_the_login_must_not_see_make_the_case_wait_until_it_may(
    postgres: servers.Postgres, house: Company, tmp_path: Path, kind: DemandKind
) -> None:
    shop = as_clerk(engines.of_postgresql(postgres.database(), house.home / "shop.sqlite3"))
    with engines.in_hand(shop, house.home, tmp_path):
        case_id = acts.verified_of(acts.filing(cast.HANAKO, kind), cast.HANAKO)
        acts.decide(case_id)
        acts.approve(case_id)
        before = shop.dump()
        for statement in HIDDEN:
            shop.execute(statement)

        assert acts.carry_out(case_id) is Work.WAITING
        assert store.case(case_id).work_note == "store-unreadable:shop"
        assert shop.dump() == before
        mapped = execute.hands().datamap.store("shop")
        live = execute.hands().connectors["shop"].shape()
        assert [(each.kind, each.table) for each in drift.drifts(mapped, live)] == [
            (DriftKind.ROWS_HIDDEN, "inquiries")
        ]

        shop.execute("ALTER TABLE inquiries DISABLE ROW LEVEL SECURITY")
        assert acts.carry_out(case_id) is Work.READY


KEPT = {
    "a rule": ("CREATE RULE keep AS ON DELETE TO inquiries DO INSTEAD NOTHING",),
    "a trigger that skips": (
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER keep BEFORE DELETE ON inquiries FOR EACH ROW EXECUTE FUNCTION keep()",
    ),
    "a trigger that puts back": (
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO inquiries SELECT OLD.*; RETURN NULL; END $$",
        "CREATE TRIGGER keep AFTER DELETE ON inquiries FOR EACH ROW EXECUTE FUNCTION keep()",
    ),
}


@pytest.mark.promise("P3.6", "P3.26")
@pytest.mark.parametrize("how", list(KEPT))
def test_what_the_database_keeps_against_the_plan_is_never_called_done(
    postgres: servers.Postgres, house: Company, tmp_path: Path, how: str
) -> None:
    shop = engines.of_postgresql(postgres.database(), house.home / "shop.sqlite3")
    for statement in KEPT[how]:
        shop.execute(statement)
    with engines.in_hand(shop, house.home, tmp_path):
        case_id = acts.verified_of(acts.filing(cast.HANAKO, DemandKind.ERASURE), cast.HANAKO)
        acts.decide(case_id)
        acts.approve(case_id)

        assert acts.carry_out(case_id) is Work.WAITING
        assert store.case(case_id).work_note == "not-proven:shop"

        shop.execute(f"DROP {'RULE' if how == 'a rule' else 'TRIGGER'} keep ON inquiries")
        assert acts.carry_out(case_id) is Work.READY
        left = "".join(row for table in shop.dump().values() for row in table)
        assert cast.HANAKO.email not in left
