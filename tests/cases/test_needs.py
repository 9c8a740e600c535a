"""What arrived and is unread is neither there nor missing (P3.11, P3.22)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mamoru.cases import actions
from mamoru.cases.actions import NotConfirmed
from mamoru.cases.terms import DemandKind, NeedState, ProofKind, ProofOf, Role
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests.cases import acts

pytestmark = pytest.mark.usefixtures("house")
_POWER = (ProofKind.POWER_OF_ATTORNEY, ProofOf.AUTHORITY)


def lawyers_case() -> CaseId:
    form = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE, role=Role.LAWYER, agent=cast.SATO)
    return acts.file(form)


def states(case_id: CaseId) -> list[NeedState]:
    return [need.state for need in actions.check(case_id, now=acts.NOW).needs]


def test_each_thing_to_prove_goes_from_lacking_over_unread_to_read() -> None:
    case_id = lawyers_case()
    nothing = states(case_id)
    acts.hand_in(case_id, *_POWER)
    arrived = states(case_id)
    acts.licence(case_id, cast.HANAKO)

    assert nothing == [NeedState.LACKING] * 3
    assert arrived == [NeedState.LACKING, NeedState.LACKING, NeedState.UNREAD]
    assert states(case_id) == [NeedState.READ, NeedState.LACKING, NeedState.UNREAD]


@pytest.mark.promise("P3.22")
def test_what_arrived_and_is_unread_is_not_asked_for() -> None:
    case_id = lawyers_case()
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON)
    acts.hand_in(case_id, *_POWER)

    found = actions.check(case_id, now=acts.NOW)

    assert found.open_points == ("lawyer-identification-missing",)
    assert set(found.unread_points) == {"identity-missing", "power-of-attorney-missing"}
    assert [each.code for each in found.open_findings] == ["lawyer-identification-missing"]


@pytest.mark.promise("P3.10", "P3.22")
def test_a_difference_waits_for_the_paper_that_may_explain_it_and_nobody_confirms_before() -> None:
    case_id = acts.file(acts.filing(cast.TARO, DemandKind.DISCLOSURE))
    acts.licence(case_id, cast.TARO)
    acts.identify(case_id, "shop")
    before = actions.check(case_id, now=acts.NOW)
    acts.hand_in(case_id, ProofKind.RESIDENT_RECORD, ProofOf.PERSON)

    found = actions.check(case_id, now=acts.NOW)

    assert before.open_points == ("address-differs",)
    assert (found.open_points, found.unread_points) == ((), ("address-differs",))
    with pytest.raises(NotConfirmed, match="unread"):
        actions.verify_case(case_id, by=acts.SUZUKI, now=acts.NOW, note="本人に違いない")


def test_two_papers_without_a_photograph_count_together_and_one_alone_does_not() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    first = acts.finding(cast.HANAKO, issued_on=acts.NOW.date())
    acts.hand_in(case_id, ProofKind.RESIDENT_RECORD, ProofOf.PERSON, first)
    alone = states(case_id)
    acts.hand_in(case_id, ProofKind.PENSION_DOCUMENT, ProofOf.PERSON)

    assert (alone, states(case_id)) == ([NeedState.LACKING], [NeedState.UNREAD])


def test_a_paper_that_was_read_and_does_not_hold_is_lacking_until_another_comes() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    expired = replace(acts.finding(cast.HANAKO), expires_on=acts.NOW.date() - timedelta(days=1))
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, expired)
    refused = actions.check(case_id, now=acts.NOW)
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, mark=b"another")

    found = actions.check(case_id, now=acts.NOW)

    assert [need.state for need in refused.needs] == [NeedState.LACKING]
    assert refused.open_points == ("driving-licence-expired",)
    assert [need.state for need in found.needs] == [NeedState.UNREAD]
    assert found.open_points == ()


@pytest.mark.promise("P3.10")
def test_a_paper_that_looks_forged_waits_for_no_other_one() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    forged = replace(acts.finding(cast.HANAKO), genuine=False)
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, forged)
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, mark=b"another")

    found = actions.check(case_id, now=acts.NOW)

    assert found.open_points == ("driving-licence-not-genuine",)
