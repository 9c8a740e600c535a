"""どこに何があるか (P0.1, P3.2, Act 33): every place where one person's data lies."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import jaconv

from mamoru.datamap.inventory import Authority, Column, DataMap, PersonPath, Store, Table
from mamoru.datamap.terms import (
    Criterion,
    Facts,
    Hop,
    KeyPath,
    KeyRing,
    Location,
    Match,
    Registered,
    RegisteredAddress,
    Row,
    Search,
    normal,
)
from mamoru.kit import calendar, text

_ROLE_MATCH: Mapping[str, Match] = {
    "email": Match.EMAIL,
    "phone": Match.DIGITS,
    "postal_code": Match.DIGITS,
}

# Which facts together point at few enough people to look at. The birth date with one half of the
# reading finds whoever changed a family name; how names are written is compared afterwards
# (`mamoru.identity`).
_WAYS = (
    ("email",),
    ("phone",),
    ("kana",),
    ("name",),
    ("birth", "given_name_kana"),
    ("birth", "family_name_kana"),
    ("birth", "postal_code"),
)
# A whole that a store may keep in two columns.
_HALVES: Mapping[str, tuple[str, ...]] = {
    "kana": ("family_name_kana", "given_name_kana"),
    "name": ("family_name", "given_name"),
}


def locate(datamap: DataMap, keys: KeyRing) -> tuple[Location, ...]:
    """Return one location per table of ours that the person's keys reach, in the map's order.

    A table is left out where the ring holds no key of any kind that leads to it, and where the
    data is a client's: nothing asked of this company reaches it (P3.1; Act 16(4), 27(5)(i)).
    """
    return tuple(
        location
        for store in datamap.stores
        for table in store.tables
        if table.authority is Authority.OWN
        and (location := _location(datamap, store, table, keys)) is not None
    )


def plan_digest(locations: Iterable[Location]) -> str:
    """Return SHA-256 over what is to be touched: places and columns, without the person's keys.

    What an approver saw and what is executed are the same plan if the digests are equal.
    """
    plan = [[place.store, place.table, list(place.columns)] for place in locations]
    return hashlib.sha256(json.dumps(plan, ensure_ascii=False).encode()).hexdigest()


def searches(datamap: DataMap, facts: Facts) -> tuple[Search, ...]:
    """Return the ways to look for a person by what a form says of them.

    Each is one statement; a row found by any is a candidate that a person looks at,
    never an identification. No fact, no search.
    """
    result: dict[Search, None] = {}
    for store in datamap.stores:
        for table in store.tables:
            if not table.provides:
                continue
            for by, criteria in _criteria(datamap, table, facts):
                columns = searched_columns(table)
                search = Search(
                    store=store.name,
                    table=table.name,
                    by=by,
                    columns=tuple(column.name for column in columns),
                    categories=tuple(column.category for column in columns),
                    criteria=criteria,
                )
                result[search] = None
    return tuple(result)


def by_row_key(datamap: DataMap, store: str, table: str, key: str) -> Search:
    """Return the way to one record that staff, or a login, have named by its row key."""
    found = datamap.table(store, table)
    columns = searched_columns(found)
    return Search(
        store=store,
        table=table,
        by=("row-key",),
        columns=tuple(column.name for column in columns),
        categories=tuple(column.category for column in columns),
        criteria=(Criterion(column=found.row_key, values=(key,)),),
    )


def name_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that carry a name, whole or in halves."""
    roles = table.identity.columns()
    return tuple(roles[role] for role in ("name", "family_name", "given_name") if role in roles)


def telling_columns(table: Table) -> frozenset[str]:
    """Return the columns without which nobody could tell whose the record is, or find the rest.

    Names, birth date and address are compared with papers; keys lead to other tables.
    """
    roles = table.identity.columns()
    told = {roles[role] for role in ("birth", "address") if role in roles}
    return frozenset({*name_columns(table), *told, *table.provides.values()})


def searched_columns(table: Table) -> tuple[Column, ...]:
    """Return what a search may bring back: identity, keys, the row's key, and when one left.

    The day from which the keeping of a person's record counts is the day on which the person
    left: two of one name are often told apart by it.
    """
    ends = {each.anchor for each in table.retention if each.anchor is not None}
    wanted = {table.row_key, *table.identity.columns().values(), *table.provides.values(), *ends}
    return tuple(column for column in table.columns if column.name in wanted)


def keys_of(
    datamap: DataMap, subject_rows: Iterable[tuple[str, str, Row]]
) -> dict[str, tuple[str, ...]]:
    """Return the key ring that rows of a person provide: (store, table, row) each.

    Keys are in their normal form, without repetition, in the order met. Empty cells
    give no key: an empty e-mail address would be everybody's.
    """
    ring: dict[str, dict[str, None]] = {}
    for store, table, row in subject_rows:
        for kind, column in datamap.table(store, table).provides.items():
            value = row.get(column)
            key = "" if value is None else normal(datamap.match_of(kind), str(value))
            if key:
                ring.setdefault(kind, {})[key] = None
    return {kind: tuple(keys) for kind, keys in ring.items()}


_LAST = frozenset({"address_changed", "email_changed"})
"""Roles of which the last of a person's rows counts, not the first."""


