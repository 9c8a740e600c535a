"""個人データの台帳 (P0.1, Act 16(4), GL 10-4): `datamap.yaml`, the inventory of every store.

The file says for each table how its rows reach a person, and for each column
what it holds and what becomes of it under the demands of Act 34 and 35. What is
not in it cannot be answered, so an incomplete map is an error, not a warning.
"""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mamoru.datamap.terms import NO_PERSONAL_DATA, ColumnType, Match
from mamoru.kit.errors import MamoruError

SAFE_NAME = re.compile(r"[^\W\d]\w*")
"""Table and column names: letters (日本語 too), digits, underscore. They are quoted all the same."""
FENCE = "mamoru_fence"
"""The table of ours in a company's database."""
ERASED = "消去済み"
"""What `erasure: replace` writes."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class EnvironmentMissing(MamoruError):
    """A URL of the data map names an environment variable that is not set. Set it and repeat."""

    code, exit_code = "environment-missing", 2


def _some_time(period: str) -> str:
    if period == "P":
        raise ValueError("a period without a length; write it as P7Y, P6M or P30D")
    return period


def _real_day(day: str) -> str:
    try:
        date.fromisoformat(f"2024-{day}")  # a leap year: 02-29 is the end of February
    except ValueError:
        raise ValueError("no such day; write month and day as 03-31") from None
    return day


Period = Annotated[str, Field(pattern=r"^P(\d+Y)?(\d+M)?(\d+D)?$"), AfterValidator(_some_time)]
DayOfYear = Annotated[str, Field(pattern=r"^[0-1]\d-[0-3]\d$"), AfterValidator(_real_day)]
Written = str | int | float
"""A value that the map tells the engine to write."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Part):
    """What people read, in Japanese and English."""

    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)


class StoreKind(StrEnum):
    """The kinds of store that have a connector."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"
    CSV = "csv"
    EXCEL = "excel"
    PARQUET = "parquet"
    HTTP = "http"

    @property
    def is_database(self) -> bool:
        """Whether it speaks SQL, with transactions and a place for a fence of ours."""
        return self in {StoreKind.SQLITE, StoreKind.POSTGRESQL, StoreKind.MARIADB}

    @property
    def is_file(self) -> bool:
        """Whether it is a file, which is written whole."""
        return self in {StoreKind.CSV, StoreKind.EXCEL, StoreKind.PARQUET}

    @property
    def typed(self) -> bool:
        """Whether the store itself knows the types of its columns."""
        return self.is_database or self is StoreKind.PARQUET


class Encoding(StrEnum):
    """The character sets of files. `cp932` is what Japanese Excel calls Shift_JIS; it has no 𠮷."""

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    CP932 = "cp932"
    EUC_JP = "euc-jp"


class Authority(StrEnum):
    """Whose data it is: ours to disclose and correct, or a client's (Act 16(4), 27(5)(i))."""

    OWN = "own"
    ENTRUSTED = "entrusted"


class About(StrEnum):
    """Whom a column speaks of; a third party's data is weighed before it is shown."""

    PERSON = "person"
    THIRD_PARTY = "third-party"


class ValueKind(StrEnum):
    """What may be written into a column when it is corrected."""

    TEXT = "text"
    NAME = "name"
    KANA = "kana"
    DATE = "date"
    POSTAL_CODE = "postal-code"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    CHOICE = "choice"
    CHOICES = "choices"  # any number of the choices, stored as `export;law`


CHOICES_JOINED_BY = ";"


class OnCorrection(StrEnum):
    """What a correction (Act 34) does to a column."""

    REPLACE = "replace"
    KEEP = "keep"  # ids, times of events: not content that can be untrue to the person


class OnSuspension(StrEnum):
    """What a suspension of use (Act 35) does to a column."""

    HIDE = "hide"  # the gate refuses it
    KEEP = "keep"  # still used where a law obliges us to


class OnErasure(StrEnum):
    """What an erasure (Act 35) does to a column."""

    DELETE_ROW = "delete-row"
    CLEAR = "clear"  # NULL, or the neutral value where the column does not allow it
    REPLACE = "replace"  # by a fixed word, the same for everybody
    KEEP = "keep"  # under a hold of the table, or no personal data


class CountsFrom(StrEnum):
    """From when the period of a hold is counted; always the day after (Civil Code 140)."""

    ANCHOR = "anchor"
    FISCAL_YEAR_END = "fiscal-year-end"  # of the year in which the anchor lies
    TAX_RETURN_DATE = "tax-return-date"  # two months after that end (Corporation Tax Act 74(1))


class Fate(_Part):
    """What becomes of a column under the three demands that change data."""

    correction: OnCorrection = OnCorrection.KEEP
    suspension: OnSuspension = OnSuspension.HIDE
    erasure: OnErasure


