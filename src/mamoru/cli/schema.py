"""`mamoru schema`: the JSON Schema of the company's two files, so that editors check them."""

import click

from mamoru.cli.options import show_json


@click.group()
def schema() -> None:
    """Print the JSON Schema of a file."""


@schema.command()
def policy() -> None:
    """The schema of policy.yaml."""
    from mamoru.policy import document

    show_json(document.schema())


@schema.command()
def datamap() -> None:
    """The schema of datamap.yaml."""
    from mamoru.datamap import inventory

    show_json(inventory.json_schema())
