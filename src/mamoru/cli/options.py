"""What every command takes (`--home`, `--json`), how it prints, and what it is handed."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from mamoru.datamap.inventory import DataMap, Store
from mamoru.datamap.scan import Sample
from mamoru.datamap.terms import Drift, TableShape
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.ledger.append import Journal

Shape = tuple[TableShape, ...] | MamoruError
F = TypeVar("F", bound=Callable[..., Any])


Tell = Callable[[int], None]
"""Is called with how much of a long work is done."""


class Gate(Protocol):
    """The gate of the folder: what each method returns is what `--json` prints."""

    def decide(
        self, *, purpose: str, recipient: str, category: str, column: str, keys: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Return a verdict with its sentence."""
        ...

    def plan(
        self, *, only: str | None, logins: Mapping[str, tuple[str, str]]
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the statements of an installation, store by store."""
        ...

    def install(
        self, *, only: str | None, logins: Mapping[str, tuple[str, str]], tell: Tell
    ) -> Iterator[Mapping[str, Any]]:
        """Build the walls; yield what was done."""
        ...

    def verify(self, *, only: str | None, tell: Tell) -> Iterator[Mapping[str, Any]]:
        """Yield what is not as the policy says."""
        ...

    def remove(self, *, only: str | None) -> Iterator[Mapping[str, Any]]:
        """Take the walls away."""
        ...


class Company(Protocol):
    """The running product, as far as commands need it; the site hands it over.

    Each method reads the folder that `--home` names and raises a MamoruError
    with the exit code of the contract.
    """

    def journal(self) -> Journal:
        """Return the ledger of the folder."""
        ...

    def init(self, folder: Path) -> tuple[Path, ...]:
        """Make a new folder with commented files; return what was written."""
        ...

    def check(self) -> tuple[Mapping[str, str], ...]:
        """Return every check as `name`, `state` (ok, problem, note), `detail`, `remedy`, `code`."""
        ...

    def serve(self, *, bind: str | None, tell: Callable[[str], None]) -> None:
        """Serve pages, API and the embedded worker until interrupted."""
        ...

    def worker(self) -> None:
        """Run a worker alone until interrupted."""
        ...

    def demo(
        self, *, folder: Path | None, port: int, once: bool, tell: Callable[[str], None]
    ) -> Mapping[str, Any] | None:
        """Make the sample company and serve it, or walk one disclosure and return its summary."""
        ...

    def restore(self) -> tuple[Mapping[str, Any], ...]:
        """Do again in every store what is in force; return what was done, store by store."""
        ...

    def standing(self, keys: Mapping[str, str]) -> Mapping[str, Any]:
        """Return how the person with these keys stands, and what a law still keeps of them."""
        ...

    def gate(self) -> Gate:
        """Return the gate of the folder."""
        ...

    def cases(self, *, stage: str | None) -> tuple[Mapping[str, Any], ...]:
        """Return the queue, the earliest due first, without personal data."""
        ...

    def case(self, case_id: str) -> Mapping[str, Any]:
        """Return one case with its trail, without personal data."""
        ...

    def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names under which the desk shows members of staff, by their ids."""
        ...

    def file_case(self, filing: bytes) -> Mapping[str, Any]:
        """File a case from a JSON filing; return number, code and dates."""
        ...

    def shapes(self, datamap: DataMap, home: Path) -> Iterator[tuple[Store, Shape]]:
        """Yield each store with its live tables, or with the error that kept them unseen."""
        ...

    def strays(self, datamap: DataMap, home: Path) -> tuple[Drift, ...]:
        """Return the keys that are not stored in the form that the map relies on."""
        ...

    def samples(
        self, datamap: DataMap, home: Path, limit: int
    ) -> Iterator[tuple[Store, Sample | MamoruError]]:
        """Yield up to `limit` rows of each live table, or the error that kept a store unseen."""
        ...

    def publish(self, *, accept: bool) -> Mapping[str, Any]:
        """Publish the policy of the folder with its ledger entry."""
        ...


def home(command: F) -> F:
    """Add `--home`: the company's folder, by default `MAMORU_HOME` or the working directory."""
    return _home(command, handed=True)


def in_home(command: F) -> F:
    """Add `--home` to a command that only needs everything under it to read the same folder."""
    return _home(command, handed=False)


def _home(command: F, *, handed: bool) -> F:
    def remember(_: click.Context, __: click.Parameter, value: Path) -> Path:
        os.environ["MAMORU_HOME"] = str(value.resolve())
        return value

    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="MAMORU_HOME",
        default=Path(),
        show_default="the working directory",
        callback=remember,
        is_eager=True,
        expose_value=handed,
        help="The company's folder with mamoru.toml, policy.yaml and datamap.yaml.",
    )(command)


def as_json(command: F) -> F:
    """Add `--json`: one JSON document on standard output, messages on standard error."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on standard output."
    )(command)


def company() -> Company:
    """Return what the site handed over to this command."""
    handed: Company | None = click.get_current_context().obj
    if handed is None:
        raise RuntimeError("commands that need the company are started by `mamoru`")
    return handed


class FileUnwritable(MamoruError):
    """A file that a command was told to write cannot be. Choose another place, or make room."""

    code, exit_code = "file-unwritable", 2


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Hand out where to write so that `path` is there whole afterwards, or is as it was before.

    A pipe or a device is written as it is. FileUnwritable if the system refuses.
    """
    path = path.resolve()
    plain = path.is_file() or not path.exists()
    part = path.with_name(f".{path.name}.{os.getpid()}.part") if plain else path
    try:
        yield part
        if plain:
            part.replace(path)
    except OSError as problem:
        raise FileUnwritable(f"`{path}` cannot be written: {problem.strerror}") from problem
    finally:
        if plain:
            with suppress(OSError):
                part.unlink()


def show_json(document: Any) -> None:
    """Print one JSON document, readable, in UTF-8."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def local(moment: str) -> str:
    """Return a moment of a document for people: to the second, in the company's time."""
    return f"{datetime.fromisoformat(moment).astimezone(clock.JAPAN):%Y-%m-%d %H:%M:%S %Z}"


def say(message: str, **style: Any) -> None:
    """Print a message for people on standard error."""
    click.secho(message, err=True, **style)
