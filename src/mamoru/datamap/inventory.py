"""個人データの台帳 (P0.1, Act 16(4), GL 10-4): `datamap.yaml`, the inventory of every store.

The file says for each table how its rows reach a person, and for each column
what it holds and what becomes of it under the demands of Act 34 and 35. What is
not in it cannot be answered, so an incomplete map is an error, not a warning.
"""

import difflib
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mamoru.datamap import reading
from mamoru.datamap.terms import NO_PERSONAL_DATA, ColumnType, Match, Problem
from mamoru.kit.errors import MamoruError

SAFE_NAME = re.compile(r"[^\W\d]\w*")
"""Table and column names: letters (日本語 too), digits, underscore. They are quoted all the same."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


P = TypeVar("P", bound=BaseModel)


class DataMapInvalid(MamoruError):
    """`datamap.yaml` cannot be used. `problems` names every fault with its line and remedy."""

    code, exit_code = "datamap-invalid", 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep all problems; the message shows the first and how many more there are."""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = problems


class EnvironmentMissing(MamoruError):
    """A URL of the data map names an environment variable that is not set. Set it and repeat."""

    code, exit_code = "environment-missing", 2


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
    CLEAR = "clear"  # NULL, or empty text where the column allows none
    REPLACE = "replace"  # by a fixed word, the same for everybody
    KEEP = "keep"  # under a hold of the table, or no personal data


class Fate(_Part):
    """What becomes of a column under the three demands that change data."""

    correction: OnCorrection = OnCorrection.KEEP
    suspension: OnSuspension = OnSuspension.HIDE
    erasure: OnErasure


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
    about: About = About.PERSON
    free_text: bool = False
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

    def columns(self) -> Mapping[str, str]:
        """Return role -> column, for the roles that are filled."""
        return {role: column for role, column in self if column is not None}


class Retention(_Part):
    """How long rows are kept: in words for people, as a period for machines."""

    text: Title
    period: str = Field(pattern=r"^P(\d+Y)?(\d+M)?(\d+D)?$")
    anchor: str | None = None  # the column whose day starts the period
    purposes: tuple[str, ...] = ()  # none named: all of the table's


class Hold(_Part):
    """A law that forbids erasing these rows for a time (appi-reference 8.1)."""

    code: str
    law: Title
    period: str = Field(pattern=r"^P(\d+Y)?(\d+M)?(\d+D)?$")
    anchor: str | None = None  # none: the anchor of the parent's row


class Table(_Part):
    """One table or file."""

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


class Store(_Part):
    """One database or file of the company."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: Title
    kind: StoreKind
    url: str
    encoding: Encoding | None = None  # of a CSV file
    tables: tuple[Table, ...] = Field(min_length=1)

    def table(self, name: str) -> Table:
        """Return the table of that name; KeyError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


class DataMap(_Part):
    """The whole inventory."""

    datamap: int = Field(ge=1, le=1, description="Version of this file's form.")
    controller: Title
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


