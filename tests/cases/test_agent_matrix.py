"""Who may have the answer: kind of agent, age of the person, papers, and whether the person was told.

Twenty-four cells over the real actions, from the form to the answer (P3.11; attack A4). Each
defective cell is tried with each way in which papers fail.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mamoru.cases import actions, store
from mamoru.cases.terms import (
    DemandKind,
    DispatchKind,
    Finding,
    PersonalDetails,
    ProofKind,
    ProofOf,
    Role,
    Stage,
    Subject,
    TellingWay,
    Work,
)
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
RELEASED, WAITS, UNPROVEN = "released", "waits", "unproven"
ROLES = (Role.PARENT, Role.GUARDIAN, Role.ENTRUSTED_AGENT)
PERSONS = {"minor": cast.YO, "adult": cast.HANAKO}
CELLS = tuple(product(ROLES, PERSONS, ("complete", "defective"), ("told", "untold")))

# One line a cell. What is not named here releases nothing.
EXPECTED = {
    (Role.PARENT, "minor", "complete", "told"): RELEASED,
    (Role.PARENT, "minor", "complete", "untold"): WAITS,
    (Role.PARENT, "minor", "defective", "told"): UNPROVEN,
    (Role.PARENT, "minor", "defective", "untold"): UNPROVEN,
    (Role.PARENT, "adult", "complete", "told"): UNPROVEN,  # nobody is parent of the grown up
    (Role.PARENT, "adult", "complete", "untold"): UNPROVEN,
    (Role.PARENT, "adult", "defective", "told"): UNPROVEN,
    (Role.PARENT, "adult", "defective", "untold"): UNPROVEN,
    (Role.GUARDIAN, "minor", "complete", "told"): RELEASED,  # Civil Code 7 sets no age
    (Role.GUARDIAN, "minor", "complete", "untold"): WAITS,
    (Role.GUARDIAN, "minor", "defective", "told"): UNPROVEN,
    (Role.GUARDIAN, "minor", "defective", "untold"): UNPROVEN,
    (Role.GUARDIAN, "adult", "complete", "told"): RELEASED,
    (Role.GUARDIAN, "adult", "complete", "untold"): WAITS,
    (Role.GUARDIAN, "adult", "defective", "told"): UNPROVEN,
    (Role.GUARDIAN, "adult", "defective", "untold"): UNPROVEN,
    (Role.ENTRUSTED_AGENT, "minor", "complete", "told"): UNPROVEN,  # Civil Code 5(1)
    (Role.ENTRUSTED_AGENT, "minor", "complete", "untold"): UNPROVEN,
    (Role.ENTRUSTED_AGENT, "minor", "defective", "told"): UNPROVEN,
    (Role.ENTRUSTED_AGENT, "minor", "defective", "untold"): UNPROVEN,
    (Role.ENTRUSTED_AGENT, "adult", "complete", "told"): RELEASED,
    (Role.ENTRUSTED_AGENT, "adult", "complete", "untold"): WAITS,
    (Role.ENTRUSTED_AGENT, "adult", "defective", "told"): UNPROVEN,
    (Role.ENTRUSTED_AGENT, "adult", "defective", "untold"): UNPROVEN,
}

PROVES = {
    Role.PARENT: ProofKind.FAMILY_REGISTER,
    Role.GUARDIAN: ProofKind.GUARDIANSHIP_CERTIFICATE,
    Role.ENTRUSTED_AGENT: ProofKind.POWER_OF_ATTORNEY,
}
ASKED = DemandKind.DISCLOSURE


def sound(role: Role, person: Someone, agent: Someone) -> Finding:
    """What a good paper of authority says."""
    return Finding(
        by=SUZUKI,
        at=NOW,
        details=PersonalDetails(),
        principal_name=person.name,
        agent_name=agent.name,
        issued_on=TODAY - timedelta(days=7),
        scope=(ASKED,) if role is Role.ENTRUSTED_AGENT else (),
    )


Fault = Callable[[Finding], Finding | None]
FAULTS: dict[str, Fault] = {
    "missing": lambda _paper: None,
    "too-old": lambda paper: replace(paper, issued_on=TODAY - timedelta(days=200)),
    "undated": lambda paper: replace(paper, issued_on=None),
    "another-principal": lambda paper: replace(paper, principal_name=cast.TARO.name),
    "another-agent": lambda paper: replace(paper, agent_name=cast.AKUDA.name),
    "not-genuine": lambda paper: replace(paper, genuine=False),
}
NARROW: dict[str, Fault] = {
    "too-narrow": lambda paper: replace(paper, scope=(DemandKind.CORRECTION,)),
    "no-scope": lambda paper: replace(paper, scope=()),
}


def filed(role: Role, person: Someone, authority: Finding | None) -> CaseId:
    """Everything that the role needs, with this paper of authority or none."""
    agent = cast.MEGUMI if role is Role.PARENT else cast.SATO
    case_id = acts.file(acts.filing(person, ASKED, role=role, agent=agent))
    acts.licence(case_id, person)
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.AGENT, acts.finding(agent))
    if role is Role.ENTRUSTED_AGENT:
        seal = acts.finding(person, issued_on=TODAY)
        acts.hand_in(case_id, ProofKind.SEAL_CERTIFICATE, ProofOf.PERSON, seal)
    if authority is not None:
        acts.hand_in(case_id, PROVES[role], ProofOf.AUTHORITY, authority)
    chosen = [Subject(store="shop", table="members", key=person.member_id)]
    actions.identify(case_id, chosen, by=SUZUKI, now=NOW)
    return case_id


def ends(case_id: CaseId, *, told: bool) -> str:
    """Take a case as far as the desk can, with a note in which it insists."""
    try:
        actions.verify_case(case_id, by=SUZUKI, now=NOW, note="急ぎのため")
    except actions.NotConfirmed:
        assert store.answer(case_id) is None
        return UNPROVEN
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.READY
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    if told:
        actions.record_told(case_id, way=TellingWay.ORDINARY_MAIL, by=SUZUKI, now=NOW)
    try:
        actions.send_answer(
            case_id,
            dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
            tracking_number="123-45-67890-1",
            by=SUZUKI,
            now=NOW,
        )
    except actions.PersonUntold:
        assert store.case(case_id).stage is Stage.DECIDED
        return WAITS
    return RELEASED


def test_the_table_has_every_cell() -> None:
    assert set(EXPECTED) == set(CELLS)
    assert len(CELLS) == 24


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_an_agent_gets_the_answer_in_the_cells_that_say_so_and_in_no_other(
    cell: tuple[Role, str, str, str],
) -> None:
    role, age, papers, telling = cell
    person = PERSONS[age]
    good = sound(role, person, cast.MEGUMI if role is Role.PARENT else cast.SATO)
    faults: dict[str, Fault] = {"none": lambda paper: paper}
    if papers == "defective":
        faults = {**FAULTS, **(NARROW if role is Role.ENTRUSTED_AGENT else {})}
    seen = {
        name: ends(filed(role, person, fault(good)), told=telling == "told")
        for name, fault in faults.items()
    }

    assert seen == dict.fromkeys(faults, EXPECTED[cell])
