"""What was printed for a registered address before a flag counts for nothing after it (P3.11)."""

from datetime import timedelta

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.looks import LetterUnopened
from mamoru.cases.rules.posting import PostingForbidden
from mamoru.cases.terms import TellingWay
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import test_post_a_code
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_agent_matrix import REFUGE
from tests.cases.test_cool_down import asks_from, takes_over
from tests.cases.test_post_a_code import code_in, with_passport
from tests.cases.test_protect import another_case, by_agent, protect
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
BY_POST = [(TellingWay.REGISTERED_MAIL, "123-45-67890-1"), (TellingWay.ORDINARY_MAIL, "")]


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(("way", "number"), BY_POST)
def test_a_notice_to_the_registered_address_tells_no_protected_person(
    way: TellingWay, number: str
) -> None:
    case_id = by_agent()
    actions.telling_letter(case_id, by=SUZUKI, now=NOW)
    protect(another_case(), contact=REFUGE)

    with pytest.raises(LetterUnopened):
        actions.record_told(case_id, way=way, tracking_number=number, by=SUZUKI, now=NOW)
    again = pdfs.words(actions.telling_letter(case_id, by=SUZUKI, now=NOW))
    actions.record_told(case_id, way=way, tracking_number=number, by=SUZUKI, now=NOW)

    assert REFUGE.address in again
    told = store.case(case_id).told
    assert told is not None
    assert told.safely


@pytest.mark.promise("P3.11")
def test_a_notice_that_nobody_opened_is_not_recorded_as_sent() -> None:
    case_id = by_agent()

    with pytest.raises(LetterUnopened):
        actions.record_told(case_id, way=TellingWay.ORDINARY_MAIL, by=SUZUKI, now=NOW)

    assert store.case(case_id).told is None


@pytest.mark.promise("P3.10", "P3.11")
def test_a_notice_of_a_change_to_the_earlier_address_tells_no_protected_person(
    house: Company,
) -> None:
    takes_over(house)
    case_id = asks_from(cast.HANAKO.home, now=NOW + timedelta(hours=1))
    actions.change_letter(case_id, by=SUZUKI, now=NOW)
    protect(case_id, contact=REFUGE)
    way = TellingWay.ORDINARY_MAIL

    with pytest.raises(LetterUnopened):
        actions.record_change_told(case_id, way=way, by=SUZUKI, now=NOW)
    again = pdfs.words(actions.change_letter(case_id, by=SUZUKI, now=NOW))
    actions.record_change_told(case_id, way=way, by=SUZUKI, now=NOW)

    assert REFUGE.address in again


@pytest.mark.promise("P3.10", "P3.11")
def test_a_code_that_was_printed_before_a_flag_is_never_taken() -> None:
    case_id = with_passport()
    made = actions.make_posted_code(case_id, by=SUZUKI, now=NOW)
    protect(another_case(), contact=REFUGE)

    with pytest.raises(PostingForbidden):
        test_post_a_code.send(case_id)
    with pytest.raises(actions.PostedCodeRefused):
        actions.enter_posted_code(case_id, code_in(made), by=REQUESTER, now=NOW)


@pytest.mark.promise("P3.10", "P3.11")
@pytest.mark.parametrize("entered_first", [False, True])
def test_a_code_that_was_sent_before_a_flag_proves_nothing_of_a_protected_person(
    entered_first: bool,
) -> None:
    case_id = with_passport()
    made = actions.make_posted_code(case_id, by=SUZUKI, now=NOW)
    test_post_a_code.send(case_id)
    if entered_first:
        enter(case_id, made)
    protect(another_case(), contact=REFUGE)
    if not entered_first:
        enter(case_id, made)

    assert not actions.check(case_id, now=NOW).by_post
    with pytest.raises(actions.NotConfirmed):
        actions.verify_case(case_id, by=SUZUKI, now=NOW)


def enter(case_id: CaseId, made: bytes) -> None:
    """The code is taken as ever: whoever types it is not told of a flag."""
    actions.enter_posted_code(case_id, code_in(made), by=REQUESTER, now=NOW)


@pytest.mark.promise("P3.10")
def test_without_a_flag_the_code_proves_the_address() -> None:
    case_id = with_passport()
    made = actions.make_posted_code(case_id, by=SUZUKI, now=NOW)
    test_post_a_code.send(case_id)
    enter(case_id, made)

    assert actions.check(case_id, now=NOW).by_post
