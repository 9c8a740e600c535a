"""Every file that these tests send is really drawn."""

from collections.abc import Callable

import pytest

from mamoru.papers import workshop


@pytest.fixture(autouse=True)
def drawn_each_time(
    drawn_papers: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "_ask", drawn_papers)
