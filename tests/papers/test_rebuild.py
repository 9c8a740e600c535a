"""What is kept of a paper is what can be seen of it, and nothing that came with it (A12)."""

import io
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageDraw

from mamoru.papers import sheets, workshop
from mamoru.papers.terms import (
    Box,
    BoxUnfit,
    PaperBusy,
    PaperDamaged,
    PaperRefused,
    PaperTooHard,
    PaperTypeUnknown,
    Rebuilt,
)
from tests.papers import files

LIMIT = 10_000_000
RED, WHITE = (200, 30, 30), (255, 255, 255)


def seen(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as opened:
        return opened.convert("RGB")


def near(shade: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(shade, tuple)
    return all(abs(each - other) < 25 for each, other in zip(shade, wanted, strict=True))


def flag(form: str, mode: str = "RGB", **options: Any) -> bytes:
    """White, red in the upper left corner."""
    picture = Image.new("RGB", (80, 60), WHITE)
    ImageDraw.Draw(picture).rectangle((0, 0, 30, 20), fill=RED)
    made = io.BytesIO()
    (picture.quantize(8) if mode == "P" else picture.convert(mode)).save(made, form, **options)
    return made.getvalue()


@pytest.mark.parametrize(
    ("turned", "corner"),
    [(1, "ul"), (2, "ur"), (3, "lr"), (4, "ll"), (5, "ul"), (6, "ur"), (7, "lr"), (8, "ll")],
)
def test_a_photograph_is_stored_upright(turned: int, corner: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned

    made = seen(workshop.rebuild(flag("JPEG", exif=exif.tobytes()), max_bytes=LIMIT).content)

    size = (60, 80) if turned >= 5 else (80, 60)
    across = 5 if corner[1] == "l" else made.width - 6
    down = 5 if corner[0] == "u" else made.height - 6
    assert made.size == size
    assert near(made.getpixel((across, down)), RED)


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK")],
)
def test_a_picture_looks_as_it_did(form: str, mode: str) -> None:
    made = seen(workshop.rebuild(flag(form, mode), max_bytes=LIMIT).content)

    assert near(made.getpixel((5, 5)), RED)
    assert near(made.getpixel((70, 50)), WHITE)


def test_a_scan_of_sixteen_bits_is_not_taken_for_white() -> None:
    grey = Image.new("I;16", (20, 20), 0x8000)
    made = io.BytesIO()
    grey.save(made, "PNG")

    shade = seen(workshop.rebuild(made.getvalue(), max_bytes=LIMIT).content).getpixel((9, 9))

    assert near(shade, (128, 128, 128))


def test_a_photograph_of_a_telephone_that_writes_heic_is_taken() -> None:
    made = workshop.rebuild(files.HEIC, max_bytes=LIMIT)

    assert made.media_type == "image/jpeg"
    assert near(seen(made.content).getpixel((16, 14)), RED)


def test_a_huge_photograph_is_halved_and_a_usual_one_is_not() -> None:
    sizes = [
        seen(
            workshop.rebuild(
                files.png(*size, data=bytes(size[1] * (size[0] + 1))), max_bytes=LIMIT
            ).content
        ).size
        for size in ((4000, 3000), (8000, 6000))
    ]

    assert sizes == [(4000, 3000), (4000, 3000)]


@pytest.mark.promise("P3.22")
def test_a_pdf_becomes_pictures_of_its_pages_and_nothing_else() -> None:
    made = workshop.rebuild(files.pdf(content=b"1 0 0 rg 0 100 100 100 re f"), max_bytes=LIMIT)

    with pikepdf.open(io.BytesIO(made.content)) as opened:
        kinds = {
            str(each.get("/Type"))
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary)
        }
        assert kinds <= {"/Catalog", "/Pages", "/Page", "None"}
        assert len(opened.pages) == made.pages == 1
        assert list(opened.docinfo) == []
    page = seen(sheets.unbind(made.content)[0].jpeg)
    assert near(page.getpixel((20, 20)), (255, 0, 0))
    assert near(page.getpixel((page.width - 20, page.height - 20)), WHITE)


def test_the_same_file_is_rebuilt_to_the_same_bytes() -> None:
    for content in files.BASES.values():
        first, again = (workshop.rebuild(content, max_bytes=LIMIT) for _ in range(2))

        assert first == again


def test_letters_of_a_font_that_the_pdf_does_not_hold_are_drawn() -> None:
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /MS-Gothic /Encoding /UniJIS-UCS2-H /DescendantFonts"
        b" [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /MS-Gothic /DW 1000 /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor << /Type"
        b" /FontDescriptor /FontName /MS-Gothic /Flags 5 /FontBBox [0 -136 1000 859] /ItalicAngle 0"
        b" /Ascent 859 /Descent -140 /CapHeight 769 /StemV 78 >> >>] >>"
    )
    words = "山田花子".encode("utf-16-be").hex().encode()
    content = files.pdf(
        font,
        page=b"/Resources << /Font << /F 5 0 R >> >>",
        content=b"BT /F 40 Tf 20 100 Td <%b> Tj ET" % words,
    )

    page = seen(sheets.unbind(workshop.rebuild(content, max_bytes=LIMIT).content)[0].jpeg)

    dark = sum(page.convert("L").histogram()[:100])
    assert dark > 2000


