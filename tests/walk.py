"""Walks a journey: does a run really pass the steps of `docs/journeys/NAME.toml`, in their order?

A test wraps what it does in `Walk("refusal")`. Every call in this thread, and in each thread that
is started meanwhile, is compared with the code objects of the named steps; other calls between
two steps are allowed. `python -m tests.walk NAME` prints the files of a journey, for newcomers.
"""

import importlib
import inspect
import os
import sys
import threading
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

ROOT = Path(__file__).parents[1]
JOURNEYS = ROOT / "docs" / "journeys"


class StepMissing(AssertionError):
    """The run did not pass a step of the journey, or not in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a journey: `module:Qual.name`, and what it does in words."""

    call: str
    does: str

    @property
    def code(self) -> CodeType:
        """The code object that a call of this step runs; AttributeError if nothing has the name."""
        module, _, name = self.call.partition(":")
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = inspect.getattr_static(found, part)
            found = getattr(found, "__func__", found)
            found = getattr(found, "fget", found)
        code = inspect.unwrap(found).__code__
        if not isinstance(code, CodeType):
            raise TypeError(f"{self.call} is not a function of ours")
        return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The way of one request through the files."""

    name: str
    story: str
    promises: tuple[str, ...]
    steps: tuple[Step, ...]


def names() -> tuple[str, ...]:
    """Return every journey that is written down."""
    return tuple(sorted(path.stem for path in JOURNEYS.glob("*.toml")))


def load(name: str) -> Journey:
    """Return the journey of `docs/journeys/NAME.toml`."""
    written = tomllib.loads((JOURNEYS / f"{name}.toml").read_text(encoding="utf-8"))
    return Journey(
        name=written["name"],
        story=written["story"],
        promises=tuple(written["promises"]),
        steps=tuple(Step(call=each["call"], does=each["does"]) for each in written["step"]),
    )


def expect_order(journey: Journey, seen: list[str]) -> None:
    """Raise StepMissing at the first step that `seen`, in its order, does not reach."""
    at = 0
    for number, step in enumerate(journey.steps, start=1):
        try:
            at = seen.index(step.call, at) + 1
        except ValueError:
            before = journey.steps[number - 2].call if number > 1 else "the beginning"
            when = "too early" if step.call in seen else "never"
            raise StepMissing(
                f"{journey.name}, step {number}: {step.call} was {when} called after {before}"
                if when == "never"
                else f"{journey.name}, step {number}: {step.call} was called only before {before}"
            ) from None


class Walk:
    """Watches the calls inside a `with` block and expects the journey when the block ends well.

    Start workers inside the block: a thread that already runs cannot be watched.
    """

    def __init__(self, name: str) -> None:
        """Resolve every step first, so that a renamed one fails before anything runs."""
        self.journey = load(name)
        self.seen: list[str] = []
        self._wanted: dict[CodeType, list[str]] = {}
        for step in self.journey.steps:
            calls = self._wanted.setdefault(step.code, [])
            if step.call not in calls:
                calls.append(step.call)

    def _watch(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in self._wanted:
            self.seen.extend(self._wanted[frame.f_code])

    def __enter__(self) -> "Walk":
        """Begin to watch."""
        self._before = (sys.getprofile(), threading.getprofile())
        threading.setprofile(self._watch)
        sys.setprofile(self._watch)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching; StepMissing unless the block failed by itself."""
        sys.setprofile(self._before[0])
        threading.setprofile(self._before[1])
        if kind is None:
            expect_order(self.journey, self.seen)


def _print(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django

    django.setup()
    journey = load(name)
    print(f"{journey.name}\n{journey.story}\n")
    for number, step in enumerate(journey.steps, start=1):
        code = step.code
        path = Path(code.co_filename)
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        print(f"{number:3}  {shown}:{code.co_firstlineno}  {code.co_qualname}\n     {step.does}")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        _print(wanted)
