"""A second verifier of ledger exports: it follows docs/ledger-format.md and imports no mamoru."""

# ruff: noqa: PT018  one assertion a sentence of the document

import base64
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CODE = r"[a-z][a-z0-9]*([-_.:/][a-z0-9]+)*"
ID = r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]+([-_.:/][A-Za-z0-9]+)*"
AT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
PERSONAL = re.compile(r"[^\x21-\x7e]|@")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    assert base64.b64encode(raw).decode() == text, "base64"
    return raw


def open_note(note: str, vkey: str) -> tuple[int, bytes]:
    name, key_id, key = vkey.strip().split("+", 2)
    public = b64(key)
    ours = sha(name.encode() + b"\n" + public)[:4]
    assert ours.hex() == key_id and public[0] == 1, "key"
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, top = text.split("\n")
    assert origin == name and str(int(size)) == size and len(b64(top)) == 32, "checkpoint"
    assert signatures.endswith("\n"), "note"
    lines = [line.split(" ") for line in signatures[:-1].split("\n")]
    assert all(len(line) == 3 and line[0] == "—" for line in lines), "note"
    found = [b64(line[2]) for line in lines if line[1] == name and b64(line[2])[:4] == ours]
    assert len(found) == 1, "signature"
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(found[0][4:], f"{text}\n".encode())
    return int(size), b64(top)


def word(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 96 or PERSONAL.search(value):
        return False
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return bool(date.fromisoformat(value))
    return any(re.fullmatch(each, value) for each in (r"[0-9a-f]{32,96}", CODE, ID))


def scalar(value: Any) -> bool:
    return (type(value) is int and abs(value) <= 999_999_999) or word(value)


def check_entry(data: bytes, index: int, last: str) -> str:
    entry = json.loads(data)
    again = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    assert again == data and len(data) <= 8192, "canonical"
    assert set(entry) - {"acted"} == {"at", "body", "by", "index", "kind", "subject"}, "fields"
    assert type(entry["index"]) is int and entry["index"] == index, "index"
    assert re.fullmatch(AT, entry["at"]) and entry["at"] >= last, "time"
    if "acted" in entry:
        assert re.fullmatch(AT, entry["acted"]) and entry["acted"] < entry["at"] == last, "acted"
    assert re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*", entry["kind"]), "kind"
    assert word(entry["by"]) and word(entry["subject"]), "by or subject"
    for key, value in entry["body"].items():
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", key), "body key"
        items = value if isinstance(value, list) else [value]
        assert isinstance(value, bool) or (len(items) <= 256 and all(map(scalar, items))), "body"
    return str(entry["at"])


def path_of(level: int | str, number: int, width: int) -> str:
    groups = f"{number:03d}" if number < 1000 else ""
    if not groups:
        digits = str(number).zfill((len(str(number)) + 2) // 3 * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        groups = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
    return f"tile/{level}/{groups}" + (f".p/{width}" if width < 256 else "")


def verify(folder: Path, vkey: str, seen: str | None = None) -> bool:
    try:
        return _verify(folder, vkey, seen)
    except (AssertionError, ValueError, KeyError, TypeError, OSError, AttributeError, IndexError):
        return False
    except InvalidSignature:
        return False


def _verify(folder: Path, vkey: str, seen: str | None) -> bool:
    size, top = open_note((folder / "checkpoint").read_bytes().decode(), vkey)
    assert not any(path.is_symlink() for path in folder.rglob("*")), "links"
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    leaves: list[bytes] = []
    expected, last = {"checkpoint"}, ""
    for begin in range(0, size, 256):
        width = min(256, size - begin)
        path = path_of("entries", begin // 256, width)
        data, at, count = (folder / path).read_bytes(), 0, 0
        expected.add(path)
        while at < len(data):
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            assert end <= len(data), "bundle"
            last = check_entry(data[at + 2 : end], len(leaves), last)
            leaves.append(sha(b"\x00" + data[at + 2 : end]))
            at, count = end, count + 1
        assert count == width, "bundle"
    level, row = 0, leaves
    while row:
        for begin in range(0, len(row), 256):
            part = row[begin : begin + 256]
            path = path_of(level, begin // 256, len(part))
            expected.add(path)
            assert (folder / path).read_bytes() == b"".join(part), "tile"
        row = [root(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    assert there - {"ledger.vkey"} == expected, "files"
    if "ledger.vkey" in there:
        assert (folder / "ledger.vkey").read_text() == vkey.strip() + "\n", "key file"
    if seen is not None:
        old_size, old_top = open_note(seen, vkey)
        assert old_size <= size and root(leaves[:old_size]) == old_top, "seen"
    return root(leaves) == top
