"""The time of a change is read in whatever form a company's table has it (A2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import recent, stamps
from mamoru.identity.recent import Contact

THE_DAY = date(2026, 11, 20)


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20",
        "2026-11-20 10:00:00",
        "2026-11-20T10:00:00.123456",
        "2026-11-19T16:00:00Z",
        "2026-11-19 16:00:00+00:00",
        "2026-11-20 10:00:00 +0900",
        "2026-11-20 10:00:00.123 JST",
        "2026/11/20",
        "2026/11/20 10:00:00",
        "2026.11.20 9:05",
        "20261120",
        "20261120100000",
        "1795136400",
        "1795136400.25",
        "1795136400000",
        "1795136400000000",
        "令和8年11月20日",
        "R8.11.20",
        "2026年11月20日 10:00",
        "2026年11月20日10時5分",
        "Nov 20 2026",
    ],
)
def test_a_time_is_read_in_the_forms_that_databases_and_people_write(written: str) -> None:
    assert stamps.day_of(written) == THE_DAY
    assert not stamps.is_empty(written)


@pytest.mark.parametrize("written", ["Nov 2026", "2026-11", "2026-02-30", "soon", "20269999"])
def test_what_is_no_time_is_neither_read_nor_taken_for_empty(written: str) -> None:
    assert stamps.day_of(written) is None
    assert not stamps.is_empty(written)


@pytest.mark.parametrize("written", ["", " ", "0", "0000-00-00", "0000-00-00 00:00:00"])
def test_zeroes_are_no_time(written: str) -> None:
    assert stamps.is_empty(written)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,20}(\.[0-9]*)?", fullmatch=True))
def test_any_text_is_a_day_or_none(written: str) -> None:
    assert isinstance(stamps.day_of(written), date | None)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("a@mail.example", " A@MAIL.example ", True),
        ("weiss@mail.example", "weiß@mail.example", False),
        ("fi@mail.example", "ﬁ@mail.example", False),
        ("a+1@mail.example", "a@mail.example", False),
    ],
)
def test_two_mailboxes_are_one_only_but_for_case(one: str, other: str, alike: bool) -> None:
    assert recent.same(Contact.EMAIL, one, other) is alike
