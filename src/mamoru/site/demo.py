"""`mamoru demo`: the sample company, ready to sign in to; `--once` walks one disclosure."""

import multiprocessing
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM
from mamoru.site import folders, serving
from mamoru.site.sample import cast, generate, papers
from mamoru.site.walkthrough import Staff, save_letter, walk

SEED = 20_220_401
"""The day on which the present Act came into force; any number would do, but always the same."""

STAFF = (
    ("suzuki", "鈴木", "privacy-officer", "privacy officer: reads papers, verifies, decides"),
    ("kondo", "近藤", "approver", "approver: approves what suzuki decided"),
    ("mori", "森", "auditor", "auditor: sees decisions and the trail, no paper and no name"),
    ("tanaka", "田中", "marketing", "marketing: is refused, must not see cases"),
)
MEMBER = "hanako"
PASSWORDS = "demo-passwords.txt"
PAPERS = "papers"
_START_SECONDS = 60


class DemoFailed(MamoruError):
    """The demo did not start. The message says what the server answered."""

    code, exit_code = "demo-failed", 1


def run(
    *, folder: Path | None, port: int, once: bool, tell: Callable[[str], None]
) -> Mapping[str, Any] | None:
    """Make the sample company (or take the one in `folder`) and serve or walk it."""
    if once:
        return _once(folder or Path(tempfile.mkdtemp(prefix="mamoru-demo-")), tell)
    serving.expect_free(f"127.0.0.1:{port}", option="--port")
    if folder is not None:
        _serve(folder, port, tell, after=f"everything stays in {folder}")
        return None
    with tempfile.TemporaryDirectory(prefix="mamoru-demo-") as made:
        after = "everything is then deleted (keep it with `--folder FOLDER`)"
        _serve(Path(made), port, tell, after=after)
    return None


def _once(folder: Path, tell: Callable[[str], None]) -> Mapping[str, Any]:
    port = _free_port()
    passwords = prepare(folder, port=port, tell=tell)
    started = time.monotonic()
    with _server(folder, port):
        walked = walk(
            port=port,
            officer=Staff(username="suzuki", password=passwords["suzuki"]),
            approver=Staff(username="kondo", password=passwords["kondo"]),
            tell=tell,
        )
    seconds = time.monotonic() - started
    path = save_letter(walked, folder)
    verified = _verify_ledger(folder)
    tell(f"the sample company, with its passwords and papers, stays in {folder}")
    return {
        "reference": walked.reference,
        "answer": str(path),
        "answer_bytes": len(walked.letter),
        "defects_asked_to_be_cured": list(walked.defects),
        "requests": walked.pages,
        "seconds": round(seconds, 1),
        "ledger": verified,
        "home": str(folder),
    }


def _serve(folder: Path, port: int, tell: Callable[[str], None], *, after: str) -> None:
    passwords = prepare(folder, port=port, tell=tell)
    address = f"http://127.0.0.1:{port}"
    sheets = write_papers(folder)
    lines = [
        "",
        f"{address}/            public pages: the policy, requests, their status",
        f"{address}/api/v1/openapi.json   the API",
        "",
        f"staff open {address}/console/ and sign in as",
        *(f"  {name:8} {passwords[name]}   {what}" for name, _, _, what in STAFF),
        f"a member opens {address}/member/ and signs in as",
        f"  {MEMBER:8} {passwords[MEMBER]}   {cast.HANAKO.name}",
        f"sample identity papers to upload lie in {sheets}",
        "",
        f"Ctrl+C stops; {after}",
    ]
    for line in lines:
        tell(line)
    serving.serve(folder, bind=f"127.0.0.1:{port}")


def prepare(folder: Path, *, port: int, tell: Callable[[str], None]) -> dict[str, str]:
    """Make the folder, the stores and the accounts unless they are there; return passwords."""
    make(folder, port=port, tell=tell)
    serving.prepare()
    return _accounts(folder)


def write_papers(folder: Path) -> Path:
    """Write the sample papers of the cast as PDFs, in a process of its own; return their folder.

    Rendering starts threads, and the server forks: a child of a process that has rendered would
    wait for threads that it does not have.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
        return apart.submit(_write_papers, folder).result()


def _write_papers(folder: Path) -> Path:
    place = folder / PAPERS
    place.mkdir(exist_ok=True)
    for name, paper in papers.for_demo(clock.date_in_japan(clock.now())).items():
        (place / f"{name}.pdf").write_bytes(papers.render(paper))
    return place


def make(folder: Path, *, port: int, tell: Callable[[str], None]) -> None:
    """Make the folder and the company's stores unless they are there."""
    os.environ["MAMORU_HOME"] = str(folder)
    if (folder / generate.SHOP).exists():
        return
    tell(f"making the sample company in {folder}")
    if not (folder / "mamoru.toml").exists():
        folders.create(folder)
    settings = (folder / "mamoru.toml").read_text(encoding="utf-8")
    (folder / "mamoru.toml").write_text(settings.replace(":8000", f":{port}"), encoding="utf-8")
    summary = generate.create(folder, seed=SEED, today=clock.date_in_japan(clock.now()))
    tell(
        f"  {summary.persons} persons, {summary.former_members} former members,"
        f" {sum(summary.rows.values())} rows in 3 stores"
    )


def _accounts(folder: Path) -> dict[str, str]:
    """Make accounts, published versions and provision records, once."""
    path = folder / PASSWORDS
    if path.exists():
        pairs = (line.split(" ", 1) for line in path.read_text().splitlines())
        return {pair[0]: pair[1] for pair in pairs}
    from mamoru.site import population

    passwords = {name: secrets.token_urlsafe(9) for name in [*(row[0] for row in STAFF), MEMBER]}
    now = clock.now()
    population.publish_versions(now=now)
    population.make_staff(
        {name: (family, role, passwords[name]) for name, family, role, _ in STAFF}
    )
    population.make_member(MEMBER, passwords[MEMBER], member_id=cast.HANAKO.member_id)
    population.record_provisions(by=SYSTEM, now=now)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.writelines(f"{name} {password}\n" for name, password in passwords.items())
    return passwords


@contextmanager
def _server(folder: Path, port: int) -> Iterator[None]:
    """Serve the folder, as `mamoru demo` does, in a process of its own until the block ends."""
    log = (folder / "logs" / "demo.log").open("wb")
    with (
        log,
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                sys.executable,
                "-m",
                "mamoru.site",
                "demo",
                "--folder",
                str(folder),
                "--port",
                str(port),
            ],
            stdout=subprocess.DEVNULL,  # it says the passwords
            stderr=log,
        ) as process,
    ):
        try:
            _wait_until_ready(port, process, folder)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    tail = (folder / "logs" / "demo.log").read_text(errors="replace")[-500:]
    raise DemoFailed(f"the server did not become ready: {tail.strip()}")


def _verify_ledger(folder: Path) -> Mapping[str, Any]:
    """Export the ledger and verify the export in another process, with the public key only."""
    export = folder / "ledger-export"
    base = [sys.executable, "-m", "mamoru.site", "ledger"]
    subprocess.run(  # noqa: S603 - our own interpreter and module
        [*base, "export", str(export), "--home", str(folder)], check=True, capture_output=True
    )
    checked = subprocess.run(  # noqa: S603 - our own command
        [*base, "verify", str(export), "--key", str(folder / "keys" / "ledger.pub")],
        check=False,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "MAMORU_HOME"},
    )
    if checked.returncode != 0:
        raise DemoFailed(f"the ledger does not verify: {checked.stderr.strip()}")
    return {"verified": True, "export": str(export), "says": checked.stdout.strip()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
