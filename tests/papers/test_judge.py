"""Uploaded papers are what their content says (reliability A11; P3.22)."""

import contextlib
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mamoru.papers import judge
from mamoru.papers.terms import (
    PaperDamaged,
    PaperEmpty,
    PaperRefused,
    PaperTooLarge,
    PaperTooManyPixels,
    PaperTypeUnknown,
)

LIMIT = 10_000_000


def image(form: str, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    made = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(made, form, **options)
    return made.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = image("PNG")
JPEG = image("JPEG")
PDF = image("PDF")
KINDS = {"image/png": PNG, "image/jpeg": JPEG, "application/pdf": PDF}


@pytest.mark.parametrize(("media_type", "content"), list(KINDS.items()))
def test_a_paper_is_typed_by_its_content(media_type: str, content: bytes) -> None:
    assert judge.media_type(content, max_bytes=LIMIT) == media_type


@pytest.mark.parametrize("options", [{"progressive": True}, {"exif": b"Exif\0\0" + JPEG[:900]}])
def test_a_photograph_of_a_telephone_is_taken(options: dict[str, Any]) -> None:
    content = image("JPEG", **options) + b"\0" * 200  # some add a trailer

    assert judge.media_type(content, max_bytes=LIMIT) == "image/jpeg"


@pytest.mark.parametrize("content", list(KINDS.values()), ids=list(KINDS))
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_damaged(content: bytes, share: float) -> None:
    with pytest.raises(PaperDamaged):
        judge.media_type(content[: int(len(content) * share)], max_bytes=LIMIT)


def test_a_pdf_whose_end_is_far_from_its_last_bytes_is_damaged() -> None:
    """A tail of some bytes is common; 3 kB behind the last end are a file that was cut or hung on."""
    assert judge.media_type(PDF + b"\n" * 1000, max_bytes=LIMIT) == "application/pdf"
    with pytest.raises(PaperDamaged):
        judge.media_type(PDF + b"\n" * 3000, max_bytes=LIMIT)


def test_a_photograph_that_breaks_off_within_its_image_is_damaged() -> None:
    whole = image("JPEG", (400, 300))

    with pytest.raises(PaperDamaged, match="cut off"):
        judge.media_type(whole[:-2], max_bytes=LIMIT)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 50,
        b"PK\x03\x04" + PDF,
        b"MZ" + b"\0" * 200,
        b"\n" + PDF,
        b" " + PNG,
        "山本".encode(),
        b"\0",
    ],
)
def test_what_is_neither_image_nor_pdf_is_refused_whatever_follows(content: bytes) -> None:
    with pytest.raises(PaperTypeUnknown):
        judge.media_type(content, max_bytes=LIMIT)


def test_an_archive_hung_behind_an_image_is_refused() -> None:
    with pytest.raises(PaperDamaged):
        judge.media_type(PNG + b"PK\x03\x04" + b"\0" * 60, max_bytes=LIMIT)


def test_an_empty_file_says_so() -> None:
    with pytest.raises(PaperEmpty):
        judge.media_type(b"", max_bytes=LIMIT)


def test_a_file_may_be_as_large_as_the_settings_say_and_no_larger() -> None:
    assert judge.media_type(PNG, max_bytes=len(PNG)) == "image/png"
    with pytest.raises(PaperTooLarge):
        judge.media_type(PNG, max_bytes=len(PNG) - 1)


def bomb(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + PNG[-12:]


@pytest.mark.parametrize("size", [(50_000, 50_000), (0xFFFFFFFF, 0xFFFFFFFF), (50_000_001, 1)])
def test_an_image_that_would_explode_is_refused_unopened(size: tuple[int, int]) -> None:
    with pytest.raises(PaperTooManyPixels):
        judge.media_type(bomb(*size), max_bytes=LIMIT)


def test_a_scan_of_a4_at_600_dpi_is_taken() -> None:
    assert judge.media_type(bomb(4960, 7016), max_bytes=LIMIT) == "image/png"


def test_a_huge_jpeg_frame_is_refused_unopened() -> None:
    at = JPEG.index(b"\xff\xc0") + 5
    content = JPEG[:at] + b"\xff\xff\xff\xff" + JPEG[at + 4 :]

    with pytest.raises(PaperTooManyPixels):
        judge.media_type(content, max_bytes=LIMIT)


def test_an_image_of_no_size_is_damaged() -> None:
    with pytest.raises(PaperDamaged):
        judge.media_type(bomb(0, 10), max_bytes=LIMIT)


@given(
    st.sampled_from([b"", PNG[:8], PNG[:33], JPEG[:3], JPEG[:40], b"%PDF-"]),
    st.binary(max_size=300),
    st.sampled_from([b"", PNG[-12:], b"\xff\xd9", b"%%EOF"]),
)
def test_any_bytes_are_answered_or_refused(head: bytes, body: bytes, tail: bytes) -> None:
    answers = set(KINDS)
    try:
        found = judge.media_type(head + body + tail, max_bytes=LIMIT)
    except PaperRefused as refused:
        found = type(refused).reason
        answers = {"damaged", "empty", "not-image-or-pdf", "too-large", "too-many-pixels"}

    assert found in answers


@given(st.sampled_from(list(KINDS.values())), st.integers(0), st.integers(0, 255))
def test_any_changed_byte_is_answered_or_refused(content: bytes, where: int, byte: int) -> None:
    changed = bytearray(content)
    changed[where % len(changed)] = byte

    with contextlib.suppress(PaperRefused):
        judge.media_type(bytes(changed), max_bytes=LIMIT)
