"""`mamoru datamap`: the inventory of personal data, and whether it is still true (P0.1)."""

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from mamoru.cli.options import as_json, company, home, new_file, say, show_json
from mamoru.datamap import inventory, reading, register, scan
from mamoru.datamap.drift import drifts
from mamoru.datamap.inventory import DataMap, Table
from mamoru.datamap.reading import DataMapInvalid
from mamoru.datamap.scan import Proposal
from mamoru.datamap.terms import Drift
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.policy import document
from mamoru.policy.terms import Problem

_REFUSED = 3
_LANGUAGE = click.Choice(["ja", "en"])


class FilesMissing(MamoruError):
    """The extra `files` is not installed. `pip install mamoru[files]`."""

    code, exit_code = "files-missing", 2


@click.group()
def datamap() -> None:
    """Say where personal data lies, and whether that is still true."""


@datamap.command()
@home
@as_json
@click.option("--store", "only", help="Show this store only.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a sheet, one row a column (with BOM).")
@click.option(
    "--excel", type=click.Path(dir_okay=False, path_type=Path), help="Write the sheet to this file."
)
@click.option("--language", type=_LANGUAGE, default="ja", show_default=True)
def show(
    *, home: Path, as_json: bool, only: str | None, as_csv: bool, excel: Path | None, language: str
) -> None:
    """Print the inventory: stores, tables, how a person is found, columns."""
    if sum((as_json, as_csv, excel is not None)) > 1:
        raise click.UsageError("choose one of --json, --csv and --excel")
    found = _load(home, as_json)
    stores = tuple(store for store in found.stores if only in {None, store.name})
    if not stores:
        raise click.BadParameter(f"there is no store `{only}`", param_hint="--store")
    shown = found.model_copy(update={"stores": stores})
    if as_json:
        show_json(shown.model_dump(mode="json", by_alias=True))
    elif as_csv:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([register.heads(language), *register.rows(shown, language)])
        click.echo(f"\ufeff{text.getvalue()}", nl=False)
    elif excel is not None:
        _write_excel(shown, excel, language)
        say(f"written: {excel}")
    else:
        for store in stores:
            click.secho(f"{store.name}  {store.title.ja}  ({store.kind}, {store.url})", bold=True)
            for table in store.tables:
                _show_table(table)


@datamap.command()
@home
@as_json
def check(home: Path, as_json: bool) -> None:
    """Compare the map with the live stores; exit 3 if they differ, 4 if one cannot be reached."""
    found = _load(home, as_json, with_policy=True)
    doubts = reading.doubts(home / "datamap.yaml")
    differing: list[Drift] = []
    away: dict[str, MamoruError] = {}
    for store, shape in company().shapes(found, home):
        if isinstance(shape, MamoruError):
            away[store.name] = shape
        else:
            differing += drifts(store, shape)
    differing += company().strays(found, home)
    if as_json:
        show_json(
            {
                "holds": not differing and not away,
                "drifts": [asdict(drift) for drift in differing],
                "doubts": [asdict(doubt) for doubt in doubts],
                "unreachable": _away(away),
            }
        )
    else:
        _say(found, differing, away, doubts)
    _leave(bool(differing), away)


@datamap.command("scan")
@home
@as_json
@click.option("--store", "only", help="Look into this store only.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1_000,
    show_default=True,
    help="Rows looked at in each table.",
)
def scan_stores(home: Path, as_json: bool, only: str | None, limit: int) -> None:
    """Look for personal data that nobody registered; exit 3 if some is found, 4 if one is away."""
    found = _load(home, as_json)
    if only is not None and only not in {store.name for store in found.stores}:
        raise click.BadParameter(f"there is no store `{only}`", param_hint="--store")
    chosen = [store for store in found.stores if only in {None, store.name}]
    looked = company().samples(found.model_copy(update={"stores": tuple(chosen)}), home, limit)
    proposals: list[Proposal] = []
    away: dict[str, MamoruError] = {}
    on = clock.date_in_japan(clock.now())
    with click.progressbar(looked, label="datamap scan", file=sys.stderr, length=None) as bar:
        for store, sample in bar:
            if isinstance(sample, MamoruError):
                away[store.name] = sample
            else:
                proposals += scan.scan(store, (sample,), on=on)
    if as_json:
        show_json(
            {
                "holds": not proposals and not away,
                "proposals": [
                    {**asdict(each), "contradicts": each.contradicts} for each in proposals
                ],
                "unreachable": _away(away),
            }
        )
    else:
        for each in proposals:
            click.echo(_proposed(each))
        for name, problem in away.items():
            click.echo(f"{type(problem).code}: `{name}`: {problem}")
        if not proposals and not away:
            click.echo("nothing personal was found beside the map")
    _leave(bool(proposals), away)


