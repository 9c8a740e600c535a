"""`mamoru gate`: who may see what for which purpose, and the walls that keep it (P1.5, P2.1)."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from mamoru.cli.options import Tell, as_json, company, in_home, say, show_json

_UNMET = 3
_store = click.option("--store", "only", metavar="STORE", help="This store of the data map only.")
_LOGIN = "NAME=PURPOSE:RECIPIENT"


@click.group()
def gate() -> None:
    """Decide who may see what for which purpose, and build the walls that keep it."""


@gate.command()
@in_home
@as_json
@click.option("--purpose", required=True, help="The code of a purpose of the policy, e.g. PU02.")
@click.option("--recipient", default="internal", show_default=True, help="Who would see it.")
@click.option("--category", help="A category of the policy, e.g. contact.")
@click.option("--column", metavar="STORE.TABLE.COLUMN", help="A column of the data map instead.")
@click.argument("keys", nargs=-1, metavar="[KIND=KEY]...")
def decide(
    *,
    as_json: bool,
    purpose: str,
    recipient: str,
    category: str | None,
    column: str | None,
    keys: tuple[str, ...],
) -> None:
    """Say whether a purpose may see a category, and by which sentence; exit 3 if not.

    With KIND=KEY (e.g. member_id=M000001) of that person, whose standing counts; the look is in
    the ledger. Without, of somebody of whom nothing is recorded.
    """
    if (category is None) == (column is None):
        raise click.UsageError("give --category or --column")
    shown = (
        company()
        .gate()
        .decide(
            purpose=purpose,
            recipient=recipient,
            category=category or "",
            column=column or "",
            keys=_given(keys),
        )
    )
    if as_json:
        show_json(dict(shown))
    else:
        colour = "green" if shown["allowed"] else "red"
        click.secho(f"{'allowed' if shown['allowed'] else 'refused'}: {shown['code']}", fg=colour)
        click.echo(shown["reason"])
        if shown["clause"]:
            click.echo(f"{shown['clause']}: {shown['sentence']}")
        if shown["promises"]:
            click.echo(f"promises: {', '.join(shown['promises'])}")
        if shown["remedy"]:
            click.echo(f"to do: {shown['remedy']}")
    sys.exit(0 if shown["allowed"] else _UNMET)


@gate.command()
@in_home
@as_json
@_store
@click.option("--login", "logins", multiple=True, metavar=_LOGIN, help="A login to make as well.")
def plan(as_json: bool, only: str | None, logins: tuple[str, ...]) -> None:
    """Print every statement of an installation with its reason, as SQL; nothing is changed."""
    for store in company().gate().plan(only=only, logins=_logins(logins)):
        if as_json:
            show_json(dict(store))
            continue
        click.echo(f"-- the wall of `{store['store']}`: {len(store['statements'])} statements,")
        click.echo("-- all of one transaction in which mamoru also writes how people stand.")
        for each in store["statements"]:
            click.echo(f"\n-- {each['why']}\n{each['text']};")


@gate.command()
@in_home
@as_json
@_store
@click.option("--login", "logins", multiple=True, metavar=_LOGIN, help="A login to make as well.")
@click.option("--remove", is_flag=True, help="Take the wall away instead.")
def install(as_json: bool, only: str | None, logins: tuple[str, ...], remove: bool) -> None:
    """Build the walls: roles and views for each purpose and recipient, in one transaction a store.

    Readers see the wall of before or the new one, never half of one. Where the store's own login
    may not make roles, set MAMORU_GATE_ADMIN_<STORE> to an administrator's address for this
    command. A login that is made has no password: set one in the database.
    """
    if remove:
        done = tuple(company().gate().remove(only=only))
    else:
        with _counting("keys written") as tell:
            done = tuple(company().gate().install(only=only, logins=_logins(logins), tell=tell))
    if as_json:
        show_json([dict(each) for each in done])
        return
    for store in done:
        if remove:
            say(f"{store['store']}: the wall is gone, with {store['doors']} doors", fg="yellow")
            continue
        say(
            f"{store['store']}: {len(store['doors'])} doors,"
            f" {store['keys']} keys of people, {store['statements']} statements",
            fg="green",
        )
        for door in store["doors"]:
            say(f"  {door['role']}: {door['purpose']} for {door['recipient']}")
        for login in store["logins"]:
            say(f"  login {login}: set its password in the database (`\\password {login}`)")


@gate.command()
@in_home
@as_json
@_store
def verify(as_json: bool, only: str | None) -> None:
    """Prove that the walls are as the policy says; exit 3 and say what is not.

    Looked at are views, roles and rights against what was installed, every login of a door for
    ways around it, the leases, and how each person stands. The result is in the ledger.
    """
    with _counting("keys looked at") as tell:
        found = tuple(company().gate().verify(only=only, tell=tell))
    if as_json:
        show_json([dict(each) for each in found])
    else:
        for store in found:
            for problem in store["problems"]:
                click.secho(f"{store['store']}: {problem}", fg="red")
            if not store["problems"]:
                say(f"{store['store']}: as the policy says", fg="green")
    sys.exit(_UNMET if any(each["problems"] for each in found) else 0)


def _given(keys: tuple[str, ...]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for each in keys:
        kind, equals, key = each.partition("=")
        if not (kind and equals and key):
            raise click.UsageError(f"`{kind or each}` has no key: write KIND=KEY")
        given[kind] = key
    return given


def _logins(logins: tuple[str, ...]) -> Mapping[str, tuple[str, str]]:
    given: dict[str, tuple[str, str]] = {}
    for each in logins:
        name, _, door = each.partition("=")
        purpose, _, recipient = door.partition(":")
        if not (name and purpose and recipient):
            raise click.UsageError(f"`{each}` is no login: write {_LOGIN}")
        given[name] = (purpose, recipient)
    return given


@contextmanager
def _counting(what: str) -> Iterator[Tell]:
    """Show how far a long work is, on a terminal only."""
    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} {task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda count: progress.update(task, completed=count)