def test_what_was_filled_into_a_form_is_drawn() -> None:
    shown = b"<< /Type /XObject /Subtype /Form /BBox [0 0 100 50] /Length 28 >>\nstream\n0 0 1 rg 0 0 100 50 re f    \nendstream"
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (n) /V (x) /F 4 /Rect [50 50 150 100] /AP << /N 6 0 R >> >>"
    content = files.pdf(
        field, shown, trailer=b"/AcroForm << /Fields [5 0 R] >>", page=b"/Annots [5 0 R]"
    )

    page = seen(sheets.unbind(workshop.rebuild(content, max_bytes=LIMIT).content)[0].jpeg)

    assert near(page.getpixel((page.width // 2, round(page.height * 0.63))), (0, 0, 255))


# --- a process that was taken over ----------------------------------------------------------

GOOD = workshop.rebuild(flag("JPEG"), max_bytes=LIMIT).content


@pytest.mark.parametrize(
    ("child", "refused"),
    [
        ("pass", PaperTooHard),
        ("raise SystemExit(3)", PaperTooHard),
        ("import os; os.kill(os.getpid(), 11)", PaperTooHard),
        ("import os; os.abort()", PaperTooHard),
        ("print('nonsense')", PaperTooHard),
        ("print('[1, 2]')", PaperTooHard),
        ("print('{' * 100_000)", PaperTooHard),
        ("""print('{"refused": "no-such-word"}')""", PaperRefused),
        ("""print('{"media_type": "text/html", "pages": 1}\\n<script>')""", PaperTooHard),
        ("""print('{"media_type": "image/jpeg", "pages": 1}')""", PaperTooHard),
        ("""print('{"media_type": "image/jpeg", "pages": 1}\\n<script>')""", PaperTypeUnknown),
        ("""print('{"media_type": "image/jpeg", "pages": 1}\\n%PDF-1.7 %%EOF')""", PaperTooHard),
        ("""print('{"media_type": "image/jpeg", "pages": "1"}\\nx')""", PaperTooHard),
        ("while True: print('x' * 1_000_000)", PaperTooHard),
        ("import time; time.sleep(60)", PaperTooHard),
        ("import sys; sys.stdin.close(); import time; time.sleep(60)", PaperTooHard),
    ],
)
def test_nonsense_from_the_process_is_a_refusal(
    child: str, refused: type[PaperRefused], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "_START", child)
    monkeypatch.setattr(workshop, "SECONDS", 1.0)

    with pytest.raises(refused):
        workshop.rebuild(files.JPEG + b"\0" * 300_000, max_bytes=LIMIT)


def test_a_process_that_says_more_pages_than_it_bound_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = files.pdf()
    bound = workshop.rebuild(sent, max_bytes=LIMIT).content
    assert len(sheets.unbind(bound)) == 1
    said = b'{"media_type": "application/pdf", "pages": 2}\n' + bound
    child = f"import sys; sys.stdout.buffer.write({said!r})"
    monkeypatch.setattr(workshop, "_START", child)

    with pytest.raises(PaperTooHard):
        workshop.rebuild(sent + b"\n", max_bytes=LIMIT)


def test_who_finds_no_free_process_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "_TURN_SECONDS", 0.01)
    for _ in range(workshop.AT_ONCE):
        assert workshop._turns.acquire(blocking=False)

    try:
        with pytest.raises(PaperBusy):
            workshop.rebuild(files.JPEG, max_bytes=LIMIT)
    finally:
        for _ in range(workshop.AT_ONCE):
            workshop._turns.release()
    assert workshop.rebuild(files.JPEG, max_bytes=LIMIT).pages == 1


# --- blacking out ---------------------------------------------------------------------------


def box(page: int = 1, **changed: float) -> Box:
    given = {"left": 0.0, "top": 0.0, "width": 50.0, "height": 50.0, **changed}
    return Box(page=page, **given)


@pytest.mark.promise("P3.22")
def test_nothing_lies_under_a_black_box() -> None:
    """Two pictures that differ only under the box become the same bytes."""
    plain = Image.new("RGB", (400, 300), WHITE)
    marked = plain.copy()
    ImageDraw.Draw(marked).text((20, 20), "1234 5678 9018", fill=(0, 0, 0))
    made = []
    for picture in (plain, marked):
        kept = io.BytesIO()
        picture.save(kept, "PNG")
        made.append(workshop.rebuild(kept.getvalue(), max_bytes=LIMIT))
    assert made[0] != made[1]

    first, second = (workshop.black_out(each, [box()]) for each in made)

    assert first == second
    assert near(seen(first.content).getpixel((30, 25)), (0, 0, 0))
    assert near(seen(first.content).getpixel((300, 200)), WHITE)


def test_only_the_page_with_a_box_is_drawn_again() -> None:
    tree = b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>"
    other = leaf.replace(b"99 99", b"99 98")
    two = files.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", tree, leaf, other)
    kept = workshop.rebuild(two, max_bytes=LIMIT)

    made = workshop.black_out(kept, [box(2)])

    before, after = (
        workshop.pages(kept.content, kept.media_type),
        workshop.pages(made.content, made.media_type),
    )
    assert after[0] == before[0]
    assert near(seen(after[1]).getpixel((5, 5)), (0, 0, 0))
    assert before[1] not in made.content


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [box(0)],
        [box(2)],
        [box(width=0.0)],
        [box(height=-1.0)],
        [box(left=-1.0)],
        [box(left=60.0)],
        [box(top=51.0)],
        [box(top=float("nan"))],
        [box(), box(2)],
    ],
)
def test_a_box_beside_the_page_is_refused(boxes: list[Box]) -> None:
    with pytest.raises(BoxUnfit):
        workshop.black_out(Rebuilt(media_type="image/jpeg", content=GOOD), boxes)


def test_a_broken_picture_under_a_box_is_a_refusal() -> None:
    with pytest.raises(PaperDamaged):
        workshop.black_out(Rebuilt(media_type="image/jpeg", content=GOOD[:60]), [box()])
