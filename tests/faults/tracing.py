"""strace on a running process: count its system calls, or kill or fail it at the Nth of one."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

WRITING = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "ftruncate")
"""What makes anything lasting: contents, their flushing, names."""
_ATTACHED = re.compile(r"Process \d+ attached")


class Tracer:
    """One strace, put on a process that has stopped itself."""

    def __init__(self, process: int, *how: str) -> None:
        """Attach; what strace writes lies in a file of its own until `close`."""
        self._folder = tempfile.TemporaryDirectory()
        self.output = Path(self._folder.name) / "trace"
        self._strace = subprocess.Popen(
            ["strace", "-f", "-o", str(self.output), "-p", str(process), *how],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._strace.stderr is not None
        said = self._strace.stderr.readline()
        assert _ATTACHED.search(said), said

    def close(self) -> str:
        """Wait until the traced process is gone; return what was written."""
        self._strace.communicate(timeout=60)
        written = self.output.read_text() if self.output.exists() else ""
        self._folder.cleanup()
        return written


def injection(call: str, fault: str, when: str) -> tuple[str, ...]:
    """Return strace's words for a fault at a call, such as `signal=KILL` or `error=ENOSPC`."""
    return ("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}")


def counts(written: str) -> dict[str, int]:
    """Return how often each call of `WRITING` stands in a trace, for the thread that made most."""
    found: dict[str, dict[str, int]] = {}
    for line in written.splitlines():
        thread, _, rest = line.partition(" ")
        call = rest.strip().partition("(")[0]
        if call in WRITING:
            by_call = found.setdefault(thread, {})
            by_call[call] = by_call.get(call, 0) + 1
    return max(found.values(), key=lambda each: sum(each.values()), default={})


def shared_memory() -> Path:
    """Return where a folder costs no flushing to a disk: a kill does not lose what was written."""
    place = Path("/dev/shm")
    return place if os.access(place, os.W_OK) else Path(tempfile.gettempdir())
