"""What is wrong in the text of `mamoru.toml`: each problem with its line and what to do."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

_HEADER = re.compile(r"\s*\[\s*([\w.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
_AT = re.compile(r" ?\(at line (\d+), column \d+\)")
_UNKNOWN = "extra_forbidden"


def syntax(problem: str, text: str) -> str:
    """Return `line: message` of what the TOML reader says; what is cut off, at its last line."""
    found = _AT.search(problem)
    line = found[1] if found else max(len(text.splitlines()), 1)
    said = _AT.sub("", problem)
    return f"{line}: not readable as TOML at line {line}: {_lowered(said)}"


def problems(
    text: str, errors: Iterable[Mapping[str, Any]], model: type[BaseModel]
) -> tuple[str, ...]:
    """Return each error of `model` as `line: key: message`, those without a line first."""
    return tuple(said for _, said in sorted(_problems(text, errors, model)))


def _problems(
    text: str, errors: Iterable[Mapping[str, Any]], model: type[BaseModel]
) -> Iterator[tuple[int, str]]:
    lines = _lines(text)
    for error in errors:
        path = tuple(str(part) for part in error["loc"])
        line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
        said = _unknown(path, model) if error["type"] == _UNKNOWN else _wrong(error["msg"])
        yield line or 0, f"{f'{line}:' if line else ''} `{'.'.join(path)}`: {said}"


def _unknown(path: tuple[str, ...], model: type[BaseModel]) -> str:
    known = _known(model)
    *above, name = path
    here = known.get(tuple(above), ())
    close = difflib.get_close_matches(name, here, n=1)
    if close:
        return f"there is no such key; did you mean `{close[0]}`?"
    for section, names in known.items():
        if name in names:
            place = f"under `[{'.'.join(section)}]`" if section else "above the first section"
            return f"there is no such key here; it stands {place}"
    return f"there is no such key; known here are {', '.join(sorted(here))}"


def _known(model: type[BaseModel], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], list[str]]:
    """Return the keys of every section, the top first."""
    found = {above: list(model.model_fields)}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= _known(field.annotation, (*above, name))
    return found


def _wrong(message: str) -> str:
    return _lowered(message.replace("Input should be", "it should be"))


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line on which each section and key first stands."""
    found: dict[tuple[str, ...], int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            section = _parts(header[1])
            found.setdefault(section, number)
        elif key := _KEY.match(line):
            found.setdefault((*section, *_parts(key[1])), number)
    return found


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in dotted.split("."))
