"""The words of 本人確認: verdicts with their evidence, and who or what is compared (P3.10, P3.11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a comparison says. Only `match` confirms; `cannot-tell` goes to a person."""

    MATCH = "match"
    PARTIAL = "partial"
    MISMATCH = "mismatch"
    CANNOT_TELL = "cannot-tell"


_WORST_FIRST = (Verdict.MISMATCH, Verdict.CANNOT_TELL, Verdict.PARTIAL, Verdict.MATCH)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that decides among several; `cannot-tell` of none."""
    found = frozenset(verdicts)
    return next((each for each in _WORST_FIRST if each in found), Verdict.CANNOT_TELL)


class ProofWay(StrEnum):
    """How a person was identified: a login is another kind of proof than papers (P3.21)."""

    PAPERS = "papers"
    MEMBER_LOGIN = "member-login"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """A name in the parts that a form asks for; empty where not given."""

    family: str = ""
    given: str = ""
    family_kana: str = ""
    given_kana: str = ""

    @property
    def whole(self) -> str:
        """Family and given name together, as written."""
        return f"{self.family} {self.given}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What one source says of a person: the form, the identity paper or the company's record.

    `address` is the whole address with its building; `birth` is as written.
    """

    name: NameParts = NameParts()
    birth: str = ""
    address: str = ""