def load(
    path: Path,
    *,
    categories: Collection[str] | None = None,
    purposes: Collection[str] | None = None,
) -> DataMap:
    """Read `datamap.yaml`; DataMapInvalid names every problem with line, key and remedy.

    With `categories` and `purposes` of a policy, codes unknown to it are problems too.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        missing = Problem(
            file=str(path),
            line=1,
            key="",
            message="there is no such file",
            remedy="create it, or name the right folder with `--home`",
        )
        raise DataMapInvalid((missing,)) from problem
    except (OSError, UnicodeDecodeError) as problem:
        broken = Problem(
            file=str(path),
            line=1,
            key="",
            message="the file is not readable as UTF-8",
            remedy="save it as UTF-8 and make it readable for this user",
        )
        raise DataMapInvalid((broken,)) from problem
    return parse(text, file=str(path), categories=categories, purposes=purposes)


def parse(
    text: str,
    *,
    file: str,
    categories: Collection[str] | None = None,
    purposes: Collection[str] | None = None,
) -> DataMap:
    """Read a data map from its text; `file` stands in the problems. Errors as `load`."""
    source = reading.read(text)
    found = [_Found(flaw.path, flaw.message, "repair the text", flaw.line) for flaw in source.flaws]
    datamap: DataMap | None = None
    if source.value is not None:
        try:
            datamap = DataMap.model_validate(source.value)
        except ValidationError as problem:
            found += _shape_problems([dict(error) for error in problem.errors()])
        found += _checked(_readable_parts(source.value), categories, purposes)
    problems = {
        Problem(
            file=file,
            line=item.line or source.line(item.path),
            key=_spoken(item.path, source.value),
            message=item.message,
            remedy=item.remedy,
        ): None
        for item in found
    }
    if problems or datamap is None:
        raise DataMapInvalid(tuple(sorted(problems, key=lambda problem: problem.line)))
    return datamap


# --- problems of shape ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    path: reading.Path
    message: str
    remedy: str
    line: int = 0  # where the path does not tell it


def _shape_problems(errors: list[dict[str, Any]]) -> list[_Found]:
    """Return a problem per error, but not "too short" for a list whose only fault is in its items."""
    paths = [error["loc"] for error in errors]
    return [
        _shape_problem(error)
        for error in errors
        if error["type"] != "too_short"
        or not any(
            len(path) > len(error["loc"]) and path[: len(error["loc"])] == error["loc"]
            for path in paths
        )
    ]


def _shape_problem(error: dict[str, Any]) -> _Found:
    path: reading.Path = error["loc"]
    kind = error["type"]
    if kind == "extra_forbidden":
        fields = _fields_at(path[:-1])
        close = difflib.get_close_matches(str(path[-1]), fields, n=1)
        hint = f"did you mean `{close[0]}`" if close else f"known here: {', '.join(fields)}"
        return _Found(path, "unknown key", hint)
    if kind == "missing":
        return _Found(path, f"`{path[-1]}` is missing", f"add `{path[-1]}:`")
    if kind == "enum":
        expected = error["ctx"]["expected"].replace("'", "`")
        return _Found(path, "unknown word", f"use one of {expected}")
    message = str(error["msg"])
    return _Found(path, "not the right form", message[0].lower() + message[1:].rstrip("."))


def _fields_at(path: reading.Path) -> list[str]:
    model: type[BaseModel] = DataMap
    for step in path:
        if isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        inner = None if field is None else _model_in(field.annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    for argument in get_args(annotation):
        model = _model_in(argument)
        if model is not None:
            return model
    return None


def _spoken(path: reading.Path, value: Any) -> str:
    """Return a path with list positions replaced by the names that stand there."""
    spoken: list[str] = []
    for step in path:
        inside = None
        if isinstance(value, dict):
            inside = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            inside = value[step]
        named = inside.get("name", inside.get("kind")) if isinstance(inside, dict) else None
        spoken.append(str(named) if isinstance(step, int) and named is not None else str(step))
        value = inside
    return ".".join(spoken)


@dataclass(frozen=True, slots=True)
class _StoreParts:
    name: str | None
    kind: StoreKind | None
    encoding: str | None
    tables: tuple[Table | None, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What of a map can be read; None at the position of what cannot.

    So the content of the good parts is checked together with the form of the bad
    ones, and one run names every problem.
    """

    keys: tuple[KeyKind | None, ...]
    stores: tuple[_StoreParts | None, ...]


def _readable_parts(value: Any) -> _Parts:
    raw = value if isinstance(value, dict) else {}
    keys = tuple(_readable(KeyKind, item) for item in _items(raw.get("keys")))
    return _Parts(keys, tuple(_store_parts(item) for item in _items(raw.get("stores"))))


def _store_parts(raw: Any) -> _StoreParts | None:
    if not isinstance(raw, dict):
        return None
    kind = raw.get("kind")
    return _StoreParts(
        name=raw["name"] if isinstance(raw.get("name"), str) else None,
        kind=StoreKind(kind) if isinstance(kind, str) and kind in set(StoreKind) else None,
        encoding=raw["encoding"] if isinstance(raw.get("encoding"), str) else None,
        tables=tuple(_readable(Table, item) for item in _items(raw.get("tables"))),
    )


