"""What comes after an answer was made is seen before it leaves, and before it is fetched (P3.11)."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.rules.shielding import AnswerHeldBack
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.terms import AnswerMethod, DemandKind, DispatchKind, Stage, Work
from mamoru.connectors.sqlite import Sqlite
from mamoru.consents.terms import SafeContact
from mamoru.datamap.inventory import Table
from mamoru.datamap.terms import Criterion, Row
from mamoru.gate.terms import Permit
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.cases.test_agent_matrix import REFUGE, flag, tell
from tests.cases.test_protect import (
    Meanwhile,
    another_case,
    asks_herself,
    by_agent,
    letter,
    marked_by,
    protect,
    protected,
    ready,
    reference,
    send,
)
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
TITLES = ("•会員（", "•住所と住所の履歴（", "•配信先（お知らせメールの名簿）")
ELSEWHERE = SafeContact(
    name="やどかり法律事務所 気付", postal_code="231-0023", address="神奈川県横浜市中区山下町2番地"
)


def look(case_id: CaseId) -> None:
    actions.open_letter(case_id, by=SUZUKI, now=NOW)


def lies_ready(method: AnswerMethod = AnswerMethod.PAPER) -> CaseId:
    """花子's agent is to be answered: everything is done but the sending."""
    case_id = by_agent(method)
    ready(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    tell(case_id)
    return case_id


class Asked(Sqlite):
    """The shop, and what happens elsewhere while it is asked, once."""

    then: Callable[[], object] | None = None

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        found = super().find(permit, table, criteria, now)
        act, self.then = self.then, None
        if act is not None:
            act()
        return found


@contextmanager
def while_the_shop_is_asked(house: Company, then: Callable[[], object]) -> Iterator[None]:
    before = execute.hands()
    shop = Asked("shop", house.home / "shop.sqlite3")
    shop.then = then
    execute.install(replace(before, connectors={**before.connectors, "shop": shop}))
    try:
        yield
    finally:
        execute.install(before)
    assert shop.then is None


@pytest.mark.promise("P3.11", "P3.24")
def test_a_flag_that_is_set_while_the_answer_is_leaving_holds_it_back(house: Company) -> None:
    case_id, other = lies_ready(), another_case()

    with while_the_shop_is_asked(house, lambda: flag(other)), pytest.raises(AnswerHeldBack):
        send(case_id)

    case = store.case(case_id)
    assert (case.stage, case.answered_at) == (Stage.DECIDED, None)
    assert protected(case_id)


@pytest.mark.promise("P3.11", "P3.24")
@pytest.mark.parametrize("leave", [send, look])
def test_a_mark_that_comes_after_the_letter_was_made_holds_it_back(
    leave: Callable[[CaseId], object],
) -> None:
    case_id = lies_ready()

    with marked_by("status"), pytest.raises(AnswerHeldBack):
        leave(case_id)

    case = store.case(case_id)
    assert (case.stage, case.work) == (Stage.DECIDED, Work.QUEUED)


@pytest.mark.promise("P3.11", "P3.24")
@pytest.mark.parametrize("sheet", [True, False])
def test_data_is_fetched_no_more_once_the_register_marks_its_person(sheet: bool) -> None:
    case_id = lies_ready(AnswerMethod.ELECTRONIC)
    send(case_id, DispatchKind.DOWNLOAD)
    with marked_by("status", "active"):
        assert actions.download_data(case_id, sheet=sheet, by=REQUESTER, now=NOW)

    with marked_by("status"), pytest.raises(StageForbidden):
        actions.download_data(case_id, sheet=sheet, by=REQUESTER, now=NOW)

    assert protected(case_id)


@pytest.mark.promise("P3.4", "P3.11")
def test_records_of_provision_that_were_read_before_a_flag_are_not_in_the_letter() -> None:
    case_id = by_agent(kind=DemandKind.DISCLOSURE_OF_PROVISION_RECORDS)
    other = another_case()
    acts.decide(case_id)
    acts.approve(case_id)

    acts.carry_out(case_id, Meanwhile("provision records", lambda: flag(other)))

    (receipt,) = store.receipts(store.case(case_id).demands[0].id)
    assert receipt.rows > 0
    assert "ご請求の対象となる第三者提供記録は存在しません" in letter(case_id)


@pytest.mark.promise("P3.11", "P3.24")
def test_another_safe_contact_makes_the_letter_anew() -> None:
    case_id, other = asks_herself(AnswerMethod.PAPER), another_case()
    flag(other)
    ready(case_id)
    assert REFUGE.address in letter(case_id)
    first = reference(other)
    actions.ask_lifting_protection(other, first, reason="転居", by=SUZUKI, now=NOW)
    actions.lift_protection(other, first, by=KONDO, now=NOW)
    protect(other, contact=ELSEWHERE)

    with pytest.raises(AnswerHeldBack):
        actions.open_letter(case_id, by=SUZUKI, now=NOW)

    assert acts.carry_out(case_id) is Work.READY
    assert ELSEWHERE.address in letter(case_id)
    assert REFUGE.address not in letter(case_id)


# --- an erasure, though hidden ------------------------------------------------------------------


def erased_for_an_agent() -> CaseId:
    case_id = by_agent(kind=DemandKind.ERASURE)
    flag(case_id)
    acts.decide(case_id)
    acts.approve(case_id)
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY
    return case_id


def left_of_hanako(house: Company) -> tuple[int, bool]:
    """How many addresses the shop still holds of her, and whether she is on the mailing list."""
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        (addresses,) = shop.execute(
            "SELECT COUNT(*) FROM addresses WHERE member_id = ?", [cast.HANAKO.member_id]
        ).fetchone()
    return addresses, cast.HANAKO.email in (house.home / "mailing.csv").read_text("utf-8-sig")


@contextmanager
def telling_all(table_name: str) -> Iterator[None]:
    """Each column of a table may tell where its person is, as the company says."""
    before = execute.hands()

    def changed(table: Table) -> Table:
        if table.name != table_name:
            return table
        columns = tuple(each.model_copy(update={"whereabouts": True}) for each in table.columns)
        return table.model_copy(update={"columns": columns})

    stores = tuple(
        each.model_copy(update={"tables": tuple(map(changed, each.tables))})
        for each in before.datamap.stores
    )
    execute.install(replace(before, datamap=before.datamap.model_copy(update={"stores": stores})))
    try:
        yield
    finally:
        execute.install(before)


@pytest.mark.promise("P3.6", "P3.11")
def test_an_erasure_reaches_what_its_agent_may_not_see_and_the_letter_says_what_went(
    house: Company,
) -> None:
    assert left_of_hanako(house) == (1, True)

    said = letter(erased_for_an_agent())

    assert left_of_hanako(house) == (0, False)
    assert [each for each in TITLES if each not in said] == []


@pytest.mark.promise("P3.6", "P3.11")
def test_a_table_that_is_hidden_as_a_whole_is_erased_and_not_named(house: Company) -> None:
    with telling_all("mailing"):
        said = letter(erased_for_an_agent())

    assert left_of_hanako(house) == (0, False)
    assert [each for each in TITLES if each not in said] == [TITLES[-1]]
    assert "お知らせメールの名簿" not in said
