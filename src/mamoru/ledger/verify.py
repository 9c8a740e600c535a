"""Has anybody altered the ledger? Answered from an export and a public key alone, or from the rows.

Everything is derived again from the entries; what is stored beside them is only compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mamoru.ledger import checkpoint, entry, export, proof, tree
from mamoru.ledger.storage import Line, Storage

_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What does not hold. `index` is the first bad entry where one can be named."""

    code: str
    detail: str
    index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result: how many entries were read, the head they lead to, and what does not hold."""

    size: int
    root: str
    note: str
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems

    @property
    def first_bad_entry(self) -> int | None:
        """The lowest index that a problem names."""
        return min((each.index for each in self.problems if each.index is not None), default=None)


class _Reading:
    """Reads entries in order, rebuilds the tree, keeps the first thing that is wrong with one."""

    def __init__(self, marks: Iterable[int]) -> None:
        self.growing = tree.Growing()
        self.problem: Problem | None = None
        self.roots: dict[int, bytes] = {0: tree.EMPTY_ROOT}
        self._marks = frozenset(marks)
        self._last: entry.Entry | None = None

    @property
    def frontier(self) -> tree.Frontier:
        return self.growing.frontier

    def take(self, data: bytes, stored: bytes | None) -> tuple[entry.Entry | None, bytes]:
        index = self.growing.size
        leaf = tree.leaf_hash(data)
        found = self._decoded(data, index)
        if stored is not None and stored != leaf:
            self.blame("leaf-differs", "the entry is not the one whose hash is stored", index)
        self.growing.add(leaf)
        if self.growing.size in self._marks:
            self.roots[self.growing.size] = self.frontier.root
        return found, leaf

    def _decoded(self, data: bytes, index: int) -> entry.Entry | None:
        try:
            found = entry.decode(data)
        except entry.EntryMalformed as problem:
            self.blame("entry-malformed", str(problem), index)
            return None
        if found.index != index:
            self.blame("index-broken", f"the entry says that it is number {found.index}", index)
        last = self._last
        if last is not None and found.at < last.at:
            self.blame("time-runs-back", "the entry is older than the one before it", index)
        if found.acted is not None and (last is None or found.at != last.at):
            self.blame("time-runs-back", "`acted` stands where no time was mended", index)
        self._last = found
        return found

    def blame(self, code: str, detail: str, index: int | None) -> None:
        if self.problem is None:
            self.problem = Problem(code=code, detail=detail, index=index)


class _Tiles(export.Tiles):
    """Tiles made from the entries, with the full ones above the leaves kept for comparing."""

    def __init__(self) -> None:
        super().__init__()
        self.full: list[tuple[int, int, bytes]] = []


def verify_export(
    folder: export.FileExport,
    key: checkpoint.PublicKey,
    *,
    seen: checkpoint.Checkpoint | None = None,
    progress: export.Progress = lambda _done, _of: None,
) -> Verification:
    """Verify an export offline; `seen` is an earlier head that the verifier kept.

    ExportUnreadable if the folder is no export; every other fault is a `Problem`.
    """
    if links := folder.links():  # nothing is read through one: it may lead out of the export
        found = Problem(code="file-unexpected", detail=f"`{links[0]}` is a link, not a file")
        return Verification(size=0, root="", note="", problems=(found,))
    note = folder.note()
    try:
        head = checkpoint.open_note(note, key)
    except checkpoint.CheckpointRejected as problem:
        found = Problem(code="checkpoint-rejected", detail=str(problem))
        return Verification(size=0, root="", note=note, problems=(found,))
    problems = list(_files(folder, head, key))
    reading = _Reading({seen.size} if seen else ())
    tiles = _Tiles()
    for number in range(0, head.size, export.WIDTH):
        width = min(export.WIDTH, head.size - number)
        _read_bundle(folder, reading, tiles, number // export.WIDTH, width)
        progress(number + width, head.size)
    for level, position, content in (*tiles.full, *tiles.rest()):
        path = export.tile_path(level, position, len(content) // tree.HASH_BYTES)
        if folder.read(path) != content:
            first = position * export.WIDTH << export.HEIGHT * level
            reading.blame("tile-differs", f"`{path}` does not follow from the entries", first)
    problems += _ending(reading, head, seen)
    return Verification(
        size=reading.growing.size,
        root=reading.frontier.root.hex(),
        note=note,
        problems=tuple(problems),
    )


def _read_bundle(
    folder: export.FileExport,
    reading: _Reading,
    tiles: _Tiles,
    number: int,
    width: int,
) -> None:
    path = export.tile_path("entries", number, width)
    begin = reading.growing.size
    data = folder.read(path)
    try:
        entries = export.unbundle(data or b"")
    except entry.EntryMalformed as problem:
        entries = ()
        reading.blame("bundle-broken", f"`{path}`: {problem}", begin)
    leaves = folder.read(export.tile_path(0, number, width)) or b""
    for place, each in enumerate(entries):
        stored = leaves[place * tree.HASH_BYTES : (place + 1) * tree.HASH_BYTES]
        _, leaf = reading.take(each, stored)
        tiles.full += (tile for tile in tiles.add(leaf) if tile[0])  # level 0 was just compared
    if len(entries) != width:
        reading.blame(
            "count-differs",
            f"`{path}` has {len(entries)} entries",
            begin + min(len(entries), width),
        )
    if len(leaves) != width * tree.HASH_BYTES:
        reading.blame("tile-differs", f"the hashes beside `{path}` are not {width}", begin)


def _files(
    folder: export.FileExport, head: checkpoint.Checkpoint, key: checkpoint.PublicKey
) -> Iterator[Problem]:
    expected, there = export.files_of(head.size), folder.files()
    if missing := sorted(expected - there):
        yield Problem(code="file-missing", detail=f"`{missing[0]}` is not in the export")
    if strange := sorted(there - expected - {export.KEY_FILE}):
        yield Problem(code="file-unexpected", detail=f"{len(strange)} files belong to no export")
    if export.KEY_FILE in there:
        text = folder.read(export.KEY_FILE)
        if text != f"{key.text}\n".encode():
            yield Problem(code="key-differs", detail="the key in the export is not the one given")


def _ending(
    reading: _Reading, head: checkpoint.Checkpoint, seen: checkpoint.Checkpoint | None
) -> Iterator[Problem]:
    if reading.problem is not None:
        yield reading.problem
    if reading.growing.size != head.size or reading.frontier.root != head.root:
        yield Problem(code="root-differs", detail="the entries do not lead to the signed head")
    if seen is None:
        return
    if seen.origin != head.origin:
        yield Problem(code="other-ledger", detail="the head seen before is of another ledger")
    elif seen.size > head.size:
        yield Problem(
            code="older-than-seen",
            detail=f"a head of {seen.size} entries was seen, this one has {head.size}",
        )
    elif reading.roots.get(seen.size) != seen.root:
        yield Problem(code="forked", detail="the ledger does not extend the head seen before")


def verify_storage(
    storage: Storage,
    key: checkpoint.PublicKey,
    *,
    seen: checkpoint.Checkpoint | None = None,
    progress: export.Progress = lambda _done, _of: None,
) -> Verification:
    """Verify the rows that the product writes to: entries, columns, stored subtrees, head."""
    stored = storage.head()
    size = stored.frontier.size
    problems = []
    try:
        head = checkpoint.open_note(stored.note, key) if stored.note else None
    except checkpoint.CheckpointRejected as problem:
        head = None
        problems.append(Problem(code="checkpoint-rejected", detail=str(problem)))
    if head is None:
        if not problems and size:
            problems.append(Problem(code="checkpoint-rejected", detail="the head is not signed"))
        head = checkpoint.Checkpoint(key.origin, size, stored.frontier.root)
    reading = _Reading({seen.size} if seen else ())
    last_at = _read_rows(storage, reading, size, progress)
    if stored.last_at != last_at:
        problems.append(Problem(code="head-differs", detail="the head's time is not the last one"))
    if stored.frontier != reading.frontier:
        problems.append(Problem(code="head-differs", detail="the head does not fit the entries"))
    problems += _ending(reading, head, seen)
    return Verification(
        size=reading.growing.size,
        root=reading.frontier.root.hex(),
        note=stored.note,
        problems=tuple(problems),
    )


def _read_rows(storage: Storage, reading: _Reading, size: int, progress: export.Progress) -> str:
    last_at = ""
    leaves: tuple[bytes, ...] = ()
    made: list[tuple[tree.Node, bytes]] = []
    for line in storage.lines():
        index = reading.growing.size
        if index % _BATCH == 0:
            progress(index, size)
            _compare_nodes(storage, reading, made)
            leaves, made = storage.level(0, index, index + _BATCH), []
        if line.index != index:
            reading.blame("row-missing", "the rows have a gap here", index)
        place = index % _BATCH
        before = reading.frontier
        found, leaf = reading.take(line.data, leaves[place] if place < len(leaves) else b"")
        made += before.append(leaf)[1][1:]  # level 0 was just compared
        if found is not None:
            last_at = entry.moment(found.at)
            if Line(index=index, kind=found.kind, subject=found.subject, data=line.data) != line:
                reading.blame("columns-differ", "the row is filed under another name", index)
    _compare_nodes(storage, reading, made)
    progress(reading.growing.size, size)
    return last_at


def _compare_nodes(
    storage: Storage, reading: _Reading, made: list[tuple[tree.Node, bytes]]
) -> None:
    stored = storage.nodes([node for node, _ in made])
    for node, top in made:
        if stored.get(node) != top:
            reading.blame(
                "subtree-differs",
                "a stored subtree is not its entries'",
                node.position << node.level,
            )
            return


def verify_proof(data: bytes, key: checkpoint.PublicKey) -> entry.Entry:
    """Return the entry that a proof file proves; ProofRejected if it proves nothing."""
    return proof.verify(proof.load(data), key)
