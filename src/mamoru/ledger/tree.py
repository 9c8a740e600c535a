"""The Merkle tree of RFC 6962 (section 2.1) over complete subtrees that are never rewritten.

A `Node` is the subtree of 2**level leaves that begins at leaf position * 2**level.
A tree of any size is the row of its complete subtrees, the *peaks*, left to right.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """Where a complete subtree stands."""

    level: int
    position: int


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree as its size and the hashes of its peaks: all that an append needs to know."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError("the peaks do not fit the size")

    def append(self, leaf: bytes) -> "tuple[Frontier, tuple[tuple[Node, bytes], ...]]":
        """Return the tree with one more leaf hash, and the subtrees that this completes."""
        made = [(Node(0, self.size), leaf)]
        peaks, top, position, level = list(self.peaks), leaf, self.size, 0
        while position & 1:  # the left brother is complete: join
            top = node_hash(peaks.pop(), top)
            position >>= 1
            level += 1
            made.append((Node(level, position), top))
        return Frontier(self.size + 1, (*peaks, top)), tuple(made)

    @property
    def root(self) -> bytes:
        """The tree's root hash; of no leaves, the hash of nothing."""
        return join(self.peaks)


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of an entry's bytes (prefix 0x00)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees (prefix 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def join(row: Sequence[bytes]) -> bytes:
    """Return the hash of neighbouring complete subtrees of falling size, left to right."""
    if not row:
        return EMPTY_ROOT
    top = row[-1]
    for left in reversed(row[:-1]):
        top = node_hash(left, top)
    return top


def whole(row: Sequence[bytes]) -> bytes:
    """Return the root of a complete subtree: the row's length is a power of two."""
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def split(count: int) -> int:
    """Return the largest power of two below `count` (from 2): where RFC 6962 parts a tree."""
    return 1 << (count - 1).bit_length() - 1


class Growing:
    """A tree that only grows, for reading long ledgers: as `Frontier`, without copies."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Take one more leaf hash."""
        position = self.size
        while position & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            position >>= 1
        self._peaks.append(leaf)
        self.size += 1

    @property
    def frontier(self) -> Frontier:
        """The tree so far, as a value."""
        return Frontier(self.size, tuple(self._peaks))


def cover(start: int, stop: int) -> tuple[Node, ...]:
    """Return the complete subtrees that make up the leaves [start, stop).

    `start` must be a multiple of the power of two at or above the count, as
    each range of a proof is.
    """
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return tuple(nodes)


def grow(leaves: Iterable[bytes]) -> Frontier:
    """Return the tree of these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier, _ = frontier.append(leaf)
    return frontier
