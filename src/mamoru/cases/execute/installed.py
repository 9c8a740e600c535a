"""What execution works with: the map, the grants, the connectors, and a permit for every touch (P1.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mamoru.connectors.port import (
    Connector,
)
from mamoru.datamap.acts import Frozen
from mamoru.datamap.inventory import DataMap
from mamoru.datamap.terms import Location, Search
from mamoru.gate import permit as permits
from mamoru.gate.terms import Compiled, Operation, Permit, Standing
from mamoru.kit.ids import CaseId, StaffId
from mamoru.policy.compile import REQUESTS_BY_LAW
from mamoru.policy.document import Policy

PURPOSE = REQUESTS_BY_LAW
"""Answering a demand is a duty of law (Act 32 to 35, 18(3)(i)): a suspension does not stop it."""


PERMIT_MINUTES = 15


class Waiting(Exception):
    """The work cannot go on now; `note` is a code for screens, `seconds` when to try again."""

    def __init__(self, note: str, seconds: int) -> None:
        """Keep the note, e.g. `store-unreachable:mailing`."""
        super().__init__(note)
        self.note = note
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What execution works with; installed once by the wiring."""

    policy: Policy
    grants: Compiled
    datamap: DataMap
    connectors: Mapping[str, Connector]
    public_url: str  # where people find the pages, for letters
    fates: dict[tuple[tuple[str, str], ...], str] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )  # what `planning` computed from this map, by places; as lasting as the map


_installed: list[Hands] = []


def install(hands: Hands) -> None:
    """Hand over map, grants and connectors, once, at start."""
    _installed[:] = [hands]


def hands() -> Hands:
    """Return what was installed; an error of the programmer if the wiring did not run."""
    if not _installed:
        raise RuntimeError("no hands are installed: call `execute.install` first")
    return _installed[0]


def permitted(
    case_id: CaseId,
    operation: Operation,
    places: Iterable[Location | Search],
    *,
    by: StaffId,
    now: datetime,
    frozen: Iterable[Frozen] = (),
) -> Permit:
    """Ask the gate. A purpose that rests on a law is not closed by a person's standing."""
    return permits.issue(
        hands().grants,
        case=case_id,
        purpose=PURPOSE,
        operation=operation,
        locations=tuple(places),
        standing=Standing(),
        by=by,
        now=now,
        until=now + timedelta(minutes=PERMIT_MINUTES),
        frozen=frozen,
    )


def connector(name: str) -> Connector:
    return hands().connectors[name]


def name_of(place: Location) -> str:
    return f"{place.store}/{place.table}"


def text(value: object) -> str:
    """Return a cell as people read it; an empty cell is empty text."""
    return "" if value is None else str(value)
