"""`mamoru identity compare`: rows of pairs in, the same rows with verdict and reasons out."""

import csv
import io
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import Progress

from mamoru.cli.options import as_json, new_file, show_json
from mamoru.identity import address, birth, name
from mamoru.identity.terms import Verdict
from mamoru.kit.errors import MamoruError

_EVERY = 200
_WIDEST = 16 * 1024 * 1024
"""Characters of a cell; a longer one is taken for a quotation mark that was never closed."""


class TableUnreadable(MamoruError):
    """The CSV file has not the columns of a pair, or cannot be read to its end. Correct it."""

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
    type=click.Path(dir_okay=False, exists=True, allow_dash=True, path_type=Path),
    help="A file with address_a,address_b (or name_a,name_b or birth_a,birth_b) in its first line;"
    " `-` for standard input.",
)
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "cp932"]),
    default="utf-8",
    show_default=True,
    help="How the file is written; cp932 is what Excel calls CSV in Japan.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows, in UTF-8; standard output if it is not given.",
)
@as_json
def compare_command(source: Path, encoding: str, output: Path | None, as_json: bool) -> None:
    """Add `verdict` and `reasons` to each row: match, partial, mismatch or cannot-tell."""
    if output is not None and output.exists() and source.exists() and output.samefile(source):
        raise click.BadParameter("is the file that is read; choose another", param_hint="--output")
    count: Counter[str] = Counter()
    with _opened(source, encoding) as text, _target(output, as_json) as out:
        try:
            what = _compare(text, out, count)
        except UnicodeDecodeError as problem:
            raise TableUnreadable(
                f"`{source.name}` is not written in {encoding}:"
                " try `--encoding cp932`, or save it as `CSV UTF-8`"
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


def _compare(text: io.TextIOWrapper, out: IO[str] | None, count: Counter[str]) -> str:
    """Compare row by row, and return what was compared."""
    rows = _rows(text)
    columns = next(rows, [])
    what = _what(columns)
    a, b = columns.index(f"{what}_a"), columns.index(f"{what}_b")
    writer = csv.writer(out) if out else None
    if writer:
        writer.writerow([*columns, "verdict", "reasons"])
    with _bar(text) as progress:
        for number, row in enumerate(rows, 1):
            verdict, why = _COMPARERS[what](row[a], row[b])
            count[verdict] += 1
            if writer:
                writer.writerow([*row, verdict, " ".join(why)])
            if number % _EVERY == 0:
                progress()
    return what


def _rows(text: io.TextIOWrapper) -> Iterator[list[str]]:
    """Yield the first line and then each row, as wide as the first line is."""
    before = csv.field_size_limit(_WIDEST)
    reader = csv.reader(text)
    width = 0
    try:
        for row in reader:
            width = width or len(row)
            if len(row) > width:
                raise TableUnreadable(
                    f"line {reader.line_num} has more cells than the first line; quote what holds a comma"
                )
            if row:
                yield row + [""] * (width - len(row))
    except csv.Error as problem:
        raise TableUnreadable(f"line {reader.line_num} cannot be read: {problem}") from problem
    finally:
        csv.field_size_limit(before)


def _what(columns: list[str]) -> str:
    found = [each for each in _COMPARERS if {f"{each}_a", f"{each}_b"} <= set(columns)]
    if len(found) != 1:
        raise TableUnreadable(
            "the first line must name one pair of columns: `address_a,address_b`,"
            " `name_a,name_b` or `birth_a,birth_b`"
        )
    twice = [each for each, times in Counter([*columns, "verdict", "reasons"]).items() if times > 1]
    if twice:
        raise TableUnreadable(
            f"column `{twice[0]}` would stand twice in what is written; rename it in the first line"
        )
    return found[0]


@contextmanager
def _opened(source: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    given = "utf-8-sig" if encoding == "utf-8" else encoding
    file = sys.stdin.buffer if str(source) == "-" else source.open("rb")
    text = io.TextIOWrapper(file, encoding=given, newline="")
    try:
        yield text
    finally:
        text.detach()
        if file is not sys.stdin.buffer:
            file.close()


@contextmanager
def _target(output: Path | None, as_json: bool) -> Iterator[IO[str] | None]:
    if output is not None:
        with new_file(output) as part, part.open("w", encoding="utf-8", newline="") as file:
            yield file
    else:
        yield None if as_json else sys.stdout


@contextmanager
def _bar(text: io.TextIOWrapper) -> Iterator[Callable[[], None]]:
    """Show how much of the file was read, on a terminal only."""
    shown = sys.stderr.isatty() and text.seekable()
    size = os.fstat(text.fileno()).st_size if shown else None
    with Progress(console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task("comparing", total=size)
        yield (
            lambda: (
                progress.update(task, completed=os.lseek(text.fileno(), 0, os.SEEK_CUR))
                if shown
                else None
            )
        )
