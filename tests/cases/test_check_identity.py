"""What form, paper and register say together (P3.10, P3.11). 悪田 never passes."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from mamoru.cases.rules import facts
from mamoru.cases.terms import (
    Case,
    Channel,
    DemandKind,
    DemandState,
    Filing,
    Finding,
    Identity,
    PersonalDetails,
    Proof,
    ProofKind,
    ProofOf,
    Record,
    Role,
    Stage,
    Subject,
)
from mamoru.identity import agent
from mamoru.identity.terms import Verdict
from mamoru.kit.ids import CaseId, DemandId
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.conftest import TODAY

NOTES = ("", "同姓同名の別人ではないと電話で確認した", "x" * 500)
CASE = CaseId("C-2026-000001-5")


def registered(someone: Someone) -> Identity:
    return both(someone)


def both(*people: Someone) -> Identity:
    """The records of several people, as if staff had ticked them all for one."""
    records = []
    for someone in people:
        home = someone.registered_home
        record = Record(
            subject=Subject(store="shop", table="members", key=someone.member_id),
            registered=acts.details(
                someone, postal_code=home.postal_code, address=home.address, building=home.building
            ),
        )
        records.append(record)
    return Identity(
        subjects=tuple(each.subject for each in records),
        keys=(("member_id", tuple(each.subject.key for each in records)),),
        records=tuple(records),
    )


def paper(kind: ProofKind, of: ProofOf, read: Finding | None, nth: int = 1) -> Proof:
    return Proof(
        id=f"p{nth}",
        kind=kind,
        of=of,
        media_type="image/png",
        size=1,
        digest=f"{nth:064x}",
        received_at=NOW,
        finding=read,
    )


def licence(read: Finding) -> Proof:
    return paper(ProofKind.DRIVING_LICENCE, ProofOf.PERSON, read)


def case(form: Filing, identity: Identity | None, *proofs: Proof) -> Case:
    return Case(
        id=CASE,
        stage=Stage.RECEIVED,
        filing=form,
        received_at=NOW,
        complete_at=None,
        due_on=TODAY,
        demands=tuple(
            DemandState(id=DemandId(f"{CASE}/{nth}"), demand=each)
            for nth, each in enumerate(form.demands, start=1)
        ),
        proofs=proofs,
        identity=identity,
    )


def form(someone: Someone, **changed: str) -> Filing:
    return replace(
        acts.filing(someone, DemandKind.DISCLOSURE), person=acts.details(someone, **changed)
    )


def check(given: Case) -> facts.Check:
    return facts.check(given, today=TODAY, rules=agent.USUAL)


@pytest.mark.promise("P3.10")
def test_a_person_whose_three_addresses_agree_can_be_confirmed() -> None:
    found = check(
        case(form(cast.HANAKO), registered(cast.HANAKO), licence(acts.finding(cast.HANAKO)))
    )

    assert found.verdict is Verdict.MATCH
    assert found.open_points == ()
    assert found.acceptable(note="")
    assert (found.identity_verdict, found.authority_code) == ("match", "own")


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("note", NOTES)
def test_akuda_with_hanakos_licence_and_another_address_is_never_confirmed(note: str) -> None:
    away = {"address": cast.AKUDA.home.address, "building": "", "email": cast.AKUDA.email}
    shown = acts.finding(cast.HANAKO)
    altered = replace(shown, details=acts.details(cast.HANAKO, **away))
    given = [
        case(form(cast.HANAKO, **away), registered(cast.HANAKO), licence(read))
        for read in (shown, altered)
    ]
    given.append(case(form(cast.AKUDA), registered(cast.HANAKO), licence(shown)))
    given.append(
        case(form(cast.HANAKO), registered(cast.HANAKO), licence(acts.finding(cast.AKUDA)))
    )

    for each in given:
        found = check(each)
        assert not found.acceptable(note=note)
        assert found.open_points
        assert not facts.facts_of(
            each, is_retained=True, today=TODAY, rules=agent.USUAL
        ).identity_confirmed


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"address": "北海道札幌市中央区北1条西2丁目"}, "application-address-differs"),
        ({"family_name": "田中"}, "name-differs"),
        ({"birth_date": "1988-03-15"}, "birth-date-differs"),
    ],
)
@pytest.mark.parametrize("note", NOTES)
def test_one_mismatch_of_the_form_is_named_and_not_confirmed(
    change: dict[str, str], point: str, note: str
) -> None:
    found = check(
        case(
            form(cast.HANAKO, **change), registered(cast.HANAKO), licence(acts.finding(cast.HANAKO))
        )
    )

    assert point in found.open_points
    assert not found.acceptable(note=note)


@pytest.mark.parametrize(("verdict", "note"), list(product(Verdict, NOTES)))
def test_a_note_carries_a_doubt_and_never_a_mismatch(verdict: Verdict, note: str) -> None:
    found = replace(
        check(case(form(cast.HANAKO), registered(cast.HANAKO), licence(acts.finding(cast.HANAKO)))),
        verdict=verdict,
    )

    expected = verdict is Verdict.MATCH or (verdict is not Verdict.MISMATCH and bool(note))
    assert found.acceptable(note=note) == expected
    assert not replace(found, open_points=("address-differs",)).acceptable(note=note)
    assert not replace(found, identified=False).acceptable(note=note)


@pytest.mark.promise("P3.10", "P3.22")
def test_a_movers_paper_that_shows_both_addresses_cures_the_difference() -> None:
    moved, known = form(cast.TARO), registered(cast.TARO)
    before = case(moved, known, licence(acts.finding(cast.TARO)))
    both = acts.finding(
        cast.TARO,
        issued_on=TODAY - timedelta(days=5),
        former=cast.TARO.registered_home.address,
    )
    after = case(
        moved,
        known,
        licence(acts.finding(cast.TARO)),
        paper(ProofKind.RESIDENT_RECORD, ProofOf.PERSON, both, 2),
    )

    assert check(before).open_points == ("address-differs",)
    assert not check(before).acceptable(note="引っ越したと聞いた")
    assert check(after).verdict is Verdict.MATCH
    assert check(after).acceptable(note="")
    assert check(after).proof == "p2"


@pytest.mark.promise("P3.10")
def test_a_paper_whose_former_address_is_somebody_elses_cures_nothing() -> None:
    other = acts.finding(cast.TARO, issued_on=TODAY, former=cast.HANAKO.home.address)
    given = case(
        form(cast.TARO),
        registered(cast.TARO),
        licence(acts.finding(cast.TARO)),
        paper(ProofKind.RESIDENT_RECORD, ProofOf.PERSON, other, 2),
    )

    assert not check(given).acceptable(note="x")


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "driving-licence-expired"),
        ({"genuine": False}, "driving-licence-not-genuine"),
        ({"issued_on": TODAY + timedelta(days=1)}, "driving-licence-dated-in-future"),
    ],
)
def test_a_paper_that_does_not_hold_is_named(change: dict[str, object], point: str) -> None:
    read = replace(acts.finding(cast.HANAKO), **change)  # type: ignore[arg-type]
    found = check(case(form(cast.HANAKO), registered(cast.HANAKO), licence(read)))

    assert point in found.open_points
    assert not found.acceptable(note="本人を知っている")


@pytest.mark.promise("P3.10")
def test_without_a_paper_nothing_is_confirmed() -> None:
    unread = paper(ProofKind.DRIVING_LICENCE, ProofOf.PERSON, None)
    for proofs in ((), (unread,)):
        found = check(case(form(cast.HANAKO), registered(cast.HANAKO), *proofs))

        assert "identity-missing" in (*found.open_points, *found.unread_points)
        assert found.comparison is None
        assert found.reasons == ()
        assert not found.acceptable(note="x")


@pytest.mark.promise("P3.10", "P3.14")
@pytest.mark.parametrize("chosen", [(cast.MEGUMI, cast.YO), (cast.YO, cast.MEGUMI)])
def test_a_second_record_of_the_household_is_never_taken_for_the_person(
    chosen: tuple[Someone, Someone],
) -> None:
    found = check(case(form(cast.MEGUMI), both(*chosen), licence(acts.finding(cast.MEGUMI))))

    assert found.verdict is Verdict.MISMATCH
    assert not found.acceptable(note="どちらも同じ世帯")


@pytest.mark.promise("P3.10")
def test_a_mailing_list_confirms_nobody_and_contradicts_nobody() -> None:
    listed = Record(
        subject=Subject(store="mailing", table="mailing", key=cast.HANAKO.email),
        registered=PersonalDetails(family_name="山本", given_name="花子", email=cast.HANAKO.email),
    )
    member = registered(cast.HANAKO)
    beside = Identity(
        subjects=(*member.subjects, listed.subject),
        keys=member.keys,
        records=(*member.records, listed),
    )
    alone = Identity(subjects=(listed.subject,), keys=(), records=(listed,))

    read = licence(acts.finding(cast.HANAKO))
    assert check(case(form(cast.HANAKO), beside, read)).acceptable(note="")
    assert not check(case(form(cast.HANAKO), alone, read)).acceptable(note="")


@pytest.mark.promise("P3.10")
def test_characters_that_nobody_sees_are_an_open_point() -> None:
    typed = replace(
        form(cast.HANAKO), person=acts.details(cast.HANAKO, building="コーポ阿佐谷\u200b203号室")
    )

    found = check(case(typed, registered(cast.HANAKO), licence(acts.finding(cast.HANAKO))))

    assert "hidden-characters" in found.open_points
    assert not found.acceptable(note="x")


@pytest.mark.promise("P3.13")
def test_where_nothing_is_held_form_and_paper_must_agree() -> None:
    nothing = Identity(subjects=(), keys=())
    truthful = case(form(cast.AKUDA), nothing, licence(acts.finding(cast.AKUDA)))
    liar = case(form(cast.HANAKO), nothing, licence(acts.finding(cast.AKUDA)))

    assert check(truthful).acceptable(note="")
    assert not check(liar).acceptable(note="x")


def test_before_staff_have_looked_for_records_nothing_is_confirmed() -> None:
    found = check(case(form(cast.HANAKO), None, licence(acts.finding(cast.HANAKO))))

    assert not found.acceptable(note="x")


def lawyer_papers(**changed: object) -> tuple[Proof, ...]:
    power = Finding(
        by=SUZUKI,
        at=NOW,
        details=PersonalDetails(),
        principal_name=cast.HANAKO.name,
        agent_name=cast.SATO.name,
        issued_on=TODAY - timedelta(days=7),
        scope=(DemandKind.DISCLOSURE,),
    )
    return (
        licence(acts.finding(cast.HANAKO)),
        paper(ProofKind.LAWYER_IDENTIFICATION, ProofOf.AGENT, acts.finding(cast.SATO), 2),
        paper(ProofKind.POWER_OF_ATTORNEY, ProofOf.AUTHORITY, replace(power, **changed), 3),  # type: ignore[arg-type]
    )


def by_lawyer(*proofs: Proof) -> Case:
    filed = replace(form(cast.HANAKO), role=Role.LAWYER, agent=acts.details(cast.SATO))
    return case(filed, registered(cast.HANAKO), *proofs)


@pytest.mark.promise("P3.11")
def test_a_lawyer_with_all_papers_is_proven() -> None:
    found = check(by_lawyer(*lawyer_papers()))

    assert found.acceptable(note="")
    assert found.authority_code == "proven"


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"principal_name": cast.TARO.name}, "principal-name-differs"),
        ({"agent_name": cast.AKUDA.name}, "agent-name-differs"),
        ({"scope": ()}, "scope-missing"),
        ({"scope": (DemandKind.ERASURE,)}, "scope-too-narrow"),
        ({"issued_on": None}, "power-of-attorney-undated"),
        ({"issued_on": date(2026, 8, 19)}, "power-of-attorney-too-old"),
        ({"genuine": False}, "power-of-attorney-not-genuine"),
    ],
)
def test_an_agent_without_authority_is_not_confirmed(change: dict[str, object], point: str) -> None:
    given = by_lawyer(*lawyer_papers(**change))
    found = check(given)

    assert point in found.open_points
    assert found.authority_code == "unproven"
    assert not found.acceptable(note="弁護士である")
    assert not facts.facts_of(
        given, is_retained=True, today=TODAY, rules=agent.USUAL
    ).authority_proven


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_each_paper_of_a_lawyer_is_needed(missing: int) -> None:
    papers = list(lawyer_papers())
    del papers[missing]

    assert not check(by_lawyer(*papers)).acceptable(note="x")


def test_a_login_is_proof_on_the_member_page_only() -> None:
    reference = f"shop/members/{cast.HANAKO.member_id}"
    typed = replace(form(cast.AKUDA), member_ref=reference)
    page = replace(typed, channel=Channel.MEMBER_PAGE)

    for channel in set(Channel) - {Channel.MEMBER_PAGE}:
        claimed = case(replace(typed, channel=channel), registered(cast.HANAKO))
        assert not check(claimed).by_login
        assert not check(claimed).acceptable(note="x")
    assert check(case(page, registered(cast.HANAKO))).acceptable(note="")
    assert not check(case(page, None)).acceptable(note="x")


def test_doubts_about_papers_are_no_defect_of_the_form() -> None:
    given = case(form(cast.TARO), registered(cast.TARO), licence(acts.finding(cast.TARO)))

    assert (
        facts.facts_of(given, is_retained=True, today=TODAY, rules=agent.USUAL).open_defects == ()
    )
