"""The ledger as files that foreign verifiers can read: C2SP tlog-tiles (P0.4).

`checkpoint`, `tile/<level>/<n>[.p/<width>]`, `tile/entries/<n>[.p/<width>]`, and
the public key as `ledger.vkey` for convenience (a verifier brings their own).
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from mamoru.kit.errors import MamoruError
from mamoru.ledger import checkpoint, entry, tree

WIDTH = 256
HEIGHT = 8
LENGTH_BYTES = 2
KEY_FILE = "ledger.vkey"
CHECKPOINT = "checkpoint"
_THOUSAND = 1000

Progress = Callable[[int, int], None]


class ExportRefused(MamoruError):
    """The folder cannot take an export: it holds something else, or another ledger's history."""

    code, exit_code = "ledger-export-refused", 3


class ExportUnwritable(MamoruError):
    """The folder of an export cannot be made or written. Choose another place."""

    code, exit_code = "ledger-export-unwritable", 2


class ExportBroken(MamoruError):
    """The stored ledger does not lead to its signed head, so it is not exported. Verify it."""

    code, exit_code = "ledger-export-broken", 5


class ExportUnreadable(MamoruError):
    """The folder is not a ledger export, or a file of it cannot be read."""

    code, exit_code = "ledger-export-unreadable", 2


def number_path(number: int) -> str:
    """Return a tile number as its path: 1234067 becomes `x001/x234/067`."""
    parts = [f"{number % _THOUSAND:03d}"]
    while number >= _THOUSAND:
        number //= _THOUSAND
        parts.append(f"x{number % _THOUSAND:03d}")
    return "/".join(reversed(parts))


