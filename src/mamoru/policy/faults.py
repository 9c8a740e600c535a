"""Values held against a model: each fault becomes a problem with its line and what mends it."""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from mamoru.policy.parts import FORMS
from mamoru.policy.source import KeyPath, Source, nearest

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
    "int_parsing_size": ("a number", "write a smaller one"),
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
        return f"`{_short(given)}` does not have the form needed", FORMS.get(
            pattern, f"it must match {pattern}"
        )
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
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a line of a terminal


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
