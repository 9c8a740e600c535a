"""`mamoru person standing` and `mamoru restore gate`: how somebody stands, and that it stays so."""

import sys

import click

from mamoru.cli.options import as_json, company, in_home, say, show_json

_UNMET, _WAITING = 3, 4


@click.group()
def person() -> None:
    """Persons: how somebody stands, by a key of theirs."""


@person.command()
@in_home
@as_json
@click.argument("keys", nargs=-1, required=True, metavar="KIND=KEY...")
def standing(as_json: bool, keys: tuple[str, ...]) -> None:
    """Show consents, refusals, suspensions, stops, holds and the tombstone of one person.

    KIND is a kind of key of the data map, e.g. member_id=M000001. The look is in the ledger.
    """
    given: dict[str, str] = {}
    for each in keys:
        kind, equals, key = each.partition("=")
        if not (kind and equals and key):
            raise click.UsageError(f"`{kind or each}` has no key: write KIND=KEY")
        given[kind] = key
    shown = company().standing(given)
    if as_json:
        show_json(dict(shown))
        return
    for record in shown["records"]:
        until = record["until"] or "in force"
        what = " ".join(part for part in (record["purpose"], record["recipient"]) if part)
        click.echo(
            f"{record['kind']:11}  {record['since']}  {until}  {record['reference']}  {what}".rstrip()
        )
    for hold in shown["holds"]:
        until = hold["release_on"] or "until the hold is lifted"
        click.echo(f"{'hold':11}  {hold['place']}: {hold['rows']} rows, {hold['law']}, {until}")
    if not shown["records"] and not shown["holds"]:
        click.echo("nothing is recorded of this person")


@click.group()
def restore() -> None:
    """After a restore from backup."""


@restore.command()
@in_home
@as_json
def gate(as_json: bool) -> None:
    """Do again every erasure, suspension and stop that a restored backup does not know.

    Run it after a restore and before anything is served; `serve` and `worker` do so by
    themselves where they see that a database was restored. Ends with 4 while a store cannot be
    reached, 3 if one cannot be made as it must be.
    """
    done = company().restore()
    if as_json:
        show_json({"stores": list(done)})
    for store in done:
        if store["problem"]:
            say(f"{store['store']}: {store['problem']}; repair it and run this again", fg="red")
        elif not as_json:
            click.echo(
                f"{store['store']}: {store['persons']} keys with a standing,"
                f" {store['erased']} rows erased again, {store['written']} written again"
            )
        if store["judge"] and not as_json:
            cases = ", ".join(store["judge"])
            say(
                f"{store['store']}: look at the rows of {cases}: their values may be older",
                fg="yellow",
            )
    problems = {store["problem"] for store in done if store["problem"]}
    if problems:
        sys.exit(_WAITING if problems <= {"store-unreachable", "outcome-unknown"} else _UNMET)
