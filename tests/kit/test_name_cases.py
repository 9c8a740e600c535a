"""The 受付番号: spoken, typed from paper, and wrong only if it says so (P3.21)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import ids
from mamoru.kit.ids import CaseId
from mamoru.ledger import entry

NUMBERS = st.text("0123456789", min_size=2, max_size=20)


@given(NUMBERS, st.data())
def test_every_single_wrong_digit_is_found(number: str, data: st.DataObject) -> None:
    whole = number + str(ids.check_digit(number))
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != whole[at]]))

    wrong = whole[:at] + other + whole[at + 1 :]

    assert ids.check_digit(whole) == 0
    assert ids.check_digit(wrong) != 0


@given(NUMBERS, st.data())
def test_every_swap_of_neighbours_is_found(number: str, data: st.DataObject) -> None:
    whole = number + str(ids.check_digit(number))
    at = data.draw(st.integers(0, len(whole) - 2))
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]

    assert swapped == whole or ids.check_digit(swapped) != 0


def test_the_check_digit_is_damms() -> None:
    assert ids.check_digit("572") == 4  # the example of Damm's thesis


@given(st.integers(2000, 2199), st.integers(1, 999_999), st.data())
def test_a_number_is_read_as_people_type_it(year: int, number: int, data: st.DataObject) -> None:
    made = ids.case_id(year, number)
    typed = made.lower() if data.draw(st.booleans()) else str(made)
    typed = typed.replace("-", "") if data.draw(st.booleans()) else f" {typed} "

    assert ids.parse_case_id(typed) == made


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "C-2026-000001-6",
        "C-2026-00001-5",
        "D-2026-000001-5",
        "C-2026-000001-5/1",
        "C-２０２６-０００００１-５",
        "C-٢٠٢٦-٠٠٠٠٠١-٥",
    ],
)
def test_what_is_no_number_of_ours_is_none(typed: str) -> None:
    assert ids.parse_case_id(typed) is None


def test_a_demand_is_named_under_its_case() -> None:
    assert ids.demand_id(CaseId("C-2026-000001-5"), 2) == "C-2026-000001-5/2"


def test_tokens_and_codes_are_long_and_differ() -> None:
    assert len({ids.token() for _ in range(1000)}) == 1000
    assert min(len(ids.token()) for _ in range(50)) * 4 >= 128
    assert all(len(ids.digits(12)) == 12 and ids.digits(12).isdigit() for _ in range(20))


def test_any_token_stands_in_the_ledger_as_it_is() -> None:
    tokens = [ids.token() for _ in range(2000)]
    assert entry.guarded({"keys": tokens[:200]}) == {"keys": tuple(tokens[:200])}
    assert all(entry.guarded({"key": f"choice-{each}"}) for each in tokens)
