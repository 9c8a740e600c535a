"""When work that failed is tried again: soon at first, then ever more rarely (P3.26).

A store that is away is no failure: it keeps a short retry of its own, so that a case goes on
within a minute of its repair.
"""

from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
CEILING = timedelta(minutes=30)


def again_at(failed_at: datetime, *, failures: int) -> datetime:
    """Return when to try again after so many failures in a row: 30 s, 1 min, 2, 4 … 30 min."""
    doubled: int = 1 << min(failures - 1, 16)  # far beyond the ceiling; a date must not overflow
    return failed_at + min(FIRST * doubled, CEILING)
