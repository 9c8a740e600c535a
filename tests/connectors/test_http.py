"""A service that falters: nothing is taken for done, nothing for failed, nothing is followed."""

from collections.abc import Iterator

import pytest

from mamoru.connectors.conformance import NOW, TABLE, act_on, location, permit
from mamoru.connectors.http import Http
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    ErasureRefusedByStore,
    OutcomeUnknown,
    StoreUnreachable,
    StoreUnreadable,
)
from mamoru.datamap.acts import Act, Done
from mamoru.gate.terms import Operation, Permit
from tests.connectors.service import Service, Tables

PLACE = location(("row_id", "member_id", "email"), member_id=("M1",))
ERASE = permit(Operation.ERASE, PLACE)


@pytest.fixture
def service() -> Iterator[Service]:
    columns = [("row_id", "text"), ("member_id", "text"), ("email", "text")]
    tables = Tables({TABLE: columns}, {TABLE: {0: {"row_id": "1", "member_id": "M1", "email": ""}}})
    made = Service(tables)
    yield made
    made.stop()


@pytest.fixture
def store(service: Service) -> Iterator[Http]:
    made = Http("subject", service.url, wait_seconds=1.0, limit_seconds=2.0)
    yield made
    made.close()


def act(store: Http) -> tuple[Permit, Act]:
    (frozen,) = store.freeze(ERASE, (PLACE,), NOW)
    return permit(Operation.ERASE, PLACE, rows=(frozen,)), act_on(frozen, delete=True)


@pytest.mark.promise("P3.5")
@pytest.mark.parametrize(
    "answer", [(0, b"", {}), (500, b"", {}), (200, b"nonsense", {}), (200, b'{"counts": []}', {})]
)
def test_a_lost_answer_is_unknown_and_its_repetition_finds_the_key(
    service: Service, store: Http, answer: tuple[int, bytes, dict[str, str]]
) -> None:
    allowed, meant = act(store)
    service.answers.append(answer)  # the service has done it by then

    with pytest.raises(OutcomeUnknown):
        store.apply(allowed, (meant,), fence="f", now=NOW)
    again = store.apply(allowed, (meant,), fence="f", now=NOW)

    assert again == Done(counts=(1,), repeated=True)
    assert store.prove(allowed, (meant,), NOW)[0].open == 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((401, b"{}", {}), StoreUnreachable),
        ((503, b'{"code": "unavailable"}', {}), StoreUnreachable),
        ((422, b'{"code": "refused"}', {}), ErasureRefusedByStore),
        ((404, b"", {}), StoreUnreadable),
    ],
)
def test_a_clear_no_is_taken_as_one(
    service: Service,
    store: Http,
    answer: tuple[int, bytes, dict[str, str]],
    expected: type[Exception],
) -> None:
    allowed, meant = act(store)
    service.answers.append(answer)

    with pytest.raises(expected):
        store.apply(allowed, (meant,), fence="f", now=NOW)

    assert not issubclass(expected, CorrectionRefusedByStore)


def test_no_redirect_is_followed(service: Service, store: Http) -> None:
    service.answers.append((307, b"", {"Location": service.url + "/v1/shape"}))

    with pytest.raises(StoreUnreachable, match="307"):
        store.probe()

    assert len(service.seen) == 1


def test_no_proxy_of_the_environment_is_used(store: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    store.probe()


def test_an_answer_that_is_too_long_is_broken_off(
    service: Service, store: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mamoru.connectors.http.LARGEST_ANSWER", 1000)
    service.answers.append((200, b" " * 5000, {}))

    with pytest.raises(StoreUnreachable):
        store.probe()


def test_the_token_goes_in_its_header_and_in_no_address(service: Service, store: Http) -> None:
    store.probe()

    assert service.seen[0]["Authorization"] == "Bearer correct horse"
    assert "correct" not in service.seen[0]["Host"]


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(ValueError, match="https"):
        Http("subject", "http://crm.example/mamoru")
