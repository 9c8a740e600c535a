"""No act without its entry: `entry()` writes the line in the act's own transaction (P0.4, P3.26)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mamoru.kit.errors import MamoruError
from mamoru.ledger import checkpoint, proof, tree
from mamoru.ledger.entry import Entry, Given, decode, encode, guarded, moment
from mamoru.ledger.storage import Head, JournalUnwritable, Line, Storage

__all__ = [
    "HeadBroken",
    "Journal",
    "JournalMissing",
    "JournalUnwritable",
    "batch",
    "entries",
    "entry",
    "install",
    "installed",
]


class JournalMissing(MamoruError):
    """No journal is installed in this process: no act may happen. Start through `site.wiring`."""

    code, exit_code = "ledger-missing", 2


class HeadBroken(MamoruError):
    """The ledger's head was not signed by its key, or was altered. Stop and verify the ledger."""

    code, exit_code = "ledger-head-broken", 5


@dataclass(frozen=True, slots=True)
class Journal:
    """A place to write and the key that signs each new head."""

    storage: Storage
    signer: checkpoint.Signer

    def append(
        self, kind: str, *, subject: str, by: str, at: datetime, body: Mapping[str, Given]
    ) -> int:
        """Append an entry in the caller's transaction and return its index.

        JournalUnwritable if the place does not take it, EntryRefused if the
        body could hold personal data, HeadBroken if the stored head is not the
        one that we signed: then nothing is built upon it.
        """
        return self.extend(kind, (body,), subject=subject, by=by, at=at)[0]

    def extend(
        self,
        kind: str,
        bodies: Iterable[Mapping[str, Given]],
        *,
        subject: str,
        by: str,
        at: datetime,
    ) -> range:
        """Append an entry a body, in their order, as one `append` after the other would.

        The head is locked, checked and signed once: nobody sees it between two entries of one
        transaction. Returns the indexes; the errors are those of `append`.
        """
        clean = [guarded(body) for body in bodies]
        moment(at)  # a naive time is refused before anything is locked
        if not clean:
            return range(0)
        head = self.storage.lock()
        self._check(head)
        late = bool(head.last_at) and moment(at) < head.last_at
        stamped = datetime.fromisoformat(head.last_at) if late else at
        lines: list[Line] = []
        nodes: list[tuple[tree.Node, bytes]] = []
        frontier = head.frontier
        for body in clean:
            made = Entry(
                index=frontier.size,
                kind=kind,
                at=stamped,
                by=by,
                subject=subject,
                body=body,
                acted=at if late else None,
            )
            data = encode(made)
            lines.append(Line(index=made.index, kind=kind, subject=subject, data=data))
            frontier, completed = frontier.append(tree.leaf_hash(data))
            nodes += completed
        note = self.signer.sign(frontier.size, frontier.root)
        self.storage.store(
            lines, nodes, Head(frontier=frontier, last_at=moment(stamped), note=note)
        )
        return range(head.frontier.size, frontier.size)

    def entries(self, subject: str) -> tuple[Entry, ...]:
        """Return the entries of a case (with its demands) or of one demand, oldest first."""
        return tuple(decode(line.data) for line in self.storage.of_subject(subject))

    def checkpoint(self) -> str:
        """Return the signed note of the present head; HeadBroken if the stored one is not ours."""
        head = self.storage.head()
        self._check(head)
        return head.note or self.signer.sign(0, tree.EMPTY_ROOT)

    def prove(self, index: int) -> proof.EntryProof:
        """Return the proof of one entry under the present head; NotInLedger if there is none."""
        head = self.storage.head()
        self._check(head)
        ranges = proof.inclusion_ranges(index, head.frontier.size)
        line = next(self.storage.lines(index, index + 1), None)
        try:
            path = proof.hashes(ranges, self.storage.nodes)
        except KeyError as problem:
            raise HeadBroken("a stored subtree of the ledger is missing") from problem
        if line is None:
            raise HeadBroken(f"entry {index} of the ledger is missing")
        made = proof.EntryProof(index=index, entry=line.data, path=path, note=head.note)
        proof.verify(made, self.signer.public)  # never hand out what would not hold
        return made

    def _check(self, head: Head) -> None:
        if head.frontier.size == 0 and not head.note:
            return
        try:
            signed = checkpoint.open_note(head.note, self.signer.public)
        except checkpoint.CheckpointRejected as problem:
            raise HeadBroken(f"the stored head is not ours: {problem}") from problem
        if (signed.size, signed.root) != (head.frontier.size, head.frontier.root):
            raise HeadBroken("the stored head is not the one that was signed")


_installed: list[Journal] = []


def install(journal: Journal) -> None:
    """Make `journal` the one that this process writes to; called once at start."""
    _installed[:] = [journal]


def installed() -> Journal:
    """Return the journal of this process; JournalMissing if there is none."""
    if not _installed:
        raise JournalMissing("no ledger is installed in this process")
    return _installed[0]


def entry(
    kind: str, *, subject: str, by: str, at: datetime, body: Mapping[str, Given] | None = None
) -> int:
    """Append to the installed journal in the caller's transaction; return the entry's index.

    Fails closed: any error here must undo the act (JournalMissing,
    JournalUnwritable, EntryRefused, HeadBroken).
    """
    return installed().append(kind, subject=subject, by=by, at=at, body=body or {})


def batch(
    kind: str,
    bodies: Iterable[Mapping[str, Given]],
    *,
    subject: str,
    by: str,
    at: datetime,
) -> range:
    """Append an entry a body to the installed journal, as `entry` does, at the price of one.

    For what happened together, table by table: all of it is entered or nothing is.
    """
    return installed().extend(kind, bodies, subject=subject, by=by, at=at)


def entries(subject: str) -> tuple[Entry, ...]:
    """Return the installed journal's entries of a case or demand, oldest first, for its trail."""
    return installed().entries(subject)
