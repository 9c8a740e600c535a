"""Which papers are asked for follows from who asks and from what the company takes (P3.11, P3.12, P3.22)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from django.test import Client
from pydantic import ValidationError

from mamoru.cases import actions, execute
from mamoru.cases.rules import papers as rules
from mamoru.cases.terms import (
    DemandKind,
    Filing,
    Finding,
    ProofKind,
    ProofOf,
    Role,
    Subject,
)
from mamoru.identity import agent
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.policy import diff, parts
from mamoru.policy.parts import Papers
from mamoru.site import checks, folders
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI

pytestmark = pytest.mark.django_db


@contextmanager
def taking(**said: Any) -> Iterator[None]:
    """The company's policy with other rules on papers."""
    before = execute.hands()
    asked = before.policy.requests.model_copy(update={"papers": Papers.model_validate(said)})
    policy = before.policy.model_copy(update={"requests": asked})
    execute.install(replace(before, policy=policy))
    try:
        yield
    finally:
        execute.install(before)


def asks(kind: ProofKind, read: Finding, *others: ProofKind) -> CaseId:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    for each in (kind, *others):
        acts.hand_in(case_id, each, ProofOf.PERSON, read)
    acts.identify(case_id, "shop")
    return case_id


def points(case_id: CaseId) -> tuple[str, ...]:
    return actions.check(case_id, now=NOW).open_points


RECORD, ELIGIBLE = ProofKind.RESIDENT_RECORD, ProofKind.ELIGIBILITY_CERTIFICATE


@pytest.mark.promise("P3.12")
@pytest.mark.parametrize(
    ("said", "old"),
    [
        ({}, True),
        ({"issued_within_months": 6}, False),
        ({"issued_within": {"resident-record": 6}}, False),
        ({"issued_within_months": 6, "issued_within": {"resident-record": 1}}, True),
    ],
)
def test_how_old_a_paper_may_be_is_the_companys_to_say(said: dict[str, Any], old: bool) -> None:
    four_months_ago = acts.finding(cast.HANAKO, issued_on=date(2026, 7, 20))
    case_id = asks(RECORD, four_months_ago, ELIGIBLE)
    with taking(**said):
        assert ("resident-record-too-old" in points(case_id)) is old


@pytest.mark.promise("P3.12", "P3.22")
def test_the_letter_says_how_new_the_paper_has_to_be() -> None:
    case_id = asks(RECORD, acts.finding(cast.HANAKO, issued_on=date(2026, 7, 20)), ELIGIBLE)
    with taking(issued_within={"resident-record": 2}):
        actions.ask_supplement(case_id, points(case_id), "", by=SUZUKI, now=NOW)
        made = actions.supplement_letter(case_id, by=SUZUKI, now=NOW)
    assert "2か月を過ぎています" in pdfs.words(made)


@pytest.mark.promise("P3.22")
def test_a_kind_that_is_not_taken_is_not_listed_and_proves_nothing() -> None:
    case_id = asks(ProofKind.DRIVING_LICENCE, acts.finding(cast.HANAKO))
    assert actions.check(case_id, now=NOW).acceptable(note="")
    with taking(not_accepted={"person": ["driving-licence"]}):
        offered = {kind for group in actions.required_proofs(Role.PERSON) for kind in group.one_of}
        assert ProofKind.DRIVING_LICENCE not in offered
        assert ProofKind.PASSPORT in offered
        assert {"driving-licence-not-accepted", "identity-missing"} <= set(points(case_id))
        others = actions.required_proofs(Role.PARENT)
        assert any(ProofKind.DRIVING_LICENCE in group.one_of for group in others)


@pytest.mark.promise("P3.10")
def test_a_paper_that_is_not_taken_makes_up_for_no_expired_one() -> None:
    expired = replace(acts.finding(cast.HANAKO), expires_on=date(2026, 1, 1))
    case_id = asks(ProofKind.DRIVING_LICENCE, expired)
    later = actions.receive_proof(
        case_id,
        acts.picture(b"passport"),
        kind=ProofKind.PASSPORT,
        of=ProofOf.PERSON,
        by=REQUESTER,
        now=NOW + timedelta(hours=1),
    )
    actions.open_paper(case_id, later.id, by=SUZUKI, now=NOW)
    actions.record_finding(case_id, later.id, acts.finding(cast.HANAKO), now=NOW)
    assert "driving-licence-expired" not in points(case_id)
    with taking(not_accepted={"person": ["passport"]}):
        assert "driving-licence-expired" in points(case_id)
        assert not actions.check(case_id, now=NOW).acceptable(note="足りる")


def test_a_company_may_want_the_day_of_expiry_written_down() -> None:
    case_id = asks(ProofKind.DRIVING_LICENCE, acts.finding(cast.HANAKO))
    assert points(case_id) == ()
    with taking(expiry_stated=True):
        assert points(case_id) == ("driving-licence-expiry-unstated",)
    valid = asks(
        ProofKind.DRIVING_LICENCE, replace(acts.finding(cast.HANAKO), expires_on=date(2028, 1, 1))
    )
    with taking(expiry_stated=True):
        assert points(valid) == ()


