"""One line of the ledger in its canonical form, which cannot hold a name (P1.6, P0.4).

The form is described for other implementers in `docs/ledger-format.md`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from mamoru.kit.errors import MamoruError

Value = str | int | bool | tuple[str | int, ...]
"""What a body may hold, once canonical."""

Given = str | int | bool | date | Sequence[str | int | date]
"""What a caller may hand in: dates become `YYYY-MM-DD`."""

MAX_BYTES: Final = 8192
MAX_TEXT: Final = 96
MAX_ITEMS: Final = 256
MAX_NUMBER: Final = 10**9 - 1  # a telephone number or an individual number does not fit

_KIND = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_.:/][a-z0-9]+)*", re.ASCII)
_ID = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9]+(?:[-_.:/][A-Za-z0-9]+)*", re.ASCII)
_NUMBERS_ONLY = re.compile(r"[0-9:/._-]+", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{32,96}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)
_FIELDS = frozenset({"at", "body", "by", "index", "kind", "subject"})
_ACTED = "acted"
# A key that announces personal data is refused whatever its value looks like.
_PERSONAL_KEYS = frozenset(
    {
        "name",
        "family_name",
        "given_name",
        "family_name_kana",
        "given_name_kana",
        "kana",
        "address",
        "building",
        "birth",
        "birth_date",
        "email",
        "mail",
        "phone",
        "telephone",
        "postal_code",
        "my_number",
    }
)


class EntryRefused(MamoruError):
    """The entry would hold something that is not a code, id, number, date or digest.

    Seal the value (`kit.seal`) and give its digest. The message names the field, never the value.
    """

    code, exit_code = "ledger-entry-refused", 3


class EntryMalformed(MamoruError):
    """Bytes that claim to be an entry are not in canonical form. Treat the ledger as altered."""

    code, exit_code = "ledger-entry-malformed", 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who did what to which case, when, with digests and counts only.

    `acted` is there only if the act's own clock read earlier than the entry
    before: `at` never runs backwards, and nothing is hidden by that.
    """

    index: int
    kind: str
    at: datetime
    by: str
    subject: str
    body: Mapping[str, Value] = field(default_factory=dict)
    acted: datetime | None = None


def moment(at: datetime) -> str:
    """Return an aware moment as `2026-12-07T01:02:03.000004Z`; EntryRefused if it is naive."""
    if at.tzinfo is None:
        raise EntryRefused("`at` has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def encode(entry: Entry) -> bytes:
    """Return the canonical bytes: ASCII JSON, keys sorted, no space; EntryRefused by the guard."""
    if isinstance(entry.index, bool) or entry.index < 0:
        raise EntryRefused("`index` is not a number from 0")
    if not _KIND.fullmatch(entry.kind) or len(entry.kind) > MAX_TEXT:
        raise EntryRefused("`kind` is not a dotted code")
    document: dict[str, Any] = {
        "at": moment(entry.at),
        "body": guarded(entry.body),
        "by": _text("by", entry.by),
        "index": entry.index,
        "kind": str(entry.kind),
        "subject": _text("subject", entry.subject),
    }
    if entry.acted is not None:
        if entry.acted >= entry.at:
            raise EntryRefused("`acted` is not earlier than `at`")
        document[_ACTED] = moment(entry.acted)
    data = _dump(document)
    if len(data) > MAX_BYTES:
        raise EntryRefused(f"the entry is longer than {MAX_BYTES} bytes")
    return data


def decode(data: bytes) -> Entry:
    """Return the entry of canonical bytes; EntryMalformed if `encode` would not give them back."""
    if len(data) > MAX_BYTES:
        raise EntryMalformed("the entry is too long")
    try:
        document = json.loads(data.decode("ascii"))
        if not isinstance(document, dict) or document.keys() - {_ACTED} != _FIELDS:
            raise EntryMalformed("the entry has not exactly the fields of the format")
        if not isinstance(document["body"], dict) or type(document["index"]) is not int:
            raise EntryMalformed("the entry has a field of the wrong type")
        acted = document.get(_ACTED)
        entry = Entry(
            index=document["index"],
            kind=_known_text(document["kind"]),
            at=_moment(document["at"]),
            by=_known_text(document["by"]),
            subject=_known_text(document["subject"]),
            body={
                key: tuple(value) if isinstance(value, list) else value
                for key, value in document["body"].items()
            },
            acted=_moment(acted) if acted is not None else None,
        )
        again = encode(entry)
    except (ValueError, RecursionError, EntryRefused) as problem:
        raise EntryMalformed("the entry is not canonical JSON of the format") from problem
    if again != data:
        raise EntryMalformed("the entry is not in canonical form")
    return entry


def guarded(body: Mapping[str, Given]) -> dict[str, Value]:
    """Return `body` if it holds only codes, ids, numbers, dates and digests, else EntryRefused.

    INVARIANT: no space, no `@`, no character outside ASCII, no bare run of
    digits but a date: names, mail addresses, telephone numbers and postal
    addresses do not pass. A romanised name typed as a code would; callers give
    closed codes and sealed digests.
    """
    found: dict[str, Value] = {}
    for key, value in body.items():
        if not _KEY.fullmatch(key) or len(key) > MAX_TEXT:
            raise EntryRefused("a key of the body is not a short lower-case code")
        if key.replace("-", "_") in _PERSONAL_KEYS:
            raise EntryRefused(f"`body.{key}` announces personal data")
        found[key] = _value(key, value)
    return found


def _value(key: str, value: Given) -> Value:
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_ITEMS:
            raise EntryRefused(f"`body.{key}` has more than {MAX_ITEMS} items")
        return tuple(_scalar(key, item) for item in value)
    if isinstance(value, bool):
        return value
    return _scalar(key, value)


def _scalar(key: str, value: object) -> str | int:
    if isinstance(value, str):
        return _text(f"body.{key}", value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > MAX_NUMBER:
            raise EntryRefused(f"`body.{key}` is too large for a count")
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise EntryRefused(f"`body.{key}` is neither code, id, number, date nor digest")


def _text(key: str, text: str) -> str:
    plain = str(text)
    if len(plain) > MAX_TEXT:
        raise EntryRefused(f"`{key}` is longer than {MAX_TEXT} characters")
    if _DAY.fullmatch(plain):
        try:
            date.fromisoformat(plain)
        except ValueError as problem:
            raise EntryRefused(f"`{key}` is not a date of the calendar") from problem
        return plain
    if _HEX.fullmatch(plain) or _CODE.fullmatch(plain):
        return plain
    if _ID.fullmatch(plain) and not _NUMBERS_ONLY.fullmatch(plain):
        return plain
    raise EntryRefused(f"`{key}` is neither code, id, date nor digest")


def _known_text(value: object) -> str:
    if not isinstance(value, str):
        raise EntryMalformed("the entry has a field of the wrong type")
    return value


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise EntryMalformed("a moment of the entry is not in the form of the format")
    return datetime.fromisoformat(text)


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def _dump(document: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(document).encode("ascii")
