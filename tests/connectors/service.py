"""A reference service for `docs/http-adapter.md`: a real HTTP server over tables in memory."""

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mamoru.connectors.port import StoreUnreadable
from mamoru.connectors.rows import Work
from mamoru.datamap.acts import Act, Held, Reach, Reference
from mamoru.datamap.terms import Criterion, Hop, KeyPath, Location, Match, Row

TOKEN = "correct horse"


@dataclass
class Tables:
    """All tables of the service."""

    columns: dict[str, list[tuple[str, str]]]
    cells: dict[str, dict[int, Row]]
    kept: dict[str, list[int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def head(self, table: str) -> tuple[str, ...]:
        if table not in self.columns:
            raise StoreUnreadable(table)
        return tuple(name for name, _ in self.columns[table])

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        self.head(table)
        yield from list(self.cells[table].items())

    def work(self) -> Work:
        def expect(table: str, columns: Iterable[str]) -> None:
            if not set(columns) <= set(self.head(table)):
                raise StoreUnreadable(table)

        return Work(self, expect)

    # --- calls -----------------------------------------------------------------------------

    def shape(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "tables": [
                {"name": name, "columns": [{"name": n, "type": kind} for n, kind in columns]}
                for name, columns in self.columns.items()
            ]
        }

    def sample(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = [row for _, row in self.rows(asked["table"])][: asked["limit"]]
        return {"columns": {n: [row[n] for row in rows] for n in self.head(asked["table"])}}

    def find(self, asked: dict[str, Any]) -> dict[str, Any]:
        criteria = [
            Criterion(column=c["column"], values=tuple(c["values"]), match=Match(c["match"]))
            for c in asked["criteria"]
        ]
        found = self.work().found(asked["table"], criteria)
        return {"rows": [[row[column] for column in asked["columns"]] for row in found]}

    def read(self, asked: dict[str, Any]) -> dict[str, Any]:
        work = self.work()
        return {
            "readings": [
                [list(row.values()) for row in work.belonging(_location(place))]
                for place in asked["places"]
            ]
        }

    def prove(self, asked: dict[str, Any]) -> dict[str, Any]:
        work = self.work()
        proofs = [work.proof(_act(act)) for act in asked["acts"]]
        return {
            "proofs": [
                {
                    "open": each.open,
                    "held": each.held,
                    "referred": each.referred,
                    "latest": each.latest.isoformat() if each.latest else None,
                }
                for each in proofs
            ]
        }

    def write(self, asked: dict[str, Any], key: str) -> dict[str, Any]:
        with self.lock:
            if key in self.kept:
                return {"counts": self.kept[key], "repeated": True}
            work = self.work()
            counts = [work.do(_act(act)) for act in asked["acts"]]
            for table, changed in work.edits.items():
                for number, now in changed.items():
                    if now is None:
                        del self.cells[table][number]
                    else:
                        self.cells[table][number] = now
            self.kept[key] = counts
            return {"counts": counts, "repeated": False}


def _pairs(said: list[list[Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple((column, value) for column, value in said)


def _hops(said: list[dict[str, str]]) -> tuple[Hop, ...]:
    return tuple(Hop(**hop) for hop in said)


def _location(place: dict[str, Any]) -> Location:
    return Location(
        store="",
        table=place["table"],
        columns=tuple(place["columns"]),
        categories=(),
        paths=tuple(
            KeyPath(
                hops=_hops(path["hops"]),
                column=path["column"],
                kind="",
                match=Match(path["match"]),
                keys=tuple(path["keys"]),
            )
            for path in place["paths"]
        ),
        only=_pairs(place["only"]),
    )


def _act(said: dict[str, Any]) -> Act:
    return Act(
        store="",
        table=said["table"],
        place="",
        reaches=tuple(
            Reach(column=r["column"], match=Match(r["match"]), keys=tuple(r["keys"]))
            for r in said["reaches"]
        ),
        delete=said["delete"],
        values=_pairs(said["values"]),
        json_removed=_pairs(said["json_removed"]),
        before=_pairs(said["before"]),
        only=_pairs(said["only"]),
        holds=tuple(
            Held(
                code=hold["code"],
                hops=_hops(hold["hops"]),
                anchor=hold["anchor"],
                after=date.fromisoformat(hold["after"]) if hold["after"] else None,
            )
            for hold in said["holds"]
        ),
        referred_by=tuple(Reference(**each) for each in said["referred_by"]),
    )


class Service:
    """The server, on a port of its own."""

    def __init__(self, tables: Tables) -> None:
        self.answers: list[tuple[int, bytes, dict[str, str]]] = []  # said instead, in order
        self.seen: list[dict[str, str]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                service.seen.append(dict(self.headers))
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, said = service.answer(tables, self.path, dict(self.headers), asked)
                extra: dict[str, str] = {}
                if service.answers:
                    status, said, extra = service.answers.pop(0)
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://:{TOKEN.replace(' ', '%20')}@127.0.0.1:{self.server.server_port}/company"

    def answer(
        self, tables: Tables, path: str, headers: dict[str, str], asked: dict[str, Any]
    ) -> tuple[int, bytes]:
        call = path.removeprefix("/company/v1/")
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, b"{}"
        try:
            if call in {"correct", "erase", "stop"}:
                said = tables.write(asked, headers["Idempotency-Key"])
            else:
                said = getattr(tables, call)(asked)
        except StoreUnreadable:
            return 422, b'{"code": "store-unreadable"}'
        except ValueError:
            return 409, b'{"code": "value-changed-meanwhile"}'
        return 200, json.dumps(said, ensure_ascii=False).encode()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
