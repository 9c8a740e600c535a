"""The system's clock, read at the edge only: rules and actions are handed the time."""

from datetime import UTC, date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9), "JST")
"""Japan has had one offset and no summer time since 1952; legal dates are counted in it."""


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def date_in_japan(moment: datetime) -> date:
    """Return the calendar day in Japan of an aware moment; ValueError if it is naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no date in Japan")
    return moment.astimezone(JAPAN).date()
