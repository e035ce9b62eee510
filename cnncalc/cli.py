"""The command line: finds the command that is asked for, loads it alone, and turns how it ends into an exit status."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from cnncalc import __version__, plugins

COMMANDS = "cnncalc.commands"
USAGE, INTERRUPTED, CLOSED_PIPE = 2, 130, 141


class Commands(click.Group):
    """The commands of the package, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(plugins.names(COMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in plugins.names(COMMANDS):
            return None
        command: click.Command = plugins.load(COMMANDS, cmd_name).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from cnncalc.spec import nearest

            close = nearest(args[0], self.list_commands(ctx))
            if close is None:
                raise
            raise click.UsageError(f"No such command {args[0]!r}. Did you mean {close!r}?", ctx) from error


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
Examples:
  cnncalc inspect vgg16                     the table of a shipped spec
  cnncalc inspect net.yaml --batch 32       of your own, for a batch
  cnncalc validate specs/                   every fault of every spec in a folder
  cnncalc explain net.yaml conv1            one layer's arithmetic
  cnncalc window 224 -k 11 -s 4             (W - F + 2P)/S + 1

Exit status: 0 clean, 1 findings, 2 usage, configuration or I/O.""",
)
@click.version_option(__version__, "-V", "--version", message="cnncalc %(version)s")
def cli() -> None:
    """Everything about a CNN architecture before a GPU is touched: shapes, parameters, multiply-adds, memory."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. A user's fault is a message, never a traceback."""
    try:
        status = cli.main(arguments, prog_name="cnncalc", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        status = USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone: nothing is left to say, not even at the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = CLOSED_PIPE
    sys.exit(status if isinstance(status, int) else 0)
