"""Hostile files, made from a seed: what strangers may send as a driving licence (A11 to A13).

Run as a program it hands every one to the product's own workshop and prints what came of it, so
that memory and system calls of exactly this can be measured.
"""

import base64
import io
import json
import random
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from PIL import Image

from mamoru.papers import judge, sheets, workshop
from mamoru.papers.terms import PaperRefused

CANARY = b"CANARY-7391"
SEED = 20_261_122
LIMIT = 10_000_000


class Hostile(NamedTuple):
    """A file, what it is called, and whether it has to be rebuilt (None: that or a refusal)."""

    what: str
    content: bytes
    name: str = "paper.jpg"
    rebuilt: bool | None = None


def image(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture of noise."""
    made = io.BytesIO()
    noise = Image.frombytes("RGB", size, random.Random(SEED).randbytes(3 * size[0] * size[1]))
    if mode == "I;16":
        picture = Image.frombytes(mode, size, random.Random(SEED).randbytes(2 * size[0] * size[1]))
    else:
        picture = noise.convert(mode)
    picture.save(made, form, **options)
    return made.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, data: bytes, bits: int = 8, colour: int = 0) -> bytes:
    """A PNG that claims a size, whatever its data."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"".join(
        (PNG[:8], chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(data, 9)), chunk(b"IEND", b""))
    )


def pdf(*objects: bytes, trailer: bytes = b"", page: bytes = b"", content: bytes = b"") -> bytes:
    """A PDF of one page: objects 1 to 4 are catalogue, pages, page and content; yours follow."""
    all_of_them = (
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % trailer,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R %b >>" % page,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        *objects,
    )
    return raw_pdf(*all_of_them)


def raw_pdf(*objects: bytes, root: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, without a table of places."""
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % each for each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< %b >>\n%%%%EOF\n" % root


def deflated(piece: bytes, times: int) -> bytes:
    """Return a piece repeated and packed, at once: what one million bytes pack to, repeated."""
    many = piece * (1 + 1_000_000 // len(piece))
    rounds, sum_ = -(-times * len(piece) // len(many)), 1
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(many) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(rounds):
        sum_ = zlib.adler32(many, sum_)
    return b"\x78\xda" + block * rounds + b"\x03\0" + struct.pack(">I", sum_)


def stream(head: bytes, body: bytes) -> bytes:
    """A stream, deflated."""
    packed = zlib.compress(body, 9)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (
        head,
        len(packed),
        packed,
    )


PNG, JPEG = image("PNG"), image("JPEG")
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAADsAAgAAAAACHQABAAAAAAAAADIAAAA4aWlu"
    "ZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA"
    "/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAA"
    "AAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAA"
    "AA5jZHNjAAIAAQABAAAAdW1kYXQAAAA3KAGvGYD32RVvowDG/3vzFcK8v53d9Y7L/ZPicRt2h6Ra9tLmOvCMJu4T"
    "WVtnGV9MDYi7CPf0YAAAAAZFeGlmAABNTQAqAAAACAABAQ8AAgAAAA0AAAAaAAAAAENBTkFSWS1NQUtFUgAA"
)
PDF = pdf(content=b"0 0 1 rg 20 20 100 100 re f")
BASES = {"jpg": JPEG, "png": PNG, "pdf": PDF, "heic": HEIC}


def every() -> tuple[Hostile, ...]:
    """Return all of them, the same at each run."""
    makers = (cut, changed, disguised, empty, hung, odd, bombs, nested, scripted, named)
    return tuple(each for make in makers for each in make())


def cut() -> Iterator[Hostile]:
    """Files that break off."""
    for kind, whole in BASES.items():
        for part in range(1, 13):
            yield Hostile(f"{kind} cut at {part}/13", whole[: len(whole) * part // 13])


def changed() -> Iterator[Hostile]:
    """Sound files with some bytes of chance."""
    chance = random.Random(SEED)
    for kind, whole in BASES.items():
        for nth in range(20):
            content = bytearray(whole)
            for _ in range(1 + nth):
                content[chance.randrange(8, len(content))] = chance.randrange(256)
            yield Hostile(f"{kind} changed {nth}", bytes(content))


def disguised() -> Iterator[Hostile]:
    """Other things under the name of a picture; none may be taken."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", CANARY)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>%b</script></svg>" % CANARY
    kinds = {
        "html": b"<!doctype html><script>%b</script>" % CANARY,
        "svg": svg,
        "svgz": zlib.compress(svg),
        "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
        "office": packed.getvalue(),
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "program": b"MZ\x90\0" + b"\0" * 600,
        "elf": b"\x7fELF" + b"\0" * 600,
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "gif": image("GIF"),
        "bmp": image("BMP"),
        "tiff": image("TIFF"),
        "webp": image("WEBP"),
        "film": b"\0\0\0\x18ftypisom" + b"\0" * 300,
        "avif": b"\0\0\0\x1cftypavif" + b"\0" * 300,
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run",
        "formula": b'=HYPERLINK("http://127.0.0.1/","x")',
        "virus test": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!",
        "gzip": b"\x1f\x8b\x08\0" + b"\0" * 300,
        "cabinet": b"MSCF" + b"\0" * 300,
        "icon": image("ICO"),
        "pdf behind a line": b"\n" + PDF,
        "png behind a space": b" " + PNG,
    }
    for what, content in kinds.items():
        for ending in ("jpg", "png", "pdf", "heic"):
            yield Hostile(f"{what} as {ending}", content, f"licence.{ending}", rebuilt=False)


