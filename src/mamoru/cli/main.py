"""`mamoru`: the commands of the outer contract, section 3. Exit codes are fixed there."""

import importlib

import click

from mamoru import __version__
from mamoru.cli.options import Company, say
from mamoru.kit.errors import MamoruError

# Command -> (module, attribute). Imported when called, so that `--help` stays fast.
_COMMANDS = {
    "case": ("mamoru.cli.case", "case"),
    "check": ("mamoru.cli.serve", "check"),
    "datamap": ("mamoru.cli.datamap", "datamap"),
    "demo": ("mamoru.cli.serve", "demo"),
    "gate": ("mamoru.cli.gate", "gate"),
    "identity": ("mamoru.cli.identity", "identity"),
    "init": ("mamoru.cli.serve", "init"),
    "ledger": ("mamoru.cli.ledger", "ledger"),
    "person": ("mamoru.cli.person", "person"),
    "policy": ("mamoru.cli.policy", "policy"),
    "restore": ("mamoru.cli.person", "restore"),
    "schema": ("mamoru.cli.schema", "schema"),
    "serve": ("mamoru.cli.serve", "serve"),
    "worker": ("mamoru.cli.serve", "worker"),
}
_INTERRUPTED = 130


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


def run(arguments: list[str] | None, company: Company) -> int:
    """Run a command and return its exit code; an error of ours ends without a stack trace."""
    try:
        code = commands.main(args=arguments, prog_name="mamoru", standalone_mode=False, obj=company)
    except MamoruError as problem:
        say(f"{type(problem).code}: {problem}", fg="red")
        return type(problem).exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    return code if isinstance(code, int) else 0
