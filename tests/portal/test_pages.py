"""Every address answers each role as the golden list says, in one frame, without a trace (P0.2)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.views import defaults

from mamoru.site import health
from tests.portal import filling

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "urls-by-role.txt"
ROLES = (
    "anonymous",
    "member",
    "desk",
    "privacy-officer",
    "approver",
    "marketing",
    "engineer",
    "auditor",
    "administrator",
)
EXAMPLES = {
    "<str:role>": "person",
    "<str:version>": "2024-04-01",
    "<str:form>": "csv",
    "<int:position>": "1",
    "<int:number>": "1",
    "<position>": "1",
    "<paper>": "none",
    "<str:proof_id>": "none",
    "<proof_id>": "none",
}


def addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address of the URL table, with its parameters as they are written there."""
    found: list[str] = []
    for each in resolver.url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            found.append(here)
        else:
            found += addresses(each, here)
    return found


def example(address: str, case: str) -> str:
    """An address with something that may stand in the place of its parameters."""
    for written, value in EXAMPLES.items():
        address = address.replace(written, value)
    for written in ("<str:case_id>", "<case_id>", "<reference>"):
        address = address.replace(written, case)
    return address


@pytest.mark.promise("P3.18", "P3.21")
def test_each_address_answers_each_role_as_the_golden_list_says(
    client_of: Callable[[str], Client],
) -> None:
    case = filling.file(Client()).reference
    clients = {role: client_of(role) for role in ROLES}
    lines = []
    for address in sorted(addresses(get_resolver())):
        there = example(address, case)
        seen = [
            f"{client.get(there).status_code}/{client.post(there).status_code}"
            for client in clients.values()
        ]
        if there == "/accounts/logout/":
            clients = {role: client_of(role) for role in ROLES}
        lines.append(f"{address}  {' '.join(seen)}")
    head = f"# address, then what GET/POST (empty) answer: {' '.join(ROLES)}"
    made = "\n".join([head, *lines]) + "\n"

    assert made == GOLDEN.read_text(encoding="utf-8"), made


@pytest.mark.promise("P0.2")
def test_every_published_version_stays_readable_with_its_date(client: Client) -> None:
    now, old = (filling.text(client.get(f"/policy/{each}")) for each in ("", "2024-04-01/"))

    assert "2026年4月1日（水）" in now
    assert 'href="/policy/2024-04-01/"' in now
    assert "2024年4月1日（月）から施行した版です" in old
    assert client.get("/policy/1999-01-01/").status_code == 404


@pytest.mark.promise("P0.2")
def test_the_policy_is_readable_in_english_too(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/"})

    page = filling.text(client.get("/policy/"))

    assert '<html lang="en">' in page
    assert "runs a web service that connects small firms" in page


@pytest.mark.parametrize("address", ["/nothing/", "/requests/new/nobody/"])
def test_what_is_not_there_is_said_in_the_same_frame(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert "お探しの画面は見つかりません" in filling.text(answer)
    assert "みなとリンク株式会社" in filling.text(answer)


def test_a_failure_shows_no_trace() -> None:
    answer = defaults.server_error(RequestFactory().get("/"))

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "うまく処理できませんでした" in page
    assert "Traceback" not in page


def test_a_forged_form_is_refused_in_the_same_frame() -> None:
    answer = Client(enforce_csrf_checks=True).post("/requests/status/", {"reference": "x"})

    assert answer.status_code == 403
    assert "送信を確かめられませんでした" in answer.content.decode()


def test_every_page_is_under_a_policy_that_loads_nothing_from_outside(client: Client) -> None:
    answer = client.get("/requests/new/lawyer/")

    page = filling.text(answer)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "style=" not in page
    assert "onclick" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_no_field_has_a_placeholder_or_is_disabled(client: Client) -> None:
    pages = [filling.text(client.get(f"/requests/new/{role}/")) for role in ("person", "lawyer")]

    assert not [page for page in pages if "placeholder" in page or "disabled" in page]


@pytest.mark.parametrize(
    "token", ["family-name", "given-name", "bday", "postal-code", "address-line1", "email", "tel"]
)
def test_the_browser_may_fill_in_what_it_knows(client: Client, token: str) -> None:
    page = filling.text(client.get("/requests/new/person/"))

    assert f'autocomplete="{token}"' in page


def test_a_wrong_password_says_nothing_of_who_exists(client: Client, accounts: object) -> None:
    tries = [{"login": name, "password": "wrong"} for name in ("hanako", "nobody")]

    known, unknown = (filling.text(client.post("/accounts/login/", each)) for each in tries)

    assert "ログインできませんでした" in known
    assert known.count("hanako") == unknown.count("nobody")


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["checks"] == {
        "database": "ok",
        "ledger": "ok",
        "stores": "ok",
    }


def test_is_not_ready_without_a_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    from mamoru.ledger import append

    monkeypatch.setattr(append, "_installed", [])

    assert health.readyz(RequestFactory().get("/readyz")).status_code == 503


@pytest.mark.parametrize("role", ["desk", "privacy-officer", "approver", "auditor", "marketing"])
def test_the_desk_is_offered_to_whoever_finds_something_there(
    client_of: Callable[[str], Client], role: str
) -> None:
    client = client_of(role)

    offered = "業務画面を開く" in filling.text(client.get("/"))

    assert offered == (client.get("/console/").status_code == 200)
