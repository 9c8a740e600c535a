"""What the desk's pages can do, done by the API alone (contract, section 4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import AnswerMethod, DemandKind, DispatchKind
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests.api.test_call import filing, key, post
from tests.conftest import Company
from tests.console import scenes

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.promise("P3.5")
def test_what_a_plan_would_do_and_what_was_done_are_shown_in_counts(
    client_of: Of, company: Company
) -> None:
    asked = scenes.filed(kinds=(DemandKind.ERASURE,))
    scenes.read(asked, scenes.with_licence(asked, cast.HANAKO), cast.HANAKO)
    scenes.identified(asked, cast.HANAKO)
    case = scenes.approved(scenes.decided(scenes.verified(asked)))
    client = client_of("auditor")

    before = client.get(f"/api/v1/desk/cases/{case}").json()["demands"][0]
    actions.carry_out(case, scenes.AtOnce())
    after = client.get(f"/api/v1/desk/cases/{case}").json()["demands"][0]

    expected = {f"{each['store']}/{each['table']}": each for each in before["expected"]}
    done = {f"{each['store']}/{each['table']}": each for each in after["effects"]}
    assert before["effects"] == []
    assert expected["shop/addresses"]["rows"] == done["shop/addresses"]["erased"] == 1
    assert done["shop/orders"]["holds"] == ["H01"]
    assert cast.HANAKO.email not in str(after)


@pytest.mark.promise("P3.5")
def test_the_values_to_name_are_listed_and_one_of_them_is_named_once(client_of: Of) -> None:
    case = scenes.verified(scenes.of_kind(DemandKind.CORRECTION))
    desk, at = client_of("desk"), f"/desk/cases/{case}/demands/1"
    told = len(append.entries(case))

    tables = desk.get(f"/api/v1{at}/values").json()
    refs = [each["ref"] for table in tables for row in table["rows"] for each in row]
    body = {"version": store.case(case).version, "ref": "shop/members/M000001/phone"}
    again = key()
    named = [post(desk, f"{at}/value", body, **again) for _ in range(2)]
    foreign = {"version": store.case(case).version, "ref": "shop/members/M000002/phone"}
    refused = post(desk, f"{at}/value", foreign, **key())
    nowhere = desk.get(f"/api/v1/desk/cases/{case}/demands/9/values")

    assert "shop/members/M000001/phone" in refs
    assert [each.status_code for each in named] == [200, 200]
    assert store.case(case).demands[0].demand.items == ("shop/members/M000001/phone",)
    assert (refused.status_code, refused.json()["code"]) == (422, "column-not-open")
    assert nowhere.status_code == 404
    kinds = [each.kind for each in append.entries(case)][told:]
    assert kinds[0] == "case.values.opened"
    assert kinds.count("case.value.named") == 1


@pytest.mark.promise("P3.14", "P3.16", "P3.17")
@pytest.mark.parametrize(
    "left_out",
    [
        {"ground": "harm-to-rights"},
        {"ground": "harm-to-rights", "reason": " \u3000"},
        {"ground": "hindrance-to-business", "reason": ""},
        {"ground": "other-law", "law": "刑法第134条"},
        {"ground": "other-law", "reason": "守秘義務のため", "law": " "},
    ],
)
def test_a_refusal_without_what_it_rests_on_is_not_taken(
    client_of: Of, left_out: dict[str, str]
) -> None:
    case = scenes.verified()
    told = len(append.entries(case))
    version = {"version": store.case(case).version}

    refused = post(
        client_of("privacy-officer"),
        f"/desk/cases/{case}/demands/1/decision",
        {**version, **left_out},
        **key(),
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "reason-missing")
    assert store.case(case).demands[0].decision is None
    assert len(append.entries(case)) == told


def test_work_by_hand_is_recorded_with_words_only(client_of: Of) -> None:
    case = scenes.by_hand()
    at = f"/desk/cases/{case}/demands/1/carried-out"

    silent = post(client_of("desk"), at, {"note": " "}, **key())
    done = post(client_of("desk"), at, {"note": "紙の控えを直した。"}, **key())
    twice = post(client_of("desk"), at, {"note": "紙の控えを直した。"}, **key())

    answers: list[Any] = [silent, done, twice]
    assert [each.status_code for each in answers] == [409, 200, 409]
    assert store.done_by_hand(store.case(case).demands[0].id)


@pytest.mark.promise("P3.24")
def test_the_requester_downloads_the_answer_once_it_was_sent_and_nobody_else_does(
    client_of: Of,
) -> None:
    other = post(Client(), "/cases", filing(answer_method=AnswerMethod.ELECTRONIC), **key()).json()
    mine = {"reference": other["reference"], "code": other["code"]}
    case = CaseId(mine["reference"])
    scenes.read(case, scenes.with_licence(case, cast.HANAKO), cast.HANAKO)
    scenes.identified(case, cast.HANAKO)
    scenes.ready(scenes.decided(scenes.verified(case)))
    early = [
        post(Client(), "/cases/answer", mine),
        post(Client(), "/cases/answer/data", {**mine, "form": "json"}),
    ]
    desk = scenes.staff("desk")
    actions.open_letter(case, by=desk, now=scenes.now())
    actions.send_answer(
        case, dispatch=DispatchKind.DOWNLOAD, tracking_number="", by=desk, now=scenes.now()
    )

    taken = post(Client(), "/cases/answer", mine)
    guess = {**mine, "code": "0" * 12, "form": "csv"}
    guessed = post(client_of("privacy-officer"), "/cases/answer", {**mine, "code": "0" * 12})
    seen = append.entries(case)[-1].kind
    sheet = post(Client(), "/cases/answer/data", {**mine, "form": "csv"})
    whole = post(Client(), "/cases/answer/data", {**mine, "form": "json"})
    guessed_data = post(client_of("privacy-officer"), "/cases/answer/data", guess)

    assert [(each.status_code, each.json()["code"]) for each in early] == [
        (409, "stage-forbidden")
    ] * 2
    assert (taken.status_code, taken["Content-Type"]) == (200, "application/pdf")
    assert taken.content.startswith(b"%PDF-")
    assert (guessed.status_code, guessed.json()["code"]) == (403, "code-refused")
    assert seen == "case.letter.opened"
    assert (guessed_data.status_code, guessed_data.json()["code"]) == (403, "code-refused")
    assert sheet.content.startswith(b"\xef\xbb\xbf")
    assert cast.HANAKO.phone in sheet.content.decode()
    assert cast.HANAKO.phone in json.dumps(whole.json(), ensure_ascii=False)
    assert append.entries(case)[-1].kind == "case.data.downloaded"


def test_a_key_that_was_used_by_another_person_or_for_another_case_is_refused(
    client_of: Of,
) -> None:
    one, other = scenes.ready_to_verify(), scenes.ready_to_verify()
    body, used = {"note": ""}, key()
    desk = client_of("desk")

    first = post(desk, f"/desk/cases/{one}/verification", body, **used)
    elsewhere = post(desk, f"/desk/cases/{other}/verification", body, **used)
    by_another = post(client_of("privacy-officer"), f"/desk/cases/{one}/verification", body, **used)

    assert first.status_code == 200
    assert [elsewhere.status_code, by_another.status_code] == [409, 409]
    assert elsewhere.json()["code"] == by_another.json()["code"] == "one-time-key-reused"
