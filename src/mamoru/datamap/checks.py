"""What a data map must say besides its form (P0.1): names that exist, fates that fit, paths that end.

Each check is a generator of `Found`; a table that cannot be read is left out, and its
own faults of form are told elsewhere.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mamoru.datamap.inventory import (
    SAFE_NAME,
    Authority,
    Column,
    CountsFrom,
    Fate,
    OnCorrection,
    OnErasure,
    PersonPath,
    StoreKind,
    Table,
    ValueKind,
)
from mamoru.datamap.parts import Parts, StoreParts
from mamoru.datamap.terms import ColumnType, Match
from mamoru.policy.source import KeyPath, nearest

_NAMES = frozenset({"name", "family_name", "given_name"})


@dataclass(frozen=True, slots=True)
class Found:
    """A fault at a place of the file, before its line is known."""

    path: KeyPath
    message: str
    remedy: str


def faults(
    parts: Parts,
    categories: Collection[str] | None,
    purposes: Collection[str] | None,
) -> Iterator[Found]:
    """Yield everything in the parts that would make the map untrue or unusable."""
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
                    yield from _hold_problems(here, table, store, parts)


def doubts(parts: Parts) -> Iterator[Found]:
    """Yield what is allowed and still likely to be a mistake."""
    shared = {key.kind for key in parts.keys if key is not None and key.match is Match.EMAIL}
    for at, store in enumerate(parts.stores):
        for table_at, table in enumerate(store.tables if store is not None else ()):
            if table is None or _NAMES & set(table.identity.columns()):
                continue
            for way_at, way in enumerate(table.person):
                if way.kind in shared:
                    yield Found(
                        ("stores", at, "tables", table_at, "person", way_at),
                        "rows are found by a mail address, which a household may share, and no"
                        " name tells them apart",
                        "name the column under `identity: { name: … }`, or reach the table by number",
                    )


def _store_problems(path: KeyPath, store: StoreParts, kinds: frozenset[str]) -> Iterator[Found]:
    tables = tuple(None if table is None else table.name for table in store.tables)
    yield from _twice((*path, "tables"), tables, "table")
    if store.kind is not None:
        yield from _option_problems(path, store, store.kind)
    for at, table in enumerate(store.tables):
        if table is not None:
            here = (*path, "tables", at)
            for check in _TABLE_CHECKS:
                yield from check(here, table)
            yield from _person_problems(here, table, store, kinds)


_URL_FORMS: Mapping[StoreKind, tuple[str, str]] = {
    StoreKind.SQLITE: (r"(sqlite:///)?[^:]+", "a file, or sqlite:///file"),
    StoreKind.POSTGRESQL: (r"postgres(ql)?(\+psycopg)?://\S+", "postgresql://user@host/name"),
    StoreKind.MARIADB: (r"(mariadb|mysql)(\+\w+)?://\S+", "mariadb://user@host/name"),
    StoreKind.CSV: (r"(?!\w+://).+", "a file"),
    StoreKind.EXCEL: (r"(?!\w+://).+\.xlsx", "a file that ends in .xlsx"),
    StoreKind.PARQUET: (r"(?!\w+://).+", "a file"),
    StoreKind.HTTP: (
        r"(https://|http://(127\.0\.0\.1|localhost|\[::1\])([:/]|$)).*",
        "https://host/path (http:// only on this machine)",
    ),
}
_ONE_TABLE = frozenset({StoreKind.CSV, StoreKind.PARQUET})
_PASSWORD = re.compile(r"//[^/@:]*:(?!\$\{)[^/@]+@")
# Option -> for which kinds, and what to say of the others.
_OPTIONS: Mapping[str, tuple[Callable[[StoreKind], bool], str]] = {
    "encoding": (lambda kind: kind is StoreKind.CSV, "only CSV files have an encoding"),
    "token": (lambda kind: kind is StoreKind.HTTP, "only an HTTP service takes a token"),
    "fence": (lambda kind: kind.is_database, "only databases have a fence"),
    "rewrite": (
        lambda kind: kind is not StoreKind.HTTP,
        "a service behind HTTP is not rewritten by us",
    ),
}


def _option_problems(path: KeyPath, store: StoreParts, kind: StoreKind) -> Iterator[Found]:
    for option, (fits, otherwise) in _OPTIONS.items():
        if option in store.options and not fits(kind):
            yield Found((*path, option), otherwise, "remove the line")
    if kind is StoreKind.CSV and "encoding" not in store.options:
        yield Found(path, "`encoding` is missing", "add `encoding: utf-8-sig` or `cp932`")
    if kind in _ONE_TABLE and len(store.tables) > 1:
        said = "a CSV file" if kind is StoreKind.CSV else "a Parquet file"
        yield Found((*path, "tables"), f"{said} is one table", "make a store of each file")
    url = store.options.get("url")
    if not isinstance(url, str):
        return
    form, said = _URL_FORMS[kind]
    if _PASSWORD.search(url):
        yield Found(
            (*path, "url"),
            "a password stands in the file",
            "take it from the environment, as `user:${SHOP_PASSWORD}@host`",
        )
    elif not url.startswith("${") and not re.fullmatch(form, url):
        yield Found((*path, "url"), f"not the address of a store of kind `{kind}`", f"write {said}")


def _names(path: KeyPath, table: Table) -> Iterator[Found]:
    yield from _twice((*path, "columns"), tuple(column.name for column in table.columns), "column")
    if not SAFE_NAME.fullmatch(table.name):
        yield Found((*path, "name"), "not a usable table name", "use letters, digits, `_`")
    for at, column in enumerate(table.columns):
        if not SAFE_NAME.fullmatch(column.name):
            where = (*path, "columns", at, "name")
            yield Found(where, "not a usable column name", "use letters, digits, `_`")


def _authority(path: KeyPath, table: Table) -> Iterator[Found]:
    if table.authority is Authority.ENTRUSTED and not (table.client and table.contract):
        yield Found(
            path, "entrusted data without its client and contract", "add `client:` and `contract:`"
        )
    if table.authority is Authority.ENTRUSTED:
        # What a client has entrusted is used for its work alone: it leads to nobody of ours, and
        # nothing asked of this company is written into it (Act 16(4), 27(5)(i)).
        for name in ("provides", "marks", "protection"):
            if name in table.model_fields_set:
                yield Found(
                    (*path, name), "a client's data serves no demand made to us", f"remove `{name}`"
                )
    if table.authority is Authority.OWN and (table.client or table.contract):
        yield Found(path, "own data has no client", "remove it, or say `authority: entrusted`")


def _named_columns(path: KeyPath, table: Table) -> Iterator[Found]:
    """Every column that another key names must be one of the table's."""
    known = [column.name for column in table.columns]
    named: list[tuple[KeyPath, str | None]] = [((*path, "row_key"), table.row_key)]
    named += [
        ((*path, "identity", role), column) for role, column in table.identity.columns().items()
    ]
    named += [((*path, "provides", kind), column) for kind, column in table.provides.items()]
    named += [
        ((*path, "retention", at, "anchor"), item.anchor) for at, item in enumerate(table.retention)
    ]
    named += [((*path, "holds", at, "anchor"), item.anchor) for at, item in enumerate(table.holds)]
    named += [((*path, "person", at, "column"), way.column) for at, way in enumerate(table.person)]
    named += [
        ((*path, "references", at, "column"), item.column)
        for at, item in enumerate(table.references)
    ]
    if table.protection is not None:
        named.append(((*path, "protection", "column"), table.protection.column))
    for mark, written in table.marks:
        named += [((*path, "marks", mark, column), column) for column in written]
    for where, column in named:
        if column is not None and column not in known:
            yield Found(where, f"no column `{column}` in this table", _meant(column, known))


