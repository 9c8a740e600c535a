"""Walks the journeys on the real product: server, worker, stores and ledger in one watched process.

`python -m tests.journeys.stage FOLDER` loads the product and makes the sample company in FOLDER,
once. For each journey a child of this process finds that company as it was made, serves it on a
free port, walks the journey as its people would over HTTP, and expects every step of
`docs/journeys/NAME.toml` in its order. What each saw, or why it failed, is printed as one JSON
document; the company as a journey left it lies beside FOLDER, with the journey's name.
"""

import gc
import json
import os
import re
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Stage:
    """A running product and whom to sign in as."""

    home: Path
    port: int
    passwords: Mapping[str, str]


@contextmanager
def stage(folder: Path, passwords: Mapping[str, str]) -> Iterator[Stage]:
    """Serve the sample company from this process, with its worker, until the block ends."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    from mamoru.site import work

    work.start()
    try:
        yield Stage(folder, server.server_port, passwords)
    finally:
        work.stop()
        server.shutdown()
        server.server_close()


def disclosure_by_agent(at: Stage) -> dict[str, Any]:
    """The lawyer of a former member asks for everything; the answer goes out on paper."""
    from mamoru.ledger import export, verify
    from mamoru.site import wiring
    from mamoru.site.walkthrough import Staff, walk

    walked = walk(
        port=at.port,
        officer=Staff(username="suzuki", password=at.passwords["suzuki"]),
        approver=Staff(username="kondo", password=at.passwords["kondo"]),
        tell=lambda _: None,
    )
    journal = wiring.journal()
    out = export.FileExport(at.home / "export")
    lines = [line.data for line in journal.storage.lines()]
    out.write(lines, journal.checkpoint(), journal.signer.public)
    checked = verify.verify_export(out, journal.signer.public)
    (at.home / "letter.pdf").write_bytes(walked.letter)
    read = (each for each in map(json.loads, lines) if each["kind"] == "case.place.read")
    return {
        "read": sorted({each["body"]["place"] for each in read}),
        "reference": walked.reference,
        "defects": list(walked.defects),
        "letter": "letter.pdf",
        "ledger": checked.holds,
        "entries": checked.size,
    }


def correction_by_member(at: Stage) -> dict[str, Any]:
    """花子 signs in, corrects her telephone number, and the shop's database holds the new one."""
    import sqlite3

    from mamoru.site.browser import Browser
    from mamoru.site.sample import cast, generate

    browser = Browser("127.0.0.1", at.port)
    page = browser.get("/accounts/login/")
    browser.submit(
        page, "/accounts/login/", {"login": "hanako", "password": at.passwords["hanako"]}
    )
    page = browser.get("/member/")
    link = re.search(r'href="(/member/correct/[^"]*)"', page.text)
    if link is None:
        raise AssertionError("the member's page offers no correction")
    page = browser.get(link[1].replace("&amp;", "&"))
    form = page.form("/member/correct/")
    old = cast.HANAKO.phone
    name = next(
        field for field, value in form.fields if value == old and not field.startswith("before-")
    )
    page = browser.submit(page, "/member/correct/", {name: "090-0000-0999"})
    page = browser.submit(page, page.forms[-1].action.split("?")[0], {})
    reference = page.mark("data-reference")
    found = _until(lambda: _phone(at.home / generate.SHOP, cast.HANAKO.member_id) != old)
    connection = sqlite3.connect(at.home / generate.SHOP)
    others = connection.execute(
        "SELECT count(*) FROM members WHERE phone = '090-0000-0999'"
    ).fetchone()[0]
    connection.close()
    from mamoru.cases import store
    from mamoru.kit.ids import CaseId

    _until(lambda: store.case(CaseId(reference)).answered_at is not None)
    return {
        "reference": reference,
        "written": found,
        "phone": _phone(at.home / generate.SHOP, cast.HANAKO.member_id),
        "rows_with_it": others,
        "shown": "090-0000-0999" in browser.get("/member/").text,
    }


