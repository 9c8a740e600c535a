"""A law's period ends on the day that the law says, and its inverse agrees day by day (P3.6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.datamap.holds import NoFiscalYear, cutoff, ends_on, released_on
from mamoru.datamap.inventory import CountsFrom, Hold, Title

LAW = Title(ja="法", en="Law")
DAY = timedelta(days=1)


def hold(period: str | None, counts_from: CountsFrom = CountsFrom.ANCHOR) -> Hold:
    return Hold(code="H", law=LAW, period=period, anchor="at", counts_from=counts_from)


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize(
    ("period", "counts_from", "closing", "anchor", "last"),
    [
        # An order of the year that closes on 31 March 2026: the return is due by 31 May 2026.
        ("P7Y", CountsFrom.TAX_RETURN_DATE, "03-31", date(2025, 11, 22), date(2033, 5, 31)),
        ("P7Y", CountsFrom.TAX_RETURN_DATE, "03-31", date(2026, 3, 31), date(2033, 5, 31)),
        ("P7Y", CountsFrom.TAX_RETURN_DATE, "03-31", date(2026, 4, 1), date(2034, 5, 31)),
        ("P10Y", CountsFrom.FISCAL_YEAR_END, "12-31", date(2026, 2, 1), date(2036, 12, 31)),
        ("P7Y", CountsFrom.TAX_RETURN_DATE, "02-28", date(2024, 2, 29), date(2031, 4, 30)),
        ("P7Y", CountsFrom.TAX_RETURN_DATE, "12-31", date(2026, 6, 1), date(2034, 2, 28)),
        ("P3Y", CountsFrom.ANCHOR, None, date(2024, 2, 29), date(2027, 2, 28)),
        ("P1Y", CountsFrom.ANCHOR, None, date(2024, 2, 28), date(2025, 2, 28)),
        ("P1Y", CountsFrom.ANCHOR, None, date(2023, 2, 28), date(2024, 2, 29)),
        ("P6M", CountsFrom.ANCHOR, None, date(2026, 8, 30), date(2027, 2, 28)),
        ("P30D", CountsFrom.ANCHOR, None, date(2026, 12, 20), date(2027, 1, 19)),
    ],
)
def test_a_period_ends_as_the_civil_code_counts(
    period: str, counts_from: CountsFrom, closing: str | None, anchor: date, last: date
) -> None:
    kept = hold(period, counts_from)

    assert ends_on(kept, anchor, closing) == last
    assert released_on(kept, anchor, closing) == last + DAY


periods = st.sampled_from(["P7Y", "P10Y", "P3Y", "P1Y6M", "P6M", "P1M", "P30D", "P1Y1D"])
closings = st.sampled_from(["03-31", "12-31", "02-28", "02-29", "09-30", "06-20"])
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
leap_days = st.sampled_from([date(year, 2, 29) for year in range(2000, 2061, 4)])
border = st.builds(lambda day, off: day + off * DAY, leap_days, st.integers(-3, 3))


@pytest.mark.promise("P3.6")
@given(periods, st.sampled_from(CountsFrom), closings, st.one_of(days, border))
def test_the_cutoff_parts_held_days_from_free_ones(
    period: str, counts_from: CountsFrom, closing: str, today: date
) -> None:
    kept = hold(period, counts_from)

    border_day = cutoff(kept, today, closing)

    assert border_day is not None
    for off in range(-400, 401):
        anchor = border_day + off * DAY
        last = ends_on(kept, anchor, closing)
        assert last is not None
        assert (last >= today) is (anchor > border_day)


@given(periods, st.sampled_from(CountsFrom), closings, days)
def test_a_later_anchor_is_never_free_earlier(
    period: str, counts_from: CountsFrom, closing: str, anchor: date
) -> None:
    kept = hold(period, counts_from)
    one, other = (ends_on(kept, day, closing) for day in (anchor, anchor + DAY))

    assert one is not None
    assert other is not None
    assert anchor <= one <= other


def test_a_hold_without_a_period_stands_until_it_is_lifted() -> None:
    assert ends_on(hold(None), date(2026, 1, 1)) is None
    assert cutoff(hold(None), date(2026, 1, 1)) is None
    assert released_on(hold(None), date(2026, 1, 1)) is None


def test_a_business_year_that_nobody_named_is_an_error() -> None:
    with pytest.raises(NoFiscalYear):
        ends_on(hold("P7Y", CountsFrom.TAX_RETURN_DATE), date(2026, 1, 1))