def empty() -> Iterator[Hostile]:
    """Nothing, and heads with nothing behind them."""
    for size in (0, 1, 2, 100, 1_000_000):
        yield Hostile(f"{size} zeros", b"\0" * size, rebuilt=False)
    heads = (
        PNG[:8],
        PNG[:33],
        JPEG[:3],
        JPEG[:20],
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        HEIC[:12],
        HEIC[:28],
    )
    for nth, head in enumerate(heads):
        yield Hostile(f"head {nth}", head, rebuilt=False)
        yield Hostile(f"head {nth} and zeros", head + b"\0" * 4000)


def hung() -> Iterator[Hostile]:
    """Two things in one file; what is rebuilt holds one of them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x", CANARY)
    tails = {"zip": packed.getvalue(), "html": b"<script>%b</script>" % CANARY, "pdf": PDF + CANARY}
    for kind, whole in BASES.items():
        for what, tail in tails.items():
            yield Hostile(f"{kind} with {what} behind", whole + tail)
            yield Hostile(f"{kind} with {what} and its own end behind", whole + tail + whole[-40:])
    comment = b"\xff\xfe" + struct.pack(">H", len(CANARY) + 2) + CANARY
    yield Hostile("jpg with a comment", JPEG[:2] + comment + JPEG[2:], rebuilt=True)
    for part in (b"tEXt", b"eXIf", b"prVt"):
        inside = PNG[:33] + chunk(part, b"Comment\0" + CANARY) + PNG[33:]
        yield Hostile(f"png with {part.decode()}", inside, rebuilt=True)
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    exif.get_ifd(0x8825)[29] = CANARY.decode()
    for form in ("JPEG", "PNG"):
        told = image(form, exif=exif.tobytes(), icc_profile=CANARY * 20)
        assert CANARY in told
        yield Hostile(f"{form} with place and profile", told, rebuilt=True)


def odd() -> Iterator[Hostile]:
    """Sound pictures of rare kinds: these are somebody's papers, and are taken."""
    for mode in ("L", "CMYK"):
        yield Hostile(f"jpg {mode}", image("JPEG", mode), rebuilt=True)
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        yield Hostile(f"png {mode}", image("PNG", mode), rebuilt=True)
    clear = image("PNG", "P", transparency=3)
    yield Hostile("png P with a clear shade", clear, rebuilt=True)
    yield Hostile("jpg progressive", image("JPEG", progressive=True), rebuilt=True)
    frames = [Image.new("RGB", (50, 40), shade) for shade in ("red", "blue", "green")]
    for form in ("PNG", "MPO"):
        made = io.BytesIO()
        frames[0].save(made, form, save_all=True, append_images=frames[1:])
        yield Hostile(f"{form} of three frames", made.getvalue(), rebuilt=True)
    yield Hostile("jpg one line", image("JPEG", size=(1, 1)), rebuilt=True)
    yield Hostile("png long and thin", image("PNG", size=(30_000, 2)), rebuilt=True)
    yield Hostile("heic", HEIC, "IMG_0001.HEIC", rebuilt=True)
    for turned in range(9, 13):
        exif = Image.Exif()
        exif[0x0112] = turned
        yield Hostile(f"jpg turned {turned}", image("JPEG", exif=exif.tobytes()), rebuilt=True)
    broken = b"\xff\xe1" + struct.pack(">H", 400) + b"Exif\0\0MM\0*" + b"\xff" * 388
    yield Hostile("jpg with broken notes", JPEG[:2] + broken + JPEG[2:])


