"""所在の手がかり (P3.11; 支援措置): which columns may tell where a person lives, stays or is reached.

Whoever flees is found by a postal code, a workplace, the branch where an order was fetched, or a
word in a note. So everything tells, but what can only be a name, a birth date, a key or a day.
"""

from collections.abc import Collection

from mamoru.datamap.inventory import About, Column, Table, ValueKind
from mamoru.datamap.terms import ColumnType, Location

_CONTACT_ROLES = ("postal_code", "address", "building", "email", "phone")
_NAME_ROLES = (
    "name", "family_name", "given_name", "kana", "family_name_kana", "given_name_kana", "birth",
)  # fmt: skip
_CONTACT_VALUES = frozenset(
    {ValueKind.ADDRESS, ValueKind.POSTAL_CODE, ValueKind.EMAIL, ValueKind.PHONE}
)
_DAYS = frozenset({ColumnType.DATE, ColumnType.DATETIME, ColumnType.BOOLEAN})


def certain(table: Table, column: Column, contactable: Collection[str]) -> bool:
    """Return whether a column tells where its person is, whatever the map says of it.

    `contactable` are the categories by which a person is reached. Contact data, free text, what
    speaks of others, JSON, and the mark of protection itself (Order 5(i)).
    """
    roles = table.identity.columns()
    return (
        column.whereabouts is True
        or column.category in contactable
        or column.name in {roles[role] for role in _CONTACT_ROLES if role in roles}
        or column.value in _CONTACT_VALUES
        or column.free_text
        or column.about is not About.PERSON
        or bool(column.json_keys)
        or is_mark(table, column)
    )


def tells(table: Table, column: Column, contactable: Collection[str]) -> bool:
    """Return whether a column may tell where its person is; in doubt it does."""
    if certain(table, column, contactable):
        return True
    if column.whereabouts is not None:
        return column.whereabouts
    roles = table.identity.columns()
    known = {roles[role] for role in _NAME_ROLES if role in roles}
    keys = {table.row_key, *table.provides.values(), *(way.column for way in table.person)}
    return column.name not in known | keys and column.type not in _DAYS


def is_mark(table: Table, column: Column) -> bool:
    """Return whether a column is the company's own mark of protection: told to nobody."""
    return table.protection is not None and table.protection.column == column.name


def without(place: Location, table: Table, contactable: Collection[str]) -> Location | None:
    """Return a place with the columns that do not tell where its person is; None if none is left."""
    columns = {column.name: column for column in table.columns}
    left = tuple(name for name in place.columns if not tells(table, columns[name], contactable))
    return place.narrowed(left) if any(columns[name].personal for name in left) else None
