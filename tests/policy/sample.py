"""The sample company's policy, whole and as plain values that a test may bend."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from mamoru.policy import document
from mamoru.policy.document import Policy
from tests.needs import ROOT

FOLDER = ROOT / "src" / "mamoru" / "site" / "sample"
FILE = FOLDER / "policy.yaml"


@lru_cache(maxsize=1)
def text() -> str:
    """Return the sample policy.yaml as text."""
    return FILE.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def policy() -> Policy:
    """Return the sample policy."""
    return document.load(FILE)


def bent(bend: Callable[[Any], None]) -> Policy:
    """Return the sample policy after `bend` has changed its plain values."""
    values = plain()
    bend(values)
    return document.build(values)


def bent_text(bend: Callable[[Any], None]) -> str:
    """Return the sample policy.yaml after `bend` has changed its plain values."""
    values = plain()
    bend(values)
    return written(values)


def plain() -> Any:
    """Return the sample policy as plain values."""
    return policy().model_dump(mode="json", exclude_unset=True)


def written(values: Any) -> str:
    """Return plain values as YAML."""
    return yaml.safe_dump(values, allow_unicode=True, width=10_000, sort_keys=False)


def part(values: Any, field: str, id: str, key: str = "id") -> Any:  # noqa: A002
    """Return the item of `values[field]` whose `key` is `id`."""
    return next(item for item in values[field] if item[key] == id)


def home(folder: Path) -> Path:
    """Make a company's folder with the sample policy in it."""
    folder.mkdir(exist_ok=True)
    (folder / "policy.yaml").write_text(text(), encoding="utf-8")
    return folder