def tile_path(level: int | str, number: int, width: int) -> str:
    """Return where a tile lies; `level` is `"entries"` for a bundle of entries."""
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{number_path(number)}{partial}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, number and width of each hash tile of a tree of `size` leaves."""
    level, count = 0, size
    while count:
        for number in range(0, count, WIDTH):
            yield level, number // WIDTH, min(WIDTH, count - number)
        level, count = level + 1, count >> HEIGHT


def files_of(size: int) -> frozenset[str]:
    """Return every path that an export of `size` entries has, but the key's."""
    tiles = frozenset(tile_path(*tile) for tile in tiles_of(size))
    bundles = frozenset(
        tile_path("entries", number // WIDTH, min(WIDTH, size - number))
        for number in range(0, size, WIDTH)
    )
    return tiles | bundles | {CHECKPOINT}


class Tiles:
    """Collects leaf hashes into tiles, level by level; memory grows with the logarithm only."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = []
        self._numbers: list[int] = []

    def add(self, leaf: bytes, level: int = 0) -> Iterator[tuple[int, int, bytes]]:
        """Take a hash and yield each tile (level, number, bytes) that it fills."""
        if level == len(self._rows):
            self._rows.append([])
            self._numbers.append(0)
        row = self._rows[level]
        row.append(leaf)
        if len(row) == WIDTH:
            yield level, self._numbers[level], b"".join(row)
            top = tree.whole(row)
            row.clear()
            self._numbers[level] += 1
            yield from self.add(top, level + 1)

    def rest(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield the partial tiles that are left."""
        for level, row in enumerate(self._rows):
            if row:
                yield level, self._numbers[level], b"".join(row)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries as a bundle: each with its length in two bytes, big-endian, before it."""
    return b"".join(len(data).to_bytes(LENGTH_BYTES, "big") + data for data in entries)


def unbundle(data: bytes) -> tuple[bytes, ...]:
    """Return a bundle's entries; EntryMalformed if it does not part evenly."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + LENGTH_BYTES], "big")
        begin = at + LENGTH_BYTES
        at = begin + length
        if at > len(data):
            raise entry.EntryMalformed("a bundle of entries ends within an entry")
        found.append(data[begin:at])
    return tuple(found)


class FileExport:
    """An export in a folder: written whole beside it, then put in its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self,
        entries: Iterable[bytes],
        note: str,
        key: checkpoint.PublicKey,
        *,
        progress: Progress = lambda _done, _of: None,
    ) -> checkpoint.Checkpoint:
        """Write the entries under a signed head and return the head.

        An earlier export in the folder is replaced if it is a beginning of
        this one. ExportBroken if the entries do not lead to the signed root
        (nothing is written then), ExportRefused if the folder holds anything else,
        ExportUnwritable if nothing can be written there.
        """
        try:
            return self._write(entries, note, key, progress)
        except OSError as problem:
            said = (problem.strerror or "no access").lower()
            raise ExportUnwritable(f"`{self.folder}` cannot be written: {said}") from problem

    def _write(
        self, entries: Iterable[bytes], note: str, key: checkpoint.PublicKey, progress: Progress
    ) -> checkpoint.Checkpoint:
        head = checkpoint.open_note(note, key)
        earlier = self._earlier(key)
        part = self.folder.with_name(f"{self.folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            _fill(part, entries, head, earlier, progress)
            (part / KEY_FILE).write_text(f"{key.text}\n", encoding="ascii")
            (part / CHECKPOINT).write_text(note, encoding="utf-8")
        except MamoruError:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if self.folder.exists():
            shutil.rmtree(self.folder)
        part.rename(self.folder)
        return head

    def _earlier(self, key: checkpoint.PublicKey) -> checkpoint.Checkpoint | None:
        if not self.folder.exists() or not any(self.folder.iterdir()):
            return None
        try:
            head = checkpoint.open_note(self.note(), key)
        except (ExportUnreadable, checkpoint.CheckpointRejected) as problem:
            raise ExportRefused("the folder is not empty and no export of this ledger") from problem
        if self.links() or self.files() - {KEY_FILE} != files_of(head.size):
            raise ExportRefused("the folder holds more or less than an export of this ledger")
        return head

    def note(self) -> str:
        """Return the checkpoint's text; ExportUnreadable if there is none."""
        if not self.folder.is_dir():
            raise ExportUnreadable(f"there is no folder `{self.folder}`")
        note = self.read(CHECKPOINT)
        if note is None:
            raise ExportUnreadable(f"there is no file `{CHECKPOINT}` in the export")
        try:
            return note.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise ExportUnreadable(f"`{CHECKPOINT}` of the export cannot be read") from problem

    def files(self) -> frozenset[str]:
        """Return every file's path in the folder; a link counts as a file of its own name."""
        return frozenset(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_symlink() or not path.is_dir()
        )

    def links(self) -> tuple[str, ...]:
        """Return the paths that are links: what they lead to is no part of the export."""
        return tuple(path for path in sorted(self.files()) if (self.folder / path).is_symlink())

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None if it is not there."""
        where = self.folder / path
        try:
            return where.read_bytes() if where.is_file() and not where.is_symlink() else None
        except OSError as problem:
            raise ExportUnreadable(f"`{path}` of the export cannot be read") from problem


def _fill(
    part: Path,
    entries: Iterable[bytes],
    head: checkpoint.Checkpoint,
    earlier: checkpoint.Checkpoint | None,
    progress: Progress,
) -> None:
    tiles, frontier, stream = Tiles(), tree.Frontier(), iter(entries)
    if earlier is not None and (earlier.size > head.size or not earlier.size):
        _same_beginning(earlier, tree.EMPTY_ROOT if not earlier.size else b"")
    part.mkdir(parents=True)
    while frontier.size < head.size:
        number = frontier.size // WIDTH
        batch = tuple(islice(stream, min(WIDTH, head.size - frontier.size)))
        if not batch:
            break
        _put(part / tile_path("entries", number, len(batch)), bundle(batch))
        for data in batch:
            leaf = tree.leaf_hash(data)
            frontier, _ = frontier.append(leaf)
            for level, position, content in tiles.add(leaf):
                _put(part / tile_path(level, position, WIDTH), content)
            if earlier is not None and frontier.size == earlier.size:
                _same_beginning(earlier, frontier.root)
        progress(frontier.size, head.size)
    for level, position, content in tiles.rest():
        _put(part / tile_path(level, position, len(content) // tree.HASH_BYTES), content)
    if frontier.size != head.size or frontier.root != head.root:
        raise ExportBroken("the stored entries do not lead to the signed head")


def _same_beginning(earlier: checkpoint.Checkpoint, root: bytes) -> None:
    if earlier.root != root:
        raise ExportRefused("the folder holds another history of this ledger")


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
