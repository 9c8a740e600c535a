"""The 63 promises of a privacy policy under the APPI, P0.1 to P3.26, as data with stable ids."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise: what it says in short, on what it rests and which code keeps it."""

    id: str
    ja: str
    en: str
    base: str  # articles of the Act unless said otherwise
    code: tuple[str, ...]  # modules that keep it, built or still to be built
    terms: tuple[str, ...]  # Japanese key terms by which an unbound sentence is recognised


def part(promise: str) -> int:
    """Return 0 (preamble) to 3 (requests), the part of the policy to which an id belongs."""
    return int(promise[1])


def order(promise: str) -> tuple[int, int]:
    """Return the key that sorts ids as the policy reads: P3.9 before P3.10."""
    head, _, tail = promise[1:].partition(".")
    return int(head), int(tail)


@lru_cache(maxsize=1)
def _load() -> Mapping[str, Promise]:
    text = resources.files("mamoru.policy").joinpath("promises.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType(
        {
            promise: Promise(
                id=promise,
                ja=row["ja"],
                en=row["en"],
                base=row["base"],
                code=tuple(row["code"]),
                terms=tuple(row["terms"]),
            )
            for promise, row in table.items()
        }
    )


PROMISES: Mapping[str, Promise] = _load()
"""Every promise by its id, in the policy's order."""


def _unkept() -> frozenset[str]:
    text = resources.files("mamoru.policy").joinpath("uncovered.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


UNKEPT: frozenset[str] = _unkept()
"""The promises that no test of this version shows to be kept: people must keep them by themselves."""
