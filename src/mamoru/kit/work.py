"""The port for durable work: a job survives its process and goes on with what is not done."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Steps(Protocol):
    """What a running job is handed to name its steps."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        """Run `act`, known as `name`, and return its result.

        A process that is killed runs its steps again from the first: `act` looks up
        what of it is done already. The result holds ids and counts, never personal data.
        """
        ...