def _purposes_within(path: KeyPath, table: Table) -> Iterator[Found]:
    for at, item in enumerate(table.retention):
        for code in item.purposes:
            if code not in table.purposes:
                where = (*path, "retention", at, "purposes")
                yield Found(where, f"`{code}` is not a purpose of this table", "name it there too")


def _fates(path: KeyPath, table: Table) -> Iterator[Found]:
    deleting: int = 0
    other: KeyPath | None = None
    for at, column in enumerate(table.columns):
        where = (*path, "columns", at)
        fate = column.fate or table.fate
        if fate is None:
            yield Found(where, "a column without a fate", "add `fate:` here or to the table")
            continue
        if fate.erasure is OnErasure.DELETE_ROW:
            deleting += 1
        else:
            other = where
        ours = table.authority is Authority.OWN  # what becomes of a client's is the client's word
        if fate.erasure is OnErasure.KEEP and column.personal and ours and not table.holds:
            yield Found(
                where,
                "personal data is kept at erasure although no law holds it",
                "name the law under `holds:`, or choose another fate",
            )
        yield from _written_problems(where, column, fate)
        if column.correct and fate.correction is OnCorrection.KEEP:
            yield Found(
                where,
                "correctable, but its fate under correction is `keep`",
                "say `correction: replace`, or remove `correct: true`",
            )
    if deleting and other is not None:
        yield Found(
            other, "the row goes at erasure, but not this column", "one fate for the whole row"
        )


