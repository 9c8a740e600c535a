"""A code to the registered address proves where whoever asks receives post, and no more (P3.10)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mamoru.cases import actions, store
from mamoru.cases.answer import STATUS_PAGE
from mamoru.cases.models import CaseRow
from mamoru.cases.rules import posting
from mamoru.cases.terms import (
    DemandKind,
    DispatchKind,
    MailedCode,
    MailResult,
    PostedState,
    ProofKind,
    ProofOf,
    Stage,
    Subject,
)
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def code_in(pdf: bytes) -> str:
    found = re.search(r"(\d{4}) (\d{4})", pdfs.words(pdf))
    assert found is not None
    return found[1] + found[2]


def with_passport(someone: cast.Someone = cast.HANAKO, **changed: str) -> CaseId:
    """A case whose only paper shows no address; the record is chosen."""
    form = acts.filing(someone, DemandKind.DISCLOSURE)
    case_id = acts.file(replace(form, person=replace(form.person, **changed)))
    read = acts.finding(someone)
    silent = replace(read, details=replace(read.details, postal_code="", address="", building=""))
    acts.hand_in(case_id, ProofKind.PASSPORT, ProofOf.PERSON, silent)
    is_of(case_id, someone)
    return case_id


def is_of(case_id: CaseId, *people: cast.Someone) -> None:
    """Say that the records of these members are the person."""
    chosen = [Subject(store="shop", table="members", key=each.member_id) for each in people]
    actions.identify(case_id, chosen, by=SUZUKI, now=NOW)


def send(case_id: CaseId, *, now: datetime = NOW, number: str = "123-45-67890-1") -> None:
    actions.record_posted_code(
        case_id,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number=number,
        by=SUZUKI,
        now=now,
    )


def sent(case_id: CaseId) -> str:
    code = code_in(actions.make_posted_code(case_id, by=SUZUKI, now=NOW))
    send(case_id)
    return code


def enter(case_id: CaseId, code: str, *, now: datetime = NOW) -> None:
    actions.enter_posted_code(case_id, code, by=REQUESTER, now=now)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


@pytest.mark.promise("P3.10")
def test_a_passport_alone_leaves_a_doubt_that_the_code_removes() -> None:
    case_id = with_passport()
    assert not actions.check(case_id, now=NOW).acceptable(note="")
    enter(case_id, sent(case_id))
    check = actions.check(case_id, now=NOW)
    assert (check.by_post, check.acceptable(note="")) == (True, True)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    last = append.entries(case_id)[-1]
    assert (last.kind, last.body["proof"]) == ("case.verified", "registered-post")


@pytest.mark.promise("P3.24")
def test_the_answer_then_goes_to_the_registered_address() -> None:
    case_id = with_passport()
    enter(case_id, sent(case_id))
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    to = actions.destination(store.case(case_id), now=NOW)
    assert to is not None
    assert to.address_lines[0] == cast.HANAKO.registered_home.address


@pytest.mark.promise("P3.10")
def test_the_letter_goes_to_the_record_and_never_where_the_form_says() -> None:
    elsewhere = "北海道札幌市中央区北一条西2丁目1番1号"
    case_id = with_passport(address=elsewhere, building="")
    letter = pdfs.words(actions.make_posted_code(case_id, by=SUZUKI, now=NOW))
    home = cast.HANAKO.registered_home
    assert home.address in letter
    assert elsewhere not in letter


@pytest.mark.promise("P3.10")
def test_a_code_heals_no_form_that_names_another_address() -> None:
    case_id = with_passport(address="北海道札幌市中央区北一条西2丁目1番1号", building="")
    enter(case_id, sent(case_id))
    check = actions.check(case_id, now=NOW)
    assert check.by_post
    assert not check.acceptable(note="足りる")
    assert "address-differs" in check.open_points


@pytest.mark.promise("P3.10")
def test_a_code_says_nothing_of_name_and_birth_date() -> None:
    case_id = with_passport(given_name="太郎", birth_date="1990-01-01")
    enter(case_id, sent(case_id))
    points = actions.check(case_id, now=NOW).open_points
    assert {"name-differs", "birth-date-differs"} <= set(points)


def test_a_code_alone_without_any_paper_confirms_nobody() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    is_of(case_id, cast.HANAKO)
    enter(case_id, sent(case_id))
    with pytest.raises(actions.NotConfirmed):
        actions.verify_case(case_id, by=SUZUKI, now=NOW, note="番号が入力された")


@pytest.mark.promise("P3.10")
def test_what_one_address_received_proves_nothing_of_another_record() -> None:
    case_id = with_passport()
    enter(case_id, sent(case_id))
    is_of(case_id, cast.TARO)
    case = store.case(case_id)
    assert not posting.proves(case)
    assert actions.posted_for_others(case, now=NOW)


@pytest.mark.promise("P3.10")
def test_two_of_a_household_do_not_share_what_one_of_them_received() -> None:
    case_id = with_passport(cast.MEGUMI)
    enter(case_id, sent(case_id))
    is_of(case_id, cast.YO)
    assert not posting.proves(store.case(case_id))


def refused(case_id: CaseId, code: str, *, now: datetime = NOW) -> str:
    with pytest.raises(actions.PostedCodeRefused) as problem:
        enter(case_id, code, now=now)
    return str(problem.value)


def test_wrong_late_spent_and_never_sent_are_answered_alike() -> None:
    never = with_passport()
    unsent = with_passport()
    made = code_in(actions.make_posted_code(unsent, by=SUZUKI, now=NOW))
    late = with_passport()
    code = sent(late)
    said = {
        refused(never, "12345678"),
        refused(unsent, made),
        refused(late, wrong(code)),
        refused(late, code, now=NOW + 22 * DAY),
    }
    assert len(said) == 1


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("way", ["posted", "mailed"])
def test_whatever_is_refused_costs_the_same_work_whether_a_code_was_sent_or_not(way: str) -> None:
    """The time of an answer would tell that somebody is registered."""
    never, unsent, late, spent, live = (with_passport() for _ in range(5))
    if way == "posted":
        actions.make_posted_code(unsent, by=SUZUKI, now=NOW)
        for case_id in (late, spent, live):
            sent(case_id)
    else:
        CaseRow.objects.filter(id__in=[late, spent, live]).update(mailed_digest="0" * 64)
        for case_id, made_at in ((late, NOW - DAY), (spent, NOW), (live, NOW)):
            store.save_mailed(
                case_id,
                MailedCode(
                    number=1,
                    made_at=made_at,
                    result=MailResult.SENT,
                    email=cast.HANAKO.email,
                    subjects=(),
                ),
            )
    CaseRow.objects.filter(id=spent).update(**{f"{way}_tries": 5})
    cases = [never, unsent, live, late, spent]

    work = {case_id: work_of_a_wrong_code(way, case_id, late=case_id == late) for case_id in cases}

    assert len(set(map(tuple, work.values()))) == 1
    assert any(each.startswith("INSERT") for each in work[never])
    for case_id in cases:
        entered = [each.kind for each in append.entries(case_id)]
        assert entered[-1] == f"case.{way}-code.refused"


def work_of_a_wrong_code(way: str, case_id: CaseId, *, late: bool) -> list[str]:
    """Return what the database was asked for one wrong code, without what it was about."""
    now = NOW + 22 * DAY if late and way == "posted" else NOW
    enters = actions.enter_posted_code if way == "posted" else actions.enter_mailed_code
    with (
        CaptureQueriesContext(connection) as asked,
        pytest.raises((actions.PostedCodeRefused, actions.MailedCodeRefused)),
    ):
        enters(case_id, "1", by=REQUESTER, now=now)
    return [" ".join(each["sql"].split()[:3]) for each in asked if "SAVEPOINT" not in each["sql"]]


@pytest.mark.promise("P3.10")
def test_a_case_takes_in_twenty_codes_an_hour_and_the_ledger_no_more() -> None:
    case_id = with_passport()
    for _ in range(21):
        refused(case_id, "1")
    entered = [each.kind for each in append.entries(case_id)]
    assert entered.count("case.posted-code.refused") == 20
    code = sent(case_id)
    refused(case_id, code)
    enter(case_id, code, now=NOW + timedelta(hours=1))


def test_the_code_is_taken_to_the_end_of_the_twenty_first_day() -> None:
    case_id = with_passport()
    code = sent(case_id)
    enter(case_id, code, now=NOW + 21 * DAY)
    posted = store.case(case_id).posted
    assert posted is not None
    assert posted.entered_at == NOW + 21 * DAY


def test_after_five_wrong_tries_the_right_code_is_refused_and_a_new_letter_opens_again() -> None:
    case_id = with_passport()
    code = sent(case_id)
    for _ in range(5):
        refused(case_id, wrong(code))
    refused(case_id, code)
    stands = actions.posted_state(store.case(case_id), now=NOW)
    assert stands is not None
    assert stands[0] is PostedState.SPENT
    enter(case_id, sent(case_id))


def test_a_new_letter_voids_the_code_before_it() -> None:
    case_id = with_passport()
    old = sent(case_id)
    new = sent(case_id)
    if old != new:
        refused(case_id, old)
    enter(case_id, new)


def test_a_second_click_is_no_second_entry() -> None:
    case_id = with_passport()
    code = sent(case_id)
    enter(case_id, code)
    enter(case_id, code)
    kinds = [each.kind for each in append.entries(case_id)]
    assert kinds.count("case.posted-code.entered") == 1


def test_the_letter_is_recorded_as_sent_with_a_number_of_its_carrier_only() -> None:
    case_id = with_passport()
    actions.make_posted_code(case_id, by=SUZUKI, now=NOW)
    with pytest.raises(actions.TrackingUnfit):
        send(case_id, number="1")
    with pytest.raises(actions.TrackingUnfit):
        actions.record_posted_code(
            case_id, dispatch=DispatchKind.DOWNLOAD, tracking_number="", by=SUZUKI, now=NOW
        )
    send(case_id)
    with pytest.raises(actions.StageForbidden):
        send(case_id)


def test_without_a_record_or_with_two_addresses_nothing_can_be_sent() -> None:
    nobody = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    two = with_passport()
    is_of(two, cast.HANAKO, cast.TARO)
    for case_id in (nobody, two):
        with pytest.raises(actions.PostingForbidden):
            actions.make_posted_code(case_id, by=SUZUKI, now=NOW)
        assert not actions.may_post_code(store.case(case_id), now=NOW)


def test_a_verified_case_takes_no_code() -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    assert store.case(case_id).stage is Stage.VERIFIED
    with pytest.raises(actions.PostingForbidden):
        actions.make_posted_code(case_id, by=KONDO, now=NOW)


@pytest.mark.promise("P1.5")
def test_the_code_is_nowhere_but_in_the_letter() -> None:
    case_id = with_passport()
    code = sent(case_id)
    enter(case_id, code)
    row = CaseRow.objects.get(id=case_id)
    kept = [str(getattr(row, each.name)) for each in CaseRow._meta.concrete_fields]
    kept += [bytes(row.sealed_posted or b"").hex()]
    kept += [repr(store.case(case_id).posted)]
    kept += [repr(each) for each in append.entries(case_id)]
    assert not [each for each in kept if code in each]


def test_the_ledger_names_neither_person_nor_address() -> None:
    case_id = with_passport()
    enter(case_id, sent(case_id))
    told = "".join(repr(each.body) for each in append.entries(case_id))
    for secret in (cast.HANAKO.registered_home.address, cast.HANAKO.family_name, "123-45"):
        assert secret not in told


def test_the_letter_names_the_status_page_and_no_demand(client: Client) -> None:
    case_id = with_passport()
    letter = pdfs.words(actions.make_posted_code(case_id, by=SUZUKI, now=NOW))
    assert client.get(STATUS_PAGE).status_code == 200
    assert STATUS_PAGE in letter
    assert "開示" not in letter
