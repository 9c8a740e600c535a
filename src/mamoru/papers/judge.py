"""Uploaded papers: what they are, by their content and never by their name (P3.22)."""

import struct
from typing import ClassVar

from mamoru.kit.errors import MamoruError

MAX_PIXELS = 50_000_000
"""A scan of A4 at 600 dpi has 35 million; more is a decompression bomb, not a paper."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_PDF = b"%PDF-"
_SOF = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class PaperRefused(MamoruError):
    """The file cannot be taken. The code says why; nothing of it was kept."""

    code, exit_code = "paper-refused", 3
    reason: ClassVar[str] = "unreadable"


class PaperTooLarge(PaperRefused):
    """The file is larger than the settings allow. Scan it at a lower resolution."""

    code, reason = "paper-too-large", "too-large"


class PaperTypeUnknown(PaperRefused):
    """The content is neither JPEG, PNG nor PDF, whatever the name says."""

    code, reason = "paper-type-unknown", "not-image-or-pdf"


class PaperDamaged(PaperRefused):
    """The file begins like an image or a PDF but is cut off or broken. Send it again."""

    code, reason = "paper-damaged", "damaged"


class PaperTooManyPixels(PaperRefused):
    """The image claims more pixels than any scan of a paper has."""

    code, reason = "paper-too-many-pixels", "too-many-pixels"


class PaperEmpty(PaperRefused):
    """The file holds nothing. Choose it again."""

    code, reason = "paper-empty", "empty"


def media_type(content: bytes, *, max_bytes: int) -> str:
    """Return `image/png`, `image/jpeg` or `application/pdf`; a PaperRefused says what is wrong.

    Only headers are read: nothing is decoded, so nothing can explode here.
    """
    if not content:
        raise PaperEmpty("the file is empty")
    if len(content) > max_bytes:
        raise PaperTooLarge(f"the file has {len(content)} bytes, more than {max_bytes}")
    if content.startswith(_PNG):
        _check_pixels(*_png_size(content))
        return "image/png"
    if content.startswith(_JPEG):
        _check_pixels(*_jpeg_size(content))
        return "image/jpeg"
    if content.startswith(_PDF):
        if b"%%EOF" not in content[-2048:]:
            raise PaperDamaged("the PDF is cut off")
        return "application/pdf"
    raise PaperTypeUnknown("the content is neither JPEG, PNG nor PDF")


def _png_size(content: bytes) -> tuple[int, int]:
    if len(content) < 33 or content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:  # noqa: PLR2004 - signature 8 + chunk 25
        raise PaperDamaged("the PNG is cut off")
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004
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


def _check_pixels(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise PaperDamaged("the image has no size")
    if width * height > MAX_PIXELS:
        raise PaperTooManyPixels(f"the image claims {width} x {height} pixels")
