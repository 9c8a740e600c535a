"""The port for durable work: a job survives its process and resumes at the step."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """What a running job is handed to name its steps."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        """Run `act` and record its result under `name`.

        After a restart a recorded step returns its result without running. A
        process killed inside `act` runs it again: `act` must be idempotent. The
        result is stored by the engine, so it holds ids and counts, never
        personal data.
        """
        ...


class Queue(Protocol):
    """Where an action leaves work for the worker."""

    def enqueue(self, job: str, *, key: str, argument: str) -> None:
        """Ask for `job` once per `key`; a second call with the same key changes nothing."""
        ...
