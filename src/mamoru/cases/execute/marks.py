"""The company's own marks of protected people, read where the data map names them (P3.11)."""

from datetime import datetime

from mamoru.cases.execute.installed import connector, hands, permitted
from mamoru.cases.terms import Identity
from mamoru.datamap import locate
from mamoru.datamap.terms import Match
from mamoru.gate.terms import Operation
from mamoru.kit.ids import CaseId, StaffId


def named() -> bool:
    """Return whether the data map names a column that marks protection."""
    return any(table.protection for each in hands().datamap.stores for table in each.tables)


def marked(case_id: CaseId, identity: Identity, *, by: StaffId, now: datetime) -> tuple[str, ...]:
    """Read the register's own marks of protection wherever the person's keys lead.

    The errors of a store: whoever cannot tell lets nothing out. A row under a household's shared
    key that names somebody else marks that other person.
    """
    datamap = hands().datamap
    own = identity.registered.name.replace(" ", "")
    found = []
    for place in locate.locate(datamap, identity.ring):
        table = datamap.table(place.store, place.table)
        if table.protection is None:
            continue
        keys = (way.column for way in table.person)
        columns = (table.protection.column, *keys, *locate.name_columns(table))
        wanted = place.narrowed(tuple(dict.fromkeys(columns)))
        permit = permitted(case_id, Operation.READ, (wanted,), by=by, now=now)
        shared = any(path.match is not Match.EXACT and path.keys for path in place.paths)
        for row in connector(place.store).read(permit, wanted, now).rows:
            another = shared and locate.names_another(
                datamap, place.store, place.table, row, name=own
            )
            if table.protection.marks(row.get(table.protection.column)) and not another:
                found.append(f"{place.store}/{place.table}")
    return tuple(dict.fromkeys(found))
