"""`mamoru case list | show | file`: cases without personal data; a filing from JSON."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import click

from mamoru.cli.options import as_json, company, in_home, local, show_json

_STAGES = ("received", "supplement-asked", "verified", "decided", "answered", "withdrawn")


@click.group()
def case() -> None:
    """Cases: list the queue, show one with its trail, file one from JSON."""


@case.command("list")
@in_home
@as_json
@click.option("--stage", type=click.Choice(_STAGES), help="Only cases at this stage.")
def list_cases(as_json: bool, stage: str | None) -> None:
    """List cases, the earliest due first."""
    lines = company().cases(stage=stage)
    if as_json:
        show_json({"cases": list(lines)})
        return
    for line in lines:
        click.echo(
            f"{line['id']}  {line['due_on']}  {line['stage']:16}  {', '.join(line['kinds'])}"
        )
    if not lines:
        click.echo("no cases")


@case.command("show")
@in_home
@as_json
@click.argument("case_id")
def show_case(as_json: bool, case_id: str) -> None:
    """Show where a case is, what was decided, and its trail in the ledger."""
    shown = company().case(case_id)
    if as_json:
        show_json(dict(shown))
        return
    click.echo(f"{shown['id']}  {shown['stage']}  due {shown['due_on']}  work {shown['work']}")
    for demand in shown["demands"]:
        click.echo(f"  {demand['id']}  {demand['kind']}  {demand['outcome'] or 'undecided'}")
        for receipt in demand["receipts"]:
            click.echo(f"    {receipt['place']}: {receipt['rows']} rows at {local(receipt['at'])}")
        for effect in demand["effects"]:
            click.echo(f"    {_said(effect)}")
    names = company().names({entry["by"] for entry in shown["trail"]})
    for entry in shown["trail"]:
        who = names.get(entry["by"], entry["by"])
        click.echo(f"  {entry['index']:>6}  {local(entry['at'])}  {entry['kind']}  {who}")


def _said(effect: Mapping[str, Any]) -> str:
    """Return one line for a table: what went, what is held until when, how deep it went."""
    parts = [f"{effect['erased']} erased", f"{effect['written']} written"]
    if effect["held"]:
        until = effect["release_on"] or "the hold is lifted"
        parts.append(f"{effect['held']} held ({', '.join(effect['holds'])}) until {until}")
    if effect["referred"]:
        parts.append(f"{effect['referred']} referred to")
    if effect["level"]:
        parts.append(f"level {effect['level']}")
    if effect["backups_until"] and effect["level"]:
        parts.append(f"backups until {effect['backups_until']}")
    return f"{effect['place']}: {', '.join(parts)}"


@case.command("file")
@in_home
@click.argument("filing", type=click.File("rb"))
def file_case(filing: BinaryIO) -> None:
    """File a case from FILING, a JSON document in the form of the API (`-` reads standard input)."""
    show_json(dict(company().file_case(filing.read())))
