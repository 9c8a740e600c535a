"""店を開く (P3.1): the connector for a store of the data map, chosen by its kind."""

from collections.abc import Iterator
from pathlib import Path

from mamoru.connectors.csv import Csv
from mamoru.connectors.port import Connector, StoreError
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.inventory import DataMap, Encoding, Store, StoreKind, expand
from mamoru.datamap.terms import TableShape


def connector(store: Store, *, base: Path) -> Connector:
    """Return the store's connector; relative paths lie in `base`, the company's folder.

    Nothing is opened yet. EnvironmentMissing if its URL names a variable that is not set.
    """
    path = base / expand(store.url).removeprefix("sqlite:///")
    match store.kind:
        case StoreKind.SQLITE:
            return Sqlite(store.name, path)
        case StoreKind.CSV:
            return Csv(
                store.name,
                path,
                table=store.tables[0].name,
                encoding=store.encoding or Encoding.UTF_8,
            )


def shapes(
    datamap: DataMap, *, base: Path
) -> Iterator[tuple[Store, tuple[TableShape, ...] | StoreError]]:
    """Yield each store with its live shape, or with the error that kept it from being seen."""
    for store in datamap.stores:
        try:
            yield store, connector(store, base=base).shape()
        except StoreError as problem:
            yield store, problem
