"""Ids: a type for each kind, printable where people speak them."""

import re
import secrets
from typing import NewType

CaseId = NewType("CaseId", str)
"""The 受付番号, e.g. `C-2026-000123-4`: letter, year, number, check digit. Opens nothing alone."""
DemandId = NewType("DemandId", str)
"""A demand of a case: `C-2026-000123-4/2`."""
StaffId = NewType("StaffId", str)
"""Who acted: a member of staff (`staff:7`), or `requester`, `member`, `system`."""
PersonRef = NewType("PersonRef", str)
"""A keyed digest that stands for a person where the person must not be named."""

REQUESTER = StaffId("requester")
MEMBER = StaffId("member")
SYSTEM = StaffId("system")

# Damm's quasigroup of order 10: finds every single wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_CASE = re.compile(r"C-?(\d{4})-?(\d{6})-?(\d)", re.ASCII)


def check_digit(digits: str) -> int:
    """Return Damm's check digit (0 to 9) of a string of ASCII digits."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state


def case_id(year: int, number: int) -> CaseId:
    """Return the 受付番号 of the `number`-th case (from 1) of a year."""
    digits = f"{year:04d}{number:06d}"
    return CaseId(f"C-{year:04d}-{number:06d}-{check_digit(digits)}")


def parse_case_id(text: str) -> CaseId | None:
    """Return the id that a person typed (hyphens, case and spaces are forgiven), or None.

    Full-width characters are the caller's to fold (`kit.text.fold`).
    """
    found = _CASE.fullmatch(re.sub(r"[\s_]", "", text).upper())
    if found is None or check_digit(found[1] + found[2]) != int(found[3]):
        return None
    return CaseId(f"C-{found[1]}-{found[2]}-{found[3]}")


def demand_id(case: CaseId, position: int) -> DemandId:
    """Return the id of the `position`-th demand (from 1) of a case."""
    return DemandId(f"{case}/{position}")


def token(bits: int = 128) -> str:
    """Return at least `bits` of the system's randomness as hex, which URLs and the ledger take.

    Base 64 would be shorter, and one token in sixteen would begin or end in a mark that is no id.
    """
    return secrets.token_hex((bits + 7) // 8)


def digits(count: int) -> str:
    """Return `count` random decimal digits, for codes that people type from paper."""
    return "".join(secrets.choice("0123456789") for _ in range(count))
