"""最も厳しいものが勝つ (P3.6, P3.7): records of a person folded into how the person stands now."""

from collections.abc import Iterable
from datetime import datetime

from mamoru.consents.terms import StandingKind, StandingRecord
from mamoru.gate.terms import EVERYBODY, Standing


def standing(records: Iterable[StandingRecord], *, now: datetime) -> Standing:
    """Return how a person stands at `now`: prohibitions add up, and take consents away.

    Nothing recorded is a standing too: nothing consented, nothing refused.
    """
    live = [record for record in records if record.in_force(now)]
    stopped = frozenset(
        record.recipient or EVERYBODY for record in live if record.kind is StandingKind.STOP
    )
    refused = frozenset(record.purpose for record in live if record.kind is StandingKind.REFUSAL)
    return Standing(
        consents=frozenset(
            (record.purpose, record.recipient)
            for record in live
            if record.kind is StandingKind.CONSENT and record.purpose not in refused
        ),
        refusals=refused,
        suspended=any(record.kind is StandingKind.SUSPENSION for record in live),
        stopped=stopped,
        tombstone=any(record.kind is StandingKind.TOMBSTONE for record in live),
    )
