"""May this demand be refused, and on which grounds? (P3.10 to P3.17; reference 6.2)"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.cases.rules import refusal
from mamoru.cases.rules.refusal import Facts, GroundForbidden, ReasonMissing
from mamoru.cases.terms import (
    Channel,
    Demand,
    DemandKind,
    Filing,
    Judgement,
    PersonalDetails,
    RefusalGround,
    Role,
)
from mamoru.kit.errors import MamoruError
from tests.oracle import refusal as oracle

NOTHING_WRONG = Facts(
    identity_confirmed=True, by_agent=False, authority_proven=False, is_retained=True
)
WORDS = st.sampled_from(["", " ", "\u3000", "理由", "刑法第134条"])
COMPLETE = PersonalDetails(
    family_name="山本", given_name="花子", birth_date="1988-03-14", address="東京都杉並区1-1"
)


def form(*demands: Demand, **changed: object) -> Filing:
    values: dict[str, object] = {
        "role": Role.PERSON,
        "channel": Channel.WEB_FORM,
        "person": COMPLETE,
        "demands": demands or (Demand(kind=DemandKind.DISCLOSURE, items=("all",)),),
        "policy_version": "2026-04-01",
    }
    return Filing(**(values | changed))  # type: ignore[arg-type]


@pytest.mark.promise("P3.13", "P3.14", "P3.15", "P3.16")
@pytest.mark.parametrize(("kind", "ground"), list(product(DemandKind, RefusalGround)))
def test_a_ground_can_be_chosen_where_the_reference_allows_it(
    kind: DemandKind, ground: RefusalGround
) -> None:
    assert (ground in refusal.allowed_grounds(kind)) == (kind in oracle.GOOD_AGAINST[ground])


@pytest.mark.promise("P3.17")
@given(
    kind=st.sampled_from(DemandKind),
    items=st.sampled_from([(), ("all",), ("contact",)]),
    before=WORDS,
    after=WORDS,
    known=st.builds(oracle.Known),
    judged=st.sampled_from([None, *RefusalGround]),
    reason=WORDS,
    law=WORDS,
)
def test_grounds_are_those_of_the_slow_reading(
    *,
    kind: DemandKind,
    items: tuple[str, ...],
    before: str,
    after: str,
    known: oracle.Known,
    judged: RefusalGround | None,
    reason: str,
    law: str,
) -> None:
    expected = oracle.answer(
        kind,
        incomplete=oracle.is_incomplete(kind, items, before, after),
        known=known,
        judged=judged or "",
        reason=reason,
        law=law,
    )
    facts = Facts(
        identity_confirmed=known.identity_confirmed,
        by_agent=known.by_agent,
        authority_proven=known.authority_proven,
        open_defects=("x",) if known.defects else (),
        is_retained=known.retained,
    )
    demand = Demand(kind=kind, items=items, before=before, after=after)

    try:
        found: object = [
            str(ground)
            for ground in refusal.all_grounds(
                demand, facts, Judgement(ground=judged, reason=reason, law=law)
            )
        ]
    except MamoruError as refused:
        found = type(refused).code

    assert found == expected


def test_nothing_wrong_is_no_ground() -> None:
    demand = Demand(kind=DemandKind.DISCLOSURE, items=("all",))

    assert refusal.mechanical_grounds(demand, NOTHING_WRONG) == ()
    assert not refusal.curable(())


@pytest.mark.promise("P3.15")
def test_hindrance_is_no_ground_against_a_correction() -> None:
    demand = Demand(kind=DemandKind.CORRECTION, items=("contact",), before="a", after="b")
    judged = Judgement(ground=RefusalGround.HINDRANCE_TO_BUSINESS, reason="手間がかかる")

    with pytest.raises(GroundForbidden):
        refusal.all_grounds(demand, NOTHING_WRONG, judged)


@pytest.mark.promise("P3.16")
def test_another_law_is_named_with_its_article() -> None:
    demand = Demand(kind=DemandKind.DISCLOSURE, items=("all",))
    judged = Judgement(ground=RefusalGround.OTHER_LAW, reason="秘密の漏示に当たる", law=" ")

    with pytest.raises(ReasonMissing, match="law"):
        refusal.all_grounds(demand, NOTHING_WRONG, judged)


@pytest.mark.promise("P3.12")
@pytest.mark.parametrize("grounds", list(product(RefusalGround, RefusalGround)))
def test_only_procedure_can_be_cured(grounds: tuple[RefusalGround, ...]) -> None:
    first_three = list(RefusalGround)[:3]

    assert refusal.curable(grounds) == all(ground in first_three for ground in grounds)


@pytest.mark.promise("P3.12")
def test_a_complete_form_has_no_gaps() -> None:
    assert refusal.form_defects(form()) == ()


@pytest.mark.promise("P3.8", "P3.9", "P3.12")
def test_every_gap_of_a_form_is_named_at_once() -> None:
    given = form(
        Demand(kind=DemandKind.DISCLOSURE, items=()),
        Demand(kind=DemandKind.CORRECTION, items=("contact",), before="a", after=" a "),
        Demand(kind=DemandKind.ADDITION, items=("contact",), before="a"),
        Demand(kind=DemandKind.DELETION, items=("contact",), after="a"),
        role=Role.LAWYER,
        person=PersonalDetails(family_name="\u3000"),
    )

    codes = [gap.code for gap in refusal.form_defects(given)]

    assert codes == [
        "items-missing/1",
        "before-after-missing/2",
        "before-after-missing/3",
        "before-after-missing/4",
        "person-family-name-missing",
        "person-given-name-missing",
        "person-address-missing",
        "person-birth-date-missing",
        "agent-family-name-missing",
        "agent-given-name-missing",
        "agent-address-missing",
    ]


@pytest.mark.promise("P3.8")
def test_a_form_that_asks_for_nothing_says_so() -> None:
    codes = [gap.code for gap in refusal.form_defects(form(demands=()))]

    assert codes == ["demand-missing"]


@pytest.mark.promise("P3.8")
@pytest.mark.parametrize("kind", list(DemandKind)[:3])
def test_everything_is_a_complete_answer_to_what_is_asked_for(kind: DemandKind) -> None:
    assert refusal.form_defects(form(Demand(kind=kind, items=("all",)))) == ()
