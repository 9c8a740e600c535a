"""`mamoru demo --once`: a lawyer asks for everything about a former member, over real HTTP.

Filed, papers sent, a defect asked to be cured, verified, decided, approved by a second person,
carried out in three stores, answered by letter, and proved from the ledger.
"""

import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.site.browser import Browser, Page
from mamoru.site.sample import cast, papers

_PATIENCE = 90
"""Seconds to wait for the worker; a letter is usually ready within two."""
_OK = 200


class WalkFailed(MamoruError):
    """The walk of the demo did not come to its end. The message says at which step."""

    code, exit_code = "walk-failed", 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who signs in to the console, with a password made for this demo."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What the walk shows."""

    reference: str
    letter: bytes
    pages: int
    supplement_asked: bool
    defects: tuple[str, ...]


def walk(*, port: int, officer: Staff, approver: Staff, tell: Callable[[str], None]) -> Walked:
    """Walk the whole request on a server at 127.0.0.1 and return what came of it."""
    agent, desk, second = (Browser("127.0.0.1", port) for _ in range(3))
    tell("1/8 filing the request (lawyer, for a former member)")
    reference, code = _file(agent)
    status = open_status(agent, reference, code)
    tell("2/8 sending papers")
    first = _first_papers()
    for of, paper in first:
        status = agent.upload(
            status,
            "/requests/case/papers/",
            {"kind": paper.kind, "of": of},
            name=f"{paper.kind}.pdf",
            content=papers.render(paper),
        )
        _expect(status, "sending papers")
    tell("3/8 staff read the papers and compare the three addresses")
    sign_in(desk, officer)
    case = f"/console/cases/{reference}/"
    page = identify(desk, case)
    page = record(desk, page, *(paper for _, paper in first))
    page = desk.submit(page, "/verify/", {"note": ""})
    if page.marks.get("data-stage") == "verified":
        raise WalkFailed("a person whose address differs was verified")
    tell("4/8 asking for the paper that shows the move")
    defects = tuple(page.mark("data-open-points").split())
    _expect(desk.submit(page, "/supplement/", {"defects": defects, "message": ""}), "asking")
    tell("5/8 the lawyer sends it")
    status = open_status(agent, reference, code)
    moved = papers.resident_record(cast.TARO, today=_today())
    status = agent.upload(
        status,
        "/requests/case/papers/",
        {"kind": "resident-record", "of": "person"},
        name="resident-record.pdf",
        content=papers.render(moved),
    )
    _expect(agent.submit(status, "/requests/case/submit/", {}), "sending the supplement")
    page = record(desk, desk.get(case), moved)
    page = desk.submit(page, "/verify/", {"note": ""})
    _expect_stage(page, "verified")
    tell("6/8 deciding each demand, a second person approving")
    demands = range(1, int(page.mark("data-demands")) + 1)
    for position in demands:
        page = desk.submit(
            page, f"/demands/{position}/decide/", {"ground": "", "reason": "", "law": ""}
        )
    sign_in(second, approver)
    page = second.get(case)
    for position in demands:
        page = second.submit(page, f"/demands/{position}/approve/", {})
    _expect_stage(page, "decided")
    tell("7/8 the worker reads three stores and the letter is written")
    wait_for_letter(desk, case)
    letter = desk.get(f"{case}letter/")
    if letter.media_type != "application/pdf":
        raise WalkFailed("the letter is no PDF")
    tell("8/8 telling the person at the registered contact, then sending the answer")
    _expect(desk.get(f"{case}telling-letter/"), "printing the letter to the person")
    page = desk.submit(desk.get(case), "/told/", {"way": "ordinary-mail", "tracking_number": ""})
    _expect(page, "recording that the person was told")
    page = desk.submit(
        page,
        "/send/",
        {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"},
    )
    _expect_stage(page, "answered")
    _expect_stage(open_status(agent, reference, code), "answered")
    return Walked(
        reference=reference,
        letter=letter.content,
        pages=agent.pages + desk.pages + second.pages,
        supplement_asked=True,
        defects=defects,
    )


def _file(agent: Browser) -> tuple[str, str]:
    person, lawyer = cast.TARO, cast.SATO
    agent.get("/requests/")
    form = agent.get("/requests/new/lawyer/")
    check = agent.submit(
        form,
        "/requests/new/lawyer/",
        {
            **on_form(person),
            **{
                f"agent_{name}": value
                for name, value in on_form(lawyer).items()
                if name != "birth_date"
            },
            "kinds": ("notice-of-purpose", "disclosure", "disclosure-of-provision-records"),
            "items": "all",
            "answer_method": "paper",
            "reason": "",
        },
    )
    done = agent.submit(check, "/requests/check/", {})
    return done.mark("data-reference"), done.mark("data-code")


def on_form(someone: cast.Someone) -> dict[str, str]:
    """Return what somebody types about themselves."""
    return {
        "family_name": someone.family_name,
        "given_name": someone.given_name,
        "family_name_kana": someone.family_name_kana,
        "given_name_kana": someone.given_name_kana,
        "birth_date": f"{someone.birth.year}年{someone.birth.month}月{someone.birth.day}日",
        "postal_code": someone.home.postal_code,
        "address": someone.home.address,
        "building": someone.home.building,
        "email": someone.email,
        "phone": someone.phone,
    }


def open_status(browser: Browser, reference: str, code: str) -> Page:
    """Open a case with its number and code."""
    page = browser.get("/requests/status/")
    return browser.submit(page, "/requests/status/", {"reference": reference, "code": code})


def _today() -> date:
    return clock.date_in_japan(clock.now())


def _first_papers() -> tuple[tuple[str, papers.Paper], ...]:
    return (
        ("person", papers.driving_licence(cast.TARO, today=_today())),
        ("agent", papers.lawyer_identification(cast.SATO, today=_today())),
        ("authority", papers.power_of_attorney(cast.TARO, cast.SATO, today=_today())),
    )


def sign_in(browser: Browser, staff: Staff) -> None:
    """Sign in to the console."""
    page = browser.get("/accounts/login/")
    page = browser.submit(
        page, "/accounts/login/", {"login": staff.username, "password": staff.password}
    )
    _expect(page, f"signing in as {staff.username}")


def identify(desk: Browser, case: str) -> Page:
    """Search the stores and choose every record that was found; return the case's page then."""
    page = desk.submit(desk.get(case), "/search/", {})
    subjects = page.mark("data-candidates").split()
    if not subjects:
        raise WalkFailed("no record of the former member was found")
    page = desk.submit(page, "/identify/", {"subjects": subjects})
    _expect(page, "choosing the records")
    return page


def record(desk: Browser, page: Page, *read: papers.Paper) -> Page:
    """Open each paper of the case and write down what it says and nothing else, as staff do.

    `page` shows the case; returns it as it is shown after the last paper.
    """
    for paper in read:
        proof = page.mark(f"data-paper-{paper.kind}")
        if desk.get(urllib.parse.urljoin(page.url, f"papers/{proof}/")).status != _OK:
            raise WalkFailed(f"the paper `{paper.kind}` does not open")
        page = desk.submit(page, f"/papers/{proof}/finding/", papers.as_read(paper))
        _expect(page, f"reading the paper `{paper.kind}`")
    return page


def wait_for_letter(desk: Browser, case: str) -> None:
    """Look at the case until the worker has written the letter; WalkFailed if it does not."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        work = desk.get(case).mark("data-work")
        if work == "ready":
            return
        if work == "waiting":
            raise WalkFailed("the worker waits: " + desk.get(case).mark("data-work-note"))
        time.sleep(0.3)
    raise WalkFailed("the worker did not finish in time")


def _expect(page: Page, step: str) -> None:
    if page.status != _OK:
        raise WalkFailed(f"{step}: `{page.url}` answered {page.status}")


def _expect_stage(page: Page, stage: str) -> None:
    if page.marks.get("data-stage") != stage:
        raise WalkFailed(f"`{page.url}`: expected `{stage}`, saw `{page.marks.get('data-stage')}`")


def save_letter(walked: Walked, folder: Path) -> Path:
    """Write the letter under its reference and return where."""
    path = folder / f"answer-{walked.reference}.pdf"
    path.write_bytes(walked.letter)
    return path
