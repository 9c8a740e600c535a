"""The sample's Japanese is written as a Japanese office writes it (P3.24)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mamoru.site import sample

SAMPLE = Path(sample.__file__).parent
FILES = ("policy.yaml", "datamap.yaml", "published/2026-04-01.yaml", "published/2024-04-01.yaml")


def japanese(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from [value] if key == "ja" and isinstance(value, str) else japanese(value)
    elif isinstance(found, list):
        for each in found:
            yield from japanese(each)


@pytest.mark.parametrize("name", FILES)
def test_japanese_of_the_sample_has_its_own_brackets_and_colons(name: str) -> None:
    texts = list(japanese(yaml.safe_load((SAMPLE / name).read_text(encoding="utf-8"))))

    assert texts
    assert [each for each in texts if set(each) & set("():")] == []
