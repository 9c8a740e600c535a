"""Who may have the answer: kind of agent, age, papers, whether the person was told, and the flag.

Twenty-four cells over the real actions, from the form to the answer (P3.11; attack A4), each with
and without a protective flag (支援措置). Each defective cell is tried with each way in which
papers fail. With the flag the same answers are released, and no byte of one tells where the
person is.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from mamoru.cases import actions, store
from mamoru.cases.terms import (
    AnswerMethod,
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
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests import pdfs, sweeps
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
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

# A flag releases nothing that papers would not, and keeps back nothing but whereabouts.
FLAGS = ("open", "flagged")
# By turns in which each state of one thing meets both of the flag; in a sweep, each with both.
TRIED = [
    (cell, flag) for at, cell in enumerate(CELLS) for flag in sweeps.turn(FLAGS, at.bit_count())
]
OF_EACH = len(FLAGS) * len(CELLS) // len(TRIED)
FORMER = replace(cast.MEGUMI, home=cast.AKUDA.home)
"""陽's parent who lives elsewhere, and must not hear where 陽 does."""
REFUGE = SafeContact(
    name="みなと女性支援センター 気付",
    postal_code="231-0023",
    address="神奈川県横浜市中区山下町1番地",
)

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


def filed(
    role: Role,
    person: Someone,
    authority: Finding | None,
    *,
    method: AnswerMethod = AnswerMethod.PAPER,
) -> CaseId:
    """Everything that the role needs, with this paper of authority or none."""
    agent = FORMER if role is Role.PARENT else cast.SATO
    form = replace(acts.filing(person, ASKED, role=role, agent=agent), answer_method=method)
    case_id = acts.file(form)
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


def flag(case_id: CaseId) -> None:
    """One person at the desk protects the person of a case, another confirms the contact."""
    made = actions.set_protection(
        case_id,
        ground=ProtectionGround.SUPPORT_MEASURE,
        paper="横浜市中区 令和8年11月18日",
        renew_by=TODAY + timedelta(days=365),
        contact=REFUGE,
        by=SUZUKI,
        now=NOW,
    )
    actions.confirm_safe_contact(case_id, made, by=KONDO, now=NOW)


def tell(case_id: CaseId) -> None:
    """Tell the person, by letter to whatever contact may be written to."""
    actions.telling_letter(case_id, by=SUZUKI, now=NOW)
    actions.record_told(case_id, way=TellingWay.ORDINARY_MAIL, by=SUZUKI, now=NOW)


def ends(case_id: CaseId, *, told: bool, flagged: bool = False) -> str:
    """Take a case as far as the desk can, with a note in which it insists."""
    if flagged:
        flag(case_id)
    try:
        actions.verify_case(case_id, by=SUZUKI, now=NOW, note="急ぎのため")
    except actions.NotConfirmed:
        assert store.answer(case_id) is None
        return UNPROVEN
    acts.decide(case_id)
    acts.approve(case_id)
    if flagged:
        assert acts.carry_out(case_id) is Work.WAITING  # nothing is even read before
        assert store.case(case_id).work_note.startswith("person-untold")
        assert store.receipts(store.case(case_id).demands[0].id) == ()
        if not told:
            return WAITS
        letter = in_words(actions.telling_letter(case_id, by=SUZUKI, now=NOW))
        assert REFUGE.address in letter
        tell(case_id)
    assert acts.carry_out(case_id) is Work.READY
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    if told and not flagged:
        tell(case_id)
    method = store.case(case_id).filing.answer_method
    by_page = method is AnswerMethod.ELECTRONIC
    try:
        actions.send_answer(
            case_id,
            dispatch=DispatchKind.DOWNLOAD if by_page else DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
            tracking_number="" if by_page else "123-45-67890-1",
            by=SUZUKI,
            now=NOW,
        )
    except actions.PersonUntold:
        assert store.case(case_id).stage is Stage.DECIDED
        return WAITS
    return RELEASED


def in_words(pdf: bytes) -> str:
    """The text of all pages, as somebody copies it, without breaks of lines."""
    return pdfs.words(pdf).replace(" ", "")


def traces(case_id: CaseId, person: Someone) -> list[str]:
    """Where the person is, as far as any byte of what was released tells it."""
    made = store.answer(case_id)
    assert made is not None
    seen = in_words(made[1])
    case = store.case(case_id)
    if case.filing.answer_method is AnswerMethod.ELECTRONIC:
        for sheet in (True, False):
            seen += actions.download_data(case_id, sheet=sheet, by=REQUESTER, now=NOW).decode()
    home = person.registered_home
    told = (
        home.address,
        home.building,
        home.postal_code,
        home.postal_code.replace("-", ""),
        person.email,
        person.phone,
        REFUGE.address,
        REFUGE.name.replace(" ", ""),
        "支援措置",
    )
    return [each for each in told if each and each.replace(" ", "") in seen]


def test_the_table_has_every_cell() -> None:
    assert set(EXPECTED) == set(CELLS)
    assert len(CELLS) == 24


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(("cell", "flagged"), TRIED)
def test_an_agent_gets_the_answer_in_the_cells_that_say_so_and_in_no_other(
    cell: tuple[Role, str, str, str], flagged: str, record_property: sweeps.Record
) -> None:
    sweeps.record(record_property, "cells of an agent, with and without a flag", ran=1, of=OF_EACH)
    role, age, papers, telling = cell
    person = PERSONS[age]
    good = sound(role, person, FORMER if role is Role.PARENT else cast.SATO)
    faults: dict[str, Fault] = {"none": lambda paper: paper}
    if papers == "defective":
        faults = {**FAULTS, **(NARROW if role is Role.ENTRUSTED_AGENT else {})}
    made = {name: filed(role, person, fault(good)) for name, fault in faults.items()}
    seen = {
        name: ends(case_id, told=telling == "told", flagged=flagged == "flagged")
        for name, case_id in made.items()
    }

    assert seen == dict.fromkeys(faults, EXPECTED[cell])


@pytest.mark.promise("P3.11", "P3.14")
@pytest.mark.parametrize("method", AnswerMethod)
@pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if EXPECTED[cell] == RELEASED], ids="-".join
)
def test_no_byte_of_what_an_agent_gets_tells_where_a_protected_person_is(
    cell: tuple[Role, str, str, str], method: AnswerMethod
) -> None:
    role, age, _, _ = cell
    person = PERSONS[age]
    good = sound(role, person, FORMER if role is Role.PARENT else cast.SATO)
    open_case = filed(role, person, good, method=method)
    assert ends(open_case, told=True) == RELEASED
    assert person.registered_home.address.replace(" ", "") in in_words(_letter(open_case))

    case_id = filed(role, person, good, method=method)
    assert ends(case_id, told=True, flagged=True) == RELEASED

    assert traces(case_id, person) == []
    told = store.case(case_id).told
    assert told is not None
    assert told.safely
    # Who lays the two side by side finds no word in the one that the other has not.
    assert _body(_letter(case_id)) == _body(_letter(open_case))


def _letter(case_id: CaseId) -> bytes:
    made = store.answer(case_id)
    assert made is not None
    return made[1]


def _body(pdf: bytes) -> str:
    """The first page without numbers: what the letter says, and none of what it lists."""
    words = in_words(pdf).split("別紙1")[0]
    return "".join(each for each in words if not each.isdigit())
