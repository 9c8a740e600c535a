"""`mamoru identity compare`: rows of pairs in, the same rows with verdict and reasons out."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import Progress

from mamoru.cli.options import as_json, show_json
from mamoru.identity import address, birth, name
from mamoru.identity.terms import Verdict
from mamoru.kit.errors import MamoruError

_EVERY = 200


class TableUnreadable(MamoruError):
    """The CSV file has not the columns of a pair, or is not UTF-8. Correct its first line."""

    code, exit_code = "table-unreadable", 2


def _addresses(a: str, b: str) -> tuple[Verdict, tuple[str, ...]]:
    found = address.compare(a, b)
    return found.verdict, found.reasons


def _names(a: str, b: str) -> tuple[Verdict, tuple[str, ...]]:
    found = name.compare_text(a, b)
    return found.verdict, found.reasons


def _births(a: str, b: str) -> tuple[Verdict, tuple[str, ...]]:
    found = birth.compare(a, b)
    return found.verdict, found.reasons


_COMPARERS: dict[str, Callable[[str, str], tuple[Verdict, tuple[str, ...]]]] = {
    "address": _addresses,
    "name": _names,
    "birth": _births,
}


@click.group()
def identity() -> None:
    """Compare addresses, names and birth dates as the identity check does."""


@identity.command("compare")
@click.option(
    "--csv",
    "source",
    required=True,
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="UTF-8, with address_a,address_b (or name_a,name_b or birth_a,birth_b) in its first line.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows; standard output if it is not given.",
)
@as_json
def compare_command(source: Path, output: Path | None, as_json: bool) -> None:
    """Add `verdict` and `reasons` to each row: match, partial, mismatch or cannot-tell."""
    count: Counter[str] = Counter()
    try:
        with source.open("rb") as file, _target(output, as_json) as out:
            rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
            columns = list(rows.fieldnames or [])
            what = _what(columns)
            writer = csv.DictWriter(out, [*columns, "verdict", "reasons"]) if out else None
            if writer:
                writer.writeheader()
            with _bar(source.stat().st_size) as progress:
                for number, row in enumerate(rows, 1):
                    plain = {column: row[column] or "" for column in columns}
                    verdict, why = _COMPARERS[what](plain[f"{what}_a"], plain[f"{what}_b"])
                    count[verdict] += 1
                    if writer:
                        writer.writerow(plain | {"verdict": verdict, "reasons": " ".join(why)})
                    if number % _EVERY == 0:
                        progress(file.tell())
    except (UnicodeDecodeError, csv.Error) as problem:
        raise TableUnreadable(
            f"`{source.name}` is not a CSV file in UTF-8; save it so"
        ) from problem
    if as_json:
        show_json(
            {
                "compared": what,
                "rows": count.total(),
                "verdicts": {each.value: count[each] for each in Verdict},
                "output": str(output) if output else None,
            }
        )


def _what(columns: list[str]) -> str:
    found = [each for each in _COMPARERS if {f"{each}_a", f"{each}_b"} <= set(columns)]
    if len(found) != 1:
        raise TableUnreadable(
            "the first line must name one pair of columns: `address_a,address_b`,"
            " `name_a,name_b` or `birth_a,birth_b`"
        )
    return found[0]


@contextmanager
def _target(output: Path | None, as_json: bool) -> Iterator[IO[str] | None]:
    if output is not None:
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
    else:
        yield None if as_json else sys.stdout


@contextmanager
def _bar(size: int) -> Iterator[Callable[[int], None]]:
    """Show how much of the file was read, on a terminal only."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("comparing", total=size)
        yield lambda done: shown.update(task, completed=done)
