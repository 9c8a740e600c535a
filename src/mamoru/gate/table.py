"""扉の表 (P1.5, P2.13, P3.6, P3.7): the compiled policy as one look-up a decision.

A door is one purpose with one recipient. How a person stands opens some doors and closes the
others, whatever is asked for behind them: so a person is one word, a bit a door, and a grant is
the bit of its door. `decide` says the same and gives the reasons; it is the measure of this table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mamoru.gate.terms import EVERYBODY, INTERNAL, Compiled, Form, Standing

_LAW = "law"
_CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One purpose with one recipient, to which the policy grants something."""

    number: int
    purpose: str
    recipient: str
    by_law: bool  # no will of the person closes it
    consent: bool  # closed until there is a consent
    by_name: bool  # which has to name the recipient (Act 27(1))
    categories: Mapping[str, Form]  # what is granted behind it, suppressed ones left out

    @property
    def bit(self) -> int:
        """Its bit in a person's word."""
        return 1 << self.number

    @property
    def whole(self) -> str:
        """The purpose of which this one is a part; itself where it is none."""
        return self.purpose.partition(".")[0]


class Table:
    """All doors of a policy. INVARIANT: what has no bit is refused."""

    __slots__ = ("_asked", "_bits", "_by_law", "_doors", "_of_purpose", "_to", "digest", "doors")

    def __init__(self, compiled: Compiled) -> None:
        """Number the doors in the order of purposes and recipients; the same policy, the same bits."""
        self.digest = compiled.digest
        behind: dict[tuple[str, str], dict[str, Form]] = {}
        for (purpose, category, recipient), grant in compiled.grants.items():
            # A grant without its purpose is no grant, as `decide` says.
            if purpose in compiled.purposes and grant.form != Form.SUPPRESSED:
                behind.setdefault((purpose, recipient), {})[category] = Form(grant.form)
        self.doors = tuple(
            Door(
                number=number,
                purpose=purpose,
                recipient=recipient,
                by_law=compiled.purposes[purpose].basis == _LAW,
                consent=recipient in compiled.by_name
                or _CONSENT in {compiled.purposes[purpose].needs, compiled.purposes[purpose].basis},
                by_name=recipient in compiled.by_name,
                categories=MappingProxyType(behind[purpose, recipient]),
            )
            for number, (purpose, recipient) in enumerate(sorted(behind))
        )
        self._doors = {(door.purpose, door.recipient): door for door in self.doors}
        self._bits = {
            (door.purpose, category, door.recipient): door.bit
            for door in self.doors
            for category in door.categories
        }
        self._by_law = _mask(door for door in self.doors if door.by_law)
        self._asked = _mask(door for door in self.doors if door.consent)
        self._of_purpose: dict[str, int] = {}
        self._to: dict[str, int] = {}
        for door in self.doors:
            for purpose in {door.purpose, door.whole}:
                self._of_purpose[purpose] = self._of_purpose.get(purpose, 0) | door.bit
            outside = (EVERYBODY,) if door.recipient != INTERNAL else ()
            for recipient in (door.recipient, *outside):
                self._to[recipient] = self._to.get(recipient, 0) | door.bit

    def door(self, purpose: str, recipient: str) -> Door | None:
        """Return the door; None where the policy grants nothing, which is a refusal."""
        return self._doors.get((purpose, recipient))

    def word(self, standing: Standing | None) -> int:
        """Return which doors are open to a person, a bit each; 0 where nobody can tell."""
        if standing is None:
            return 0
        every = (1 << len(self.doors)) - 1
        given = every & ~self._asked
        for purpose, recipient in standing.consents:
            for door in self._named(purpose, recipient):
                given |= door.bit
        closed = every if standing.suspended or standing.tombstone else 0
        for purpose in standing.refusals:
            closed |= self._of_purpose.get(purpose, 0)
        for recipient in standing.stopped:
            closed |= self._to.get(recipient, 0)
        return given & ~(closed & ~self._by_law)

    def allows(self, purpose: str, category: str, recipient: str, word: int) -> bool:
        """Return whether a person with that word lets the category through."""
        return self._bits.get((purpose, category, recipient), 0) & word != 0

    def _named(self, purpose: str, recipient: str) -> Iterable[Door]:
        # INVARIANT: a consent names its purpose; one for PU01 says nothing about PU01.a.
        if recipient == EVERYBODY:
            return [door for door in self.doors if door.purpose == purpose and not door.by_name]
        found = self._doors.get((purpose, recipient))
        return () if found is None else (found,)


def _mask(doors: Iterable[Door]) -> int:
    result = 0
    for door in doors:
        result |= door.bit
    return result
