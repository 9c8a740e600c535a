"""`mamoru`: the commands of the outer contract, section 3. Exit codes are fixed there."""

import importlib
import sys
from typing import Any

import click

from mamoru import __version__
from mamoru.cli.options import say
from mamoru.kit.errors import MamoruError

# Command -> (module, attribute). Imported when called, so that `--help` stays fast.
_COMMANDS = {
    "datamap": ("mamoru.cli.datamap", "datamap"),
    "identity": ("mamoru.cli.identity", "identity"),
    "ledger": ("mamoru.cli.ledger", "ledger"),
    "policy": ("mamoru.cli.policy", "policy"),
    "schema": ("mamoru.cli.schema", "schema"),
}


class _Commands(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mamoru")
def commands() -> None:
    """A privacy policy that runs and can be proved."""


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; an error of ours ends with its message and its exit code, no stack trace."""
    try:
        return commands.main(args=arguments, prog_name="mamoru", standalone_mode=True)
    except MamoruError as problem:
        say(f"{type(problem).code}: {problem}", fg="red")
        sys.exit(type(problem).exit_code)
