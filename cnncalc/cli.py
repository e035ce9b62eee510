"""The command line: finds the command that is asked for, loads it alone, and turns how it ends into an exit status."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, NoReturn

import click

from cnncalc import __version__, plugins

COMMANDS = "cnncalc.commands"
USAGE, INTERRUPTED, CLOSED_PIPE = 2, 130, 141


class ClosedPipe(Exception):
    """Whoever read the output has gone. Click and rich would end with 1 for it, which here means findings."""


@contextmanager
def _noticing_closed_pipes() -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, SystemExit) as error:
        raise ClosedPipe from error


class Commands(click.Group):
    """The commands of the package, each imported when it is used."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _noticing_closed_pipes():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _noticing_closed_pipes():
            return super().invoke(ctx)

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
  cnncalc inspect vgg16                 the table of a shipped spec
  cnncalc inspect net.yaml --batch 32   of your own, for a batch
  cnncalc validate specs/               every fault of every spec in a folder
  cnncalc explain net.yaml conv1        one layer's arithmetic
  cnncalc window 224 -k 11 -s 4         (W - F + 2P)/S + 1

Exit status: 0 clean, 1 findings, 2 usage, configuration or I/O.""",
)
@click.version_option(__version__, "-V", "--version", message="cnncalc %(version)s")
def cli() -> None:
    """Everything about a CNN architecture before a GPU is touched: shapes, parameters, multiply-adds, memory."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. A user's fault, or the machine's, is a message, never a traceback."""
    _open_streams()
    try:
        status = cli.main(arguments, prog_name="cnncalc", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        status = USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status = INTERRUPTED
    except (ClosedPipe, BrokenPipeError):
        _say_no_more()
        status = CLOSED_PIPE
    except OSError as error:
        click.echo(f"Error: {error.strerror or error}", err=True)
        _say_no_more()
        status = USAGE
    sys.exit(status if isinstance(status, int) else 0)


def _open_streams() -> None:
    """Give streams that the caller has closed a place: nothing is read there, and what is written is lost.

    Signs that a stream's encoding does not have are written as `?`.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 (open as long as the process)
        elif mode == "w" and isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _say_no_more() -> None:
    """Lead what is left to say nowhere, so that the interpreter's last flush does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
