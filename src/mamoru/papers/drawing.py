"""The process in which a stranger's file is decoded, and dies (reliability A11).

It is started anew for each file, knows no secret, and shuts itself in before it looks at the
file: no socket, no process, no file but a font, a limit on memory and time. What it answers is checked by
`workshop`, which trusts nothing that comes from here.
"""

import json
import sys
from typing import Any, BinaryIO

from mamoru.papers import confining, sheets
from mamoru.papers.sheets import Sheet
from mamoru.papers.terms import (
    JPEG,
    PDF,
    Box,
    PaperDamaged,
    PaperRefused,
    PaperTooHard,
    Rebuilt,
)

MEMORY = 480 << 20
"""Of addresses: resident memory can never be more."""
CPU_SECONDS = 7
_FONT_FILES = 5
"""What PDFium opens at a time where a PDF does not hold its fonts."""


def main() -> None:
    """Read an order line and a file from standard input, write an answer line and a paper."""
    source, answer = sys.stdin.buffer, sys.stdout.buffer
    order = json.loads(source.readline())
    _prepare(order["media_type"])
    files = _FONT_FILES if order["media_type"] == PDF else 0
    confining.shut_in(memory=MEMORY, cpu_seconds=CPU_SECONDS, files=files)
    head, content = _answered(order, source)
    answer.write(json.dumps(head).encode() + b"\n")
    answer.write(content)
    answer.flush()


def _prepare(media_type: str) -> None:
    from mamoru.papers import pictures

    pictures.prepare(media_type)
    if media_type == PDF:
        from mamoru.papers import pages

        pages.prepare()


def _answered(order: dict[str, Any], source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    try:
        content = source.read()
        boxes = [Box(**each) for each in order["boxes"]]
        made = _blacked(content, order["media_type"], boxes) if boxes else None
        made = made or _rebuilt(content, order["media_type"])
    except PaperRefused as refused:
        return {"refused": refused.reason}, b""
    except (MemoryError, RecursionError):
        return {"refused": PaperTooHard.reason}, b""
    except Exception:  # noqa: BLE001 - a decoder may raise anything at all over a stranger's file
        return {"refused": PaperDamaged.reason}, b""
    return {"media_type": made.media_type, "pages": made.pages}, made.content


def _sheets(content: bytes, media_type: str) -> tuple[Sheet, ...]:
    from mamoru.papers import pictures

    if media_type != PDF:
        return (pictures.rebuilt(content, media_type),)
    from mamoru.papers import pages

    return pages.rebuilt(content)


def _rebuilt(content: bytes, media_type: str) -> Rebuilt:
    return _bound(_sheets(content, media_type), media_type)


def _bound(found: tuple[Sheet, ...], media_type: str) -> Rebuilt:
    if media_type != PDF:
        return Rebuilt(media_type=JPEG, content=found[0].jpeg)
    return Rebuilt(media_type=PDF, content=sheets.bind(found), pages=len(found))


def _blacked(content: bytes, media_type: str, boxes: list[Box]) -> Rebuilt:
    """Only pages with a box are encoded again; the others stay as sharp as they were."""
    from mamoru.papers import pictures

    found = list(sheets.unbind(content) if media_type == PDF else ())
    found = found or list(_sheets(content, media_type))
    for page in {box.page for box in boxes}:
        if not 1 <= page <= len(found):
            raise PaperDamaged("no such page")
        found[page - 1] = pictures.blacked(
            found[page - 1], [box for box in boxes if box.page == page]
        )
    return _bound(tuple(found), media_type)