@pytest.mark.promise("P3.10", "P3.22")
def test_a_paper_without_an_address_leads_to_a_second_one_being_offered_to_ask_for() -> None:
    read = acts.finding(cast.HANAKO)
    silent = replace(read, details=replace(read.details, address="", building=""))
    case_id = asks(ProofKind.PASSPORT, silent)
    check = actions.check(case_id, now=NOW)
    assert (check.open_points, check.askable) == ((), ("address-unshown",))
    acts.hand_in(
        case_id, RECORD, ProofOf.PERSON, acts.finding(cast.HANAKO, issued_on=date(2026, 11, 1))
    )
    after = actions.check(case_id, now=NOW)
    assert (after.askable, after.acceptable(note="")) == ((), True)


@pytest.mark.promise("P3.10")
def test_a_paper_without_an_address_is_answered_alike_whatever_address_is_registered() -> None:
    """Who types an address into the form is not told whether it is the registered one."""
    member = Subject(store="shop", table="members", key=cast.HANAKO.member_id)
    mailing = Subject(store="mailing", table="mailing", key=cast.HANAKO.email)
    asked = {
        which: askable_with_a_passport(form, chosen)
        for which, form, chosen in (
            ("nobody", acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), ()),
            ("no address columns", acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), (mailing,)),
            ("the registered one", acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), (member,)),
            ("another one", living_elsewhere(), (member,)),
        )
    }
    assert set(asked.values()) == {("address-unshown",)}


def living_elsewhere() -> Filing:
    form = acts.filing(cast.HANAKO, DemandKind.DISCLOSURE)
    home = cast.AKUDA.home
    lives = {"postal_code": home.postal_code, "address": home.address, "building": home.building}
    return replace(form, person=replace(form.person, **lives))


def askable_with_a_passport(form: Filing, chosen: tuple[Subject, ...]) -> tuple[str, ...]:
    case_id = acts.file(form)
    read = acts.finding(cast.HANAKO)
    silent = replace(read, details=replace(read.details, address="", building=""))
    acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON, silent)
    actions.identify(case_id, chosen, by=SUZUKI, now=NOW)
    check = actions.check(case_id, now=NOW)
    assert not check.acceptable(note="")
    return check.askable


def test_the_page_lists_how_new_each_paper_has_to_be(client: Client) -> None:
    with taking(issued_within={"seal-certificate": 6}):
        text = client.get("/requests/").content.decode()
    assert "印鑑登録証明書［6か月以内］" in text
    assert "委任状［3か月以内］" in text
    assert "運転免許証［" not in text


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("role", [Role.ENTRUSTED_AGENT, Role.LAWYER])
def test_a_registered_curator_needs_a_power_of_attorney_all_the_same(role: Role) -> None:
    """保佐人 and 補助人 are no statutory agents for this (Order 13): they come as entrusted ones."""
    found = agent.verify_authority(
        role=role,
        person=_named(cast.HANAKO),
        agent=_named(cast.SATO),
        papers=[
            agent.Paper(
                kind="guardianship-certificate",
                of="authority",
                principal_name=cast.HANAKO.name,
                agent_name=cast.SATO.name,
                issued_on=date(2026, 11, 1),
            )
        ],
        demands=["disclosure"],
        today=date(2026, 11, 20),
    )
    assert "power-of-attorney-missing" in found.codes


def _named(someone: cast.Someone) -> Any:
    from mamoru.identity.terms import NameParts

    return NameParts(family=someone.family_name, given=someone.given_name)


def test_an_old_insurance_card_is_no_kind_of_paper() -> None:
    assert [each for each in ProofKind if "insurance" in each] == []
    assert get_args(parts.PaperKind) == tuple(map(str, ProofKind))
    assert get_args(parts.FilingRole) == tuple(map(str, Role))


@pytest.mark.parametrize(
    "said",
    [
        {"issued_within_months": 0},
        {"issued_within": {"insurance-card": 3}},
        {"issued_within": {"resident-record": 0}},
        {"not_accepted": {"stranger": ["passport"]}},
        {"accepted": {}},
    ],
)
def test_a_rule_that_means_nothing_is_an_error(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Papers.model_validate(said)


@pytest.mark.promise("P3.22")
def test_a_set_that_nobody_could_send_keeps_the_company_from_serving(tmp_path: Path) -> None:
    home = tmp_path / "company"
    folders.create(home)
    policy = home / "policy.yaml"
    sample = Path(folders.__file__).parent / "sample" / "policy.yaml"
    closed = (
        "  papers: { erased_within_days: 30, not_accepted: { lawyer: [lawyer-identification] } }"
    )
    policy.write_text(sample.read_text().replace("  papers: { erased_within_days: 30 }", closed))
    found = checks.run(home, only=frozenset({"policy"}))
    told = [each for each in found if each["state"] == "problem"]
    assert ["lawyer-identification-missing" in each["detail"] for each in told] == [True]


def test_the_comparison_of_two_versions_says_that_the_papers_change() -> None:
    before = execute.hands().policy
    with taking(issued_within_months=6):
        found = diff.compare(before, execute.hands().policy)
    assert "requests.papers の「発行からの月数」が変わります(3 → 6)。" in repr(found)


def test_what_a_company_says_nothing_of_is_as_before() -> None:
    assert rules.of(execute.hands().policy) == agent.USUAL
    assert agent.unprovable(agent.USUAL) == ()
