"""壁を建てる手 (P1.5, P3.6): what the gate asks of whoever builds a wall, and what it remembers of it."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mamoru.gate.postgresql import Statement
from mamoru.gate.terms import GateError
from mamoru.gate.wall import Key, Wall

Tell = Callable[[int], None]
"""Is called with how many keys are done."""
Words = Callable[[Key, Sequence[str]], Sequence[tuple[str, int]]]
"""Gives for keys of a kind the digest of each and which doors are open to its person."""
Renewed = Callable[[Key, Sequence[str]], Sequence[int]]
"""Gives for digests of keys which doors are open to their people now."""


class WallRefused(GateError):
    """The database does not let the wall be built. The message says which right is missing."""

    code, exit_code = "wall-refused", 3


class WallStale(GateError):
    """The wall that stands there is not of this policy and data map. Run `mamoru gate install`."""

    code, exit_code = "wall-stale", 3


class WallForgot(GateError):
    """The database was put back to an older state: how people stand there has to be written anew."""

    code, exit_code, retry = "wall-forgot", 4, True


class Memory(Protocol):
    """What the product remembers of a wall: the mark that it left there last.

    A database that was put back to an older state has another mark, and is not opened before how
    people stand was written anew. A mark is promised before it is written and kept afterwards: of
    a process that dies in between both are known.
    """

    def known(self) -> Container[str]:
        """Return the mark that was kept last and the one promised."""
        ...

    def promise(self, mark: str) -> None:
        """Remember the mark that is about to be written."""
        ...

    def keep(self, mark: str) -> None:
        """Remember that a promised mark was written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What an installation did."""

    statements: int
    people: int  # keys with a word
    lines: tuple[str, ...]  # the wall as the catalogue describes it


class Hand(Protocol):
    """The port that `connectors` fill: builds the wall of one database, and writes in it."""

    def plan(self, wall: Wall) -> tuple[Statement, ...]:
        """Return every statement of an installation, in order; nothing is changed."""
        ...

    def install(self, wall: Wall, words: Words, *, until: datetime, tell: Tell = ...) -> Built:
        """Build the wall anew and open its doors until their lease ends; all of it or nothing."""
        ...

    def make_logins(self, statements: Sequence[Statement]) -> None:
        """Make logins for readers, all of them or none."""
        ...

    def remove(self) -> int:
        """Take the wall away, readers first; return how many doors there were."""
        ...

    def take(self, wall: Wall, words: Words, *, limit: int = ...) -> int:
        """Write the words of people that have none yet; return how many.

        This and what follows: WallStale where another wall stands, WallForgot where the database
        is not as it was left.
        """
        ...

    def push(self, wall: Wall, changed: Sequence[tuple[Key, Sequence[str]]], now: Renewed) -> int:
        """Write anew the words of digests whose people's standing changed; return how many differ."""
        ...

    def refresh(self, wall: Wall, now: Renewed, *, tell: Tell = ...) -> int:
        """Write anew how everybody stands, in a database that was put back too."""
        ...

    def differing(self, wall: Wall, now: Renewed, *, tell: Tell = ...) -> int:
        """Return how many words are not what people's standing says; nothing is changed."""
        ...

    def forget(self, wall: Wall) -> int:
        """Take out the words of keys that no row carries any more; return how many."""
        ...

    def renew(self, wall: Wall, *, until: datetime) -> None:
        """Let the doors stay open until then."""
        ...

    def shut(self) -> None:
        """Close every door at once, whatever wall stands there; none is no error."""
        ...

    def lines(self) -> tuple[str, ...]:
        """Return the wall as the catalogue describes it, one line a thing that matters."""
        ...

    def findings(self, wall: Wall) -> Iterator[str]:
        """Yield what lets a reader past its door, or closes a door, in words."""
        ...
