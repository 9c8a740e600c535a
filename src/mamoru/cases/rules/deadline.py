"""Dates of a case, computed from stored dates and never timers (P3.26, Act 39)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mamoru.cases.terms import DemandKind
from mamoru.kit import calendar

SUIT_AFTER_DAYS = 15
"""Act 39(1): two weeks after arrival have passed; arrival on 1 April, suit from 16 April."""

_NO_SUIT = frozenset({DemandKind.NOTICE_OF_PURPOSE})  # Act 39 does not name Act 32


class Urgency(StrEnum):
    """How a deadline looks to staff, in words and colour."""

    CALM = "calm"
    HALF = "half"  # 50 % of the time is gone
    SOON = "soon"  # 80 %
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as it stands on a day."""

    due_on: date
    days_left: int
    urgency: Urgency
    paused: bool


def due_on(from_on: date, *, days: int) -> date:
    """Return the day by which to decide: `days` calendar days on, or the next open day."""
    return calendar.next_open(from_on + timedelta(days=days))


def acknowledge_on(received_on: date, *, open_days: int) -> date:
    """Return the day by which the requester hears that the case arrived."""
    return calendar.add_open_days(received_on, open_days)


def cure_due_on(asked_on: date, *, days: int) -> date:
    """Return the last day on which asked-for papers may come."""
    return calendar.next_open(asked_on + timedelta(days=days))


def suit_from(arrived_on: date, kind: DemandKind) -> date | None:
    """Return the first day on which a suit may be brought (Act 39), None where none is needed."""
    return None if kind in _NO_SUIT else arrived_on + timedelta(days=SUIT_AFTER_DAYS)


def clock(*, started_on: date, due: date, today: date, paused: bool) -> Clock:
    """Return how the deadline stands; a case that waits for its requester is paused."""
    left = (due - today).days
    whole = max((due - started_on).days, 1)
    gone = (today - started_on).days / whole
    if paused:
        urgency = Urgency.CALM
    elif left < 0:
        urgency = Urgency.OVERDUE
    elif gone >= 0.8:  # noqa: PLR2004 - the alarms of the policy's clocks: 50 %, 80 %, 100 %
        urgency = Urgency.SOON
    elif gone >= 0.5:  # noqa: PLR2004 - half of the time
        urgency = Urgency.HALF
    else:
        urgency = Urgency.CALM
    return Clock(due_on=due, days_left=left, urgency=urgency, paused=paused)
