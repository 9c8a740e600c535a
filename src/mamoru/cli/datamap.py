"""`mamoru datamap`: the inventory of personal data, and whether it is still true (P0.1)."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from mamoru.cli.options import as_json, company, home, say, show_json
from mamoru.datamap import inventory, reading
from mamoru.datamap.drift import drifts
from mamoru.datamap.inventory import DataMap, Table
from mamoru.datamap.reading import DataMapInvalid
from mamoru.datamap.terms import Drift
from mamoru.kit.errors import MamoruError

_REFUSED = 3


@click.group()
def datamap() -> None:
    """Say where personal data lies, and whether that is still true."""


@datamap.command()
@home
@as_json
@click.option("--store", "only", help="Show this store only.")
def show(home: Path, as_json: bool, only: str | None) -> None:
    """Print the inventory: stores, tables, how a person is found, columns."""
    found = _load(home, as_json)
    stores = [store for store in found.stores if only in {None, store.name}]
    if not stores:
        raise click.BadParameter(f"there is no store `{only}`", param_hint="--store")
    if as_json:
        document = found.model_dump(mode="json")
        document["stores"] = [store.model_dump(mode="json") for store in stores]
        show_json(document)
        return
    for store in stores:
        click.secho(f"{store.name}  {store.title.ja}  ({store.kind}, {store.url})", bold=True)
        for table in store.tables:
            _show_table(table)


@datamap.command()
@home
@as_json
def check(home: Path, as_json: bool) -> None:
    """Compare the map with the live stores; exit 3 if they differ, 4 if one cannot be reached."""
    found = _load(home, as_json)
    differing: list[Drift] = []
    away: dict[str, MamoruError] = {}
    for store, shape in company().shapes(found, home):
        if isinstance(shape, MamoruError):
            away[store.name] = shape
        else:
            differing += drifts(store, shape)
    if as_json:
        show_json(
            {
                "holds": not differing and not away,
                "drifts": [asdict(drift) for drift in differing],
                "unreachable": [
                    {"store": name, "code": type(problem).code, "detail": str(problem)}
                    for name, problem in away.items()
                ],
            }
        )
    else:
        _say(found, differing, away)
    if differing:
        sys.exit(_REFUSED)
    if away:
        sys.exit(max(type(problem).exit_code for problem in away.values()))


def _load(home: Path, as_json: bool) -> DataMap:
    try:
        return reading.load(home / "datamap.yaml")
    except DataMapInvalid as invalid:
        if as_json:
            show_json({"problems": [asdict(problem) for problem in invalid.problems]})
        for problem in invalid.problems:
            say(str(problem), fg="red")
        sys.exit(invalid.exit_code)


def _show_table(table: Table) -> None:
    whose = "" if table.client is None else f"  受託: {table.client}"
    click.echo(f"  {table.name}  {table.title.ja}{whose}")
    for way in table.person:
        by = (
            f"鍵 {way.kind}" if way.through is None else f"{way.through}.{way.parent_column} を経て"
        )
        click.echo(f"    本人: {way.column} ({by})")
    click.echo(f"    目的: {' '.join(table.purposes)}")
    for period in table.retention:
        click.echo(f"    保存: {period.text.ja}")
    for column in table.columns:
        fate = table.fate_of(column)
        notes = "".join(
            note
            for note, shown in (
                ("  訂正可", column.correct),
                ("  自由記述", column.free_text),
                ("  第三者", column.about is inventory.About.THIRD_PARTY),
                ("  開示せず", not column.disclose),
            )
            if shown
        )
        click.echo(
            f"      {column.name}  {column.title.ja}  [{column.category}]  消去: {fate.erasure}{notes}"
        )


def _say(found: DataMap, differing: list[Drift], away: dict[str, MamoruError]) -> None:
    for drift in differing:
        where = ".".join(filter(None, (drift.store, drift.table, drift.column)))
        seen = f" ({drift.found})" if drift.found else ""
        click.echo(f"{drift.kind}: `{where}`{seen}; {drift.remedy}")
    for problem in away.values():
        click.echo(f"{type(problem).code}: {problem}")
    if not differing and not away:
        tables = sum(len(store.tables) for store in found.stores)
        columns = sum(len(table.columns) for store in found.stores for table in store.tables)
        stores = len(found.stores)
        click.echo(f"the data map is true: {stores} stores, {tables} tables, {columns} columns")
