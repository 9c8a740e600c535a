"""Hands a file to a process of its own and believes nothing that it says (reliability A11)."""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mamoru.papers import judge, number, sheets
from mamoru.papers.terms import (
    JPEG,
    MAX_PAGES,
    PDF,
    REASONS,
    Box,
    BoxUnfit,
    PaperBusy,
    PaperRefused,
    PaperShowsNumber,
    PaperTooHard,
    Rebuilt,
)

SECONDS = 8.0
"""From start to answer. A photograph takes one tenth of this."""
ANSWER = 48 << 20
AT_ONCE = 2
"""Processes at a time, of at most 480 MB each; others wait for their turn."""
_TURN_SECONDS = 20
_PIECE = 1 << 16
_HEAD = 500
_SOURCE = str(Path(__file__).resolve().parents[2])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from mamoru.papers import drawing as d; d.main()"
)

_turns = threading.BoundedSemaphore(AT_ONCE)


def rebuild(content: bytes, *, name: str = "", max_bytes: int) -> Rebuilt:
    """Return a file drawn anew; a PaperRefused says why it is not taken.

    `name` is looked at for 個人番号 and kept nowhere. Whatever the file does to the process
    that decodes it, the caller gets one of these two, within half a minute.
    """
    return _drawn(content, glance(content, name=name, max_bytes=max_bytes), ())


def glance(content: bytes, *, name: str = "", max_bytes: int) -> str:
    """Return the media type that the head of a file tells, nothing decoded; PaperRefused if none."""
    media_type = judge.media_type(content, max_bytes=max_bytes)
    if number.shown_in(name) or number.shown_in(unquote(name)):
        raise PaperShowsNumber("the name of the file shows an individual number")
    return media_type


def black_out(kept: Rebuilt, boxes: Sequence[Box]) -> Rebuilt:
    """Return a paper with these areas filled; nothing of what was there is in the result."""
    if not boxes or not all(_fits(box, pages=kept.pages) for box in boxes):
        raise BoxUnfit("an area lies outside of its page")
    return _drawn(kept.content, kept.media_type, boxes)


def pages(content: bytes, media_type: str) -> tuple[bytes, ...]:
    """Return each page of a rebuilt paper as a picture; none of a file of another kind."""
    if media_type == PDF:
        return tuple(sheet.jpeg for sheet in sheets.unbind(content))
    return (content,) if media_type == JPEG else ()


def _fits(box: Box, *, pages: int) -> bool:
    return (
        1 <= box.page <= pages
        and box.width > 0
        and box.height > 0
        and box.left >= 0
        and box.top >= 0
        and box.left + box.width <= 100  # noqa: PLR2004 - per cent
        and box.top + box.height <= 100  # noqa: PLR2004 - percent
    )


def _drawn(content: bytes, media_type: str, boxes: Sequence[Box]) -> Rebuilt:
    order = {"media_type": media_type, "boxes": [asdict(box) for box in boxes]}
    if not _turns.acquire(timeout=_TURN_SECONDS):
        raise PaperBusy("too many files are being looked at")
    try:
        answer = _ask(json.dumps(order).encode() + b"\n" + content)
    finally:
        _turns.release()
    return _believed(answer, media_type)


def _believed(answer: bytes, media_type: str) -> Rebuilt:
    """Return what was answered if it is what may be answered; a PaperRefused otherwise."""
    line, _, made = answer.partition(b"\n")
    said = _read(line)
    reason = said.get("refused")
    if isinstance(reason, str):
        refused = REASONS.get(reason, PaperRefused)
        raise refused(f"the file is refused: {refused.reason}")
    kind, count = said.get("media_type"), said.get("pages")
    wanted = PDF if media_type == PDF else JPEG
    if kind != wanted or not isinstance(count, int) or not 1 <= count <= MAX_PAGES or not made:
        raise PaperTooHard("the process that draws gave no answer")
    if judge.media_type(made, max_bytes=ANSWER) != wanted:
        raise PaperTooHard("the process that draws answered something else")
    if wanted == PDF and len(sheets.unbind(made)) != count:
        raise PaperTooHard("the process that draws answered something else")
    return Rebuilt(media_type=wanted, content=made, pages=count)


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line[:_HEAD])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _ask(sent: bytes) -> bytes:
    """Return all that a fresh process answers, nothing if it does not in time or size."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-I", "-c", _START, _SOURCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "HOME": "/"},  # without a home Python asks who we are
        cwd="/",
        start_new_session=True,
    )
    try:
        answer = _exchange(process, sent, until=time.monotonic() + SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
    return answer if process.returncode == 0 else b""


def _exchange(process: "subprocess.Popen[bytes]", sent: bytes, *, until: float) -> bytes:
    """Feed and read at once, so that neither side waits for the other for ever."""
    assert process.stdin is not None  # noqa: S101 - for the type: both are pipes
    assert process.stdout is not None  # noqa: S101 - opened above
    to, back = process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(to, False)
    os.set_blocking(back, False)
    rest, answer = memoryview(sent), bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(to, selectors.EVENT_WRITE)
        ready.register(back, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            for key, _ in ready.select(left):
                if key.fd == to:
                    rest = _fed(to, rest)
                    if not rest:
                        ready.unregister(to)
                        process.stdin.close()
                else:
                    piece = os.read(back, _PIECE)
                    answer += piece
                    if not piece:
                        process.wait(max(0.1, until - time.monotonic()))
                        return bytes(answer)
                    if len(answer) > ANSWER:
                        return b""
    return b""


def _fed(to: int, rest: memoryview) -> memoryview:
    try:
        return rest[os.write(to, rest[:_PIECE]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]  # it died, or answered without reading to the end
