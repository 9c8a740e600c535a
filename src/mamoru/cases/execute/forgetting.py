"""消し終えたら鍵も捨てる (P3.6, Act 22): the keys of a person's rows are not kept longer than needed.

They are needed until the demand is sealed, no hold is left, and the last backup that could bring
the rows back has run out: until then a restore is undone with them.
"""

from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute.installed import hands
from mamoru.cases.store import effects as kept
from mamoru.datamap import holds
from mamoru.datamap.inventory import Store
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM, CaseId
from mamoru.ledger import append


def forget(*, now: datetime) -> int:
    """Destroy the keys that nothing needs any more; return in how many stores of demands.

    A store whose map names no period of its backups keeps them until its case is erased.
    """
    mapped = {each.name: each for each in hands().datamap.stores}
    count = 0
    for demand_id, name, last in kept.settled():
        if name in mapped and not _over(mapped[name], last, now=now):
            continue
        with store.atomic():
            rounds = kept.forget_reaches(demand_id, name)
            append.entry(
                "case.keys.forgotten",
                subject=CaseId(demand_id.rpartition("/")[0]),
                by=SYSTEM,
                at=now,
                body={"demand": demand_id, "store": name, "rounds": rounds},
            )
        count += 1
    return count


def _over(mapped: Store, last: datetime, *, now: datetime) -> bool:
    if mapped.backups is None:
        return False
    until = holds.end_of(mapped.backups.kept, clock.date_in_japan(last))
    return clock.date_in_japan(now) > until
