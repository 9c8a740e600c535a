"""Who is counted when the company's own proxy hands a request on (reliability A14)."""

from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings

from mamoru.site import config
from mamoru.site.config import Limits, Settings, SettingsInvalid
from mamoru.site.proxies import ClientAddress

TRUSTED = ("10.0.0.0/24", "2001:db8:1::/48")


def seen(peer: str, forwarded: str | None, *, trusted: tuple[str, ...] = TRUSTED) -> str:
    """The address that views see."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = peer
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    with override_settings(MAMORU=Settings(trusted_proxies=trusted)):
        ClientAddress(lambda _: HttpResponse())(request)
    return str(request.META["REMOTE_ADDR"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.9", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.9", "198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("10.0.0.9", "203.0.113.1, 198.51.100.7,10.0.0.3", "198.51.100.7"),
        ("10.0.0.9", "nonsense, 198.51.100.7", "198.51.100.7"),
        ("::ffff:10.0.0.9", "::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1::9", "2001:db8:ffff::7", "2001:db8:ffff::7"),
        ("10.0.0.9", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.9", "[2001:db8:ffff::7]:443, 10.0.0.3:80", "2001:db8:ffff::7"),
        ("10.0.0.9", "[2001:db8:ffff::7]", "2001:db8:ffff::7"),
    ],
)
def test_behind_a_proxy_of_ours_the_last_hop_that_is_not_ours_counts(
    peer: str, forwarded: str, expected: str
) -> None:
    assert seen(peer, forwarded) == expected


@pytest.mark.parametrize(
    "forwarded",
    [None, "", "nonsense", "198.51.100.7, nonsense", "198.51.100.7:", "198.51.100.7:x", "10.0.0.3"],
)
def test_a_header_that_does_not_tell_leaves_the_proxys_address(forwarded: str | None) -> None:
    assert seen("10.0.0.9", forwarded) == "10.0.0.9"


@pytest.mark.parametrize("peer", ["10.0.1.9", "198.51.100.9", "2001:db8:2::9", "", "unix:"])
def test_nobody_else_names_another_address(peer: str) -> None:
    assert seen(peer, "203.0.113.1") == peer


def test_without_a_trusted_network_the_header_is_not_looked_at() -> None:
    assert seen("10.0.0.9", "203.0.113.1", trusted=()) == "10.0.0.9"


@pytest.mark.parametrize("written", ["proxy.example", "10.0.0.7/24", ""])
def test_a_trusted_proxy_that_is_no_network_is_refused_by_its_key(
    tmp_path: Path, written: str
) -> None:
    (tmp_path / config.FILE).write_text(f'trusted_proxies = ["{written}"]\n', encoding="utf-8")

    with pytest.raises(SettingsInvalid, match="trusted_proxies"):
        config.load(tmp_path)


@pytest.mark.django_db
def test_two_who_come_through_one_proxy_are_counted_apart_and_looks_apart_from_forms(
    client: Client,
) -> None:
    limits = Limits(filings_per_hour=1, status_looks_per_hour=2)
    with override_settings(MAMORU=Settings(trusted_proxies=TRUSTED, limits=limits)):
        answers = [
            client.post(
                "/requests/status/",
                {"reference": "R2026-000001-0", "code": "AAAA-AAAA-AAAA"},
                REMOTE_ADDR="10.0.0.9",
                HTTP_X_FORWARDED_FOR=asker,
            )
            for asker in ("198.51.100.7", "198.51.100.7", "198.51.100.7", "203.0.113.7")
        ]

    assert [answer.status_code for answer in answers] == [422, 422, 429, 422]
