"""手の検査 (P3.1, P3.4): one suite that every connector passes, ours and those of others.

Subclass `Conformance` in a test module and say in `build` how a store of the kind is
made; a kind that holds several tables subclasses `Relations` too. The suites name no
engine and look at the store only through what `build` hands them, never through the
connector that they test.
"""

from mamoru.connectors.conformance.acting import Acting
from mamoru.connectors.conformance.looking import Looking
from mamoru.connectors.conformance.relations import Relations
from mamoru.connectors.conformance.subject import (
    COLUMNS,
    NOW,
    ROWS,
    SHOP,
    TABLE,
    Sheet,
    Subject,
    act_on,
    location,
    permit,
    shop,
)

__all__ = [
    "COLUMNS",
    "NOW",
    "ROWS",
    "SHOP",
    "TABLE",
    "Conformance",
    "Relations",
    "Sheet",
    "Subject",
    "act_on",
    "location",
    "permit",
    "shop",
]


class Conformance(Looking, Acting):
    """What each connector promises of one table, a fact a test."""
