"""Who publishes fewer grounds of refusal than the law allows refuses on no others (P0.2)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mamoru.cases import actions, execute
from mamoru.cases.rules.refusal import GroundForbidden
from mamoru.cases.terms import DemandKind, Judgement, RefusalGround
from mamoru.site.sample import cast
from tests.cases import acts

pytestmark = pytest.mark.usefixtures("house")
HINDRANCE = RefusalGround.HINDRANCE_TO_BUSINESS


@pytest.fixture
def _fewer() -> Iterator[None]:
    """The company's policy does not name the hindrance to its business."""
    before = execute.hands()
    asked = before.policy.requests
    grounds = tuple(each for each in asked.grounds if each.ground != HINDRANCE)
    requests = asked.model_copy(update={"grounds": grounds})
    execute.install(replace(before, policy=before.policy.model_copy(update={"requests": requests})))
    yield
    execute.install(before)


@pytest.mark.promise("P3.15")
@pytest.mark.usefixtures("_fewer")
def test_a_ground_that_the_policy_does_not_name_can_be_neither_chosen_nor_saved() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    judged = Judgement(ground=HINDRANCE, reason="件数が多い。")

    assert HINDRANCE not in actions.allowed_grounds(DemandKind.DISCLOSURE)
    assert RefusalGround.HARM_TO_RIGHTS in actions.judged_grounds(DemandKind.DISCLOSURE)
    with pytest.raises(GroundForbidden):
        acts.decide(case_id, judged)


@pytest.mark.promise("P3.15")
def test_a_ground_that_the_policy_names_is_chosen() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)

    (decided,) = acts.decide(case_id, Judgement(ground=HINDRANCE, reason="件数が多い。"))

    assert decided.grounds == (HINDRANCE,)