class JsonKey(_Part):
    """A key inside a JSON column that has its own meaning and its own fate."""

    path: str = Field(pattern=r"""^\$(\.[^\s.\[\]"'$]+)+$""", description="as `$.contact.phone`")
    title: Title
    category: str
    fate: Fate | None = None  # else the column's

    @property
    def personal(self) -> bool:
        """Whether the key holds personal data."""
        return self.category != NO_PERSONAL_DATA


class OptOut(_Part):
    """A column in which the company's own systems keep a no to a purpose (P2.1): 希望しない."""

    purpose: str
    refused: str = Field(description="the value that says no")
    wanted: str = Field(description="the value that says yes")


class Column(_Part):
    """One column and what the company knows of it."""

    name: str
    title: Title
    category: str
    type: ColumnType = ColumnType.TEXT
    disclose: bool = True
    correct: bool = False
    value: ValueKind = ValueKind.TEXT
    choices: tuple[str, ...] = ()
    labels: dict[str, Title] = Field(
        default_factory=dict, description="stored value -> the words that people read instead"
    )
    neutral: Written | None = Field(
        default=None,
        description="what is written where the column must be cleared but not be empty",
    )
    stored_normal: bool = Field(
        default=False,
        description="every value is stored as keys are compared (a mail address in small letters "
        "without spaces), so that an index of the column finds a person",
    )
    json_keys: tuple[JsonKey, ...] = Field(default=(), alias="json")
    about: About = About.PERSON
    free_text: bool = False
    whereabouts: bool | None = Field(
        default=None,
        description="whether the column may tell where its person lives, stays or is reached; "
        "none: taken to, unless it can only be a name, a birth date, a key or a day",
    )
    opt_out: OptOut | None = Field(
        default=None,
        description="the purpose that a person refuses or wants by this column; what is said on the"
        " member page is written here, and a correction of it counts as said",
    )
    fate: Fate | None = None  # else the table's

    @property
    def personal(self) -> bool:
        """Whether the column holds personal data at all."""
        return self.category != NO_PERSONAL_DATA


class KeyKind(_Part):
    """A kind of key by which a person is found, and how two of its values are compared."""

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Title
    match: Match = Match.EXACT


class PersonPath(_Part):
    """How rows reach a person: `column` holds a key of `kind`, or leads to the parent table."""

    column: str
    kind: str | None = None
    through: str | None = None
    parent_column: str | None = None


class Identity(_Part):
    """Which columns say who the person is. A table of addresses has those roles only."""

    name: str | None = None
    family_name: str | None = None
    given_name: str | None = None
    kana: str | None = None
    family_name_kana: str | None = None
    given_name_kana: str | None = None
    birth: str | None = None
    postal_code: str | None = None
    address: str | None = None
    building: str | None = None
    email: str | None = None
    phone: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None  # empty in the row in force
    address_changed: str | None = Field(
        default=None, description="the day or time at which the address was last changed"
    )
    email_changed: str | None = Field(
        default=None, description="the day or time at which the mail address was last changed"
    )

    def columns(self) -> Mapping[str, str]:
        """Return role -> column, for the roles that are filled."""
        return {role: column for role, column in self if column is not None}


class Retention(_Part):
    """How long rows are kept: in words for people, as a period for machines."""

    text: Title
    period: Period
    anchor: str | None = None  # the column whose day starts the period
    purposes: tuple[str, ...] = ()  # none named: all of the table's


class Hold(_Part):
    """A law that forbids erasing these rows for a time (appi-reference 8.1)."""

    code: str
    law: Title
    period: Period | None = None  # none: until somebody takes the hold out of the map (litigation)
    anchor: str | None = None  # none: the anchor of the parent's row
    counts_from: CountsFrom = CountsFrom.ANCHOR


class TableReference(_Part):
    """A foreign key that says nothing of whose the row is: a guardian, a chosen address."""

    column: str
    table: str
    parent_column: str
    on_delete: str | None = None  # as the database says it: cascade, set-null; none: as it comes


class Marks(_Part):
    """Flags that the company's own systems obey: column -> what is written there."""

    suspended: dict[str, Written] = Field(default_factory=dict)
    provision_stopped: dict[str, Written] = Field(default_factory=dict)


class Protection(_Part):
    """A column that marks people under protection (支援措置): whoever has another value than `none`.

    A value that nobody has listed protects.
    """

    column: str
    none: tuple[str, ...] = Field(
        default=(), description="values that say: not protected; an empty cell says so too"
    )

    def marks(self, value: object) -> bool:
        """Return whether a cell protects its person."""
        said = "" if value is None else str(value).strip()
        return bool(said) and said not in self.none


