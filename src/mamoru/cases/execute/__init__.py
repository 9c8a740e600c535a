"""The sole hand on the company's databases (P3.3, P3.5, P3.18, P3.19).

Every touch needs a permit of the gate, and the permit its entry in the ledger first. Steps are
idempotent: a receipt that exists is not made again.
"""

from mamoru.cases.execute.carry import HAND_WORK_SECONDS, RETRY_SECONDS, run
from mamoru.cases.execute.installed import PURPOSE, Hands, Waiting, hands, install, text
from mamoru.cases.execute.member import (
    MemberField,
    MemberTable,
    expect_correctable,
    fits,
    read_own,
)
from mamoru.cases.execute.person import Candidate, find_person, identify
from mamoru.cases.execute.planning import ColumnNotOpen, Plan, holds_anything, is_ref, plan

__all__ = [
    "HAND_WORK_SECONDS",
    "PURPOSE",
    "RETRY_SECONDS",
    "Candidate",
    "ColumnNotOpen",
    "Hands",
    "MemberField",
    "MemberTable",
    "Plan",
    "Waiting",
    "expect_correctable",
    "find_person",
    "fits",
    "hands",
    "holds_anything",
    "identify",
    "install",
    "is_ref",
    "plan",
    "read_own",
    "run",
    "text",
]
