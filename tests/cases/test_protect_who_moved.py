"""A protected person who moved: neither the home that was left nor a shared mailbox hears anything (P3.11)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.cooling import OldContactUntold
from mamoru.cases.terms import Stage, TellingWay
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import mail_server, pdfs
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_agent_matrix import REFUGE, flag
from tests.cases.test_cool_down import asks_from, ready, send, takes_over
from tests.cases.test_post_a_code import with_passport
from tests.conftest import Company
from tests.mail_server import Mailbox

pytestmark = pytest.mark.usefixtures("house")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    acts.set_clock(monkeypatch, NOW)


@pytest.fixture
def post(settings: Any) -> Iterator[Mailbox]:
    with mail_server.of_company(settings) as server:
        yield server


def moved_and_asks(house: Company) -> CaseId:
    """花子 moved an hour ago, asks with papers that show both addresses, and is protected."""
    takes_over(house)
    case_id = asks_from(cast.HANAKO.home, now=NOW + HOUR)
    flag(case_id)
    return case_id


@pytest.mark.promise("P3.10", "P3.11")
def test_the_notice_of_a_change_goes_to_the_safe_contact_and_not_to_the_home_that_was_left(
    house: Company,
) -> None:
    case_id = moved_and_asks(house)

    known = actions.change_contacts(store.case(case_id), now=NOW)
    notice = pdfs.words(actions.change_letter(case_id, by=SUZUKI, now=NOW))

    assert {each.full_address for each in known.values()} == {REFUGE.address}
    assert REFUGE.address in notice
    assert cast.HANAKO.home.address not in notice


@pytest.mark.promise("P3.11", "P3.24")
def test_the_answer_goes_to_the_safe_contact_once_that_was_told(house: Company) -> None:
    case_id = ready(moved_and_asks(house))
    assert actions.waits_until(store.case(case_id), now=NOW) is None  # nothing goes where it is new

    with pytest.raises(OldContactUntold):
        send(case_id)
    actions.change_letter(case_id, by=SUZUKI, now=NOW)
    actions.record_change_told(
        case_id,
        way=TellingWay.REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=SUZUKI,
        now=NOW,
    )
    send(case_id)

    case = store.case(case_id)
    to = actions.destination(case, now=NOW)
    assert case.stage is Stage.ANSWERED
    assert to is not None
    assert to.address_lines == (REFUGE.address,)


@pytest.mark.promise("P3.10", "P3.11")
def test_no_code_goes_to_a_mailbox_that_the_abuser_may_read(post: Mailbox) -> None:
    case_id = with_passport()
    flag(case_id)

    actions.ask_mailed_code(case_id, by=REQUESTER, now=NOW)

    assert actions.send_mailed_codes(now=NOW) == 0
    assert post.taken == []
    assert append.entries(case_id)[-1].kind == "case.mailed-code.not-sent"
