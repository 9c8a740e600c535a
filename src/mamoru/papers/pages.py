"""Pages of a PDF drawn by PDFium, built without scripts. Runs in the drawing process."""

import codecs
import ctypes
from collections.abc import Iterator

import pypdfium2.raw as pdfium
from PIL import Image

from mamoru.documents import fonts
from mamoru.papers import number, pictures
from mamoru.papers.sheets import DPI, Sheet
from mamoru.papers.terms import (
    MAX_PAGES,
    PaperDamaged,
    PaperLocked,
    PaperShowsNumber,
    PaperTooManyPages,
)

PAGE_PIXELS = 6_000_000
"""A4 at 200 dpi has 3.9 million; the page of a telephone's scan may be as large as a poster."""
_TEXT = 200_000  # characters of a page that are looked at; a page of print has 2,000
_QUALITY = 85
_kept: list[object] = []  # what the library goes on pointing to


def prepare() -> None:
    """Load what is only looked for at the first text, before the process shuts itself in."""
    codecs.lookup("utf-16-le")
    # Many papers made in Japan name a font of Windows and do not hold it: ours stand in for it.
    folder = str(fonts.sans().parent).encode()
    paths = (ctypes.c_char_p * 2)(folder, None)
    words = ctypes.cast(paths, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    _kept.append(paths)
    pdfium.FPDF_DestroyLibrary()  # it was started, with the fonts of the machine, when imported
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=words))


def rebuilt(content: bytes) -> tuple[Sheet, ...]:
    """Return every page as a picture; PaperShowsNumber if the text under one shows 個人番号."""
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        locked = pdfium.FPDF_GetLastError() in {
            pdfium.FPDF_ERR_PASSWORD,
            pdfium.FPDF_ERR_SECURITY,
        }
        raise PaperLocked("a password") if locked else PaperDamaged("not a PDF")
    count = pdfium.FPDF_GetPageCount(document)
    if count < 1:
        raise PaperDamaged("no page")
    if count > MAX_PAGES:
        raise PaperTooManyPages(f"{count} pages")
    return tuple(_pages(document, count))


def _pages(document: object, count: int) -> Iterator[Sheet]:
    for at in range(count):
        # Once to melt notes and filled fields into the page, so that they are seen and read,
        # and once more to draw what came of it.
        page = _opened(document, at)
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)
        pdfium.FPDF_ClosePage(page)
        page = _opened(document, at)
        if number.shown_in(_text(page)):
            raise PaperShowsNumber("in the text")
        yield _drawn(page)
        pdfium.FPDF_ClosePage(page)


def _opened(document: object, at: int) -> object:
    page = pdfium.FPDF_LoadPage(document, at)
    if not page:
        raise PaperDamaged("a page does not open")
    return page


def _text(page: object) -> str:
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        return ""
    count = min(pdfium.FPDFText_CountChars(text), _TEXT)
    room = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(text, 0, count, room)
    pdfium.FPDFText_ClosePage(text)
    return bytes(room)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")


def _drawn(page: object) -> Sheet:
    wide, high = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not (wide > 0 and high > 0):
        raise PaperDamaged("a page has no size")
    scale = min(DPI / 72, (PAGE_PIXELS / (wide * high)) ** 0.5)
    width, height = max(1, int(wide * scale)), max(1, int(high * scale))
    if width * height > 2 * PAGE_PIXELS:  # a page as thin as a thread
        raise PaperDamaged("a page has no size")
    board = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGRx, None, 0)
    if not board:
        raise MemoryError
    pdfium.FPDFBitmap_FillRect(board, 0, 0, width, height, 0xFFFFFFFF)
    flags = pdfium.FPDF_ANNOT | pdfium.FPDF_PRINTING
    pdfium.FPDF_RenderPageBitmap(board, page, 0, 0, width, height, 0, flags)
    size = pdfium.FPDFBitmap_GetStride(board) * height
    seen = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(board), ctypes.POINTER(ctypes.c_ubyte * size))
    picture = Image.frombuffer(
        "RGB", (width, height), seen.contents, "raw", "BGRX", pdfium.FPDFBitmap_GetStride(board), 1
    )
    drawn = pictures.sheet(picture, quality=_QUALITY)
    pdfium.FPDFBitmap_Destroy(board)
    return drawn
