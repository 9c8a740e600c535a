"""What leaves is what was composed last, under the protection of that moment (P3.11, P3.24)."""

from dataclasses import replace

import pytest

from mamoru.cases import actions, store
from mamoru.cases.rules.shielding import AnswerHeldBack
from mamoru.cases.rules.states import StageForbidden
from mamoru.cases.terms import AnswerMethod, Demand, DemandKind, DispatchKind, Work
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.cases.test_agent_matrix import flag
from tests.cases.test_protect import another_case, ready, reference, send

pytestmark = pytest.mark.usefixtures("house")


def of_herself(item: str) -> CaseId:
    """A disclosure of one category, fetched from the page, carried out."""
    demand = Demand(kind=DemandKind.DISCLOSURE, items=(item,))
    form = replace(
        acts.filing(cast.HANAKO), answer_method=AnswerMethod.ELECTRONIC, demands=(demand,)
    )
    case_id = acts.verified_of(form, cast.HANAKO)
    ready(case_id)
    return case_id


def held_back_and_made_anew(case_id: CaseId) -> None:
    with pytest.raises(AnswerHeldBack):
        actions.open_letter(case_id, by=SUZUKI, now=NOW)
    assert acts.carry_out(case_id) is Work.READY


def leaves(case_id: CaseId) -> None:
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id, DispatchKind.DOWNLOAD)
    assert actions.offers_download(store.case(case_id), now=NOW)


@pytest.mark.promise("P3.11", "P3.24")
def test_data_that_was_composed_before_a_flag_is_gone_after_it() -> None:
    case_id = of_herself("address")
    before = store.answer(case_id, "data")
    assert before is not None
    assert cast.HANAKO.home.address in before[1].decode()

    flag(another_case())
    held_back_and_made_anew(case_id)
    leaves(case_id)

    assert store.answer(case_id, "data") is None
    assert not actions.offers_data(store.case(case_id), now=NOW)
    with pytest.raises(StageForbidden):
        actions.download_data(case_id, sheet=True, by=REQUESTER, now=NOW)


@pytest.mark.promise("P3.24")
def test_a_letter_that_a_flag_changes_in_nothing_still_leaves() -> None:
    case_id = of_herself("birth")
    flag(another_case())
    held_back_and_made_anew(case_id)
    leaves(case_id)


@pytest.mark.promise("P3.24")
def test_a_flag_that_is_set_and_lifted_on_one_day_holds_nothing_back_for_ever() -> None:
    case_id, other = of_herself("all"), another_case()
    flag(other)
    held_back_and_made_anew(case_id)
    named = reference(other)
    actions.ask_lifting_protection(other, named, reason="終了", by=SUZUKI, now=NOW)
    actions.lift_protection(other, named, by=KONDO, now=NOW)

    held_back_and_made_anew(case_id)
    leaves(case_id)

    shown = store.answer(case_id, "data")
    assert shown is not None
    assert cast.HANAKO.home.address in shown[1].decode()
