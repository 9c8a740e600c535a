"""The text of a PDF as somebody copies it from the page, by the reader that browsers have.

One reader for all tests that ask what a letter says. Whether its text layer is right in itself is
held with a second reader, in `tests/documents/test_render_letters.py`.
"""

import pypdfium2


def pages(pdf: bytes) -> list[list[str]]:
    """Return the lines of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range().splitlines() for page in document]


def words(pdf: bytes) -> str:
    """Return the text of all pages without breaks of lines."""
    return "".join(line for page in pages(pdf) for line in page)
