"""YAML that knows its lines, so that whoever keeps the data map is told where to look (P0.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]

_TRUE = frozenset({"true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault of the text itself: its line (from 1), the path of keys, what it is."""

    line: int
    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Plain values, the line of each path, and every flaw of the text."""

    value: Any
    lines: Mapping[Path, int]
    flaws: tuple[Flaw, ...]

    def line(self, path: Path) -> int:
        """Return the line of a path, or of its nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Reading:
    """Read one YAML document. Never raises for bad text: the flaws say what is wrong with it."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = 1 if mark is None else mark.line + 1
        return Reading(None, {}, (Flaw(line, (), f"not readable as YAML: {problem.problem}"),))
    except YAMLError as problem:
        return Reading(None, {}, (Flaw(1, (), f"not readable as YAML: {_first_line(problem)}"),))
    if root is None:
        return Reading(None, {}, (Flaw(1, (), "the file is empty"),))
    lines: dict[Path, int] = {}
    flaws: list[Flaw] = []
    return Reading(_plain(root, (), lines, flaws), lines, tuple(flaws))


def _plain(node: Node, path: Path, lines: dict[Path, int], flaws: list[Flaw]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if node.anchor is not None:
        # An alias makes one line stand for two places, and a small file unfold into a huge one.
        flaws.append(Flaw(line, path, "anchors and aliases are not used in this file"))
        return None
    if isinstance(node, MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                at = key_node.start_mark.line + 1
                flaws.append(
                    Flaw(at, here, f"key `{key}` stands twice, first in line {lines[here]}")
                )
                continue
            lines[here] = key_node.start_mark.line + 1
            result[key] = _plain(value_node, here, lines, flaws)
        return result
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, at), lines, flaws) for at, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)  # noqa: S101 - YAML has no fourth kind of node
    return _scalar(node)


def _scalar(node: ScalarNode) -> Any:
    text = str(node.value)
    kind = str(node.tag).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int" and text.isdecimal():
        return int(text)
    return text  # dates, numbers with a point and the rest are the model's to read


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