def _written_problems(path: KeyPath, column: Column, fate: Fate) -> Iterator[Found]:
    """What an erasure writes must be possible in the column."""
    texts = {ColumnType.TEXT, ColumnType.OTHER}
    if fate.erasure is OnErasure.REPLACE and column.type not in texts:
        yield Found(
            path,
            f"a word cannot be written into a column of type `{column.type}`",
            "say `erasure: clear`, with `neutral:` if the column must not be empty",
        )
    if column.json_keys and column.type not in texts:
        yield Found((*path, "json"), "only text or JSON columns have keys", "say `type: other`")
    if not column.personal and any(key.personal for key in column.json_keys):
        yield Found(
            (*path, "category"),
            "`none`, although keys inside hold personal data",
            "give the column the category of the most telling key: who reads it sees all of them",
        )
    for at, key in enumerate(column.json_keys):
        inside = (key.fate or fate).erasure
        if inside is OnErasure.REPLACE and key.fate is not None:
            yield Found(
                (*path, "json", at), "a JSON key is taken out, not replaced", "say `erasure: clear`"
            )
        if (inside is OnErasure.DELETE_ROW) != (fate.erasure is OnErasure.DELETE_ROW):
            yield Found(
                (*path, "json", at),
                "the row goes at erasure, but not this key"
                if fate.erasure is OnErasure.DELETE_ROW
                else "the row stays at erasure",
                "leave the fate to the column, or say `erasure: clear` for both",
            )


def _hold_problems(path: KeyPath, table: Table, store: StoreParts, parts: Parts) -> Iterator[Found]:
    """A hold must lead to a day: its own anchor's, or that of the parent's hold by the same law."""
    tables = {each.name: each for each in store.tables if each is not None}
    for at, hold in enumerate(table.holds):
        where = (*path, "holds", at)
        if hold.counts_from is not CountsFrom.ANCHOR and not parts.fiscal_year_ends:
            yield Found(
                (*where, "counts_from"),
                "nobody knows when the business year ends",
                'add `fiscal_year_ends: "03-31"` at the top of the file',
            )
        if hold.period is None or hold.anchor is not None:
            continue
        above = tables.get(str(table.person[0].through)) if table.person[0].through else None
        seen = {table.name}
        while above is not None and above.name not in seen:
            seen.add(above.name)
            same = [each for each in above.holds if each.code == hold.code]
            if same and same[0].anchor is not None:
                if (same[0].period, same[0].counts_from) != (hold.period, hold.counts_from):
                    yield Found(
                        where,
                        f"another period than that of `{above.name}`, whose day it counts from",
                        "write the same `period` and `counts_from` in both",
                    )
                break
            through = above.person[0].through
            above = tables.get(through) if through else None
        else:
            yield Found(
                where,
                "a hold with a period, and no day that it counts from",
                "add `anchor:` with a column of this table, or hold the parent by the same code",
            )


def _values(path: KeyPath, table: Table) -> Iterator[Found]:
    for at, column in enumerate(table.columns):
        where = (*path, "columns", at)
        if (column.value in {ValueKind.CHOICE, ValueKind.CHOICES}) != bool(column.choices):
            yield Found(
                where,
                "`value: choice` (or `choices`) and `choices:` go together",
                "give both or neither",
            )
        for word in column.labels if column.choices else ():
            if word not in column.choices:
                yield Found(
                    (*where, "labels", word),
                    f"`{word}` is not among the choices",
                    _meant(word, column.choices),
                )
        for word in column.choices if column.labels else ():
            if word not in column.labels:
                yield Found((*where, "labels"), f"no words for `{word}`", f"add `{word}:` to them")


