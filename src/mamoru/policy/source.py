"""A YAML file with the line of every key, so that each problem says where it stands (P0.1, P0.2).

The policy and the data map are both read here. Nothing of the file is executed or
expanded: no tags, no aliases, no merge keys.
"""

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mamoru.kit.text import hidden_characters
from mamoru.policy.terms import Problem

Step = str | int
KeyPath = tuple[Step, ...]

_LARGEST = 2_000_000  # bytes; a policy or data map is a hundredth of it
_DEEPEST = 40
_TAG = "tag:yaml.org,2002:"


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
                said += f".{step}" if said else step
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


def read(path: Path) -> Source:
    """Read a YAML file into plain values; what is wrong with it as YAML is in `.problems`."""
    source = Source(file=path.name)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        source.report((), f"the file cannot be read: {reason}", "give the path of a readable file")
        return source
    if len(raw) > _LARGEST:
        source.report((), f"the file is larger than {_LARGEST} bytes", "split or shorten it")
        return source
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        source.lines[()] = raw[: problem.start].count(b"\n") + 1
        source.report((), "the file is not UTF-8", "save it as UTF-8 (not Shift_JIS)")
        return source
    return read_text(text, file=path.name)


def read_text(text: str, *, file: str) -> Source:
    """Read YAML text into plain values with lines, as `read` does for a file."""
    source = Source(file=file)
    try:
        node = _composed(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        source.lines[()] = (mark.line + 1) if mark is not None else 1
        what = " ".join(str(problem.problem or problem.context or "broken").split())
        source.report((), f"not valid YAML: {what}", _syntax_remedy(what))
        return source
    except (YAMLError, ValueError, RecursionError) as problem:
        what = "nested too deeply" if isinstance(problem, RecursionError) else "unreadable"
        bad = re.search(r"#x([0-9a-f]+)", str(problem))
        if bad is not None:
            what = f"control character U+{int(bad[1], 16):04X}"
        source.report((), f"not valid YAML: {what}", "remove it and save the file again")
        return source
    if not isinstance(node, MappingNode):
        source.report((), "the file holds no keys", "start with `version:` at the left margin")
        return source
    source.values = _Reader(source).value(node, ())
    return source


@lru_cache(maxsize=4)
def _composed(text: str) -> Node | None:
    """Return the nodes of a text, which are only read; a company's two files are asked for often."""
    parser = YAML(typ="rt", pure=True)
    parser.allow_duplicate_keys = True  # reported by the reader, all of them and with their lines
    node: Node | None = parser.compose(text)
    return node


def _syntax_remedy(what: str) -> str:
    if "tab" in what or "\\t" in what:
        return "indent with spaces, not tabs"
    if "mapping values" in what:
        return "put text that holds `: ` in quotes"
    return "check indentation, quotes and brackets on this line and the one above"


class _Reader:
    """Turns nodes into values, once each: an alias would be a second visit."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: set[int] = set()

    def value(self, node: Node, path: KeyPath) -> Any:
        """Return the plain value of a node and note its line."""
        self._source.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._source.report(
                path, "an alias (`*name`) is not read here", "write the value out in full"
            )
            return None
        self._seen.add(id(node))
        if len(path) > _DEEPEST:
            self._source.report(path, "nested too deeply", "check the indentation")
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, at)) for at, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                self._source.lines.setdefault((*path, "?"), line)
                self._source.report((*path, "?"), "a key must be a word", "write `word: value`")
                continue
            if key in result:
                first = self._source.lines[(*path, key)]
                self._source.problems.append(
                    Problem(
                        file=self._source.file,
                        line=line,
                        key=self._source.name((*path, key)),
                        message=f"the key stands twice (first on line {first})",
                        remedy="keep one of the two",
                    )
                )
                continue
            self._source.lines[(*path, key)] = line
            result[key] = None
            result[key] = self.value(value_node, (*path, key))
        return result

    def _scalar(self, node: Node, path: KeyPath) -> Any:
        text = str(node.value)
        tag = str(node.tag or "").removeprefix(_TAG)
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() in {"true", "yes", "on"}
        if tag in {"int", "float"}:
            return _number(text)
        if tag not in {"str", "timestamp"}:
            self._source.report(path, f"the tag `{tag}` is not read here", "remove the tag")
            return None
        if hidden_characters(text):
            self._source.report(
                path,
                "the text holds characters that no reader sees",
                "delete and type the line again",
            )
        return text


def _number(text: str) -> Any:
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return text


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


M = TypeVar("M", bound=BaseModel)


def validate(source: Source, model: type[M]) -> M | None:
    """Check the values against `model`; each fault becomes a problem of `source`.

    Returns the model, or None when there is any fault.
    """
    try:
        return model.model_validate(source.values)
    except ValidationError as faults:
        found: list[dict[str, Any]] = [dict(fault) for fault in faults.errors(include_url=False)]
        for fault in found:
            if fault["type"] != "too_short" or not _within(tuple(fault["loc"]), found):
                _report_fault(source, model, fault)
    return None


def _within(path: KeyPath, faults: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a fault lies inside `path`: a list of one broken item is not too short."""
    return any(len(each["loc"]) > len(path) and each["loc"][: len(path)] == path for each in faults)


def _report_fault(source: Source, model: type[BaseModel], fault: dict[str, Any]) -> None:
    path: KeyPath = tuple(fault["loc"])
    kind, given = str(fault["type"]), fault.get("input")
    if kind == "missing":
        source.report(path, "the key is missing", f"add `{path[-1]}`{_purpose_of(model, path)}")
    elif kind == "extra_forbidden":
        known = sorted(_fields(model, path[:-1]))
        hint = nearest(path[-1], known) or f"remove it; known keys here: {', '.join(known)}"
        source.report(path, "unknown key", hint)
    elif kind in {"enum", "literal_error"}:
        allowed = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
        hint = nearest(given, allowed)
        choices = f"use one of: {', '.join(allowed)}"
        source.report(path, f"`{_short(given)}` is not known here", f"{hint} {choices}".strip())
    else:
        message, remedy = _plain(kind, given, fault)
        source.report(path, message, remedy)


_EXPECTED = {
    "string_type": ("text", "write text, in quotes if it looks like a number"),
    "int_type": ("a whole number", "write digits only"),
    "int_parsing": ("a whole number", "write digits only"),
    "bool_type": ("true or false", "write `true` or `false`"),
    "bool_parsing": ("true or false", "write `true` or `false`"),
    "tuple_type": ("a list", "start each item with `- `"),
    "model_type": ("keys with values", "write `key: value` lines, indented"),
    "model_attributes_type": ("keys with values", "write `key: value` lines, indented"),
    "date_type": ("a date", "write it as 2026-04-01"),
    "date_parsing": ("a date", "write it as 2026-04-01"),
    "date_from_datetime_parsing": ("a date", "write it as 2026-04-01"),
    "date_from_datetime_inexact": ("a date", "write it as 2026-04-01, without a time"),
}


def _plain(kind: str, given: Any, fault: dict[str, Any]) -> tuple[str, str]:
    if kind in _EXPECTED:
        expected, remedy = _EXPECTED[kind]
        found = "nothing" if given is None else f"`{_short(given)}`"
        return f"{expected} is expected here, found {found}", remedy
    if kind == "string_pattern_mismatch":
        pattern = fault.get("ctx", {}).get("pattern", "")
        return f"`{_short(given)}` does not have the form needed", f"it must match {pattern}"
    if kind in {"string_too_short", "too_short"}:
        return "nothing is written here", "write it or remove the key"
    if kind == "value_error":
        message, _, remedy = str(fault.get("ctx", {}).get("error", "")).partition("; ")
        return message, remedy or "correct it"
    context = fault.get("ctx", {})
    if "ge" in context or "le" in context:
        word, bound = ("at least", context["ge"]) if "ge" in context else ("at most", context["le"])
        return f"`{_short(given)}` is out of range", f"write a number of {word} {bound}"
    limit = ", ".join(f"{name} {bound}" for name, bound in context.items())
    return f"`{_short(given)}` does not fit ({kind.replace('_', ' ')})", limit or "correct it"


def _short(given: Any) -> str:
    text = " ".join(str(given).split())
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {Union, types.UnionType, tuple, list, dict}:
        for part in get_args(annotation):
            yield from _models_in(part)


def _field_at(model: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    """Return the field that a path of keys leads to; keys of a plain mapping name no field."""
    here: type[BaseModel] | None = model
    field: FieldInfo | None = None
    for step in path:
        if isinstance(step, int):
            continue
        if here is None:
            return None
        if field is not None and _is_mapping(field.annotation):
            field = None
            continue
        field = _named(here).get(step)
        here = next(_models_in(field.annotation), None) if field is not None else None
    return field


def _named(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model under the keys that stand in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _is_mapping(annotation: Any) -> bool:
    parts = get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else ()
    return get_origin(annotation) is dict or any(get_origin(part) is dict for part in parts)


def _fields(model: type[BaseModel], path: KeyPath) -> Iterable[str]:
    if not path:
        return _named(model)
    *above, last = path
    field = _field_at(model, tuple(above) if isinstance(last, int) else path)
    if field is None and not isinstance(last, int):
        # The last step may be a key of a plain mapping, whose values are models.
        field = _field_at(model, tuple(above))
    inner = next(_models_in(field.annotation), None) if field is not None else None
    return _named(inner) if inner is not None else ()


def _purpose_of(model: type[BaseModel], path: KeyPath) -> str:
    found = _field_at(model, path)
    return f": {found.description}" if found is not None and found.description else ""
