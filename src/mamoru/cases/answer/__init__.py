"""From what was decided and read to what is said (P3.24, appi-reference 6.6)."""

from mamoru.cases.answer.addressing import AddressUnverified, addressee, addressee_of, sender
from mamoru.cases.answer.composing import (
    STATUS_PAGE,
    compose,
    compose_posted_code,
    compose_supplement,
    compose_telling,
)
from mamoru.cases.answer.demands import refusal
from mamoru.cases.answer.printing import (
    GlyphMissing,
    expect_printable,
    render,
    render_posted_code,
    render_supplement,
    render_telling,
    render_to_registered,
)
from mamoru.cases.answer.sources import Sources

__all__ = [
    "STATUS_PAGE",
    "AddressUnverified",
    "GlyphMissing",
    "Sources",
    "addressee",
    "addressee_of",
    "compose",
    "compose_posted_code",
    "compose_supplement",
    "compose_telling",
    "expect_printable",
    "refusal",
    "render",
    "render_posted_code",
    "render_supplement",
    "render_telling",
    "render_to_registered",
    "sender",
]
