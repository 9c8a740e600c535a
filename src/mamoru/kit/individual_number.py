"""個人番号 (番号法2条5項): twelve digits, the last of which checks the others.

The check digit is that of the ministerial order on the numbers (平成26年総務省令第85号, art. 5).
"""

_DIGITS = 12
_HALF = 6
_BASE = 11


def fits(digits: str) -> bool:
    """Return whether the last of twelve digits is the check digit of those before it."""
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
        return False
    if not digits.strip("0"):
        return False  # a form that is not filled in
    total = sum(
        int(digit) * (place + 1 if place <= _HALF else place - 5)
        for place, digit in enumerate(reversed(digits[:-1]), start=1)
    )
    rest = total % _BASE
    return int(digits[-1]) == (0 if rest <= 1 else _BASE - rest)
