"""What every act works with: the company's periods, and where the wording comes from."""

from mamoru.cases import answer, execute
from mamoru.cases.rules import papers
from mamoru.cases.terms import (
    Practice,
)
from mamoru.identity.agent import Rules
from mamoru.kit.mail import Mailer

_practice: Practice | None = None
_mailers: list[Mailer | None] = []


def install(practice: Practice) -> None:
    """Hand over the company's periods and sizes, once, at start."""
    global _practice  # noqa: PLW0603 - set by the wiring before any call
    _practice = practice


def install_mailer(mailer: Mailer | None) -> None:
    """Hand over what sends mails, once, at start; None where the company names no server."""
    _mailers[:] = [mailer]


def mailer() -> Mailer | None:
    """Return what sends mails; None where none are offered."""
    return _mailers[0] if _mailers else None


def practice() -> Practice:
    """Return the company's periods and sizes."""
    if _practice is None:
        raise RuntimeError("no practice is installed: call `actions.install` first")
    return _practice


def sources() -> answer.Sources:
    """Return what letters take their words from."""
    hands = execute.hands()
    return answer.Sources(hands.policy, hands.datamap, hands.public_url)


def paper_rules() -> Rules:
    """Return which papers the company takes, and how new."""
    return papers.of(execute.hands().policy)