def refusal(at: Stage) -> dict[str, Any]:
    """花子 asks on paper; one demand is refused because it would harm somebody's rights."""
    from mamoru.kit import clock
    from mamoru.site import walkthrough
    from mamoru.site.browser import Browser
    from mamoru.site.sample import cast, papers
    from mamoru.site.walkthrough import Staff

    person, desk, second = (Browser("127.0.0.1", at.port) for _ in range(3))
    form = person.get("/requests/new/person/")
    page = person.submit(
        form,
        "/requests/new/person/",
        {
            **walkthrough.on_form(cast.HANAKO),
            "kinds": ("disclosure",),
            "items": ("inquiry",),
            "answer_method": "paper",
            "reason": "",
        },
    )
    page = person.submit(page, "/requests/check/", {})
    reference, code = page.mark("data-reference"), page.mark("data-code")
    status = walkthrough.open_status(person, reference, code)
    today = clock.date_in_japan(clock.now())
    licence = papers.driving_licence(cast.HANAKO, today=today)
    person.upload(
        status,
        "/requests/case/papers/",
        {"kind": "driving-licence", "of": "person"},
        name="licence.pdf",
        content=papers.render(licence),
    )
    walkthrough.sign_in(desk, Staff(username="suzuki", password=at.passwords["suzuki"]))
    case = f"/console/cases/{reference}/"
    page = walkthrough.record(desk, walkthrough.identify(desk, case), licence)
    page = desk.submit(page, "/verify/", {"note": ""})
    alone = desk.submit(
        page,
        "/demands/1/decide/",
        {"ground": "harm-to-rights", "reason": "第三者の安全にかかわる記載があるため", "law": ""},
    )
    own_approval = [found for found in alone.forms if found.action.endswith("/demands/1/approve/")]
    walkthrough.sign_in(second, Staff(username="kondo", password=at.passwords["kondo"]))
    second.submit(second.get(case), "/demands/1/approve/", {})
    walkthrough.wait_for_letter(desk, case)
    letter = desk.get(f"{case}letter/").content
    (at.home / "letter.pdf").write_bytes(letter)
    page = desk.submit(
        desk.get(case),
        "/send/",
        {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
    )
    return {
        "reference": reference,
        "stage": page.mark("data-stage"),
        "letter": "letter.pdf",
        "offered_to_the_decider": len(own_approval),
    }


def _phone(path: Path, member_id: str) -> str:
    import sqlite3

    connection = sqlite3.connect(path)
    try:
        row = connection.execute("SELECT phone FROM members WHERE member_id = ?", (member_id,))
        return str(row.fetchone()[0])
    finally:
        connection.close()


def _until(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


JOURNEYS: Mapping[str, Callable[[Stage], dict[str, Any]]] = {
    "disclosure-by-agent": disclosure_by_agent,
    "correction-by-member": correction_by_member,
    "refusal": refusal,
}


def _walked(name: str, at: Path, passwords: Mapping[str, str]) -> dict[str, Any]:
    """Walk a journey in a child of this process, and wait for what it saw or how it failed."""
    told = at.with_suffix(".json")
    seen: dict[str, Any] = {"failed": "it ended before it was through"}
    child = os.fork()
    if child == 0:
        try:
            from tests.walk import Walk

            with Walk(name), stage(at, passwords) as served:
                seen = JOURNEYS[name](served)
        except Exception:  # noqa: BLE001 - told to who waits for this process
            seen = {"failed": traceback.format_exc()}
        finally:
            told.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
            os._exit(0)
    os.waitpid(child, 0)
    seen = json.loads(told.read_text(encoding="utf-8"))
    told.unlink()
    return seen


def main(folder: Path) -> None:
    """Walk every journey and print what was seen."""
    os.environ["MAMORU_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mamoru.site.settings"
    from django.conf import settings

    from mamoru.site import demo

    # As in the other tests: half a second of hashing for each of nine sign-ups and sign-ins.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    passwords = demo.prepare(folder, port=8000, tell=lambda _: None)
    from django.db import connections

    from mamoru.portal import published
    from mamoru.site import urls, work  # noqa: F401 - loaded once, for each child

    published.publications()  # read once before the watched part, as a running product has
    connections.close_all()
    gc.freeze()
    at_first = folder.with_name("at-first")
    folder.rename(at_first)
    seen = {}
    for name in JOURNEYS:
        shutil.copytree(at_first, folder)
        assert threading.active_count() == 1, "a child would wait for threads that it does not have"
        seen[name] = _walked(name, folder, passwords)
        folder.rename(folder.with_name(name))
    print(json.dumps(seen, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
