"""A composed letter as PDF, and what no font of ours can draw (P3.24)."""

from mamoru.documents import agent_notice, blanks, code_letter, letter, pdf, supplement
from mamoru.documents.terms import (
    AgentNotice,
    Answer,
    CodeLetter,
    Letter,
    SupplementRequest,
)
from mamoru.kit.errors import MamoruError


class GlyphMissing(MamoruError):
    """The letter holds a character that no font of ours can draw. A person must write it."""

    code, exit_code = "glyph-missing", 4


def render_posted_code(composed: CodeLetter) -> bytes:
    """Return that letter as PDF, with boxes where a character of the name is written by hand."""
    return render_to_registered(code_letter.build(composed))


def render_telling(composed: AgentNotice) -> bytes:
    """Return that letter as PDF, with boxes where a character of the name is written by hand."""
    return render_to_registered(agent_notice.build(composed))


def render_to_registered(built: Letter) -> bytes:
    """Return a letter as PDF, whatever the registered name holds: boxes where no font has it."""
    return _render(built, "".join(pdf.missing_glyphs(built.text())))


def render(composed: Answer, *, by_hand: str = "") -> bytes:
    """Return the letter as PDF, with a box for each character that a person writes by hand.

    GlyphMissing if another character cannot be drawn.
    """
    return _render(letter.build(composed), by_hand)


def render_supplement(composed: SupplementRequest, *, by_hand: str = "") -> bytes:
    """Return the request for a supplement as PDF; boxes and GlyphMissing as above."""
    return _render(supplement.build(composed), by_hand)


def expect_printable(*texts: str) -> None:
    """Raise GlyphMissing while the writer can still choose other characters."""
    missing = pdf.missing_glyphs("".join(texts))
    if missing:
        raise GlyphMissing(f"{len(missing)} characters of the text have no glyph")


def printable(text: str) -> str:
    """Return data with 〓 and the code point for each character that our fonts cannot draw.

    A name in the head of a letter stops the letter instead; here the answer must not wait
    for ever because an inquiry held a picture sign.
    """
    for character in pdf.missing_glyphs(text):
        text = text.replace(character, f"〓(U+{ord(character):04X})")
    return text


def _render(built: Letter, by_hand: str) -> bytes:
    built = blanks.leave(built, by_hand)
    missing = pdf.missing_glyphs(built.text())
    if missing:
        raise GlyphMissing(f"{len(missing)} characters of the letter have no glyph")
    return pdf.render(built)
