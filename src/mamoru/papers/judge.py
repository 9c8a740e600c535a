"""Uploaded papers: what they are, by their content and never by their name (P3.22)."""

import struct

from mamoru.papers.terms import (
    HEIC,
    JPEG,
    MAX_PIXELS,
    PDF,
    PNG,
    PaperDamaged,
    PaperEmpty,
    PaperTooLarge,
    PaperTooManyPixels,
    PaperTypeUnknown,
)

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_PDF = b"%PDF-"
_SOF = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_HEIC_HEAD = 1 << 20  # what an image's boxes take before its data; a telephone's take 4 kB


def media_type(content: bytes, *, max_bytes: int) -> str:
    """Return the media type of a file; a PaperRefused says what is wrong.

    Only headers are read: nothing is decoded, so nothing can explode here.
    """
    if not content:
        raise PaperEmpty("the file is empty")
    if len(content) > max_bytes:
        raise PaperTooLarge(f"the file has {len(content)} bytes, more than {max_bytes}")
    if content.startswith(_PNG):
        _check_pixels(*_png_size(content))
        return PNG
    if content.startswith(_JPEG):
        _check_pixels(*_jpeg_size(content))
        return JPEG
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        _check_pixels(*_heic_size(content))
        return HEIC
    if content.startswith(_PDF):
        if b"%%EOF" not in content[-2048:]:
            raise PaperDamaged("the PDF is cut off")
        return PDF
    raise PaperTypeUnknown("the content is neither JPEG, PNG, HEIC nor PDF")


def _png_size(content: bytes) -> tuple[int, int]:
    if len(content) < 33 or content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:  # noqa: PLR2004 - signature 8 + chunk 25
        raise PaperDamaged("the PNG is cut off")
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - the marker of JPEG
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - fill byte
            at += 1
            continue
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _SOF:
            if content.find(_JPEG_END, at) < 0:  # cannot occur in the image's own data
                raise PaperDamaged("the JPEG is cut off")
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + max(length, 2)
    raise PaperDamaged("the JPEG has no frame")


def _heic_size(content: bytes) -> tuple[int, int]:
    """Return the largest size that any image in the file claims (`ispe`, ISO/IEC 23008-12)."""
    head, sizes, at = content[:_HEIC_HEAD], [(0, 0)], -1
    while (at := head.find(b"ispe", at + 1)) >= 0:
        if len(head) >= at + 16:
            sizes.append(struct.unpack(">II", head[at + 8 : at + 16]))
    return max(sizes, key=lambda size: size[0] * size[1])


def _check_pixels(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise PaperDamaged("the image has no size")
    if width * height > MAX_PIXELS:
        raise PaperTooManyPixels(f"the image claims {width} x {height} pixels")