def registered(
    datamap: DataMap, store: str, rows: Iterable[tuple[str, Row]], *, on: date
) -> Registered:
    """Return what one store holds of a person's identity, from (table, row) pairs of theirs.

    `on` tells addresses in force from former ones where the store keeps a history.
    The first row that fills a role wins; addresses are ordered newest first.
    """
    said: dict[str, str] = {}
    addresses: list[RegisteredAddress] = []
    for table, row in rows:
        roles = datamap.table(store, table).identity.columns()
        cells = {role: _text(row.get(column)) for role, column in roles.items()}
        if cells.get("address"):
            addresses.append(
                RegisteredAddress(
                    **{name: cells.get(name, "") for name in RegisteredAddress.__slots__}
                )
            )
        for role, cell in cells.items():
            if cell and role in _LAST:
                said[role] = max(cell, said.get(role, ""))
            elif cell:
                said.setdefault(role, cell)
    addresses.sort(key=lambda item: item.valid_from, reverse=True)
    day = on.isoformat()
    current = next((item for item in addresses if not item.valid_to or item.valid_to > day), None)
    chosen = current or (addresses[0] if addresses else None)
    return Registered(
        address=chosen,
        former_addresses=tuple(item for item in addresses if item is not chosen),
        **{role: cell for role, cell in said.items() if role not in RegisteredAddress.__slots__},
    )


def plain_name(datamap: DataMap, store: str, table: str, row: Row) -> str:
    """Return the name in a row in the form in which names are compared; empty where it has none."""
    columns = name_columns(datamap.table(store, table))
    return _plain("".join(_text(row.get(column)) for column in columns))


def plain(name: str) -> str:
    """Return a name in the form in which names are compared: folded, without spaces."""
    return _plain(name)


def birth_forms(birth: date) -> tuple[str, ...]:
    """Return a birth date in the ways that stores write it, for an exact search."""
    year, month, day = birth.year, birth.month, birth.day
    era = calendar.era_year(birth)
    letter = {"令和": "R", "平成": "H", "昭和": "S", "大正": "T", "明治": "M"}.get(era[:2], "")
    number = era[2:-1].replace("元", "1")
    forms = [
        birth.isoformat(),
        f"{year}/{month:02d}/{day:02d}",
        f"{year}/{month}/{day}",
        f"{year}{month:02d}{day:02d}",
        f"{year}年{month}月{day}日",
        f"{era}{month}月{day}日",
    ]
    if letter:
        forms += [
            f"{letter}{number}.{month}.{day}",
            f"{letter}{int(number):02d}.{month:02d}.{day:02d}",
            f"{era[:2]}{number}年{month}月{day}日",
        ]
    return tuple(dict.fromkeys(forms))


def kana_forms(kana: str) -> tuple[str, ...]:
    """Return a reading as katakana, hiragana and half-width katakana, without spaces."""
    full = text.katakana(kana)
    return tuple(dict.fromkeys((full, str(jaconv.kata2hira(full)), str(jaconv.z2h(full)))))


def ways(
    datamap: DataMap, store: Store, table: Table, keys: KeyRing = MappingProxyType({})
) -> tuple[KeyPath, ...]:
    """Return how rows of a table reach their person, in order; with the person's keys, if given."""
    return tuple(_path(datamap, store, way, keys) for way in table.person)


def _location(datamap: DataMap, store: Store, table: Table, keys: KeyRing) -> Location | None:
    paths = ways(datamap, store, table, keys)
    if not any(path.keys for path in paths):
        return None
    return Location(
        store=store.name,
        table=table.name,
        columns=tuple(column.name for column in table.columns),
        categories=tuple(column.category for column in table.columns),
        paths=paths,
    )


def _path(datamap: DataMap, store: Store, way: PersonPath, keys: KeyRing) -> KeyPath:
    hops: list[Hop] = []
    while way.through is not None and way.parent_column is not None:
        hops.append(Hop(column=way.column, parent=way.through, parent_column=way.parent_column))
        way = store.table(way.through).person[0]
    kind = way.kind or ""
    match = datamap.match_of(kind)
    held = (normal(match, key) for key in keys.get(kind, ()))
    return KeyPath(
        hops=tuple(hops),
        column=way.column,
        kind=kind,
        match=match,
        keys=tuple(dict.fromkeys(key for key in held if key)),
    )


def _criteria(
    datamap: DataMap, table: Table, facts: Facts
) -> Iterable[tuple[tuple[str, ...], tuple[Criterion, ...]]]:
    for kind, column in table.provides.items():
        match = datamap.match_of(kind)
        keys = tuple(key for given in facts.keys.get(kind, ()) if (key := normal(match, given)))
        if keys:
            yield (kind,), (Criterion(column=column, values=keys, match=match),)
    roles = table.identity.columns()
    for way in _WAYS:
        criteria = [_fact_criteria(fact, roles, facts) for fact in way]
        if all(criteria):
            yield way, tuple(criterion for part in criteria for criterion in part)


def _fact_criteria(fact: str, roles: Mapping[str, str], facts: Facts) -> tuple[Criterion, ...]:
    """Return the criteria of one fact in one table; none if it is not given or not held there."""
    if fact not in roles and fact in _HALVES:
        halves = [_fact_criteria(half, roles, facts) for half in _HALVES[fact]]
        return tuple(criterion for part in halves for criterion in part) if all(halves) else ()
    values = _forms(fact, facts)
    if fact not in roles or not values:
        return ()
    match = _ROLE_MATCH.get(fact, Match.SPACELESS)
    normals = dict.fromkeys(normal(match, value) for value in values)
    return (Criterion(column=roles[fact], values=tuple(normals), match=match),)


def _forms(fact: str, facts: Facts) -> tuple[str, ...]:
    if fact == "birth":
        return () if facts.birth is None else birth_forms(facts.birth)
    given = str(getattr(facts, fact))
    if not given:
        return ()
    return kana_forms(given) if fact.endswith("kana") else (given,)


def _plain(name: str) -> str:
    return normal(Match.SPACELESS, text.fold(name))


def _text(value: object) -> str:
    return "" if value is None else str(value)
