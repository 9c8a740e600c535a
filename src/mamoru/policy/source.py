"""What a YAML file holds, with the line of every key, so that each problem says where it stands
(P0.1, P0.2)."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mamoru.policy.terms import Problem

Step = str | int
KeyPath = tuple[Step, ...]


@dataclass(slots=True)
class Source:
    """What a file holds as plain values, with the line of each key and the problems so far."""

    file: str
    values: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        """Return the line of `path`, or of its nearest parent in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def name(self, path: KeyPath) -> str:
        """Return `path` as a person says it: `clauses[preamble].ja`, list items by their name."""
        said, here = "", self.values
        for step in path:
            here = _child(here, step)
            if isinstance(step, int):
                said += f"[{_label(here) or step + 1}]"
            else:
                key = step or '""'  # an empty key is a key
                said += f".{key}" if said else key
        return said or "(file)"

    def report(self, path: KeyPath, message: str, remedy: str) -> None:
        """Add a problem at `path`."""
        self.problems.append(
            Problem(
                file=self.file,
                line=self.line(path),
                key=self.name(path),
                message=message,
                remedy=remedy,
            )
        )


def _child(here: Any, step: Step) -> Any:
    if isinstance(step, int):
        return here[step] if isinstance(here, Sequence) and step < len(here) else None
    return here.get(step) if isinstance(here, Mapping) else None


def _label(item: Any) -> str:
    """Return what a list item is called; empty if it has no name of its own."""
    if isinstance(item, Mapping):
        for key in ("id", "name", "path"):
            if isinstance(item.get(key), str):
                return str(item[key])
    return ""


def entries(values: Any, key: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Yield path and mapping of each well-formed item of the list under `key`."""
    items = values.get(key) if isinstance(values, Mapping) else None
    if isinstance(items, list):
        for at, item in enumerate(items):
            if isinstance(item, Mapping):
                yield (key, at), item


def nearest(word: object, known: Iterable[str]) -> str:
    """Return `, did you mean …` for the nearest known word, or an empty string."""
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
