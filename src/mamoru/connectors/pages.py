"""扉ごとの頁 (P1.5; decision 34): which whole-number keys a door is open to, 8,192 bits a row.

Where keys are whole numbers that lie close together, a view looks a row's person up as one bit of
one of few small rows. That costs a third of a join with the words, and the words stay the truth:
whatever changes one changes the bit in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from mamoru.gate import postgresql as text
from mamoru.gate.postgresql import PAGE_BITS
from mamoru.gate.wall import Key, Opening, Wall

_SHIFT = PAGE_BITS.bit_length() - 1
_OFFSET = PAGE_BITS - 1
_DENSE = 64
"""Bytes of a page that one key may cost on average; else the words are joined."""
_Connection = psycopg.Connection[Any]


class Gathered:
    """Bits of many keys, gathered word by word: there are few different ones."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._words: dict[int, dict[int, bytearray]] = defaultdict(dict)

    def add(self, keys: Sequence[int], words: Iterable[int]) -> None:
        """Take keys, each with its word."""
        for key, word in zip(keys, words, strict=True):
            pages = self._words[word]
            page, offset = key >> _SHIFT, key & _OFFSET
            if page not in pages:
                pages[page] = bytearray(PAGE_BITS // 8)
            pages[page][offset >> 3] |= 1 << (offset & 7)

    def write(self, connection: _Connection, wall: Wall, key: Key, *, schema: str) -> None:
        """Write the pages of every door that asks by this kind of key."""
        for opening in openings(wall, key):
            union: dict[int, int] = defaultdict(int)
            for word, pages in self._words.items():
                if word >> opening.door.number & 1:
                    for page, bits in pages.items():
                        union[page] |= int.from_bytes(bits, "little")
            into = f"COPY {text.pages(key, opening, schema)} (page, bits) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
                for page in sorted(union):
                    copy.write_row((page, union[page].to_bytes(PAGE_BITS // 8, "little")))


def openings(wall: Wall, key: Key) -> Iterator[Opening]:
    """Yield the doors whose views ask by a kind of key."""
    for opening in wall.openings:
        if any(way.kind == key.kind for view in opening.views for way in view.ways):
            yield opening


def worth(connection: _Connection, query: str) -> bool:
    """Return whether the keys that a query gives lie so close that pages are small beside them."""
    row = connection.execute(
        f"SELECT count(*), count(DISTINCT key >> {_SHIFT}) FROM ({query}) AS found".encode()
    ).fetchone()
    keys, pages = row or (0, 0)
    return bool(keys) and pages * (PAGE_BITS // 8) <= keys * _DENSE + PAGE_BITS


def clear(connection: _Connection, wall: Wall, key: Key) -> None:
    """Take out every page of a kind of key."""
    for opening in openings(wall, key):
        connection.execute(f"DELETE FROM {text.pages(key, opening)}".encode())


def change(
    connection: _Connection, wall: Wall, key: Key, changed: Iterable[tuple[int, int, int]]
) -> None:
    """Set the bits of keys whose word changed: (key, word before, word now) each."""
    rows = list(changed)
    for opening in openings(wall, key):
        number = opening.door.number
        bits: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for cell, before, now in rows:
            if (before ^ now) >> number & 1:
                bits[cell >> _SHIFT].append((cell & _OFFSET, now >> number & 1))
        if not bits:
            continue
        table = text.pages(key, opening)
        found = connection.execute(
            f"SELECT page, bits FROM {table} WHERE page = ANY(%s) FOR UPDATE".encode(),
            [sorted(bits)],
        )
        held = {page: bytearray(value) for page, value in found}
        for page, offsets in bits.items():
            value = held.setdefault(page, bytearray(PAGE_BITS // 8))
            for offset, on in offsets:
                byte, bit = offset >> 3, 1 << (offset & 7)
                value[byte] = value[byte] | bit if on else value[byte] & ~bit
        connection.execute(
            f"INSERT INTO {table} (page, bits) SELECT * FROM unnest(%s::bigint[], %s::bytea[])"
            " ON CONFLICT (page) DO UPDATE SET bits = excluded.bits".encode(),
            [list(held), [bytes(value) for value in held.values()]],
        )


def differing(connection: _Connection, wall: Wall, key: Key) -> int:
    """Return how many bits are not what the words beside them say."""
    wrong = 0
    for opening in openings(wall, key):
        table, open_ = text.pages(key, opening), f"p.m{opening.word} & {opening.bit} <> 0"
        row = connection.execute(
            f"SELECT (SELECT count(*) FROM {text.people(key)} p LEFT JOIN {table} b"
            f" ON b.page = p.key >> {_SHIFT}"
            f" WHERE ({open_}) <> coalesce(get_bit(b.bits, p.key & {_OFFSET}) = 1, false)),"
            f" (SELECT coalesce(sum(bit_count(bits)), 0) FROM {table})"
            f" - (SELECT count(*) FROM {text.people(key)} p WHERE {open_})".encode()
        ).fetchone()
        differ, surplus = row or (0, 0)
        wrong += int(differ) or abs(int(surplus))
    return wrong
