"""店を開く (P3.1): the connector for a store of the data map, chosen by its kind."""

from collections.abc import Iterator
from pathlib import Path

from mamoru.connectors.csv import Csv
from mamoru.connectors.excel import Excel
from mamoru.connectors.http import Http
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.parquet import Parquet
from mamoru.connectors.port import Connector, StoreError
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.inventory import DataMap, Encoding, Store, StoreKind, expand
from mamoru.datamap.terms import TableShape


def connector(  # noqa: PLR0911 - one line a kind
    store: Store, *, base: Path
) -> Connector:
    """Return the store's connector; relative paths lie in `base`, the company's folder.

    Nothing is opened yet. EnvironmentMissing if its URL names a variable that is not set.
    """
    url = expand(store.url)
    path = base / url.removeprefix("sqlite:///")
    only_table = store.tables[0].name
    fence, rewrite, stored_normal = store.fenced, store.rewrite, store.stored_normal
    match store.kind:
        case StoreKind.SQLITE:
            return Sqlite(
                store.name, path, fence=fence, rewrite=rewrite, stored_normal=stored_normal
            )
        case StoreKind.POSTGRESQL:
            return Postgresql(
                store.name, url, fence=fence, rewrite=rewrite, stored_normal=stored_normal
            )
        case StoreKind.MARIADB:
            return Mariadb(
                store.name, url, fence=fence, rewrite=rewrite, stored_normal=stored_normal
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


def shapes(
    datamap: DataMap, *, base: Path
) -> Iterator[tuple[Store, tuple[TableShape, ...] | StoreError]]:
    """Yield each store with its live shape, or with the error that kept it from being seen."""
    for store in datamap.stores:
        try:
            yield store, connector(store, base=base).shape()
        except StoreError as problem:
            yield store, problem
