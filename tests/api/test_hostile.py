"""What a hostile or broken caller sends is answered by a problem, never by a fault of ours."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client

from mamoru.cases import store
from mamoru.console import forms
from mamoru.kit import ids
from mamoru.kit.ids import CaseId
from mamoru.ledger import append
from tests.api.test_call import filed, filing, key, post
from tests.console import scenes

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db

HALF = "\ud800"
NOBODYS = [
    "nope/members/1",
    "shop/nope/1",
    "shop/orders/1",
    "shop/orders/{order}",
    "shop/members/M999999",
    "shop/members/",
    "shop/members/M000001/",
    "mailing/mailing/nobody@mail.example",
    "//",
]


def saved(case: CaseId) -> tuple[object, int]:
    return store.case(case), len([x for x in append.entries(case) if "identified" in x.kind])


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("subject", NOBODYS)
@pytest.mark.parametrize("among", [True, False])
def test_a_record_that_is_not_there_or_is_nobodys_is_never_taken_as_the_person(
    client_of: Of, subject: str, among: bool
) -> None:
    case = scenes.received()
    before = saved(case)
    with sqlite3.connect(Path(os.environ["MAMORU_HOME"]) / "shop.sqlite3") as shop:
        (order,) = shop.execute("SELECT max(order_id) FROM orders").fetchone()
    shop.close()
    subject = subject.format(order=order)
    subjects = ["shop/members/M000001", subject] if among else [subject]

    called = post(
        client_of("desk"), f"/desk/cases/{case}/identity", {"subjects": subjects}, **key()
    )
    typed = client_of("desk").post(f"/console/cases/{case}/identify/", {"subjects": subjects})

    assert (called.status_code, called.json()["code"]) == (422, "record-unknown")
    assert typed.status_code == 422
    assert subject not in called.json()["detail"]
    assert saved(case) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("identity", {"subjects": [f"shop/members/{HALF}"]}),
        ("identity", {"subjects": [f"{HALF}/members/1"]}),
        ("verification", {"note": f"同じ{HALF}"}),
        ("supplement", {"defects": [HALF]}),
        ("supplement", {"defects": ["address-differs"], "message": HALF}),
        ("demands/1/decision", {"version": 1, "reason": HALF, "law": HALF}),
        ("demands/1/return", {"version": 1, "reason": HALF}),
        ("reopening", {"version": 1, "reason": "\0"}),
        ("answer", {"dispatch": "download", "tracking_number": HALF}),
        ("papers/x/finding", {"genuine": True, "family_name": HALF}),
    ],
)
def test_half_a_character_in_any_text_is_a_field_error(
    client_of: Of, path: str, body: dict[str, Any]
) -> None:
    case = scenes.received()
    role = "approver" if path.endswith("return") else "privacy-officer"

    refused = post(client_of(role), f"/desk/cases/{case}/{path}", body, **key())

    assert (refused.status_code, refused.json()["code"]) == (422, "fields-invalid")
    assert "string_unicode" in refused.json()["detail"]


def test_half_a_character_in_a_filing_or_a_number_is_a_field_error() -> None:
    for path, body in (
        ("/cases", filing(family_name=HALF)),
        ("/cases", filing(items=[HALF])),
        ("/cases/status", {"reference": HALF, "code": "1"}),
        ("/cases/withdrawal", {"reference": "1", "code": HALF}),
    ):
        refused = post(Client(), path, body, **key())
        assert (refused.status_code, refused.json()["code"]) == (422, "fields-invalid"), path
    assert store.case_lines() == ()


@pytest.mark.parametrize("charset", ["utf-7", "raw-unicode-escape"])
def test_no_charset_brings_half_a_character_into_the_desk(client_of: Of, charset: str) -> None:
    case = scenes.received()
    subject = {
        "utf-7": b"shop/members/+2AA-",
        "raw-unicode-escape": rb"shop/members/\ud800",
    }[charset]
    body = (
        b'--x\r\nContent-Disposition: form-data; name="subjects"\r\n\r\n%s\r\n--x--\r\n' % subject
    )

    refused = client_of("desk").post(
        f"/console/cases/{case}/identify/",
        body,
        content_type=f"multipart/form-data; boundary=x; charset={charset}",
    )

    assert refused.status_code == 422
    assert store.case(case).identity is None


def test_half_a_character_in_a_form_of_the_desk_is_named_and_not_shown_again() -> None:
    given = QueryDict(mutable=True)
    given["reason"] = f"範囲{HALF}"
    chosen = QueryDict(mutable=True)
    chosen.setlist("subjects", [f"shop/members/{HALF}"])

    said = forms.ReturnForm(given)
    picked = forms.IdentifyForm(chosen)

    assert not said.is_valid()
    assert not picked.is_valid()
    assert ("reason" in said.errors, "subjects" in picked.errors) == (True, True)
    assert str(said["reason"]).encode()
    assert given["reason"] == f"範囲{HALF}"


@pytest.mark.promise("P3.22")
def test_a_paper_over_the_limit_is_told_to_be_too_large() -> None:
    mine = filed(Client())
    limit = settings.MAMORU.limits.upload_bytes

    answers = [
        Client().post(
            "/api/v1/cases/papers",
            {
                **mine,
                "kind": "driving-licence",
                "of": "person",
                "paper": SimpleUploadedFile("l.pdf", b"%PDF-" + b" " * size),
            },
            **key(),
        )
        for size in (limit - 4, limit, limit + 1, 2 * limit)
    ]

    assert [each.json()["code"] for each in answers] == ["paper-too-large"] * 4
    assert {each.status_code for each in answers} == {422}
    assert store.case(CaseId(mine["reference"])).proofs == ()


def test_a_paper_that_is_not_there_is_told_to_be_missing() -> None:
    mine = {**filed(Client()), "kind": "driving-licence", "of": "person"}

    missing = Client().post("/api/v1/cases/papers", mine, **key())
    long = Client().post("/api/v1/cases/papers", {**mine, "reference": "1" * 41}, **key())

    assert (missing.status_code, missing.json()["code"]) == (422, "fields-invalid")
    assert (long.status_code, long.json()["code"]) == (422, "fields-invalid")


def test_a_call_over_the_limit_is_a_problem_too() -> None:
    refused = post(Client(), "/cases", filing(reason="あ" * 1_000_000), **key())

    assert refused.status_code == 413
    assert refused["Content-Type"] == "application/problem+json"


def test_no_answer_is_kept_run_or_framed(client_of: Of) -> None:
    mine = filed(Client())
    case = scenes.ready_of_nothing()
    desk, at = client_of("desk"), f"/api/v1/desk/cases/{case}"
    paper = store.case(case).proofs[0].id

    answers = [
        desk.get("/api/v1/desk/cases"),
        desk.get(at),
        desk.get(f"{at}/papers/{paper}"),
        desk.get(f"{at}/letter"),
        desk.get(f"{at}/papers/x"),
        client_of("member").get(at),
        Client().get(at),
        post(Client(), "/cases/status", mine),
        post(Client(), "/cases", {}, HTTP_IDEMPOTENCY_KEY=ids.token()),
    ]

    assert [each.status_code for each in answers] == [200, 200, 200, 200, 404, 403, 401, 200, 422]
    for each in answers:
        assert each["Cache-Control"] == "no-store"
        assert "sandbox" in each["Content-Security-Policy"]
        assert each["X-Content-Type-Options"] == "nosniff"


PART = b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\nx\r\n'


@pytest.mark.parametrize(
    "parts",
    [
        PART % (b"paper", b'; filename="' + b"n" * 5000 + b'.png"'),
        b"".join(PART % (b"paper", b'; filename="n.png"') for _ in range(6)),
        b"".join(PART % (b"field", b"") for _ in range(1001)),
        PART % (b"paper", b'; filename="n.png"\r\nContent-Transfer-Encoding: base64'),
    ],
    ids=["long-name", "many-files", "many-fields", "no-base64"],
)
def test_an_upload_that_cannot_be_read_is_answered_by_a_problem(parts: bytes) -> None:
    called = Client().post(
        "/api/v1/cases/papers",
        parts + b"--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
        headers={"Idempotency-Key": "k"},
    )

    assert called["Content-Type"] == "application/problem+json"
    assert (called.status_code, called.json()["code"]) == (400, "request-refused")


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/nope", 404),
        ("post", "/api/v1/cases/nope/nope/", 404),
        ("get", "/api/v1/cases", 405),
        ("delete", "/api/v1/desk/cases", 405),
    ],
)
def test_an_address_or_method_that_is_not_there_is_answered_by_a_problem(
    method: str, address: str, status: int
) -> None:
    called = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert called["Content-Type"] == "application/problem+json"
    assert (called.status_code, called.json()["status"]) == (status, status)
    assert called["Cache-Control"] == "no-store"
    assert ("Allow" in called) is (status == 405)