class Table(_Part):
    """One table, file or sheet."""

    name: str
    title: Title
    authority: Authority = Authority.OWN
    client: str | None = None
    contract: str | None = None
    purposes: tuple[str, ...] = Field(min_length=1)
    retention: tuple[Retention, ...] = Field(min_length=1)
    holds: tuple[Hold, ...] = ()
    row_key: str
    person: tuple[PersonPath, ...] = Field(min_length=1)
    provides: dict[str, str] = Field(default_factory=dict)
    identity: Identity = Identity()
    references: tuple[TableReference, ...] = ()
    marks: Marks = Marks()
    protection: Protection | None = None
    fate: Fate | None = None
    columns: tuple[Column, ...] = Field(min_length=1)

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def fate_of(self, column: Column) -> Fate:
        """Return what becomes of a column; `load` has made sure that there is an answer."""
        fate = column.fate or self.fate
        if fate is None:
            raise KeyError(column.name)
        return fate

    def fate_of_key(self, column: Column, key: JsonKey) -> Fate:
        """Return what becomes of a key inside a JSON column."""
        return key.fate or self.fate_of(column)

    @property
    def goes_whole(self) -> bool:
        """Whether an erasure deletes rows of this table, rather than clear columns."""
        return self.fate_of(self.columns[0]).erasure is OnErasure.DELETE_ROW


class Backups(_Part):
    """How long copies of a store live on; from it follows the day on which an erasure is whole."""

    kept: Period
    text: Title | None = None


class Store(_Part):
    """One database, file or service of the company."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: Title
    kind: StoreKind
    url: str
    encoding: Encoding | None = None  # of a CSV file
    token: str | None = Field(
        default=None,
        pattern=r"^\$\{[A-Za-z_][A-Za-z0-9_]*\}$",
        description="the environment variable with the token of an HTTP service, as `${SHOP_TOKEN}`",
    )
    fence: bool = Field(
        default=True, description="a table `mamoru_fence` of ours may lie in this database"
    )
    rewrite: bool = Field(
        default=False, description="the engine may rewrite tables or files (as by VACUUM FULL)"
    )
    gate: bool = Field(
        default=False,
        description="readers of this PostgreSQL database come through the doors of the gate, which"
        " `mamoru gate install` builds",
    )
    backups: Backups | None = None
    views: tuple[str, ...] = Field(
        default=(), description="views that show nothing but tables of this map"
    )
    tables: tuple[Table, ...] = Field(min_length=1)

    def table(self, name: str) -> Table:
        """Return the table of that name; KeyError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    @property
    def stored_normal(self) -> frozenset[tuple[str, str]]:
        """Which (table, column) hold values in the very form in which keys are compared."""
        return frozenset(
            (table.name, column.name)
            for table in self.tables
            for column in table.columns
            if column.stored_normal
        )

    @property
    def fenced(self) -> bool:
        """Whether effects are fenced by a row of ours in the same transaction."""
        return self.kind.is_database and self.fence


class DataMap(_Part):
    """The whole inventory."""

    datamap: int = Field(ge=1, le=1, description="Version of this file's form.")
    controller: Title
    fiscal_year_ends: DayOfYear | None = Field(
        default=None, description="month and day of the last day of the business year, as 03-31"
    )
    keys: tuple[KeyKind, ...] = Field(min_length=1)
    stores: tuple[Store, ...] = Field(min_length=1)

    def store(self, name: str) -> Store:
        """Return the store of that name; KeyError if there is none."""
        for store in self.stores:
            if store.name == name:
                return store
        raise KeyError(name)

    def table(self, store: str, table: str) -> Table:
        """Return a table; KeyError if there is none."""
        return self.store(store).table(table)

    def declared_normal(self, store: Store) -> Iterator[tuple[str, str, Match]]:
        """Yield table, column and match of each key that is said to be stored as it is compared."""
        for table in store.tables:
            kinds = {column: kind for kind, column in table.provides.items()}
            kinds |= {way.column: way.kind for way in table.person if way.kind is not None}
            for column in table.columns:
                if column.stored_normal and column.name in kinds:
                    yield table.name, column.name, self.match_of(kinds[column.name])

    def match_of(self, kind: str) -> Match:
        """Return how keys of a kind are compared; KeyError if the kind is not declared."""
        for key in self.keys:
            if key.kind == kind:
                return key.match
        raise KeyError(kind)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `datamap.yaml` (2020-12), for `mamoru schema datamap`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **DataMap.model_json_schema(),
        "title": "mamoru datamap.yaml",
    }


def expand(url: str, environment: Mapping[str, str] | None = None) -> str:
    """Return a URL with each `${NAME}` replaced from the environment; EnvironmentMissing if unset.

    The map itself keeps the text as written: what is shown or logged holds no secret.
    """
    known = os.environ if environment is None else environment

    def value(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise EnvironmentMissing(f"environment variable `{found[1]}` is not set")
        return known[found[1]]

    return _VARIABLE.sub(value, url)
