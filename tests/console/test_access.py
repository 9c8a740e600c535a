"""Who reaches the desk, and what each sees there (P1.5, P3.17); 悪田 never sees more than the form."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, reverse

from mamoru.cases import actions, store
from mamoru.cases.terms import Stage
from mamoru.console import labels, urls
from mamoru.identity import reasons
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests.console import scenes
from tests.needs import ROOT

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db

golden = ROOT / "tests" / "golden" / "urls-by-role.txt"
STAFF = ("desk", "privacy-officer", "approver", "auditor")
OTHERS = ("marketing", "engineer", "administrator", "member")

# name of the address -> who may; everybody else meets 403, the anonymous sign in
ALLOWED = {
    "console": STAFF,
    "console-datamap": ("privacy-officer", "auditor", "engineer", "administrator"),
    "console-case": STAFF,
    "open-paper": ("desk", "privacy-officer", "approver"),
    "letter": ("desk", "privacy-officer", "approver"),
    "supplement-letter": ("desk", "privacy-officer", "approver"),
    "paper-page": ("desk", "privacy-officer", "approver"),
    "black-out": ("desk", "privacy-officer"),
    "record-finding": ("desk", "privacy-officer"),
    "find-person": ("desk", "privacy-officer"),
    "identify": ("desk", "privacy-officer"),
    "verify-case": ("desk", "privacy-officer"),
    "make-posted-code": ("desk", "privacy-officer"),
    "record-posted-code": ("desk", "privacy-officer"),
    "ask-supplement": ("desk", "privacy-officer"),
    "resume-check": ("desk", "privacy-officer"),
    "ask-lifting": ("privacy-officer",),
    "lift": ("approver",),
    "set-protection": ("desk", "privacy-officer"),
    "ask-lifting-protection": ("privacy-officer",),
    "lift-protection": ("approver",),
    "confirm-safe-contact": ("desk", "privacy-officer"),
    "name-value": ("desk", "privacy-officer"),
    "decide": ("privacy-officer",),
    "approve": ("approver",),
    "return": ("approver",),
    "change-letter": ("desk", "privacy-officer", "approver"),
    "mail-change-notice": ("desk", "privacy-officer"),
    "record-change-told": ("desk", "privacy-officer"),
    "telling-letter": ("desk", "privacy-officer", "approver"),
    "record-told": ("desk", "privacy-officer"),
    "carried-out": ("desk", "privacy-officer"),
    "reopen": ("desk", "privacy-officer"),
    "by-hand": ("desk", "privacy-officer"),
    "try-now": ("desk", "privacy-officer"),
    "send-answer": ("desk", "privacy-officer"),
}


def address(name: str, case: CaseId) -> str:
    given: dict[str, str | int] = (
        {} if name in {"console", "console-datamap"} else {"case_id": case}
    )
    if name == "paper-page":
        given["number"] = 1
    if name in {"open-paper", "paper-page", "black-out", "record-finding"}:
        given["proof_id"] = store.case(case).proofs[0].id
    if name in {
        "decide", "approve", "return", "carried-out", "name-value", "ask-lifting", "lift",
        "ask-lifting-protection", "lift-protection", "confirm-safe-contact",
    }:  # fmt: skip
        given["position"] = 1
    return reverse(name, kwargs=given)


def test_every_address_of_the_desk_is_in_the_table() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ALLOWED)


@pytest.mark.promise("P1.5", "P3.17")
@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: str(pattern.name))
def test_each_address_opens_only_to_its_roles(pattern: URLPattern) -> None:
    told = answers(f"/console/{pattern.pattern}")  # which the portal's test asks for, role by role

    allowed = {role for role, answer in told.items() if answer in {"200", "404", "409", "422"}}
    refused = {role for role, answer in told.items() if answer == "403"}

    assert allowed == set(ALLOWED[str(pattern.name)])
    assert refused == {*STAFF, *OTHERS} - allowed
    assert told["anonymous"] == "302"


def answers(address: str) -> dict[str, str]:
    """Return what each role gets at an address of the golden list, by the method it answers."""
    head, *lines = golden.read_text("utf-8").splitlines()
    roles = head.rpartition(":")[2].split()
    (line,) = [each for each in lines if each.partition("  ")[0] == address]
    found = {}
    for role, both in zip(roles, line.partition("  ")[2].split(), strict=True):
        get, _, post = both.partition("/")
        found[role] = post if get == "405" else get
    return found


@pytest.mark.promise("P3.17")
@pytest.mark.parametrize(
    ("act", "at", "typed"),
    [
        ("verify-case", scenes.ready_to_verify, {"note": "見た目で本人と分かる"}),
        ("ask-supplement", scenes.received, {"defects": ["identity-missing"]}),
        ("record-told", scenes.notice_printed, {"way": "ordinary-mail"}),
        (
            "send-answer",
            scenes.ready_of_nothing,
            {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
        ),
    ],
)
def test_the_second_person_does_nothing_of_what_the_first_one_does(
    client_of: Of, act: str, at: Callable[[], CaseId], typed: dict[str, str]
) -> None:
    """Who could verify, tell and send as well as approve would need nobody else for a whole case."""
    case = at()
    approver, desk = client_of("approver"), client_of("desk")
    for each in (approver, desk):
        each.get(address("letter", case))
    before, told = store.case(case), len(actions.trail(case))

    refused = approver.post(address(act, case), typed)

    assert refused.status_code == 403
    assert (store.case(case), len(actions.trail(case))) == (before, told)
    assert (
        desk.post(address(act, case), typed).status_code == 302
    )  # it was possible but for the role


@pytest.mark.promise("P1.5")
def test_a_right_that_is_taken_away_is_gone_with_the_next_click(client_of: Of) -> None:
    client = client_of("desk")
    before = client.get("/console/").status_code

    User.objects.get(username="desk").groups.clear()

    assert (before, client.get("/console/").status_code) == (200, 403)


@pytest.mark.promise("P1.5")
def test_no_answer_of_the_desk_is_kept_by_a_browser_or_a_proxy(client_of: Of) -> None:
    case = scenes.received()
    answers = {
        name: client_of(roles[0]).get(address(name, case)) for name, roles in ALLOWED.items()
    }
    pages = {name: each for name, each in answers.items() if each.status_code != 405}

    assert {"console", "console-datamap", "console-case", "open-paper"} <= set(pages)
    kept = [name for name, each in pages.items() if "no-store" not in each["Cache-Control"]]
    assert kept == []


def test_a_form_from_elsewhere_is_refused(accounts: dict[str, int]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=accounts["desk"]))
    case = scenes.ready_to_verify()

    response = client.post(address("verify-case", case), {"note": ""})

    assert response.status_code == 403
    assert store.case(case).stage is Stage.RECEIVED


@pytest.mark.promise("P1.5")
@pytest.mark.parametrize("state", list(scenes.STATES))
def test_the_auditor_sees_stages_decisions_and_trail_but_nobodys_data(
    client_of: Of, state: str
) -> None:
    case = scenes.STATES[state]()

    text = client_of("auditor").get(address("console-case", case)).content.decode()

    shown = [str(each) for someone in (*cast.MEMBERS, *cast.OUTSIDERS) for each in facts(someone)]
    assert [fact for fact in shown if fact in text] == []
    assert '<form method="post" novalidate' not in text
    assert "履歴" in text
    assert case in text


def facts(someone: cast.Someone) -> tuple[str, ...]:
    return (
        someone.name,
        someone.kana,
        someone.home.address,
        someone.registered_home.address,
        someone.email,
        someone.phone,
        someone.birth.isoformat(),
        *(key for keys in someone.keys.values() for key in keys),
    )


@pytest.mark.promise("P3.10", "P3.17")
def test_akudas_case_never_shows_more_than_the_form_and_the_paper(client_of: Of) -> None:
    wrong = cast.AKUDA.home
    case = scenes.filed(cast.HANAKO, home=wrong)  # 花子's name and paper, 悪田's address
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)
    scenes.identified(case, cast.HANAKO)
    officer = client_of("privacy-officer")

    verified = officer.post(address("verify-case", case), {"note": "急ぎ"})
    decided = officer.post(address("decide", case), {"ground": "", "reason": "", "law": ""})
    letter = officer.get(address("letter", case))
    page = officer.get(address("console-case", case)).content.decode()

    assert (verified.status_code, decided.status_code, letter.status_code) == (422, 422, 422)
    assert store.case(case).stage is Stage.RECEIVED
    for step in ("/decide/", "/approve/", "/send/"):
        assert step not in page
    assert "応じる場合に読み出す範囲" not in page
    assert "注文" not in page


@pytest.mark.promise("P3.10")
def test_a_search_for_akuda_finds_nobody(client_of: Of) -> None:
    case = scenes.filed(cast.AKUDA)

    text = client_of("desk").post(address("find-person", case), {}).content.decode()

    assert 'data-candidates=""' in text
    assert cast.HANAKO.phone not in text


@pytest.mark.parametrize("state", ["moved", "answered", "by-hand"])
def test_no_address_and_no_message_carries_personal_data(client_of: Of, state: str) -> None:
    case = scenes.STATES[state]()
    client = client_of("privacy-officer")

    client.post(address("verify-case", case), {"note": cast.TARO.name})
    text = client.get(address("console-case", case)).content.decode()

    links = [part.split('"')[0] for mark in ('href="', 'action="') for part in text.split(mark)[1:]]
    for someone in (*cast.MEMBERS, *cast.OUTSIDERS):
        for fact in facts(someone):
            assert not [link for link in links if fact in link]
    for template in labels.ERRORS.values():
        assert cast.TARO.family_name not in str(template)


def test_an_unknown_or_misspelt_number_is_one_calm_page(client_of: Of) -> None:
    client = client_of("desk")

    for wrong in ("C-2026-999999-0", "C-2026-000001-9", "x"):
        response = client.get(f"/console/cases/{wrong}/")
        assert response.status_code == 404
        assert "Traceback" not in response.content.decode()


def test_an_unknown_error_is_told_by_its_code_and_never_by_its_text() -> None:
    from mamoru.console import acting
    from mamoru.kit.errors import MamoruError

    class Odd(MamoruError):
        code = "odd-thing"

    text = acting.explained(Odd("details of `髙橋`"))

    assert "odd-thing" in text
    assert "髙橋" not in text


def test_every_reason_of_a_comparison_is_told_apart_as_notation_or_difference() -> None:
    assert set(reasons.REASONS) >= labels.NOTATION


def test_the_trail_names_staff_by_their_family_name(client_of: Of) -> None:
    User.objects.filter(username="desk").update(last_name="鈴木")
    case = scenes.asked()

    text = client_of("privacy-officer").get(address("console-case", case)).content.decode()

    assert "鈴木" in text
    assert "staff:" not in text


# --- the queue ----------------------------------------------------------------------------


@pytest.mark.promise("P3.26")
def test_the_queue_stands_in_the_order_of_its_due_dates_with_the_clock_in_words(
    client_of: Of,
) -> None:
    fresh, late = scenes.filed(), scenes.overdue()

    text = client_of("desk").get("/console/").content.decode()

    assert text.index(late) < text.index(fresh)
    assert "日過ぎています" in text
    assert "あと" in text
    assert cast.HANAKO.family_name not in text


def test_an_empty_queue_says_so(client_of: Of) -> None:
    text = client_of("desk").get("/console/?stage=withdrawn").content.decode()

    assert "この段階の請求はありません" in text


def test_a_stage_filters_the_queue_and_counts_stand_beside_every_stage(client_of: Of) -> None:
    asked, fresh = scenes.asked(), scenes.filed()

    text = client_of("desk").get("/console/?stage=supplement-asked").content.decode()

    assert asked in text
    assert fresh not in text
    assert 'aria-current="true">不足書類待ち <span class="tabs__count">1</span>' in text


@pytest.mark.parametrize("typed", ["{0}", "Ｃ－{1}", "{2}", "{0} "])
def test_a_number_is_found_however_it_is_typed(client_of: Of, typed: str) -> None:
    case = scenes.filed()
    wide = case[2:].translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))

    response = client_of("desk").get(
        "/console/", {"stage": "all", "q": typed.format(case, wide, case[7:13])}
    )

    assert case in response.content.decode()


def test_a_number_that_is_not_there_leads_back(client_of: Of) -> None:
    text = client_of("desk").get("/console/?stage=all&q=777777").content.decode()

    assert "見つかりません" in text


def test_the_queue_asks_the_database_as_often_for_fifty_cases_as_for_one(
    client_of: Of,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("desk")
    scenes.filed()
    client.get("/console/")
    with CaptureQueriesContext(connection) as one:
        client.get("/console/")
    for _ in range(20):
        scenes.filed()
    with CaptureQueriesContext(connection) as many:
        client.get("/console/")

    assert len(many) == len(one)


def test_the_second_page_of_the_queue_has_the_rest(client_of: Of) -> None:
    made = [scenes.filed(at=scenes.now() - timedelta(days=1)) for _ in range(51)]

    first = client_of("desk").get("/console/").content.decode()
    second = client_of("desk").get("/console/?page=2").content.decode()

    shown = {case for case in made if case in first}
    assert len(shown) == 50
    assert {case for case in made if case in second} == set(made) - shown
    assert client_of("desk").get("/console/?page=9999").status_code == 200
    assert client_of("desk").get("/console/?page=x").status_code == 200


def test_a_role_of_two_groups_has_the_rights_of_both(client_of: Of) -> None:
    User.objects.get(username="auditor").groups.add(Group.objects.get(name="desk"))
    case = scenes.received()

    text = client_of("auditor").get(address("console-case", case)).content.decode()

    assert cast.HANAKO.name in text
    assert [line.kind for line in actions.trail(case)][-1] == "case.opened"
