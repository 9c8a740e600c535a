"""What a client has entrusted is not the company's to disclose, count or erase (P3.1; Act 16(4))."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import DemandKind
from mamoru.datamap.inventory import Authority
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_change import dump
from tests.cases.test_protect import letter
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def _orders_entrusted() -> Iterator[None]:
    """The orders are a client's: the company holds them for somebody else."""
    before = execute.hands()
    stores = tuple(
        place.model_copy(
            update={
                "tables": tuple(
                    table.model_copy(update={"authority": Authority.ENTRUSTED})
                    if table.name in {"orders", "order_items"}
                    else table
                    for table in place.tables
                )
            }
        )
        for place in before.datamap.stores
    )
    execute.install(replace(before, datamap=before.datamap.model_copy(update={"stores": stores})))
    yield
    execute.install(before)


def read_at(case_id: str) -> set[str]:
    return {
        str(each.body["place"])
        for each in append.entries(case_id)
        if each.kind == "case.place.read"
    }


@pytest.mark.promise("P3.1")
@pytest.mark.usefixtures("_orders_entrusted")
def test_entrusted_data_is_neither_planned_nor_read_nor_told() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    plan = actions.plan_of(store.case(case_id), store.case(case_id).demands[0])
    acts.answered(case_id)

    assert {place.table for place in plan.locations} >= {"members", "addresses"}
    assert not {place.table for place in plan.locations} & {"orders", "order_items"}
    assert not read_at(case_id) & {"shop/orders", "shop/order_items"}
    assert "注文" not in letter(case_id)


@pytest.mark.promise("P3.1")
def test_a_fair_run_for_a_client_tells_nothing_of_a_member_who_was_there(house: Company) -> None:
    """﨑子 is among its visitors: the table is never asked, neither to find her nor to answer."""
    shop = sqlite3.connect(house.home / "shop.sqlite3")
    there = shop.execute(
        "SELECT count(*) FROM fair_visitors WHERE email = ?", (cast.SAKIKO.email,)
    ).fetchone()
    shop.execute("UPDATE fair_visitors SET company_name = '海星物産'")
    shop.commit()
    shop.close()

    case_id = acts.verified(cast.SAKIKO, DemandKind.DISCLOSURE)
    acts.answered(case_id)

    assert there == (1,)
    assert {"shop/members", "shop/orders", "mailing/mailing"} <= read_at(case_id)
    assert "shop/fair_visitors" not in read_at(case_id)
    told = letter(case_id)
    assert "来場" not in told
    assert "海星物産" not in told
    assert "注文" in told


@pytest.mark.promise("P3.1")
def test_the_same_orders_are_told_where_they_are_the_companys_own() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    acts.answered(case_id)

    assert "shop/orders" in read_at(case_id)
    assert "注文" in letter(case_id)


@pytest.mark.promise("P3.1", "P3.6")
@pytest.mark.usefixtures("_orders_entrusted")
def test_entrusted_data_is_not_erased(house: Company) -> None:
    before = dump(house.home)
    case_id = acts.verified(cast.HANAKO, DemandKind.ERASURE)
    acts.answered(case_id)

    after = dump(house.home)
    assert after["shop/members"] != before["shop/members"]
    assert after["shop/orders"] == before["shop/orders"]
