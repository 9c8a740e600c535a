"""`mamoru init | check | serve | worker | demo`: start the product, and see that it may start."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from mamoru.cli.options import as_json, company, home, in_home, say, show_json

_COLOUR = {"ok": "green", "problem": "red", "note": "yellow"}
_UNUSABLE = frozenset({"not-startable", "settings-invalid", "policy-invalid", "datamap-invalid"})
_AWAY = frozenset({"store-unreachable", "store-file-missing", "database-unreachable"})
_BROKEN, _REFUSED, _WAITING = 2, 3, 4


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make FOLDER: commented settings, a policy and a data map to start from, and keys."""
    for path in company().init(folder):
        click.echo(path)
    say(f"next: edit the files, then run `mamoru check --home {folder}`")


@click.command()
@home
@as_json
@click.pass_context
def check(context: click.Context, as_json: bool, home: Path) -> None:
    """Check all that must hold before serving: settings, keys, policy, data map, ledger.

    Ends with 2 if the settings, the policy or the data map cannot be used, 3 if
    something else does not hold, 4 if only a store or the database does not answer, 0 otherwise.
    """
    results = company().check()
    if as_json:
        show_json({"home": str(home), "checks": list(results)})
    else:
        for result in results:
            click.secho(f"{result['state']:8}", fg=_COLOUR[result["state"]], nl=False)
            click.echo(f"{result['name']}: {result['detail']}")
            if result["remedy"]:
                click.echo(f"        → {result['remedy']}")
    context.exit(_ending(results))


def _ending(results: Iterable[Mapping[str, str]]) -> int:
    found = {result["code"] for result in results if result["state"] == "problem"}
    if found & _UNUSABLE:
        return _BROKEN
    if found:
        return _WAITING if found <= _AWAY else _REFUSED
    return 0


@click.command()
@in_home
@click.option("--bind", help="Address and port instead of the settings', e.g. 127.0.0.1:8000.")
def serve(bind: str | None) -> None:
    """Serve the public pages, the console and the API, with the worker in the same process."""
    company().serve(bind=bind, tell=say)


@click.command()
@home
def worker(home: Path) -> None:
    """Run a worker alone: it carries out what has been approved."""
    say(f"working for {home.resolve()}; stop with Ctrl+C")
    company().worker()


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--once", is_flag=True, help="Walk one disclosure over HTTP, print it, and exit.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the sample company is kept. Without it: a temporary folder, removed at the end; with --once it stays and is named.",
)
def demo(port: int, once: bool, folder: Path | None) -> None:
    """Show the product with a sample company of 1,000 persons and three data stores."""
    summary = company().demo(folder=folder, port=port, once=once, tell=say)
    if summary is not None:
        show_json(summary)
