"""A YAML file with the line of every key, so that each problem says where it stands (P0.1, P0.2).

The policy and the data map are both read here. Nothing of the file is executed or
expanded: no tags, no aliases, no merge keys.
"""

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from yaml import (
    AliasEvent,
    CLoader,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    YAMLError,
)
from yaml import parse as events_of

from mamoru.kit.text import hidden_characters
from mamoru.policy.terms import Problem

Step = str | int
KeyPath = tuple[Step, ...]

_LARGEST = 2_000_000  # bytes; a policy or data map is a hundredth of it
_DEEPEST = 40
_LONGEST_NUMBER = 4_000  # Python reads no longer ones
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
        values = _Reader(source, events_of(text, Loader=CLoader)).document()
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        lines = text.splitlines()
        line = min(mark.line, len(lines) - 1) if mark is not None else 0
        what = " ".join(str(problem.problem or problem.context or "broken").split())
        _unsound(source, line + 1, what, _syntax_remedy(what, lines[line : line + 1]))
    except (YAMLError, UnicodeEncodeError):
        at = next((n for n, each in enumerate(text) if _UNREADABLE.match(each)), 0)
        what = f"control character U+{ord(text[at]):04X}" if text else "unreadable"
        _unsound(source, text.count("\n", 0, at) + 1, what, "remove it and save the file again")
    except _TooDeep as deep:
        _unsound(source, deep.line, "nested too deeply", "check brackets and indentation")
    else:
        if isinstance(values, dict):
            source.values = values
        else:
            source.report((), "the file holds no keys", "start with `version:` at the left margin")
    return source


_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML allows in no file (YAML 1.2, 5.1)."""


def _unsound(source: Source, line: int, what: str, remedy: str) -> None:
    source.lines[()] = line
    source.report((), f"not valid YAML: {what}", remedy)


def _syntax_remedy(what: str, line: Sequence[str]) -> str:
    if "cannot start any token" in what and any("\t" in each for each in line):
        return "indent with spaces, not tabs"
    if "mapping values" in what:
        return "put text that holds `: ` in quotes"
    return "check indentation, quotes and brackets on this line and the one above"


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Reader:
    """Turns a parser's events into values: nothing is built that the file could blow up."""

    def __init__(self, source: Source, events: Iterator[Event]) -> None:
        self._source = source
        self._events = events

    def document(self) -> Any:
        """Return the first document's value, None for a file without any; a second is a problem."""
        values: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _unsound(self._source, _line(event), "a second document", "remove `---`")
                    break
                values = self._value(next(self._events), ())
        return values

    def _value(self, event: Event, path: KeyPath) -> Any:
        """Return the plain value that an event begins, and note its line."""
        self._source.lines.setdefault(path, _line(event))
        if len(path) > _DEEPEST:
            raise _TooDeep(_line(event))
        if isinstance(event, AliasEvent):
            self._source.report(
                path, "an alias (`*name`) is not read here", "write the value out in full"
            )
            return None
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, CollectionStartEvent) and (tag := _tag(event)):
            self._refuse(tag, path)
        return self._mapping(path) if isinstance(event, MappingStartEvent) else self._sequence(path)

    def _sequence(self, path: KeyPath) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            result.append(self._value(event, (*path, len(result))))
        return result

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            line = _line(event)
            if not isinstance(event, ScalarEvent):
                self._source.lines.setdefault((*path, "?"), line)
                self._source.report((*path, "?"), "a key must be a word", "write `word: value`")
                self._pass(event, path)
                self._pass(next(self._events), path)
                continue
            key = event.value
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
                self._pass(next(self._events), path)
                continue
            self._source.lines[(*path, key)] = line
            result[key] = None
            result[key] = self._value(next(self._events), (*path, key))
        return result

    def _pass(self, event: Event, path: KeyPath) -> None:
        """Leave a value out, whatever it is."""
        depth = len(path)
        while True:
            depth += isinstance(event, SequenceStartEvent | MappingStartEvent)
            depth -= isinstance(event, SequenceEndEvent | MappingEndEvent)
            if depth > _DEEPEST:
                raise _TooDeep(_line(event))
            if depth <= len(path):
                return
            event = next(self._events)

    def _scalar(self, event: ScalarEvent, path: KeyPath) -> Any:
        text, tag = event.value, _tag(event)
        if not tag and event.implicit[0]:  # written without quotes: it may be more than a text
            return self._checked(_plain_value(text), path)
        if tag in {"", "str"}:
            return self._checked(text, path)
        return self._refuse(tag, path)

    def _checked(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, str) and hidden_characters(value):
            self._source.report(
                path,
                "the text holds characters that no reader sees",
                "delete and type the line again",
            )
        return value

    def _refuse(self, tag: str, path: KeyPath) -> None:
        self._source.report(path, f"the tag `{tag}` is not read here", "remove the tag")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _tag(event: ScalarEvent | CollectionStartEvent) -> str:
    return str(event.tag or "").removeprefix(_TAG)


_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]{1,60}|0x[0-9a-fA-F]{1,60}")
_BROKEN = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def _plain_value(text: str) -> Any:
    """Return what a word without quotes means by YAML 1.2's core schema: `no` is a word."""
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_NUMBER else text
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _BROKEN.fullmatch(text) else text


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
