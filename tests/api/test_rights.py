"""Who may do what by the API: each role, each operation, at a stage at which it is possible.

The table says which page of the desk does the same; whoever may use that page may call the
operation, and nobody else. Every call here is valid but for the role.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import DemandKind, Work
from mamoru.kit import ids
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests import mail_server
from tests.console import scenes
from tests.console.test_access import ALLOWED

Of = Callable[[str], Client]
Body = Callable[[CaseId, str], dict[str, Any]]
pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous",
    "member",
    "desk",
    "privacy-officer",
    "approver",
    "auditor",
    "marketing",
    "engineer",
    "administrator",
)


def _nothing(_case: CaseId, _role: str) -> dict[str, Any]:
    return {}


def _version(case: CaseId, _role: str) -> dict[str, Any]:
    return {"version": store.case(case).version}


def _reason(case: CaseId, role: str) -> dict[str, Any]:
    return {**_version(case, role), "reason": "範囲を確かめてください。"}


def _finding(case: CaseId, role: str) -> dict[str, Any]:
    if role in ALLOWED["open-paper"]:
        paper = store.case(case).proofs[0].id
        actions.open_paper(case, paper, by=scenes.staff(role), now=scenes.now())
    return {"family_name": "山本", "given_name": "花子", "genuine": True}


def _dispatch(case: CaseId, role: str) -> dict[str, Any]:
    if role in ALLOWED["letter"] and store.case(case).work is Work.READY:
        actions.open_letter(case, by=scenes.staff(role), now=scenes.now())
    return {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"}


def _codes(case: CaseId, _role: str) -> dict[str, Any]:
    return {"codes": sorted({each.code for each in actions.unprintable(store.case(case))})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One operation: the page that does the same, a case at which it is possible, a valid body."""

    page: str
    at: Callable[[], CaseId]
    body: Body = _nothing


def _correcting() -> CaseId:
    return scenes.verified(scenes.of_kind(DemandKind.CORRECTION))


def _naming(case: CaseId, role: str) -> dict[str, Any]:
    return {**_version(case, role), "ref": f"shop/members/{cast.HANAKO.member_id}/phone"}


