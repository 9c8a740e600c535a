"""The check digit of a 個人番号 is the one of the order (平成26年総務省令第85号, art. 5)."""

from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import individual_number


def check_digit(eleven: str) -> str:
    """The formula of the order, written the other way round: from the left."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
    return str(0 if rest in {0, 1} else 11 - rest)


@given(st.text("0123456789", min_size=11, max_size=11).filter(lambda each: each.strip("0")))
def test_of_ten_last_digits_exactly_one_makes_a_number(eleven: str) -> None:
    fitting = [last for last in "0123456789" if individual_number.fits(eleven + last)]

    assert fitting == [check_digit(eleven)]


def test_a_form_that_is_not_filled_in_is_no_number() -> None:
    assert not individual_number.fits("000000000000")
