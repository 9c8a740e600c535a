"""P3.11: a parent acts for a child, and no longer from the day on which it is grown up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.majority import AuthorityEnded
from mamoru.cases.terms import AnswerMethod, DispatchKind, Role, Stage, Work
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.cases.test_agent_matrix import FORMER as PARENT
from tests.cases.test_agent_matrix import filed, sound, tell

pytestmark = [pytest.mark.usefixtures("house"), pytest.mark.promise("P3.11")]

CHILD = cast.YO
GROWN = datetime(CHILD.birth.year + 18, CHILD.birth.month, CHILD.birth.day, 3, tzinfo=UTC)
"""Noon in Japan on the eighteenth birthday."""
DAY_BEFORE = GROWN - timedelta(days=1)


def verified(method: AnswerMethod = AnswerMethod.ELECTRONIC) -> CaseId:
    case_id = filed(Role.PARENT, CHILD, sound(Role.PARENT, CHILD, PARENT), method=method)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    return case_id


def ready() -> CaseId:
    case_id = verified()
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.READY
    tell(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    return case_id


def send(case_id: CaseId, now: datetime) -> None:
    actions.send_answer(
        case_id, dispatch=DispatchKind.DOWNLOAD, tracking_number="", by=SUZUKI, now=now
    )


def test_a_parents_papers_prove_nothing_from_the_birthday_on() -> None:
    case_id = filed(Role.PARENT, CHILD, sound(Role.PARENT, CHILD, PARENT))

    before = actions.check(case_id, now=DAY_BEFORE).open_points
    after = actions.check(case_id, now=GROWN).open_points

    assert "person-is-of-age" not in before
    assert "person-is-of-age" in after


def test_a_grant_to_a_parent_is_not_approved_from_the_birthday_on() -> None:
    case_id = verified()
    acts.decide(case_id)
    (demand,) = store.case(case_id).demands
    version = store.case(case_id).version

    with pytest.raises(AuthorityEnded):
        actions.approve_demand(demand.id, by=KONDO, now=GROWN, version=version)

    assert store.case(case_id).stage is Stage.VERIFIED


def test_an_answer_that_lies_ready_is_not_sent_to_a_parent_from_the_birthday_on() -> None:
    case_id = ready()

    with pytest.raises(AuthorityEnded):
        send(case_id, GROWN)

    assert store.case(case_id).stage is Stage.DECIDED
    send(case_id, DAY_BEFORE)
    assert store.case(case_id).stage is Stage.ANSWERED


def test_an_answer_that_was_sent_is_fetched_by_a_parent_until_the_birthday() -> None:
    case_id = ready()
    send(case_id, DAY_BEFORE)

    assert actions.download_answer(case_id, by=REQUESTER, now=DAY_BEFORE)
    fetches: tuple[Callable[[], bytes], ...] = (
        lambda: actions.download_answer(case_id, by=REQUESTER, now=GROWN),
        lambda: actions.download_data(case_id, sheet=False, by=REQUESTER, now=GROWN),
    )
    for fetch in fetches:
        with pytest.raises(actions.StageForbidden):
            fetch()
    assert not actions.offers_data(store.case(case_id), now=GROWN)
