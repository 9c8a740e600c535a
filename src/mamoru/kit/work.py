"""The port for durable work: a job survives its process and resumes at the step."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """What a running job is handed to name its steps."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        """Run `act`, known as `name`, and return its result.

        A process that is killed runs its steps again from the first: `act` looks up
        what of it is done already. An engine may record the result and return it
        instead, so it holds ids and counts, never personal data.
        """
        ...


class Queue(Protocol):
    """Where an action leaves work for the worker."""

    def enqueue(self, job: str, *, key: str, argument: str) -> None:
        """Ask for `job` once per `key`; a second call with the same key changes nothing."""
        ...
