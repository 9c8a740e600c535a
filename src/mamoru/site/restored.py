"""復元されたか (P1.7): which stores were seen to be put back to an older state, at the last look.

A look asks every store and may take as long as the slowest; whoever asks for the product's state
is told what the last one saw.
"""

import logging

from mamoru.cases import execute
from mamoru.cases.execute import Replayed

log = logging.getLogger("mamoru.work")

_seen: list[tuple[str, ...]] = [()]


def look() -> tuple[str, ...]:
    """Ask every store now, and return those that were restored."""
    _seen[0] = execute.needed()
    return _seen[0]


def known() -> tuple[str, ...]:
    """Return what the last look of this process saw; nothing before the first."""
    return _seen[0]


def told(done: Replayed) -> None:
    """Log what a replay did in a store, if it did or found anything."""
    if done.problem:
        log.warning("%s was not looked at after a restore: %s", done.store, done.problem)
    elif done.erased or done.written:
        log.warning("%s: %d rows erased again, %d written", done.store, done.erased, done.written)
    if done.judge:
        log.warning("%s: people must judge %s", done.store, ", ".join(done.judge))