def bombs() -> Iterator[Hostile]:
    """Small files that are huge inside."""
    for width, height in (
        (50_000, 50_000),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x7FFFFFFF, 1),
        (50_000_001, 1),
        (0, 1),
        (1, 0),
    ):
        yield Hostile(f"png {width} x {height}", png(width, height, data=b"\0" * 9), rebuilt=False)
    for bits, colour, row in ((8, 0, 7001), (1, 0, 876), (8, 6, 28_001), (16, 2, 42_001)):
        blank = png(7000, 7000, data=b"", bits=bits, colour=colour)
        packed = chunk(b"IDAT", deflated(b"\0", row * 7000))
        made = blank[:33] + packed + blank[-12:]
        yield Hostile(f"png 49 million, {bits} bits, colour {colour}", made)
    nothing = deflated(b"\0", 300_000_000)
    blank = png(100, 100, data=b"")
    endless = blank[:33] + chunk(b"IDAT", nothing) + blank[-12:]
    yield Hostile("png data without end", endless)
    text = chunk(b"zTXt", b"x\0\0" + nothing)
    yield Hostile("png text without end", PNG[:33] + text + PNG[33:])
    profile = chunk(b"iCCP", b"x\0\0" + nothing)
    yield Hostile("png profile without end", PNG[:33] + profile + PNG[33:])
    at = JPEG.index(b"\xff\xc0") + 5
    for size in ((65_535, 65_535), (8000, 6000), (65_535, 700), (0, 9), (9, 0)):
        yield Hostile(f"jpg {size}", JPEG[:at] + struct.pack(">HH", *size) + JPEG[at + 4 :])
    ispe = HEIC.index(b"ispe") + 8
    for size in ((100_000, 100_000), (7000, 7000), (0, 0), (0xFFFFFFFF, 2)):
        content = HEIC[:ispe] + struct.pack(">II", *size) + HEIC[ispe + 8 :]
        yield Hostile(f"heic {size}", content)
    for times in (1, 2):
        body = deflated(b"0 0 1 rg 0 0 9 9 re f\n", 12_000_000)
        filters = b"/FlateDecode " * times
        if times > 1:
            body = zlib.compress(body, 9)
        content = b"<< /Filter [%b] /Length %d >>\nstream\n%b\nendstream" % (
            filters,
            len(body),
            body,
        )
        yield Hostile(
            f"pdf drawing without end, {times}",
            raw_pdf(
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
                content,
            ),
        )
    for side in (5000, 15_000, 60_000, 2_000_000_000):
        head = (
            b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
            b" /BitsPerComponent 8" % (side, side)
        )
        body = deflated(b"\0", min(3 * side * side, 300_000_000))
        shown = b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (
            head,
            len(body),
            body,
        )
        yield Hostile(
            f"pdf picture of {side}",
            pdf(
                shown,
                page=b"/Resources << /XObject << /I 5 0 R >> >>",
                content=b"q 200 0 0 200 0 0 cm /I Do Q",
            ),
        )
    for box in (
        b"0 0 1e9 1e9", b"0 0 1e9 0.0001", b"0 0 0 0", b"5 5 -5 -5", b"0 0 14400 14400",
        b"a b c d", b"0 0 1e39 1e39", b"-1e9 -1e9 1 1",
    ):  # fmt: skip
        yield Hostile(f"pdf page of {box.decode()}", PDF.replace(b"0 0 200 200", box))


