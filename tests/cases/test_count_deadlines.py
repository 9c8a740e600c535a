"""Dates of a case against the vectors of the reference (5.2, 6.3; P3.26)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.cases.rules import deadline
from mamoru.cases.rules.deadline import Urgency
from mamoru.cases.terms import DemandKind
from mamoru.kit import calendar

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.promise("P3.26")
@pytest.mark.parametrize(
    ("arrived", "suit"),
    [
        (date(2026, 11, 20), date(2026, 12, 5)),
        (date(2026, 12, 20), date(2027, 1, 4)),
        (date(2026, 4, 1), date(2026, 4, 16)),
    ],
)
@pytest.mark.parametrize("kind", list(DemandKind))
def test_a_suit_may_be_brought_two_weeks_after_the_arrival(
    arrived: date, suit: date, kind: DemandKind
) -> None:
    expected = None if kind is DemandKind.NOTICE_OF_PURPOSE else suit

    assert deadline.suit_from(arrived, kind) == expected


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),
        (date(2026, 12, 7), date(2026, 12, 21)),
        (date(2026, 12, 17), date(2027, 1, 4)),  # the fourteenth day is 31 December
        (date(2026, 12, 28), date(2027, 1, 12)),  # 11 January is a holiday
        (date(2026, 4, 20), date(2026, 5, 7)),  # the holidays of May
    ],
)
def test_a_decision_is_due_after_fourteen_days_on_an_open_day(received: date, due: date) -> None:
    assert deadline.due_on(received, days=14) == due


def test_a_requester_hears_within_two_open_days_over_the_new_year() -> None:
    assert deadline.acknowledge_on(date(2026, 12, 28), open_days=2) == date(2027, 1, 5)


def test_papers_may_come_until_an_open_day() -> None:
    assert deadline.cure_due_on(date(2026, 12, 2), days=30) == date(2027, 1, 4)
    # Where the last day is open itself, no day is added: 7 and 8 December are a Monday and a Tuesday.
    assert deadline.cure_due_on(date(2026, 11, 7), days=30) == date(2026, 12, 7)
    assert deadline.cure_due_on(date(2026, 11, 8), days=30) == date(2026, 12, 8)


@given(DAYS, st.integers(1, 31))
def test_a_due_date_is_open_and_never_early(received: date, days: int) -> None:
    due = deadline.due_on(received, days=days)

    assert calendar.is_open(due)
    assert received + timedelta(days=days) <= due <= received + timedelta(days=days + 12)


@pytest.mark.promise("P3.26")
@pytest.mark.parametrize(
    ("passed", "urgency"),
    [
        (0, Urgency.CALM),
        (6, Urgency.CALM),
        (7, Urgency.HALF),
        (11, Urgency.HALF),
        (12, Urgency.SOON),
        (14, Urgency.SOON),
        (15, Urgency.OVERDUE),
    ],
)
def test_a_clock_warns_at_half_at_four_fifths_and_after_the_day(
    passed: int, urgency: Urgency
) -> None:
    start = date(2026, 11, 20)
    today = start + timedelta(days=passed)

    found = deadline.clock(
        started_on=start, due=start + timedelta(days=14), today=today, paused=False
    )

    assert (found.urgency, found.days_left) == (urgency, 14 - passed)


def test_a_case_that_waits_for_its_requester_is_calm() -> None:
    start = date(2026, 11, 20)

    found = deadline.clock(
        started_on=start, due=start, today=start + timedelta(days=90), paused=True
    )

    assert found.urgency is Urgency.CALM


def test_a_case_due_on_the_day_it_came_has_a_clock() -> None:
    day = date(2026, 11, 20)

    assert deadline.clock(started_on=day, due=day, today=day, paused=False).days_left == 0
