"""What every command takes (`--home`, `--json`) and how it prints."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def home(command: F) -> F:
    """Add `--home`: the company's folder, by default `MAMORU_HOME` or the working directory."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="MAMORU_HOME",
        default=Path(),
        show_default="the working directory",
        help="The company's folder with mamoru.toml, policy.yaml and datamap.yaml.",
    )(command)


def as_json(command: F) -> F:
    """Add `--json`: one JSON document on standard output, messages on standard error."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on standard output."
    )(command)


def show_json(document: Any) -> None:
    """Print one JSON document, readable, in UTF-8."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(message: str, **style: Any) -> None:
    """Print a message for people on standard error."""
    click.secho(message, err=True, **style)
