"""店を開く (P3.1): the connector for a store of the data map, chosen by its kind."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mamoru.connectors.csv import Csv
from mamoru.connectors.excel import Excel
from mamoru.connectors.http import Http
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.parquet import Parquet
from mamoru.connectors.port import Connector, StoreError
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sql import Sql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.inventory import DataMap, Encoding, Store, StoreKind, expand
from mamoru.datamap.terms import TableShape

_DATABASES: Mapping[StoreKind, type[Sql]] = {
    StoreKind.SQLITE: Sqlite,
    StoreKind.POSTGRESQL: Postgresql,
    StoreKind.MARIADB: Mariadb,
}


def connector(store: Store, *, base: Path) -> Connector:
    """Return the store's connector; relative paths lie in `base`, the company's folder.

    Nothing is opened yet. EnvironmentMissing if its URL names a variable that is not set.
    """
    url = expand(store.url)
    path = base / url.removeprefix("sqlite:///")
    only_table = store.tables[0].name
    match store.kind:
        case StoreKind.SQLITE | StoreKind.POSTGRESQL | StoreKind.MARIADB:
            return _DATABASES[store.kind](
                store.name,
                path if store.kind is StoreKind.SQLITE else url,
                fence=store.fenced,
                rewrite=store.rewrite,
                stored_normal=store.stored_normal,
            )
        case StoreKind.CSV:
            encoding = store.encoding or Encoding.UTF_8
            return Csv(store.name, path, table=only_table, encoding=encoding)
        case StoreKind.EXCEL:
            return Excel(store.name, path)
        case StoreKind.PARQUET:
            return Parquet(store.name, path, table=only_table)
        case StoreKind.HTTP:
            return Http(store.name, url, token=expand(store.token or ""))


def strays(
    datamap: DataMap, *, base: Path
) -> Iterator[tuple[Store, tuple[tuple[str, str], ...] | StoreError]]:
    """Yield each store with the (table, column) that are not stored as the map says, or its error."""
    for store in datamap.stores:
        try:
            hand = connector(store, base=base)
            yield (
                store,
                tuple(
                    (table, column)
                    for table, column, match in datamap.declared_normal(store)
                    if hand.strays(table, column, match)
                ),
            )
        except StoreError as problem:
            yield store, problem


def shapes(
    datamap: DataMap, *, base: Path
) -> Iterator[tuple[Store, tuple[TableShape, ...] | StoreError]]:
    """Yield each store with its live shape, or with the error that kept it from being seen."""
    for store in datamap.stores:
        try:
            yield store, connector(store, base=base).shape()
        except StoreError as problem:
            yield store, problem
