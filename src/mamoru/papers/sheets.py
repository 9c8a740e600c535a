"""A PDF of nothing but pictures: bound from JPEGs, and taken apart again."""

from collections.abc import Sequence
from typing import NamedTuple

DPI = 200
_HEAD = b"%PDF-1.4\n%\xe5\xae\x88\n"
_OBJECTS = 3  # of each page: page, drawing, picture
_FIRST = 3


class Sheet(NamedTuple):
    """A page as a picture."""

    width: int
    height: int
    jpeg: bytes


def bind(sheets: Sequence[Sheet]) -> bytes:
    """Return a PDF of these pages. The same pages make the same bytes: no date, no name, no id."""
    kids = " ".join(f"{_FIRST + _OBJECTS * at} 0 R" for at in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
    ]
    for sheet in sheets:
        objects += _page(sheet, number=len(objects) + 1)
    made, places = bytearray(_HEAD), []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(made)


def _page(sheet: Sheet, *, number: int) -> tuple[bytes, bytes, bytes]:
    wide, high = (round(pixels * 72 / DPI, 2) for pixels in (sheet.width, sheet.height))
    drawing = f"q {wide} 0 0 {high} 0 0 cm /Sheet Do Q".encode()
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {number + 1} 0 R"
        f" /Resources << /XObject << /Sheet {number + 2} 0 R >> >> >>"
    )
    picture = (
        f"<< /Type /XObject /Subtype /Image /Width {sheet.width} /Height {sheet.height}"
        f" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(sheet.jpeg)} >>"
    )
    return (
        page.encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
        b"%b\nstream\n%b\nendstream" % (picture.encode(), sheet.jpeg),
    )


def unbind(content: bytes) -> tuple[Sheet, ...]:
    """Return the pages of a PDF that `bind` made; none of any other PDF."""
    if not content.startswith(_HEAD):
        return ()
    found, at = [], 0
    while (at := content.find(b"/Subtype /Image /Width ", at)) >= 0:
        head, _, _ = content[at : at + 200].partition(b" >>\nstream\n")
        words = head.split()
        width, height, length = int(words[3]), int(words[5]), int(words[-1])
        start = at + len(head) + len(b" >>\nstream\n")
        found.append(Sheet(width, height, content[start : start + length]))
        at = start + length
    return tuple(found)
