"""What of a data map can be read (P0.1), though other parts of it cannot.

So the content of the good parts is checked together with the form of the bad ones, and one run
names every problem.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mamoru.datamap.inventory import KeyKind, StoreKind, Table

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class StoreParts:
    """What of a store can be read; `options` are the plain values of its other keys."""

    name: str | None
    kind: StoreKind | None
    options: Mapping[str, Any]
    tables: tuple[Table | None, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a map can be read; None at the position of what cannot."""

    keys: tuple[KeyKind | None, ...]
    fiscal_year_ends: bool
    stores: tuple[StoreParts | None, ...]


def readable(value: Any) -> Parts:
    """Return what of a file's plain values can be read as parts of a data map."""
    raw = value if isinstance(value, dict) else {}
    keys = tuple(_part(KeyKind, item) for item in _items(raw.get("keys")))
    stores = tuple(_store_parts(item) for item in _items(raw.get("stores")))
    return Parts(keys, fiscal_year_ends="fiscal_year_ends" in raw, stores=stores)


def _store_parts(raw: Any) -> StoreParts | None:
    if not isinstance(raw, dict):
        return None
    kind = raw.get("kind")
    return StoreParts(
        name=raw["name"] if isinstance(raw.get("name"), str) else None,
        kind=StoreKind(kind) if isinstance(kind, str) and kind in set(StoreKind) else None,
        options={str(key): value for key, value in raw.items() if key != "tables"},
        tables=tuple(_part(Table, item) for item in _items(raw.get("tables"))),
    )


def _items(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _part(model: type[P], raw: Any) -> P | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None
