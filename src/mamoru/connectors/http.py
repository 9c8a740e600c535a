"""サービスの店 (P3.1 to P3.7): a service that answers find, read, correct, stop and erase.

`docs/http-adapter.md` is the protocol. Nothing is followed: no redirect, no proxy of
the environment. An answer has a size and a time; one that does not come to something
written is `OutcomeUnknown`, and the same fence makes the repetition safe.
"""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import urllib3
from urllib3 import exceptions

from mamoru.connectors.freezing import Keys, Look, resolve
from mamoru.connectors.guarded import Guarded
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    Depth,
    ErasureRefusedByStore,
    Level,
    OutcomeUnknown,
    Reading,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.acts import Act, Done, Frozen, Proof, Reach
from mamoru.datamap.terms import (
    ColumnShape,
    ColumnType,
    Criterion,
    Location,
    Row,
    TableShape,
    Value,
)
from mamoru.gate.terms import Operation

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; a longer answer is broken off."""
_PIECE = 256 * 1024
_OK = 200
_CALLS = {Operation.CORRECT: "correct", Operation.ERASE: "erase", Operation.MARK: "stop"}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_FOUND = 404
_NOTHING_DONE = frozenset({400, 401, 403, _NOT_FOUND, 405})
"""By these a service says that it did not even begin."""


class Http(Guarded):
    """A connector to one service."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        token: str = "",
        wait_seconds: float = 5.0,
        limit_seconds: float = 30.0,
    ) -> None:
        """Know the address, `https://host/path`; nothing is opened yet.

        The token goes as a bearer token and stands in no address that is sent. Plain
        `http` only to this very machine. ValueError otherwise.
        """
        super().__init__(name)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOCAL:
            raise ValueError(f"store `{name}` must be reached by https")
        place = parts.netloc.rpartition("@")[2]
        self._base = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        self._token = token or unquote(parts.password or "")
        self._limit = limit_seconds
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=4,
            retries=False,
            timeout=urllib3.Timeout(connect=wait_seconds, read=limit_seconds),
        )

    def close(self) -> None:
        """Close what is open."""
        self._pool.clear()

    def probe(self) -> None:
        """Return if the service tells its shape."""
        self._call("shape", {})

    def shape(self) -> tuple[TableShape, ...]:
        """Return the tables as the service tells them."""
        said = self._call("shape", {})
        with _Form(self._name):
            return tuple(
                TableShape(
                    name=str(table["name"]),
                    columns=tuple(
                        ColumnShape(
                            name=str(column["name"]),
                            type=ColumnType(column["type"]),
                            nullable=bool(column.get("nullable", True)),
                            primary_key=bool(column.get("primary_key", False)),
                        )
                        for column in table["columns"]
                    ),
                )
                for table in sorted(said["tables"], key=lambda table: str(table["name"]))
            )

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return the cells that the service shows."""
        said = self._call("sample", {"table": table, "limit": int(limit)})
        with _Form(self._name):
            return {
                str(column): tuple(map(_value, cells)) for column, cells in said["columns"].items()
            }

    def _find(
        self, table: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Row, ...]:
        asked = [asdict(item) for item in criteria]
        said = self._call("find", {"table": table, "columns": columns, "criteria": asked})
        with _Form(self._name):
            return _rows(columns, said["rows"])

    def _walk(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        said = self._call("find", {"table": table, "columns": columns, "criteria": []})
        with _Form(self._name):
            yield from _rows(columns, said["rows"])

    def _read(self, locations: tuple[Location, ...]) -> Iterator[Reading]:
        places = [
            {
                "table": place.table,
                "columns": place.columns,
                "paths": [
                    {
                        "hops": [asdict(hop) for hop in path.hops],
                        "column": path.column,
                        "match": path.match,
                        "keys": path.keys,
                    }
                    for path in place.paths
                ],
                "only": place.only,
            }
            for place in locations
        ]
        for place, rows in zip(locations, self._read_places(places), strict=True):
            with _Form(self._name):
                kept = _rows(place.columns, rows)
            yield Reading(store=self._name, table=place.table, rows=kept)

    def _read_places(self, places: list[dict[str, Any]]) -> list[Any]:
        said = self._call("read", {"places": places})
        with _Form(self._name):
            readings = list(said["readings"])
            if len(readings) != len(places):
                raise ValueError
            return readings

    def _freeze(self, locations: tuple[Location, ...]) -> tuple[Frozen, ...]:
        return resolve(locations, self._seen)

    def _seen(self, look: Look) -> Keys:
        places = [_place(look.table, column, (reach,), ()) for column, reach in look.needs]
        readings = self._read_places(places)
        with _Form(self._name):
            return tuple(
                tuple(
                    dict.fromkeys(str(cell) for (cell,) in rows if cell is not None and cell != "")
                )
                for rows in readings
            )

    def _apply(
        self, acts: tuple[Act, ...], fence: str, now: datetime, operation: Operation
    ) -> Done:
        if not acts:
            return Done(counts=())
        said = self._call(
            _CALLS[operation],
            {"acts": [_act(act) for act in acts]},
            key=fence or str(uuid.uuid4()),
            refusal=ErasureRefusedByStore
            if operation is Operation.ERASE
            else CorrectionRefusedByStore,
        )
        try:
            counts = tuple(int(count) for count in said["counts"])
            repeated = bool(said["repeated"])
        except (KeyError, TypeError, ValueError):
            counts, repeated = (), False
        if len(counts) != len(acts):
            raise self._unknown()
        return Done(counts=counts, repeated=repeated)

    def _prove(self, acts: tuple[Act, ...]) -> tuple[Proof, ...]:
        said = self._call("prove", {"acts": [_act(act) for act in acts]})
        with _Form(self._name):
            return tuple(
                Proof(
                    act=act,
                    open=int(proof["open"]),
                    held=int(proof["held"]),
                    referred=int(proof["referred"]),
                    latest=date.fromisoformat(proof["latest"]) if proof["latest"] else None,
                )
                for act, proof in zip(acts, said["proofs"], strict=True)
            )

    def _deepen(self, tables: tuple[str, ...]) -> Depth:
        stays = "what the service's own store keeps; its operator says what clears it"
        return Depth(level=Level.LOGICAL, done=(), stays=(stays,))

    # --- calls -------------------------------------------------------------------------------

    def _call(
        self,
        call: str,
        body: dict[str, Any],
        *,
        key: str = "",
        refusal: type[StoreError] = StoreUnreadable,
    ) -> dict[str, Any]:
        """Return the service's answer; with a `key` the call writes, and no answer is unknown."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            status, text = self._send(f"{self._base}/v1/{call}", headers, json.dumps(body).encode())
        except (exceptions.ConnectTimeoutError, exceptions.NewConnectionError) as problem:
            raise self._unreachable(type(problem).__name__) from None
        except (exceptions.HTTPError, OSError) as problem:
            if key:
                raise self._unknown() from None
            raise self._unreachable(type(problem).__name__) from None
        said = _document(text)
        if status == _OK and said is not None:
            return said
        code = str((said or {}).get("code", ""))
        raise self._failed(status, code, refusal, writing=bool(key))

    def _failed(
        self, status: int, code: str, refusal: type[StoreError], *, writing: bool
    ) -> StoreError:
        """Return the error for an answer that is none, or that says no."""
        match code:
            case "value-changed-meanwhile":
                return ValueChangedMeanwhile(f"`{self._name}` no longer holds the values before")
            case "refused":
                return refusal(f"store `{self._name}` refuses it by a rule of its own")
            case "store-unreadable":
                return StoreUnreadable(f"store `{self._name}` is not as the data map says")
        if writing and code != "unavailable" and status not in _NOTHING_DONE:
            return self._unknown()
        if status in {_OK, _NOT_FOUND}:
            return StoreUnreadable(f"store `{self._name}` does not speak the protocol")
        return self._unreachable(str(status))

    def _send(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        until = time.monotonic() + self._limit
        answer = self._pool.request(
            "POST", url, body=body, headers=headers, redirect=False, preload_content=False
        )
        try:
            text = b"".join(_pieces(answer.stream(_PIECE, decode_content=True), until))
        except (
            BaseException
        ):  # an answer half read leaves its connection of no use to the next call
            answer.close()
            raise
        answer.release_conn()
        return answer.status, text

    def _unreachable(self, word: str) -> StoreUnreachable:
        return StoreUnreachable(f"store `{self._name}` cannot be reached ({word})")

    def _unknown(self) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"store `{self._name}` broke off while writing; whether it is written is not known"
        )


