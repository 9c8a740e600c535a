"""保有個人データの所在 (P0.1, Act 16(4)): the words in which a place of personal data is spoken of."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

KeyRing = Mapping[str, tuple[str, ...]]
"""A person's keys by kind: `{"member_id": ("M000001",), "email": ("a@example.jp",)}`."""

Value = str | int | float | None
"""What a cell holds, as the store gave it."""
Row = Mapping[str, Value]
"""A row: column name to value, in the order of the location's columns."""

NO_PERSONAL_DATA = "none"
"""The category of a column that says nothing about anybody (a price, a row number)."""


class Match(StrEnum):
    """How a stored value and a searched one are held to be the same."""

    EXACT = "exact"
    EMAIL = "email"  # without spaces, ASCII letters in lower case
    DIGITS = "digits"  # without separators: telephone numbers, postal codes
    SPACELESS = "spaceless"  # without spaces and ・: names and readings


REMOVED: Mapping[Match, str] = {
    Match.EXACT: "",
    Match.EMAIL: " \t\r\n\u3000",
    Match.DIGITS: " \t\u3000-()〒ー－‐−",
    Match.SPACELESS: " \t\u3000・･",
}
"""Characters taken out before comparing; each connector's SQL takes out exactly these."""

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def normal(match: Match, text: str) -> str:
    """Return the form in which `match` compares; every connector computes the same one."""
    for character in REMOVED[match]:
        text = text.replace(character, "")
    return text.translate(_LOWER) if match is Match.EMAIL else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step from a table up to its parent: `column` here equals `parent_column` there."""

    column: str
    parent: str
    parent_column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPath:
    """How rows reach a person: up the hops, then `column` holds a key of `kind`."""

    hops: tuple[Hop, ...] = ()
    column: str
    kind: str
    match: Match = Match.EXACT
    keys: tuple[str, ...] = field(repr=False)  # the person's; never in a log


@dataclass(frozen=True, kw_only=True)  # no slots: the digest is asked for at every touch
class Location:
    """Where in one table one person's rows lie, and which columns of them are meant.

    The paths stand in order: a later path counts only for rows in which the key
    columns of all earlier ones are empty. So an inquiry that carries another
    member's number is not taken for this person's because a household shares a
    mail address.
    """

    store: str
    table: str
    columns: tuple[str, ...]
    categories: tuple[str, ...]  # of the columns, in the same order
    paths: tuple[KeyPath, ...]
    only: tuple[tuple[str, Value], ...] = field(default=(), repr=False)  # further equalities

    @property
    def key_column(self) -> str:
        """The column of the leading path."""
        return self.paths[0].column

    @property
    def key_kind(self) -> str:
        """The kind of the leading path."""
        return self.paths[0].kind

    @property
    def keys(self) -> tuple[str, ...]:
        """The person's keys of the leading path; empty where only a later path leads here."""
        return self.paths[0].keys

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the place and of whose rows are meant. Not keyed: for memory, not for storing."""
        reach = [
            (
                [(hop.column, hop.parent, hop.parent_column) for hop in path.hops],
                (path.column, path.kind, path.match, sorted(path.keys)),
            )
            for path in self.paths
        ]
        text = _ENCODE([self.store, self.table, reach])
        return hashlib.sha256(text.encode()).hexdigest()

    def narrowed(self, columns: tuple[str, ...], **only: Value) -> "Location":
        """Return the same place with fewer columns and, by `only`, fewer rows.

        ValueError if a column is not among this location's.
        """
        position = {name: index for index, name in enumerate(self.columns)}
        unknown = [name for name in columns if name not in position]
        if unknown:
            raise ValueError(f"`{self.store}.{self.table}` has no column `{unknown[0]}` here")
        return replace(
            self,
            columns=columns,
            categories=tuple(self.categories[position[name]] for name in columns),
            only=self.only + tuple(only.items()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One column must equal one of the values, compared by `match`."""

    column: str
    values: tuple[str, ...] = field(repr=False)
    match: Match = Match.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One way to look for a person nobody has a key of yet: all criteria must hold."""

    store: str
    table: str
    by: tuple[str, ...]  # the roles searched by, for the trail: ("birth", "kana")
    columns: tuple[str, ...]
    categories: tuple[str, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a person says about themselves on a form; empty where not given."""

    family_name: str = ""
    given_name: str = ""
    family_name_kana: str = ""
    given_name_kana: str = ""
    birth: date | None = None
    postal_code: str = ""
    email: str = ""
    phone: str = ""
    keys: KeyRing = field(default_factory=dict)  # a member number, where one was given

    @property
    def name(self) -> str:
        """Both names, as a store with one column for them writes it."""
        return f"{self.family_name}{self.given_name}"

    @property
    def kana(self) -> str:
        """The whole reading."""
        return f"{self.family_name_kana}{self.given_name_kana}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAddress:
    """An address as a store holds it, with the days on which it began and ended where known."""

    postal_code: str = ""
    address: str = ""
    building: str = ""
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What one store holds of a person's identity: the third of the three addresses (P3.10)."""

    name: str = ""
    family_name: str = ""
    given_name: str = ""
    kana: str = ""
    family_name_kana: str = ""
    given_name_kana: str = ""
    birth: str = ""  # as stored; `identity.birth` reads it
    email: str = ""
    phone: str = ""
    address: RegisteredAddress | None = None  # the one in force, else the last one
    former_addresses: tuple[RegisteredAddress, ...] = ()  # newest first
    address_changed: str = ""  # when it was last changed, as stored
    email_changed: str = ""


