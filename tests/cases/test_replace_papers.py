"""A paper that falls short is made up for by a later sound one, and by no other (P3.10, P3.11)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mamoru.cases.terms import DemandKind, Finding, PersonalDetails, Proof, ProofKind, ProofOf
from mamoru.identity import agent
from mamoru.identity.agent import Paper, Role, Worth
from mamoru.identity.terms import NameParts, Verdict
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.test_check_identity import (
    by_lawyer,
    case,
    check,
    form,
    lawyer_papers,
    licence,
    paper,
    registered,
)
from tests.conftest import TODAY

YESTERDAY = TODAY - timedelta(days=1)


def again(proof: Proof, nth: int = 9, **changed: object) -> Proof:
    """The same paper sent anew, read otherwise."""
    assert proof.finding is not None
    return replace(
        proof,
        id=f"p{nth}",
        digest=f"{nth:064x}",
        finding=replace(proof.finding, **changed),  # type: ignore[arg-type]
    )


@pytest.mark.promise("P3.11", "P3.22")
@pytest.mark.parametrize(
    "change",
    [
        {"scope": (DemandKind.ERASURE,)},
        {"scope": ()},
        {"issued_on": None},
        {"principal_name": cast.TARO.name},
        {"agent_name": cast.AKUDA.name},
    ],
)
def test_a_new_power_of_attorney_cures_the_old_one(change: dict[str, object]) -> None:
    short = lawyer_papers(**change)
    sound = again(lawyer_papers()[2])

    before, after = check(by_lawyer(*short)), check(by_lawyer(*short, sound))

    assert not before.acceptable(note="")
    assert after.acceptable(note="")
    assert after.superseded == {"p3"}
    assert after.authority_code == "proven"


@pytest.mark.promise("P3.10", "P3.22")
@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": YESTERDAY},
        {"details": acts.details(cast.HANAKO, address=cast.TARO.home.address)},
        {"details": acts.details(cast.HANAKO, family_name="田中")},
    ],
)
def test_a_new_licence_cures_the_old_one_and_an_older_one_does_not(
    change: dict[str, object],
) -> None:
    sound = licence(acts.finding(cast.HANAKO))
    short = again(sound, 9, **change)

    cured = check(case(form(cast.HANAKO), registered(cast.HANAKO), short, again(sound, 2)))
    newer = check(case(form(cast.HANAKO), registered(cast.HANAKO), sound, short))

    assert cured.acceptable(note="")
    assert cured.superseded == {short.id}
    assert newer.open_points
    assert not newer.superseded


@pytest.mark.promise("P3.11")
def test_two_powers_of_attorney_cover_together_what_each_covers_in_part() -> None:
    asked = (DemandKind.DISCLOSURE, DemandKind.ERASURE)
    first, identity, power = lawyer_papers(scope=asked[:1])
    alone = by_lawyer(first, identity, power)
    alone = replace(
        alone,
        demands=tuple(
            replace(alone.demands[0], demand=replace(alone.demands[0].demand, kind=kind))
            for kind in asked
        ),
    )
    rest = again(power, scope=asked[1:])

    short = check(alone)
    both = check(replace(alone, proofs=(*alone.proofs, rest)))

    assert [each.lacks for each in short.open_findings] == [("erasure",)]
    assert both.acceptable(note="")
    assert both.superseded == frozenset()


@pytest.mark.promise("P3.10")
def test_a_paper_that_looks_forged_is_superseded_by_nothing() -> None:
    forged = licence(replace(acts.finding(cast.HANAKO), genuine=False))
    later = again(licence(acts.finding(cast.HANAKO)))

    found = check(case(form(cast.HANAKO), registered(cast.HANAKO), forged, later))
    settled = check(
        case(form(cast.HANAKO), registered(cast.HANAKO), again(forged, 1, genuine=True))
    )

    assert found.open_points == ("driving-licence-not-genuine",)
    assert not found.acceptable(note="本人を知っている")
    assert settled.acceptable(note="")


@pytest.mark.promise("P3.10")
def test_an_expired_licence_proves_no_address_for_the_passport_that_replaces_it() -> None:
    expired = licence(replace(acts.finding(cast.HANAKO), expires_on=YESTERDAY))
    silent = acts.details(cast.HANAKO, address="", building="", postal_code="")
    read = replace(acts.finding(cast.HANAKO), details=silent)
    passport = paper(ProofKind.PASSPORT, ProofOf.PERSON, read, 2)

    found = check(case(form(cast.HANAKO), registered(cast.HANAKO), expired, passport))

    assert found.open_points == ()
    assert found.verdict is Verdict.CANNOT_TELL
    assert not found.acceptable(note="")


@pytest.mark.promise("P3.10")
def test_a_paper_that_is_silent_on_the_address_explains_no_address() -> None:
    away = licence(acts.finding(cast.AKUDA))
    away = again(away, details=acts.details(cast.HANAKO, address=cast.AKUDA.home.address))
    silent = acts.details(cast.HANAKO, address="", building="", postal_code="")
    read = replace(acts.finding(cast.HANAKO), details=silent)
    passport = paper(ProofKind.PASSPORT, ProofOf.PERSON, read, 2)

    found = check(case(form(cast.HANAKO), registered(cast.HANAKO), away, passport))

    assert "application-address-differs" in found.open_points
    assert not found.acceptable(note="x")


# --- over all papers ----------------------------------------------------------------------

TARO = NameParts(family="山田", given="太郎")
SATO = NameParts(family="佐藤", given="健")
HERE, AWAY = "東京都港区芝浦3丁目4番1号", "神奈川県川崎市中原区木月2-3-4"
ASKED = frozenset({"disclosure", "erasure"})
KINDS = {
    "person": ("driving-licence", "passport", "resident-record", "seal-certificate"),
    "agent": ("my-number-card-front", "lawyer-identification", "pension-document"),
    "authority": ("power-of-attorney", "family-register", "guardianship-certificate"),
}
_OF_KINDS = [(of, kind) for of, kinds in KINDS.items() for kind in kinds]


def made(of: str, kind: str) -> Paper:
    return Paper(
        kind=kind,
        of=of,
        holder=SATO if of == "agent" else TARO,
        address=HERE,
        principal_name="山田太郎",
        agent_name="佐藤健",
        issued_on=TODAY,
        scope=ASKED,
    )


SOUND = st.sampled_from(_OF_KINDS).map(lambda each: made(*each))
FAULTS: list[dict[str, object]] = [
    {},
    {"genuine": False},
    {"expires_on": YESTERDAY},
    {"issued_on": None},
    {"scope": frozenset({"disclosure"})},
    {"scope": frozenset()},
    {"holder": NameParts(family="悪田", given="黒男"), "principal_name": "悪田 黒男"},
    {"address": AWAY},
]
ANY = st.builds(lambda each, fault: replace(each, **fault), SOUND, st.sampled_from(FAULTS))


def judged(role: Role, papers: list[Paper]) -> agent.Authority:
    return agent.verify_authority(
        role=role,
        person=TARO,
        agent=SATO,
        papers=papers,
        demands=ASKED,
        today=TODAY,
        person_birth="2015-01-01",
        person_address=HERE,
    )


@pytest.mark.promise("P3.11")
@given(st.sampled_from(list(Role)), st.lists(ANY, max_size=6), SOUND, st.integers(0, 6))
@example(
    Role.ENTRUSTED_AGENT,
    [replace(made("person", "driving-licence"), address=AWAY), made("person", "seal-certificate")],
    made("person", "seal-certificate"),
    1,
)
@example(
    Role.PERSON,
    [replace(made("person", "driving-licence"), address=AWAY)],
    made("person", "seal-certificate"),
    1,
)
def test_a_sound_paper_more_opens_no_point_and_one_less_closes_none(
    role: Role, papers: list[Paper], more: Paper, place: int
) -> None:
    less, all_of_them = judged(role, papers), judged(role, [*papers[:place], more, *papers[place:]])

    assert set(all_of_them.codes) <= set(less.codes)


@pytest.mark.promise("P3.10")
@given(st.sampled_from(list(Role)), st.lists(ANY, max_size=6))
def test_what_looks_forged_stays_a_point_among_any_papers(role: Role, papers: list[Paper]) -> None:
    found = judged(role, papers)

    for each in papers:
        assert each.genuine or f"{each.kind}-not-genuine" in found.codes
    assert len(found.worth) == len(papers)
    if Worth.SHORT in found.worth:
        assert not found.confirmed


_ADDRESSES = st.sampled_from(
    [cast.HANAKO.home, cast.TARO.home, cast.Home(postal_code="", address="")]
)


def read_as(home: cast.Home, *, expired: bool, genuine: bool) -> Finding:
    shown = acts.details(cast.HANAKO, address=home.address, building=home.building)
    return Finding(
        by=acts.SUZUKI,
        at=acts.NOW,
        details=shown if home.address else replace(PersonalDetails(), **_named(shown)),
        expires_on=YESTERDAY if expired else None,
        genuine=genuine,
    )


def _named(shown: PersonalDetails) -> dict[str, str]:
    return {
        "family_name": shown.family_name,
        "given_name": shown.given_name,
        "birth_date": shown.birth_date,
    }


@pytest.mark.promise("P3.10")
@given(
    st.lists(
        st.builds(read_as, _ADDRESSES, expired=st.booleans(), genuine=st.booleans()), max_size=5
    ),
    st.integers(0, 5),
)
def test_a_licence_that_agrees_in_everything_opens_nothing_and_nothing_else_confirms(
    read: list[Finding], place: int
) -> None:
    proofs = [
        paper(ProofKind.DRIVING_LICENCE, ProofOf.PERSON, each, nth)
        for nth, each in enumerate(read, start=1)
    ]
    sound = paper(ProofKind.DRIVING_LICENCE, ProofOf.PERSON, acts.finding(cast.HANAKO), 99)
    asked, known = form(cast.HANAKO), registered(cast.HANAKO)

    less = check(case(asked, known, *proofs))
    more = check(case(asked, known, *proofs[:place], sound, *proofs[place:]))

    assert set(more.open_points) <= set(less.open_points)
    assert more.acceptable(note="") or not less.acceptable(note="")
    if less.acceptable(note=""):
        assert any(
            each.genuine
            and not each.expires_on
            and each.details.address == cast.HANAKO.home.address
            for each in read
        )
