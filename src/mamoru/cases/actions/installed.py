"""What every act works with: the company's periods, and where the wording comes from."""

from mamoru.cases import answer, execute
from mamoru.cases.terms import (
    Practice,
)

_practice: Practice | None = None


def install(practice: Practice) -> None:
    """Hand over the company's periods and sizes, once, at start."""
    global _practice  # noqa: PLW0603 - set by the wiring before any call
    _practice = practice


def practice() -> Practice:
    """Return the company's periods and sizes."""
    if _practice is None:
        raise RuntimeError("no practice is installed: call `actions.install` first")
    return _practice


def sources() -> answer.Sources:
    """Return what letters take their words from."""
    hands = execute.hands()
    return answer.Sources(hands.policy, hands.datamap, hands.public_url)