def _items(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _readable(model: type[P], raw: Any) -> P | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


# --- problems of content -------------------------------------------------------------------------


def _checked(
    parts: _Parts,
    categories: Collection[str] | None,
    purposes: Collection[str] | None,
) -> Iterator[_Found]:
    kinds = tuple(None if key is None else key.kind for key in parts.keys)
    yield from _twice(("keys",), kinds, "key kind")
    names = tuple(None if store is None else store.name for store in parts.stores)
    yield from _twice(("stores",), names, "store")
    known = frozenset(kind for kind in kinds if kind is not None)
    for at, store in enumerate(parts.stores):
        if store is not None:
            yield from _store_problems(("stores", at), store, known)
            for table_at, table in enumerate(store.tables):
                if table is not None:
                    here = ("stores", at, "tables", table_at)
                    yield from _policy_problems(here, table, categories, purposes)


def _store_problems(
    path: reading.Path, store: _StoreParts, kinds: frozenset[str]
) -> Iterator[_Found]:
    tables = tuple(None if table is None else table.name for table in store.tables)
    yield from _twice((*path, "tables"), tables, "table")
    if store.kind is StoreKind.CSV:
        if len(store.tables) > 1:
            yield _Found((*path, "tables"), "a CSV file is one table", "make a store of each file")
        if store.encoding is None:
            yield _Found(path, "`encoding` is missing", "add `encoding: utf-8-sig` or `cp932`")
    elif store.kind is not None and store.encoding is not None:
        yield _Found((*path, "encoding"), "only files have an encoding", "remove the line")
    for at, table in enumerate(store.tables):
        if table is not None:
            here = (*path, "tables", at)
            for check in _TABLE_CHECKS:
                yield from check(here, table)
            yield from _person_problems(here, table, store, kinds)


def _names(path: reading.Path, table: Table) -> Iterator[_Found]:
    yield from _twice((*path, "columns"), tuple(column.name for column in table.columns), "column")
    if not SAFE_NAME.fullmatch(table.name):
        yield _Found((*path, "name"), "not a usable table name", "use letters, digits, `_`")
    for at, column in enumerate(table.columns):
        if not SAFE_NAME.fullmatch(column.name):
            where = (*path, "columns", at, "name")
            yield _Found(where, "not a usable column name", "use letters, digits, `_`")


def _authority(path: reading.Path, table: Table) -> Iterator[_Found]:
    if table.authority is Authority.ENTRUSTED and not (table.client and table.contract):
        yield _Found(
            path, "entrusted data without its client and contract", "add `client:` and `contract:`"
        )
    if table.authority is Authority.OWN and (table.client or table.contract):
        yield _Found(path, "own data has no client", "remove it, or say `authority: entrusted`")


def _named_columns(path: reading.Path, table: Table) -> Iterator[_Found]:
    """Every column that another key names must be one of the table's."""
    known = [column.name for column in table.columns]
    named: list[tuple[reading.Path, str | None]] = [((*path, "row_key"), table.row_key)]
    named += [
        ((*path, "identity", role), column) for role, column in table.identity.columns().items()
    ]
    named += [((*path, "provides", kind), column) for kind, column in table.provides.items()]
    named += [
        ((*path, "retention", at, "anchor"), item.anchor) for at, item in enumerate(table.retention)
    ]
    named += [((*path, "holds", at, "anchor"), item.anchor) for at, item in enumerate(table.holds)]
    named += [((*path, "person", at, "column"), way.column) for at, way in enumerate(table.person)]
    for where, column in named:
        if column is not None and column not in known:
            yield _Found(where, f"no column `{column}` in this table", _meant(column, known))


def _purposes_within(path: reading.Path, table: Table) -> Iterator[_Found]:
    for at, item in enumerate(table.retention):
        for code in item.purposes:
            if code not in table.purposes:
                where = (*path, "retention", at, "purposes")
                yield _Found(where, f"`{code}` is not a purpose of this table", "name it there too")


def _fates(path: reading.Path, table: Table) -> Iterator[_Found]:
    deleting, other = 0, None
    for at, column in enumerate(table.columns):
        where = (*path, "columns", at)
        fate = column.fate or table.fate
        if fate is None:
            yield _Found(where, "a column without a fate", "add `fate:` here or to the table")
            continue
        if fate.erasure is OnErasure.DELETE_ROW:
            deleting += 1
        else:
            other = where
        if fate.erasure is OnErasure.KEEP and column.personal and not table.holds:
            yield _Found(
                where,
                "personal data is kept at erasure although no law holds it",
                "name the law under `holds:`, or choose another fate",
            )
        if column.correct and fate.correction is OnCorrection.KEEP:
            yield _Found(
                where,
                "correctable, but its fate under correction is `keep`",
                "say `correction: replace`, or remove `correct: true`",
            )
    if deleting and other is not None:
        yield _Found(
            other, "the row goes at erasure, but not this column", "one fate for the whole row"
        )


def _values(path: reading.Path, table: Table) -> Iterator[_Found]:
    for at, column in enumerate(table.columns):
        where = (*path, "columns", at)
        if (column.value is ValueKind.CHOICE) != bool(column.choices):
            yield _Found(
                where, "`value: choice` and `choices:` go together", "give both or neither"
            )


_TABLE_CHECKS: tuple[Callable[[reading.Path, Table], Iterator[_Found]], ...] = (
    _names,
    _authority,
    _named_columns,
    _purposes_within,
    _fates,
    _values,
)


def _person_problems(
    path: reading.Path, table: Table, store: _StoreParts, kinds: frozenset[str]
) -> Iterator[_Found]:
    for kind in table.provides:
        if kind not in kinds:
            yield _Found((*path, "provides", kind), "unknown key kind", _meant(kind, kinds))
    for at, way in enumerate(table.person):
        where = (*path, "person", at)
        if (way.kind is None) == (way.through is None):
            yield _Found(where, "a path needs either `kind` or `through`", "keep one of the two")
        elif way.kind is not None and way.kind not in kinds:
            yield _Found((*where, "kind"), "unknown key kind", _meant(way.kind, kinds))
        elif way.through is not None:
            yield from _parent_problems(where, table, way, store)


def _parent_problems(
    path: reading.Path, table: Table, way: PersonPath, store: _StoreParts
) -> Iterator[_Found]:
    parents = {parent.name: parent for parent in store.tables if parent is not None}
    parent = parents.get(str(way.through))
    if parent is None:
        where = (*path, "through")
        yield _Found(where, "unknown table in this store", _meant(str(way.through), parents))
        return
    columns = [column.name for column in parent.columns]
    if way.parent_column is None:
        yield _Found(path, "`parent_column` is missing", f"name the column of `{parent.name}`")
    elif way.parent_column not in columns:
        where = (*path, "parent_column")
        yield _Found(
            where, f"no such column in `{parent.name}`", _meant(way.parent_column, columns)
        )
    seen, at = {table.name}, parent
    while at.person[0].through is not None:
        if at.name in seen:
            yield _Found(path, "the path leads round in a circle", "end it at a key of the person")
            return
        seen.add(at.name)
        following = parents.get(at.person[0].through)
        if following is None:
            return
        at = following
    if at.name in seen:
        yield _Found(path, "the path leads round in a circle", "end it at a key of the person")
    elif len(parent.person) > 1:
        yield _Found(path, "the parent has more than one path", "join to a table with one path")


def _policy_problems(
    path: reading.Path,
    table: Table,
    categories: Collection[str] | None,
    purposes: Collection[str] | None,
) -> Iterator[_Found]:
    for at, code in enumerate(table.purposes):
        if purposes is not None and code not in purposes:
            where = (*path, "purposes", at)
            yield _Found(where, f"purpose `{code}` is not in the policy", _meant(code, purposes))
    for at, column in enumerate(table.columns):
        if categories is not None and column.personal and column.category not in categories:
            where = (*path, "columns", at, "category")
            said = f"category `{column.category}` is not in the policy"
            yield _Found(where, said, _meant(column.category, categories))


def _twice(path: reading.Path, names: tuple[str | None, ...], what: str) -> Iterator[_Found]:
    counts = Counter(name for name in names if name is not None)
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name is not None and counts[name] > 1:
            if name in seen:
                yield _Found((*path, at), f"{what} `{name}` is listed twice", "remove one of them")
            seen.add(name)


def _meant(word: str, known: Iterable[str]) -> str:
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1)
    return f"did you mean `{close[0]}`" if close else f"known: {', '.join(choices)}"
