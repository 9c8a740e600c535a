"""Walks a journey: does a run really pass the steps of `docs/journeys/NAME.toml`, in their order?

A test wraps what it does in `Walk("refusal")`. Meanwhile the functions of the named steps note
each call, in whatever thread; other calls between two steps are allowed. `python -m tests.walk NAME` prints the files of a journey, for newcomers.
"""

import importlib
import inspect
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, TracebackType
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

    def resolve(self) -> FunctionType:
        """The function that a call of this step runs; AttributeError if nothing has the name."""
        module, _, name = self.call.partition(":")
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = inspect.getattr_static(found, part)
            found = getattr(found, "__func__", found)
            found = getattr(found, "fget", found)
        function = inspect.unwrap(found)
        if not isinstance(function, FunctionType):
            raise TypeError(f"{self.call} is not a function of ours")
        return function


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


def _noting(*args: Any, **named: Any) -> Any:
    """Stand in for the code of a step: whoever holds its function comes through here."""
    from tests import walk

    return walk.passed("STEP", args, named)


_watched: dict[str, tuple[list[str], FunctionType]] = {}


def passed(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Note the steps that the function called `name` is, and do what it does."""
    seen, function = _watched[name]
    seen.extend(name.split(" "))
    return function(*args, **named)


class Walk:
    """Watches the calls inside a `with` block and expects the journey when the block ends well.

    Watching every call of the interpreter instead made a walk take twice as long.
    """

    def __init__(self, name: str) -> None:
        """Resolve every step first, so that a renamed one fails before anything runs."""
        self.journey = load(name)
        self.seen: list[str] = []
        self._steps: dict[FunctionType, list[str]] = {}
        for step in self.journey.steps:
            calls = self._steps.setdefault(step.resolve(), [])
            if step.call not in calls:
                calls.append(step.call)

    def __enter__(self) -> "Walk":
        """Begin to watch."""
        for function, calls in self._steps.items():
            code, name = function.__code__, " ".join(calls)
            assert not code.co_freevars, f"{name} closes over something: name what is inside"
            as_it_was = FunctionType(code, function.__globals__, code.co_name)
            as_it_was.__defaults__ = function.__defaults__
            as_it_was.__kwdefaults__ = function.__kwdefaults__
            _watched[name] = (self.seen, as_it_was)
            consts = tuple(name if each == "STEP" else each for each in _noting.__code__.co_consts)
            function.__code__ = _noting.__code__.replace(co_consts=consts)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching; StepMissing unless the block failed by itself."""
        for function, calls in self._steps.items():
            function.__code__ = _watched.pop(" ".join(calls))[1].__code__
        if kind is None:
            expect_order(self.journey, self.seen)


def _print(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django

    django.setup()
    journey = load(name)
    print(f"{journey.name}\n{journey.story}\n")
    for number, step in enumerate(journey.steps, start=1):
        code = step.resolve().__code__
        path = Path(code.co_filename)
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        print(f"{number:3}  {shown}:{code.co_firstlineno}  {code.co_qualname}\n     {step.does}")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or names():
        _print(wanted)