class ColumnType(StrEnum):
    """Families of types; whether a column is VARCHAR(50) or TEXT is not our business."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    BINARY = "binary"
    OTHER = "other"


_TYPES = (  # in order: `BIGINT` is an integer before `INT` is looked for in `POINT`
    (re.compile(r"BOOL"), ColumnType.BOOLEAN),
    (re.compile(r"DATETIME|TIMESTAMP"), ColumnType.DATETIME),
    (re.compile(r"\bDATE\b"), ColumnType.DATE),
    (re.compile(r"CHAR|TEXT|CLOB|ENUM|UUID|STRING"), ColumnType.TEXT),
    (re.compile(r"BLOB|BYTEA|BINARY"), ColumnType.BINARY),
    (re.compile(r"\b(BIG|SMALL|TINY|MEDIUM)?INT(EGER|2|4|8)?\b|SERIAL"), ColumnType.INTEGER),
    (re.compile(r"REAL|FLOA|DOUB|NUMERIC|DECIMAL|MONEY"), ColumnType.NUMBER),
)


def column_type(declared: str) -> ColumnType:
    """Return the family of a type as a database declares it; OTHER if it is none we know."""
    for pattern, family in _TYPES:
        if pattern.search(declared.upper()):
            return family
    return ColumnType.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    """A column as it really is in the store."""

    name: str
    type: ColumnType
    nullable: bool = True
    primary_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKeyShape:
    """A foreign key as the database enforces it: `columns` here name `parent_columns` there."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str = ""  # `cascade`, `set-null`, …; empty: the database refuses


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table or view as it really is in the store."""

    name: str
    columns: tuple[ColumnShape, ...]
    is_view: bool = False
    hides_rows: bool = False  # the database keeps rows from our login: what we see is not all
    foreign_keys: tuple[ForeignKeyShape, ...] = ()


class DriftKind(StrEnum):
    """How the map and the live store can differ."""

    NEW_TABLE = "new-table"
    GONE_TABLE = "gone-table"
    RENAMED_TABLE = "renamed-table"  # a guess, said as one
    NEW_COLUMN = "new-column"
    GONE_COLUMN = "gone-column"
    RENAMED_COLUMN = "renamed-column"  # a guess, said as one
    RETYPED_COLUMN = "retyped-column"
    NEW_VIEW = "new-view"
    NEW_FOREIGN_KEY = "new-foreign-key"
    GONE_FOREIGN_KEY = "gone-foreign-key"
    CHANGED_FOREIGN_KEY = "changed-foreign-key"
    NOT_NORMAL = "not-normal"  # said to be stored as keys are compared, and is not
    NOT_NULLABLE = "not-nullable"  # an erasure must empty it, and it may not be empty
    ROWS_HIDDEN = "rows-hidden"  # row-level security: a search would miss people and say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One difference between `datamap.yaml` and a live store. While there is one, nothing is "done"."""

    kind: DriftKind
    store: str
    table: str
    column: str = ""
    found: str = ""  # the new name or type, or where a foreign key leads
    remedy: str
    yaml: str = ""  # lines for the map, where they can be written for whoever keeps it