STAFF = {
    "list_cases": Line(page="console", at=scenes.received),
    "show_case": Line(page="console-case", at=scenes.received),
    "open_paper": Line(page="open-paper", at=scenes.received),
    "open_letter": Line(page="letter", at=scenes.ready_of_nothing),
    "record_finding": Line(page="record-finding", at=scenes.received, body=_finding),
    "candidates": Line(page="find-person", at=scenes.received),
    "identify": Line(
        page="identify",
        at=scenes.received,
        body=lambda _case, _role: {"subjects": [f"shop/members/{cast.HANAKO.member_id}"]},
    ),
    "verify_case": Line(page="verify-case", at=scenes.ready_to_verify),
    "make_posted_code": Line(page="make-posted-code", at=scenes.ready_to_verify),
    "record_posted_code": Line(
        page="record-posted-code", at=scenes.with_code_letter, body=_dispatch
    ),
    "ask_supplement": Line(
        page="ask-supplement",
        at=scenes.received,
        body=lambda _case, _role: {"defects": ["address-differs"]},
    ),
    "decide_demand": Line(page="decide", at=scenes.verified, body=_version),
    "approve_demand": Line(page="approve", at=scenes.decided, body=_version),
    "return_demand": Line(page="return", at=scenes.decided, body=_reason),
    "ask_lifting": Line(
        page="ask-lifting",
        at=scenes.stopped,
        body=lambda _case, _role: {"reason": "ご本人の申し出"},
    ),
    "lift": Line(page="lift", at=scenes.lifting),
    "set_protection": Line(
        page="set-protection",
        at=scenes.ready_to_verify,
        body=lambda _case, _role: {
            "ground": "statement",
            "renew_by": (scenes.today() + timedelta(days=300)).isoformat(),
            "contact_name": "支援センター 気付",
            "contact_address": "神奈川県横浜市中区山下町1番地",
        },
    ),
    "confirm_safe_contact": Line(
        page="confirm-safe-contact",
        at=scenes.protected_by_one,
        body=lambda case, _role: {"protection": scenes.flag_of(case)},
    ),
    "ask_lifting_protection": Line(
        page="ask-lifting-protection",
        at=scenes.protected,
        body=lambda case, _role: {"protection": scenes.flag_of(case), "reason": "本人の申し出"},
    ),
    "lift_protection": Line(
        page="lift-protection",
        at=scenes.unprotecting,
        body=lambda case, _role: {"protection": scenes.flag_of(case)},
    ),
    "reopen_case": Line(page="reopen", at=scenes.outgrown, body=_reason),
    "write_by_hand": Line(page="by-hand", at=scenes.unprintable, body=_codes),
    "supplement_letter": Line(page="supplement-letter", at=scenes.asked),
    "values_to_name": Line(page="name-value", at=_correcting),
    "name_value": Line(page="name-value", at=_correcting, body=_naming),
    "record_carried_out": Line(
        page="carried-out",
        at=scenes.by_hand,
        body=lambda _case, _role: {"note": "名簿の紙の控えを直した。"},
    ),
    "try_now": Line(page="try-now", at=scenes.waiting),
    "change_letter": Line(page="change-letter", at=scenes.contact_changed),
    "mail_change_notice": Line(page="mail-change-notice", at=scenes.contact_changed),
    "record_change_told": Line(
        page="record-change-told",
        at=scenes.change_printed,
        body=lambda _case, _role: {"way": "ordinary-mail"},
    ),
    "telling_letter": Line(page="telling-letter", at=scenes.ready_for_agent),
    "record_told": Line(
        page="record-told",
        at=scenes.notice_printed,
        body=lambda _case, _role: {"way": "ordinary-mail"},
    ),
    "send_answer": Line(page="send-answer", at=scenes.ready_of_nothing, body=_dispatch),
}
REQUESTER = {
    "file_case",
    "open_status",
    "download_answer",
    "download_data",
    "receive_proof",
    "submit_supplement",
    "withdraw_case",
    "enter_posted_code",
    "ask_mailed_code",
    "enter_mailed_code",
}
"""What number and code open, whoever is signed in."""


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> Iterator[None]:
    with mail_server.of_company(settings):
        yield


@cache
def described() -> dict[str, tuple[str, str]]:
    """Return method and address of each operation of the OpenAPI document."""
    document = Client().get("/api/v1/openapi.json").json()
    return {
        act["operationId"]: (method, path)
        for path, acts in document["paths"].items()
        for method, act in acts.items()
    }


def call(client: Client, operation: str, case: CaseId, body: dict[str, Any]) -> Any:
    method, path = described()[operation]
    paper = next((each.id for each in store.case(case).proofs), "")
    address = path.format(reference=case, position=1, paper=paper)
    if method == "get":
        return client.get(address)
    return client.post(
        address, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=ids.token()
    )


def test_every_operation_of_the_document_is_in_the_table() -> None:
    assert set(described()) == {*STAFF, *REQUESTER}


@pytest.mark.promise("P1.5", "P3.17")
@pytest.mark.parametrize("operation", list(STAFF))
def test_an_operation_is_refused_to_every_role_that_may_not_use_the_page(
    client_of: Of, operation: str
) -> None:
    line = STAFF[operation]
    case = line.at()
    before = store.case(case)

    for role in ROLES:
        if role in ALLOWED[line.page]:
            continue
        refused = call(client_of(role), operation, case, line.body(case, role))
        assert refused.status_code == (401 if role == "anonymous" else 403), role
        assert refused.json()["code"] == (
            "not-signed-in" if role == "anonymous" else "role-missing"
        )
    assert store.case(case) == before


@pytest.mark.promise("P1.5", "P3.17")
@pytest.mark.parametrize(
    ("operation", "role"),
    [(name, role) for name, line in STAFF.items() for role in ALLOWED[line.page]],
)
def test_an_operation_is_done_for_every_role_that_may_use_the_page(
    client_of: Of, operation: str, role: str
) -> None:
    line = STAFF[operation]
    client = client_of(role)
    case = line.at()

    done = call(client, operation, case, line.body(case, role))

    assert done.status_code == 200, done.content
