"""The API from outside: the acts of the pages, with the same rules (contract, section 4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openapi_spec_validator import validate

from mamoru.cases import store
from mamoru.cases.terms import Stage
from mamoru.kit import clock, ids
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast, papers

pytestmark = pytest.mark.django_db

KEY: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": "0123456789abcdef"}


def key() -> dict[str, Any]:
    return {"HTTP_IDEMPOTENCY_KEY": ids.token()}


def filing(**changed: Any) -> dict[str, Any]:
    person = cast.HANAKO
    return {
        "role": "person",
        "family_name": person.family_name,
        "given_name": person.given_name,
        "family_name_kana": person.family_name_kana,
        "given_name_kana": person.given_name_kana,
        "birth_date": person.birth.isoformat(),
        "address": person.home.address,
        "building": person.home.building,
        "email": person.email,
        "kinds": ["disclosure"],
        "items": ["all"],
        **changed,
    }


def post(client: Client, path: str, body: Any, **headers: Any) -> Any:
    return client.post(f"/api/v1{path}", body, content_type="application/json", **headers)


def filed(client: Client) -> dict[str, str]:
    made: dict[str, str] = post(client, "/cases", filing(), **key()).json()
    return {"reference": made["reference"], "code": made["code"]}


def test_the_description_is_valid_openapi_3_1_with_an_id_for_each_act() -> None:
    document = Client().get("/api/v1/openapi.json").json()

    validate(document)
    acts = {act["operationId"] for path in document["paths"].values() for act in path.values()}
    assert document["openapi"].startswith("3.1")
    assert {"file_case", "receive_proof", "decide_demand", "approve_demand"} <= acts


def test_every_status_of_an_error_is_declared_as_a_problem() -> None:
    document = Client().get("/api/v1/openapi.json").json()

    for path in document["paths"].values():
        for act in path.values():
            assert {"200", "401", "403", "404", "409", "422"} <= set(act["responses"])


@pytest.mark.promise("P3.21")
def test_a_case_is_filed_without_an_account() -> None:
    made = post(Client(), "/cases", filing(), **key())

    assert made.status_code == 200
    assert store.case(CaseId(made.json()["reference"])).stage is Stage.RECEIVED


def test_the_same_key_with_the_same_form_makes_one_case_with_one_answer() -> None:
    first = post(Client(), "/cases", filing(), **KEY)
    again = post(Client(), "/cases", filing(), **KEY)

    assert first.json() == again.json()
    assert len(store.case_lines()) == 1


def test_the_same_key_with_another_form_is_refused_and_tells_nothing() -> None:
    first = post(Client(), "/cases", filing(), **KEY).json()

    other = post(Client(), "/cases", filing(family_name="悪田"), **KEY)

    assert other.status_code == 409
    assert other.json()["code"] == "one-time-key-reused"
    assert first["code"] not in other.content.decode()


def test_a_call_without_a_key_is_refused_with_the_field_named() -> None:
    refused = post(Client(), "/cases", filing())

    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert "Idempotency-Key" in refused.json()["detail"]


def test_every_gap_is_named_and_no_value_is_repeated() -> None:
    refused = post(Client(), "/cases", filing(family_name="", address="", kinds=[]), **key())

    detail = refused.json()["detail"]
    assert refused.status_code == 422
    assert all(name in detail for name in ("family_name", "address", "kinds"))
    assert cast.HANAKO.given_name not in refused.content.decode()


@pytest.mark.promise("P3.8")
@pytest.mark.parametrize("item", ["nosuch", "a/b/c/d", "///", "shop/members/M000001/phone"])
def test_an_item_that_the_policy_does_not_know_is_refused_and_no_case_is_made(item: str) -> None:
    refused = post(Client(), "/cases", filing(kinds=["correction"], items=[item]), **key())

    assert (refused.status_code, refused.json()["code"]) == (422, "form-defective")
    assert store.case_lines() == ()


@pytest.mark.promise("P3.9")
def test_a_correction_without_both_contents_is_refused_with_the_gap_named() -> None:
    refused = post(Client(), "/cases", filing(kinds=["correction"], items=["name"]), **key())

    assert refused.json()["code"] == "form-defective"
    assert "before-after-missing" in refused.json()["detail"]


@pytest.mark.promise("P3.23")
def test_there_is_no_channel_that_a_caller_could_choose() -> None:
    made = post(Client(), "/cases", filing(channel="telephone", stage="answered"), **key())

    case = store.case(CaseId(made.json()["reference"]))
    assert (case.filing.channel, case.stage) == ("api", "received")


def test_unknown_number_wrong_code_and_a_foreign_case_are_answered_alike() -> None:
    mine, other = filed(Client()), filed(Client())

    answers = [
        post(Client(), "/cases/status", {"reference": reference, "code": code}).content
        for reference, code in (
            ("C-2026-999999-0", "000000000000"),
            (mine["reference"], "000000000000"),
            (mine["reference"], other["code"]),
        )
    ]

    assert len(set(answers)) == 1


def test_number_and_code_open_the_status() -> None:
    mine = filed(Client())

    status = post(Client(), "/cases/status", mine)

    assert status.json()["stage"] == "received"


@pytest.mark.promise("P3.22")
def test_a_paper_is_taken_by_its_content() -> None:
    mine = filed(Client())
    today = clock.date_in_japan(clock.now())
    paper = papers.render(papers.driving_licence(cast.HANAKO, today=today))

    def send(name: str, content: bytes) -> Any:
        return Client().post(
            "/api/v1/cases/papers",
            {
                **mine,
                "kind": "driving-licence",
                "of": "person",
                "paper": SimpleUploadedFile(name, content),
            },
            **key(),
        )

    taken, refused = send("a.exe", paper), send("a.pdf", b"MZ\x90\x00 this program")

    assert (taken.status_code, taken.json()["media_type"]) == (200, "application/pdf")
    assert (refused.status_code, refused.json()["code"]) == (422, "paper-type-unknown")


@pytest.mark.parametrize("role", ["anonymous", "member", "marketing", "engineer"])
def test_the_queue_is_for_the_desk_only(role: str, client_of: Callable[[str], Client]) -> None:
    refused = client_of(role).get("/api/v1/desk/cases")

    assert refused.status_code == (401 if role == "anonymous" else 403)


def test_the_queue_holds_no_personal_data(client_of: Callable[[str], Client]) -> None:
    filed(Client())

    queue = client_of("desk").get("/api/v1/desk/cases").content.decode()

    assert "C-" in queue
    assert cast.HANAKO.family_name not in queue
    assert cast.HANAKO.email not in queue


@pytest.mark.promise("P3.10", "P3.17")
def test_one_demand_goes_from_filing_to_approval_by_two_persons(
    client_of: Callable[[str], Client],
) -> None:
    mine = filed(Client())
    today = clock.date_in_japan(clock.now())
    Client().post(
        "/api/v1/cases/papers",
        {
            **mine,
            "kind": "driving-licence",
            "of": "person",
            "paper": SimpleUploadedFile(
                "l.pdf", papers.render(papers.driving_licence(cast.HANAKO, today=today))
            ),
        },
        **key(),
    )
    desk, approver = client_of("privacy-officer"), client_of("approver")
    case = f"/desk/cases/{mine['reference']}"
    paper = desk.get(f"/api/v1{case}").json()["papers"][0]["id"]
    found = post(desk, f"{case}/candidates", {}, **key()).json()
    post(desk, f"{case}/identity", {"subjects": [each["subject"] for each in found]}, **key())
    unread = post(desk, f"{case}/verification", {}, **key())
    said = {
        "family_name": "山本",
        "given_name": "花子",
        "birth_date": "1988-03-14",
        "address": cast.HANAKO.home.address,
        "building": cast.HANAKO.home.building,
        "genuine": True,
    }
    unopened = post(desk, f"{case}/papers/{paper}/finding", said, **key())
    opened = desk.get(f"/api/v1{case}/papers/{paper}")
    post(desk, f"{case}/papers/{paper}/finding", said, **key())
    verified = post(desk, f"{case}/verification", {}, **key())
    blind = post(desk, f"{case}/demands/1/decision", {"ground": None}, **key())
    shown = desk.get(f"/api/v1{case}").json()["version"]
    decided = post(desk, f"{case}/demands/1/decision", {"version": shown}, **key())
    seen = approver.get(f"/api/v1{case}").json()["version"]
    alone = post(desk, f"{case}/demands/1/approval", {"version": seen}, **key())
    post(desk, f"{case}/demands/1/decision", {"version": seen}, **key())
    stale = post(approver, f"{case}/demands/1/approval", {"version": seen}, **key())
    seen = approver.get(f"/api/v1{case}").json()["version"]
    approved = post(approver, f"{case}/demands/1/approval", {"version": seen}, **key())

    assert (unopened.status_code, unopened.json()["code"]) == (422, "paper-unopened")
    assert (opened.status_code, opened["Content-Type"]) == (200, "application/pdf")
    assert (blind.status_code, blind.json()["code"]) == (422, "fields-invalid")
    assert (unread.status_code, unread.json()["code"]) == (422, "not-confirmed")
    assert verified.json()["stage"] == decided.json()["stage"] == "verified"
    assert alone.status_code == 403
    assert (stale.status_code, stale.json()["code"]) == (409, "case-changed-meanwhile")
    assert approved.json()["stage"] == "decided"


def test_a_ground_outside_the_law_is_refused(client_of: Callable[[str], Client]) -> None:
    made = post(Client(), "/cases", filing(kinds=["erasure"]), **key()).json()

    refused = post(
        client_of("privacy-officer"),
        f"/desk/cases/{made['reference']}/demands/1/decision",
        {"version": 0, "ground": "hindrance-to-business", "reason": "多い"},
        **key(),
    )

    assert refused.status_code in {409, 422}
    assert refused.json()["code"] in {"stage-forbidden", "ground-forbidden"}


def test_an_unknown_address_is_a_problem_document() -> None:
    body = json.dumps({"ground": None})

    refused = Client().post(
        "/api/v1/desk/cases/x/demands/1/decision", body, content_type="application/json", **key()
    )

    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