def nested() -> Iterator[Hostile]:
    """PDFs without end: trees, circles, pages, patterns."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    for depth in (50, 5000):
        levels = [
            b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (at + 1, at - 1)
            for at in range(2, depth)
        ]
        leaf = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth - 1)
        yield Hostile(f"pdf tree {depth} deep", raw_pdf(catalogue, *levels, leaf))
    for count in (21, 500, 5000):
        kids = b" ".join(b"%d 0 R" % at for at in range(3, 3 + count))
        tree = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count)
        leaves = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"] * count
        yield Hostile(f"pdf of {count} pages", raw_pdf(catalogue, tree, *leaves), rebuilt=False)
    for count in (0, -1, 2_000_000_000):
        yield Hostile(f"pdf that counts {count}", PDF.replace(b"/Count 1", b"/Count %d" % count))
    circles = {
        "kids": raw_pdf(catalogue, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 4 >>"),
        "parent": raw_pdf(
            catalogue,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>",
            b"<< /Type /Page /Parent 3 0 R >>",
        ),
        "itself": raw_pdf(b"1 0 R"),
        "length": pdf(b"<< /Length 5 0 R >>\nstream\n\nendstream", page=b"/Contents 5 0 R"),
        "table": PDF
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF",
    }
    for what, content in circles.items():
        yield Hostile(f"pdf circle of {what}", content)
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /A 5 0 R /B 6 0 R >> >>"
    uses = b"/Resources << /XObject << /A 5 0 R /B 6 0 R >> >>"
    calls = b"/A Do /B Do " * 200
    yield Hostile(
        "pdf forms in a circle",
        pdf(stream(form, calls), stream(form, calls), page=uses, content=calls),
    )
    layers = []
    for at in range(5, 25):
        resources = b"/Resources << /XObject << /N %d 0 R >> >>" % (at + 1)
        layers.append(
            stream(b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] %b" % resources, b"/N Do " * 10)
        )
    yield Hostile(
        "pdf ten to the twentieth forms",
        pdf(*layers, page=b"/Resources << /XObject << /N 5 0 R >> >>", content=b"/N Do"),
    )
    for step in (b"1e-6", b"0", b"-1", b"0.01"):
        tile = stream(
            b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1]"
            b" /XStep %b /YStep %b /Resources << >>" % (step, step),
            b"1 0 0 rg 0 0 1 1 re f",
        )
        yield Hostile(
            f"pdf tiles of {step.decode()}",
            pdf(
                tile,
                page=b"/Resources << /Pattern << /P 5 0 R >> >>",
                content=b"/Pattern cs /P scn 0 0 200 200 re f",
            ),
        )
    for word, end in ((b"q ", b""), (b"[", b"]"), (b"<< /A ", b">>"), (b"(", b")")):
        deep = word * 100_000 + end * 100_000
        yield Hostile(f"pdf {word.decode().strip()} without end", pdf(content=deep))
        yield Hostile(f"pdf object {word.decode().strip()} without end", pdf(deep))
    typed = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 /Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F 5 0 R >> >> >>"
    drawn = stream(b"", b"BT /F 9 Tf (aaaaaaaaaa) Tj ET")
    yield Hostile(
        "pdf letters made of letters",
        pdf(
            typed,
            drawn,
            page=b"/Resources << /Font << /F 5 0 R >> >>",
            content=b"BT /F 9 Tf (a) Tj ET",
        ),
    )
    for decoder in (
        b"JBIG2Decode",
        b"JPXDecode",
        b"DCTDecode",
        b"CCITTFaxDecode",
        b"LZWDecode",
        b"RunLengthDecode",
    ):
        junk = random.Random(SEED).randbytes(3000)
        shown = (
            b"<< /Type /XObject /Subtype /Image /Width 3000 /Height 3000 /ColorSpace /DeviceGray"
            b" /BitsPerComponent 8 /Filter /%b /Length %d >>\nstream\n%b\nendstream"
            % (decoder, len(junk), junk)
        )
        yield Hostile(
            f"pdf {decoder.decode()} of chance",
            pdf(
                shown,
                page=b"/Resources << /XObject << /I 5 0 R >> >>",
                content=b"q 99 0 0 99 0 0 cm /I Do Q",
            ),
        )


def scripted() -> Iterator[Hostile]:
    """PDFs that want to do something, fetch something or hide something; drawn, they cannot."""
    script = (
        b"/S /JavaScript /JS (app.alert\\('%b'\\); this.submitForm\\('http://127.0.0.1:9/'\\))"
        % CANARY
    )
    actions = {
        "script": b"/OpenAction << %b >>" % script,
        "launch": b"/OpenAction << /S /Launch /F (/bin/sh) >>",
        "link": b"/OpenAction << /S /URI /URI (http://127.0.0.1:9/%b) >>" % CANARY,
        "other file": b"/OpenAction << /S /GoToR /F (\\\\\\\\127.0.0.1\\\\x) >>",
        "names": b"/Names << /JavaScript << /Names [(x) << %b >>] >> >>" % script,
        "fields": b"/AcroForm << /Fields [] /XFA [(template) 5 0 R] >>",
        "metadata": b"/Metadata 5 0 R",
        "attachment": b"/Names << /EmbeddedFiles << /Names [(x) << /Type /Filespec /F (x) /EF << /F 5 0 R >> >>] >> >>",
        "layer": b"/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
    }
    for what, action in actions.items():
        hidden = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%b\nendstream" % (
            len(CANARY),
            CANARY,
        )
        yield Hostile(f"pdf with {what}", pdf(hidden, trailer=action), rebuilt=True)
    note = b"<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A << /S /URI /URI (http://127.0.0.1:9/%b) >> >>"
    yield Hostile("pdf with a note", pdf(note % CANARY, page=b"/Annots [5 0 R]"), rebuilt=True)
    outside = b"<< /Type /XObject /Subtype /Image /Width 9 /Height 9 /F << /FS /URL /F (http://127.0.0.1:9/x) >> /Length 0 >>\nstream\n\nendstream"
    yield Hostile(
        "pdf with a picture elsewhere",
        pdf(outside, page=b"/Resources << /XObject << /I 5 0 R >> >>", content=b"/I Do"),
        rebuilt=True,
    )
    words = b"BT /F 9 Tf 20 150 Td (%b) Tj ET 0 0 0 rg 0 100 200 100 re f" % CANARY
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    yield Hostile(
        "pdf with words under a black box",
        pdf(font, page=b"/Resources << /Font << /F 5 0 R >> >>", content=words),
        rebuilt=True,
    )
    locked = b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%b> /U <%b> >>" % (b"11" * 32, b"22" * 32)  # fmt: skip
    yield Hostile(
        "pdf under a password",
        raw_pdf(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [] /Count 0 >>",
            root=locked,
        ),
        rebuilt=False,
    )


def named() -> Iterator[Hostile]:
    """Sound pictures under names that are meant for something else than a person's eyes."""
    for name in (
        "", "../../etc/passwd", "..\\..\\x.jpg", "a\0b.jpg", "\u202egpj.exe", "x" * 5000 + ".jpg",
        "<script>alert(1)</script>.jpg", "a\r\nSet-Cookie: x.jpg", "'; DROP TABLE x;--.jpg", "CON", ".",
        "\u200b.jpg", "=1+1.jpg", "${jndi:ldap://127.0.0.1/}.jpg", "𠮷\U000e0100.jpg",
    ):  # fmt: skip
        yield Hostile(f"name {name[:30]!r}", JPEG, name, rebuilt=True)
    for name in (
        "123456789018.jpg",
        "マイナンバー1234-5678-9018.png",
        "１２３４　５６７８　９０１８.jpg",
    ):
        yield Hostile(f"number as name {name[:4]!r}", JPEG, name, rebuilt=False)


def outcome(each: Hostile) -> dict[str, Any]:
    """Hand one to the workshop; whatever is no paper and no refusal is a fault of ours."""
    began = time.monotonic()
    said = {"what": each.what, "wanted": each.rebuilt, "rebuilt": False, "reason": ""}
    try:
        made = workshop.rebuild(each.content, name=each.name, max_bytes=LIMIT)
    except PaperRefused as refused:
        said["reason"] = refused.reason
    else:
        said["rebuilt"] = True
        said["clean"] = CANARY not in made.content and _clean(made.content)
    return {**said, "seconds": time.monotonic() - began}


def _clean(made: bytes) -> bool:
    """Whether a rebuilt paper is pictures and nothing else."""
    pictures = [sheet.jpeg for sheet in sheets.unbind(made)] or [made]
    for each in pictures:
        assert judge.media_type(each, max_bytes=10 * LIMIT) == "image/jpeg"
        with Image.open(io.BytesIO(each)) as opened:
            opened.load()
            if set(opened.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}:
                return False
    return True


if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    for hostile in every():
        if hostile.what in chosen:
            print(json.dumps(outcome(hostile)), flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"peak": peak}))
