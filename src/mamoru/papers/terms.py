"""What a sent file may be, what is made of it, and why one is not taken (P3.22)."""

from dataclasses import dataclass
from typing import ClassVar

from mamoru.kit.errors import MamoruError

JPEG, PNG, HEIC, PDF = "image/jpeg", "image/png", "image/heic", "application/pdf"

MAX_PIXELS = 50_000_000
"""A scan of A4 at 600 dpi has 35 million; more is a decompression bomb, not a paper."""
MAX_PAGES = 20
"""A family register has some five; whoever has more sends several files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A paper drawn anew: nothing of the file that was sent is in it but what can be seen."""

    media_type: str
    content: bytes
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An area to be blacked out, in per cent of its page, from the upper left corner."""

    page: int  # from 1
    left: float
    top: float
    width: float
    height: float


class PaperRefused(MamoruError):
    """The file cannot be taken. The code says why; nothing of it was kept."""

    code, exit_code = "paper-refused", 3
    reason: ClassVar[str] = "unreadable"


class PaperTooLarge(PaperRefused):
    """The file is larger than the settings allow. Scan it at a lower resolution."""

    code, reason = "paper-too-large", "too-large"


class PaperTypeUnknown(PaperRefused):
    """The content is neither JPEG, PNG, HEIC nor PDF, whatever the name says."""

    code, reason = "paper-type-unknown", "not-image-or-pdf"


class PaperDamaged(PaperRefused):
    """The file begins like an image or a PDF but is cut off or broken. Send it again."""

    code, reason = "paper-damaged", "damaged"


class PaperTooManyPixels(PaperRefused):
    """The image claims more pixels than any scan of a paper has."""

    code, reason = "paper-too-many-pixels", "too-many-pixels"


class PaperTooManyPages(PaperRefused):
    """The PDF has more pages than are taken in one file. Send it in parts."""

    code, reason = "paper-too-many-pages", "too-many-pages"


class PaperLocked(PaperRefused):
    """The PDF opens with a password only. Save it without one."""

    code, reason = "paper-locked", "locked"


class PaperEmpty(PaperRefused):
    """The file holds nothing. Choose it again."""

    code, reason = "paper-empty", "empty"


class PaperTooHard(PaperRefused):
    """Drawing the file took more time or memory than any paper needs. Send a photograph of it."""

    code, reason = "paper-too-hard", "too-hard"


class PaperShowsNumber(PaperRefused):
    """The file shows an Individual Number (個人番号), which may not be kept (番号法20条)."""

    code, reason = "paper-shows-my-number", "my-number"


class PaperBusy(PaperRefused):
    """Too many files are being looked at just now. Send it again in a minute."""

    code, retry, exit_code = "paper-busy", True, 4
    reason = "busy"


class BoxUnfit(MamoruError):
    """An area to be blacked out lies outside of its page, or there is none. Draw it again."""

    code, exit_code = "box-unfit", 3


REASONS: dict[str, type[PaperRefused]] = {
    each.reason: each
    for each in (
        PaperRefused,
        PaperTooLarge,
        PaperTypeUnknown,
        PaperDamaged,
        PaperTooManyPixels,
        PaperTooManyPages,
        PaperLocked,
        PaperEmpty,
        PaperTooHard,
        PaperShowsNumber,
    )
}
"""What the process that draws a file may answer; any other word of it is nonsense."""
