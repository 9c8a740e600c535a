"""Companies with a ledger, closed when the test ends."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.ledger.company import Company


@pytest.fixture
def company() -> Iterator[Company]:
    made = Company()
    yield made
    made.close()


@pytest.fixture
def companies() -> Iterator[Callable[..., Company]]:
    made: list[Company] = []

    def make(*args: Any, **kwargs: Any) -> Company:
        made.append(Company(*args, **kwargs))
        return made[-1]

    yield make
    for each in made:
        each.close()