def _load(home: Path, as_json: bool, *, with_policy: bool = False) -> DataMap:
    """Return the map; with the folder's policy, codes that it does not know are faults too."""
    policy = home / "policy.yaml"
    try:
        if not with_policy or not policy.is_file():
            return reading.load(home / "datamap.yaml")
        categories, purposes = document.load(policy).codes
        return reading.load(home / "datamap.yaml", categories=categories, purposes=purposes)
    except (DataMapInvalid, document.PolicyInvalid) as invalid:
        if as_json:
            show_json({"problems": [asdict(problem) for problem in invalid.problems]})
        for problem in invalid.problems:
            say(str(problem), fg="red")
        sys.exit(invalid.exit_code)


def _leave(refused: bool, away: dict[str, MamoruError]) -> None:
    if refused:
        sys.exit(_REFUSED)
    if away:
        sys.exit(max(type(problem).exit_code for problem in away.values()))


def _away(away: dict[str, MamoruError]) -> list[dict[str, str]]:
    return [
        {"store": name, "code": type(problem).code, "detail": str(problem)}
        for name, problem in away.items()
    ]


def _write_excel(shown: DataMap, path: Path, language: str) -> None:
    try:
        import openpyxl
    except ImportError as problem:
        raise FilesMissing("writing Excel needs `pip install mamoru[files]`") from problem
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台帳" if language == "ja" else "Data map")
    sheet.freeze_panes = "A2"
    sheet.append(list(register.heads(language)))
    for row in register.rows(shown, language):
        cells = []
        for text in row:
            cell = openpyxl.cell.WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"  # a title that begins with `=` is no formula
            cells.append(cell)
        sheet.append(cells)
    with new_file(path) as part:
        book.save(part)


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
    for hold in table.holds:
        click.echo(f"    法令上の保存: {hold.law.ja} ({hold.period or '解除まで'})")
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


def _say(
    found: DataMap,
    differing: list[Drift],
    away: dict[str, MamoruError],
    doubts: Iterable[Problem],
) -> None:
    for drift in differing:
        where = ".".join(filter(None, (drift.store, drift.table, drift.column)))
        seen = f" ({drift.found})" if drift.found else ""
        click.echo(f"{drift.kind}: `{where}`{seen}; {drift.remedy}")
        for line in drift.yaml.splitlines():
            click.echo(f"    {line}")
    for problem in away.values():
        click.echo(f"{type(problem).code}: {problem}")
    for doubt in doubts:
        say(f"doubt: {doubt}", fg="yellow")
    if not differing and not away:
        tables = sum(len(store.tables) for store in found.stores)
        columns = sum(len(table.columns) for store in found.stores for table in store.tables)
        stores = len(found.stores)
        click.echo(f"the data map is true: {stores} stores, {tables} tables, {columns} columns")


def _proposed(each: Proposal) -> str:
    where = f"`{each.store}.{each.table}.{each.column}`"
    inside = " between its words" if each.inside else ""
    header = ", by its name too" if each.by_header else ""
    shown = f"; as {', '.join(each.examples)}" if each.examples else ""
    against = f"; the map says `{each.mapped}`" if each.contradicts else ""
    return (
        f"{where}: {each.sign}{inside}, {each.confidence:.0%}: {each.matched} of {each.cells}"
        f" cells{header}{against}; register it as `{each.category}`{shown}"
    )
