"""The company's own marks of protected people, read where the data map names them (P3.11)."""

from datetime import datetime

from mamoru.cases.execute import household
from mamoru.cases.execute.installed import connector, hands, permitted
from mamoru.cases.terms import Identity
from mamoru.datamap import locate
from mamoru.gate.terms import Operation
from mamoru.kit.ids import CaseId, StaffId


def named() -> bool:
    """Return whether the data map names a column that marks protection."""
    return any(table.protection for each in hands().datamap.stores for table in each.tables)


def marked(case_id: CaseId, identity: Identity, *, by: StaffId, now: datetime) -> tuple[str, ...]:
    """Read the register's own marks of protection wherever the person's keys lead.

    The errors of a store: whoever cannot tell lets nothing out. A row under a household's shared
    key that surely names somebody else marks that other person; in doubt it marks both.
    """
    datamap = hands().datamap
    found = []
    for place in locate.locate(datamap, identity.ring):
        table = datamap.table(place.store, place.table)
        if table.protection is None:
            continue
        columns = (table.protection.column, *household.columns(table))
        wanted = place.narrowed(tuple(dict.fromkeys(columns)))
        permit = permitted(case_id, Operation.READ, (wanted,), by=by, now=now)
        for row in connector(place.store).read(permit, wanted, now).rows:
            another = household.by_shared_key(place, row) and household.is_surely_another(
                place, row, identity
            )
            if table.protection.marks(row.get(table.protection.column)) and not another:
                found.append(f"{place.store}/{place.table}")
    return tuple(dict.fromkeys(found))
