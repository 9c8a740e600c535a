"""Proofs that an auditor checks without us: inclusion and consistency (RFC 6962, 2.1.1 and 2.1.2).

Each hash of a proof is the hash of a range of leaves; making a proof is naming the ranges.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mamoru.kit.errors import MamoruError
from mamoru.ledger import checkpoint, entry, tree

FORMAT = "mamoru-ledger-proof/1"
MAX_PATH = 64
Range = tuple[int, int]
NodeReader = Callable[[Sequence[tree.Node]], Mapping[tree.Node, bytes]]


class ProofRejected(MamoruError):
    """The proof does not prove what it claims. Ask for a new one, and who gave you this one."""

    code, exit_code = "ledger-proof-rejected", 5


class NotInLedger(MamoruError):
    """There is no such entry in a ledger of that size."""

    code, exit_code = "ledger-no-such-entry", 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """One entry, its way up the tree and the signed head: all that a verifier needs but the key."""

    index: int
    entry: bytes
    path: tuple[bytes, ...]
    note: str


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """Return the ranges whose hashes lead from leaf `index` to the root of `size` leaves."""
    if not 0 <= index < size:
        raise NotInLedger(f"a ledger of {size} entries has no entry {index}")
    ranges: list[Range] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + tree.split(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def consistency_ranges(old: int, new: int) -> tuple[Range, ...]:
    """Return the ranges whose hashes show that `new` leaves begin with the same `old` leaves."""
    if not 0 < old <= new:
        raise NotInLedger(f"a ledger of {new} entries does not extend one of {old}")
    ranges: list[Range] = []
    start, stop, whole = 0, new, True
    while stop != old:
        middle = start + tree.split(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, stop))
    return tuple(reversed(ranges))


def hashes(ranges: Sequence[Range], read: NodeReader) -> tuple[bytes, ...]:
    """Return the hash of each range, from stored subtrees read at once."""
    covers = [tree.cover(*each) for each in ranges]
    known = read(tuple(node for nodes in covers for node in nodes))
    return tuple(tree.join([known[node] for node in nodes]) for nodes in covers)


def root_from_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that an inclusion path leads to; ProofRejected if its shape is wrong."""
    if not 0 <= index < size or any(len(each) != tree.HASH_BYTES for each in path):
        raise ProofRejected("the inclusion proof is not well formed")
    here, last, top = index, size - 1, leaf
    for each in path:
        if last == 0:
            raise ProofRejected("the inclusion proof is too long")
        if here & 1 or here == last:
            top = tree.node_hash(each, top)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            top = tree.node_hash(top, each)
        here >>= 1
        last >>= 1
    if last:
        raise ProofRejected("the inclusion proof is too short")
    return top


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Return if `leaf` is entry `index` of the tree with this root, else ProofRejected."""
    if root_from_inclusion(leaf=leaf, index=index, size=size, path=path) != root:
        raise ProofRejected("the inclusion proof leads to another root")


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Return if the tree of `new` leaves begins with that of `old` leaves, else ProofRejected."""
    if not 0 < old <= new or any(len(each) != tree.HASH_BYTES for each in path):
        raise ProofRejected("the consistency proof is not well formed")
    if old == new:
        if path or old_root != new_root:
            raise ProofRejected("two heads of one size differ")
        return
    steps = list(path)
    if not old & (old - 1):  # the old tree is one complete subtree: its root is the first step
        steps.insert(0, old_root)
    if not steps:
        raise ProofRejected("the consistency proof is too short")
    if _extended(steps, old=old, new=new) != (old_root, new_root):
        raise ProofRejected("the newer head does not extend the older one")


def _extended(steps: Sequence[bytes], *, old: int, new: int) -> tuple[bytes, bytes]:
    """Return the roots of the older and of the newer tree that a consistency path leads to."""
    here, last = old - 1, new - 1
    while here & 1:
        here >>= 1
        last >>= 1
    was = now = steps[0]
    for each in steps[1:]:
        if last == 0:
            raise ProofRejected("the consistency proof is too long")
        if here & 1 or here == last:
            was, now = tree.node_hash(each, was), tree.node_hash(each, now)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            now = tree.node_hash(now, each)
        here >>= 1
        last >>= 1
    if last:
        raise ProofRejected("the consistency proof is too short")
    return was, now


def dump(proof: EntryProof) -> bytes:
    """Return a proof as its file: one JSON object, keys sorted, one line."""
    document = {
        "checkpoint": proof.note,
        "entry": proof.entry.decode("ascii"),
        "format": FORMAT,
        "index": proof.index,
        "path": [base64.b64encode(each).decode("ascii") for each in proof.path],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def load(data: bytes) -> EntryProof:
    """Return the proof of a file; ProofRejected if the bytes are not exactly `dump`'s."""
    try:
        document = json.loads(data.decode())
        proof = EntryProof(
            index=document["index"],
            entry=document["entry"].encode("ascii"),
            path=tuple(base64.b64decode(each, validate=True) for each in document["path"]),
            note=document["checkpoint"],
        )
        again = dump(proof)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        binascii.Error,
    ) as problem:
        raise ProofRejected("the file is not a proof of this format") from problem
    if again != data or type(proof.index) is not int or len(proof.path) > MAX_PATH:
        raise ProofRejected("the file is not a proof in its exact form")
    return proof


def verify(proof: EntryProof, key: checkpoint.PublicKey) -> entry.Entry:
    """Return the entry if the signed head really contains it at its index, else ProofRejected."""
    try:
        head = checkpoint.open_note(proof.note, key)
        found = entry.decode(proof.entry)
    except (checkpoint.CheckpointRejected, entry.EntryMalformed) as problem:
        raise ProofRejected(str(problem)) from problem
    if found.index != proof.index:
        raise ProofRejected("the entry carries another index than the proof")
    verify_inclusion(
        leaf=tree.leaf_hash(proof.entry),
        index=proof.index,
        size=head.size,
        path=proof.path,
        root=head.root,
    )
    return found
