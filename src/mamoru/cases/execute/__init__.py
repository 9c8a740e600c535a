"""The sole hand on the company's databases (P3.3, P3.5, P3.18, P3.19).

Every touch needs a permit of the gate, and the permit its entry in the ledger first. Steps are
idempotent: a receipt that exists is not made again.
"""

from mamoru.cases.execute.carry import HAND_WORK_SECONDS, RETRY_SECONDS, release, run
from mamoru.cases.execute.changing import expect
from mamoru.cases.execute.contacts import changes_contact
from mamoru.cases.execute.contacts import note as note_contacts
from mamoru.cases.execute.forgetting import forget
from mamoru.cases.execute.installed import PURPOSE, Hands, Waiting, hands, install, text
from mamoru.cases.execute.member import (
    MemberField,
    MemberTable,
    expect_correctable,
    fits,
    open_values,
    opt_out_of,
    read_own,
    registered,
)
from mamoru.cases.execute.person import (
    Candidate,
    RecordUnknown,
    find_person,
    identify,
    look_again,
    searched,
)
from mamoru.cases.execute.persons import digests, person_of
from mamoru.cases.execute.planning import (
    CORRECTING,
    ColumnNotOpen,
    Plan,
    changes,
    holds_anything,
    is_ref,
    is_thin,
    plan,
    standing_of,
)
from mamoru.cases.execute.protecting import (
    fingerprint,
    hides,
    looked_at,
    shield,
    tells_nothing,
    tells_place,
)
from mamoru.cases.execute.restoring import NotRestored, Replayed, needed, replay, untold

__all__ = [
    "CORRECTING",
    "HAND_WORK_SECONDS",
    "PURPOSE",
    "RETRY_SECONDS",
    "Candidate",
    "ColumnNotOpen",
    "Hands",
    "MemberField",
    "MemberTable",
    "NotRestored",
    "Plan",
    "RecordUnknown",
    "Replayed",
    "Waiting",
    "changes",
    "changes_contact",
    "digests",
    "expect",
    "expect_correctable",
    "find_person",
    "fingerprint",
    "fits",
    "forget",
    "hands",
    "hides",
    "holds_anything",
    "identify",
    "install",
    "is_ref",
    "is_thin",
    "look_again",
    "looked_at",
    "needed",
    "note_contacts",
    "open_values",
    "opt_out_of",
    "person_of",
    "plan",
    "read_own",
    "registered",
    "release",
    "replay",
    "run",
    "searched",
    "shield",
    "standing_of",
    "tells_nothing",
    "tells_place",
    "text",
    "untold",
]
