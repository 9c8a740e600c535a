"""From a letter to a PDF: typst, bundled fonts, PDF/A-2a and PDF/UA-1 (P3.24).

Data goes in as JSON and is never parsed as markup; the same letter gives the same bytes.
"""

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from mamoru.documents import fonts
from mamoru.documents.terms import Letter
from mamoru.kit.errors import MamoruError

STANDARDS: Sequence[Literal["a-2a", "ua-1"]] = ("a-2a", "ua-1")
FAMILIES = ("Noto Serif JP", "Noto Sans JP")
_lock = threading.Lock()


class LetterUnrenderable(MamoruError):
    """The letter could not be laid out. A person must look at it."""

    code, exit_code = "letter-unrenderable", 4


def render(letter: Letter) -> bytes:
    """Return the PDF of a letter; LetterUnrenderable if the layout fails.

    Deterministic: the document's date is the letter's, not the clock's.
    """
    dated = datetime.combine(letter.dated_on, time(), tzinfo=UTC)
    with _lock:  # one compiler a process, as its cache is what makes it fast
        _expect_own_threads()
        try:
            made = _compiler().compile(
                format="pdf",
                sys_inputs={"letter": json.dumps(asdict(letter), default=str, ensure_ascii=False)},
                pdf_standards=list(STANDARDS),
                timestamp=dated,
            )
        except typst.TypstError as problem:
            raise LetterUnrenderable(f"the layout of `{letter.reference}` failed") from problem
    if not isinstance(made, bytes):
        raise LetterUnrenderable(f"the layout of `{letter.reference}` gave no single file")
    return made


_rendered_in: list[int] = []


def _expect_own_threads() -> None:
    """Raise LetterUnrenderable in a process that was forked from one that had rendered.

    The layout's threads stay with the parent: the child would wait for them for ever.
    """
    here = os.getpid()
    if _rendered_in and _rendered_in[0] != here:
        raise LetterUnrenderable("this process was forked after a letter was made; start it afresh")
    _rendered_in[:] = [here]


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters that our fonts cannot draw; a letter that needs one is not made."""
    return fonts.missing(text)


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    template = Path(__file__).parent / "templates" / "letter.typ"
    folders = sorted({fonts.serif().parent, fonts.sans().parent})
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
    # Without its fonts typst draws empty pages and does not complain (seen).
    if not set(FAMILIES) <= set(found.families()):
        raise LetterUnrenderable(f"the fonts {', '.join(FAMILIES)} are not where they should be")
    return typst.Compiler(input=template, root=template.parent, font_paths=found)
