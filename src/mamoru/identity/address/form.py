"""An address taken apart, and the verdict on two of them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from mamoru.identity import towns, variants
from mamoru.identity.terms import Verdict

MAX_LENGTH: Final = 300


class Kind(NamedTuple):
    """What the unit after a number says it is; '' where hyphens leave it open."""

    name: str
    family: str


UNSTATED: Final = Kind("", "")


class Form(NamedTuple):
    """An address taken apart, with the original and what was folded on the way.

    A tuple, for one is made of every address and a frozen class costs four times as much.
    """

    original: str
    postal_code: str = ""
    prefecture: str = ""
    county: str = ""
    city: str = ""  # 市, 町, 村, or a ward of Tokyo
    ward: str = ""
    street: str = ""  # Kyoto's 通り名
    town: str = ""  # as it is written, with what stands between it and the numbers
    koaza: str = ""  # what follows a town of the table before the numbers, spelled alike
    numbers: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()  # 甲 or 南 before each number, and behind the last; () if none
    building: str = ""
    floor: str = ""
    room: str = ""
    problem: str = ""  # a reason code when the text could not be read
    folded: frozenset[str] = frozenset()  # `reason` or `reason:spelling` of notation met here
    candidates: frozenset[str] = frozenset()  # codes of the municipalities that the text may mean
    known: frozenset[towns.Town] = frozenset()  # the towns of the table that it may mean
    alone: bool = False  # whether the town's name stands once in its municipality
    town_key: str = ""
    families: tuple[str, ...] = ()
    open_end: bool = False  # a numeral follows that may be a number or a building's name


def _version() -> str:
    return f"{towns.version()}, {variants.TABLE_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The verdict on two texts with everything that a person must see to judge it."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    a_form: Form
    b_form: Form
    table_version: str = field(default_factory=_version)