def _opt_outs(path: KeyPath, table: Table) -> Iterator[Found]:
    """A no is written as a value of the column, by the way in which a correction is."""
    for at, column in enumerate(table.columns):
        if column.opt_out is None:
            continue
        here = (*path, "columns", at, "opt_out")
        said = (column.opt_out.refused, column.opt_out.wanted)
        if not column.correct or column.value is not ValueKind.CHOICE:
            yield Found(
                here,
                "what a person refuses by this column cannot be written to it",
                "give the column `correct: true`, `value: choice` and `choices`",
            )
        elif said[0] == said[1] or not set(said) <= set(column.choices):
            yield Found(
                here,
                "`refused` and `wanted` must be two of the column's choices",
                f"known: {', '.join(column.choices)}",
            )


_TABLE_CHECKS: tuple[Callable[[KeyPath, Table], Iterator[Found]], ...] = (
    _names,
    _authority,
    _named_columns,
    _purposes_within,
    _fates,
    _values,
    _opt_outs,
)


def _person_problems(
    path: KeyPath, table: Table, store: StoreParts, kinds: frozenset[str]
) -> Iterator[Found]:
    for kind in table.provides:
        if kind not in kinds:
            yield Found((*path, "provides", kind), "unknown key kind", _meant(kind, kinds))
    for at, way in enumerate(table.person):
        where = (*path, "person", at)
        if (way.kind is None) == (way.through is None):
            yield Found(where, "a path needs either `kind` or `through`", "keep one of the two")
        elif way.kind is not None and way.kind not in kinds:
            yield Found((*where, "kind"), "unknown key kind", _meant(way.kind, kinds))
        elif way.through is not None:
            yield from _parent_problems(where, table, way, store)
        if table.row_key in {earlier.column for earlier in table.person[:at]}:
            yield Found(
                where,
                f"no row is looked for this way: every row has `{table.row_key}`, which comes first",
                "remove it; a row is taken for whom its first key that is not empty names",
            )


def _parent_problems(
    path: KeyPath, table: Table, way: PersonPath, store: StoreParts
) -> Iterator[Found]:
    parents = {parent.name: parent for parent in store.tables if parent is not None}
    parent = parents.get(str(way.through))
    if parent is None:
        where = (*path, "through")
        yield Found(where, "unknown table in this store", _meant(str(way.through), parents))
        return
    columns = [column.name for column in parent.columns]
    if way.parent_column is None:
        yield Found(path, "`parent_column` is missing", f"name the column of `{parent.name}`")
    elif way.parent_column not in columns:
        where = (*path, "parent_column")
        yield Found(where, f"no such column in `{parent.name}`", _meant(way.parent_column, columns))
    seen, at = {table.name}, parent
    while at.person[0].through is not None:
        if at.name in seen:
            yield Found(path, "the path leads round in a circle", "end it at a key of the person")
            return
        seen.add(at.name)
        following = parents.get(at.person[0].through)
        if following is None:
            return
        at = following
    if at.name in seen:
        yield Found(path, "the path leads round in a circle", "end it at a key of the person")
    elif len(parent.person) > 1:
        yield Found(path, "the parent has more than one path", "join to a table with one path")


def _policy_problems(
    path: KeyPath,
    table: Table,
    categories: Collection[str] | None,
    purposes: Collection[str] | None,
) -> Iterator[Found]:
    for at, code in enumerate(table.purposes):
        if purposes is not None and code not in purposes:
            where = (*path, "purposes", at)
            yield Found(where, f"purpose `{code}` is not in the policy", _meant(code, purposes))
    for at, column in enumerate(table.columns):
        if categories is not None and column.personal and column.category not in categories:
            where = (*path, "columns", at, "category")
            said = f"category `{column.category}` is not in the policy"
            yield Found(where, said, _meant(column.category, categories))
        refused = column.opt_out.purpose if column.opt_out is not None else None
        if refused is not None and purposes is not None and refused not in purposes:
            where = (*path, "columns", at, "opt_out", "purpose")
            said = f"purpose `{refused}` is not in the policy"
            yield Found(where, said, _meant(refused, purposes))


def _twice(path: KeyPath, names: tuple[str | None, ...], what: str) -> Iterator[Found]:
    counts = Counter(name for name in names if name is not None)
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name is not None and counts[name] > 1:
            if name in seen:
                yield Found((*path, at), f"{what} `{name}` is listed twice", "remove one of them")
            seen.add(name)


def _meant(word: str, known: Iterable[str]) -> str:
    return nearest(word, known) or f"known: {', '.join(sorted(known))}"
