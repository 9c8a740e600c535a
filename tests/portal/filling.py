"""Filling the request form in, as a browser does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from mamoru.site.sample import cast

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What a requester takes away."""

    reference: str
    code: str


def about(someone: cast.Someone, prefix: str = "") -> dict[str, str]:
    """What a person of the cast types about themselves."""
    typed = {
        "family_name": someone.family_name,
        "given_name": someone.given_name,
        "family_name_kana": someone.family_name_kana,
        "given_name_kana": someone.given_name_kana,
        "birth_date": someone.birth.isoformat(),
        "postal_code": someone.home.postal_code,
        "address": someone.home.address,
        "building": someone.home.building,
        "email": someone.email,
        "phone": someone.phone,
    }
    return {f"{prefix}{name}": value for name, value in typed.items() if value}


def complete(someone: cast.Someone = cast.HANAKO) -> dict[str, Any]:
    """A form without gaps: everything disclosed, on paper."""
    return {
        **about(someone),
        "kinds": ["disclosure"],
        "items": ["all"],
        "answer_method": "paper",
    }


def post(client: Client, values: Values, *, role: str = "person") -> Any:
    """Open the form and send it with its hidden fields."""
    address = f"/requests/new/{role}/"
    seal = client.get(address).context["seal"]
    return client.post(address, {**seal, **values})


def file(client: Client, values: Values | None = None, *, role: str = "person") -> Filed:
    """Go the whole way to the receipt."""
    sent = post(client, values or complete(), role=role)
    assert sent.status_code == 302, sent.content.decode()
    client.post("/requests/check/")
    receipt = client.get("/requests/done/").context["receipt"]
    return Filed(reference=receipt["reference"], code=receipt["code"])


def open_case(client: Client, filed: Filed) -> Any:
    """Open the case by number and code and return its page."""
    sent = {"reference": filed.reference, "code": filed.code}
    return client.post("/requests/status/", sent, follow=True)


def text(response: Any) -> str:
    """A page as its reader's browser gets it."""
    return str(response.content.decode())
