"""Pictures drawn anew with Pillow: pixels alone, upright, on white. Runs in the drawing process."""

import io
import struct
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw

from mamoru.papers.sheets import Sheet
from mamoru.papers.terms import HEIC, JPEG, MAX_PIXELS, PNG, Box, PaperTooManyPixels

KEPT_PIXELS = 16_000_000
"""More is halved: the smallest print of a card is legible at a quarter of this."""
_FORMATS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}
_ORIENTATION = 0x0112
_TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L")


def prepare(media_type: str) -> None:
    """Load what the kind of file needs, before the process shuts itself in."""
    from PIL import MpoImagePlugin  # noqa: F401 - what many telephones call a JPEG

    Image.preinit()
    if media_type == HEIC:
        import pi_heif

        pi_heif.register_heif_opener()


def rebuilt(content: bytes, media_type: str) -> Sheet:
    """Return the first picture of a file as a JPEG without anything but its pixels."""
    with Image.open(io.BytesIO(content), formats=(_FORMATS[media_type],)) as opened:
        if opened.width * opened.height > MAX_PIXELS:  # the header that was judged said less
            raise PaperTooManyPixels("the image has too many pixels")
        opened.load()
        return sheet(_upright(opened))


def sheet(picture: Image.Image, *, quality: int = 90) -> Sheet:
    """Return a picture as a JPEG: no profile, no comment, no thumbnail."""
    made = io.BytesIO()
    picture.info.clear()
    picture.save(made, "JPEG", quality=quality, subsampling=0, optimize=False)
    return Sheet(picture.width, picture.height, made.getvalue())


def blacked(page: Sheet, boxes: Iterable[Box]) -> Sheet:
    """Return a page with filled areas: it is decoded, painted over and encoded afresh."""
    with Image.open(io.BytesIO(page.jpeg), formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    brush = ImageDraw.Draw(picture)
    for box in boxes:
        left, right = (
            round(picture.width * part / 100) for part in (box.left, box.left + box.width)
        )
        top, bottom = (
            round(picture.height * part / 100) for part in (box.top, box.top + box.height)
        )
        brush.rectangle((left, top, right, bottom), fill=(0, 0, 0))
    return sheet(picture)


def _upright(opened: Image.Image) -> Image.Image:
    turn = _TURNS.get(_orientation(opened))
    picture = opened
    if picture.mode in _SIXTEEN_BITS:  # Pillow would take all above 255 for white
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in {"P", "1"} or picture.has_transparency_data:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    while picture.width * picture.height > KEPT_PIXELS:
        picture = picture.reduce(2)
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, (255, 255, 255))
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    picture = picture.convert("RGB")
    return picture if turn is None else picture.transpose(turn)


def _orientation(opened: Image.Image) -> object:
    try:
        return opened.getexif().get(_ORIENTATION)
    except (SyntaxError, ValueError, KeyError, TypeError, OSError, struct.error):
        return None  # a broken note about a sound picture