def _pieces(stream: Iterable[bytes], until: float) -> Iterator[bytes]:
    size = 0
    for piece in stream:
        size += len(piece)
        if size > LARGEST_ANSWER or time.monotonic() > until:
            raise exceptions.HTTPError("the answer has no end")
        yield piece


def _document(text: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


class _Form:
    """Turns an answer of the wrong form into StoreUnreadable."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: object, _: object) -> None:
        if kind is not None and issubclass(
            kind, KeyError | TypeError | ValueError | AttributeError
        ):
            raise StoreUnreadable(
                f"store `{self._store}` answers in another form than the protocol's"
            ) from None


def _value(cell: object) -> Value:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    raise TypeError


def _rows(columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> tuple[Row, ...]:
    return tuple(dict(zip(columns, map(_value, row), strict=True)) for row in rows)


def _place(
    table: str, column: str, reaches: tuple[Reach, ...], only: tuple[tuple[str, Value], ...]
) -> dict[str, Any]:
    paths = [{"hops": [], **asdict(reach)} for reach in reaches]
    return {"table": table, "columns": [column], "paths": paths, "only": only}


def _act(act: Act) -> dict[str, Any]:
    said = asdict(act)
    for name in ("store", "place"):
        del said[name]
    for hold in said["holds"]:
        hold["after"] = hold["after"].isoformat() if hold["after"] else None
    return said
