"""A YAML file read event by event into plain values with their lines.

The policy and the data map are both read here. Nothing of the file is executed or
expanded: no tags, no aliases, no merge keys (decision 21).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
from mamoru.policy.source import KeyPath, Source
from mamoru.policy.terms import Problem

_LARGEST = 2_000_000  # bytes; a policy or data map is a hundredth of it
_DEEPEST = 40
_LONGEST_NUMBER = 4_000  # Python reads no longer ones
_TAG = "tag:yaml.org,2002:"


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
