"""The command line: finds the command that is asked for, loads it alone, and turns how it ends into an exit status."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn

import click

from cnncalc import __version__, plugins
from cnncalc.program.limits import is_interrupt, let_go, limit, with_reserve
from cnncalc.program.streams import drop_output, open_streams

COMMANDS = "cnncalc.commands"
USAGE, INTERRUPTED, CLOSED_PIPE = 2, 130, 141
# The fewest and the most characters in a line that output is laid out for.
NARROWEST, WIDEST = 10, 10_000
# Characters of a message's line at most.
LONGEST = 1000


class ClosedPipe(Exception):
    """Whoever read the output has gone. Click and rich would end with 1 for it, which here means findings."""


class Invocation:
    """What is known of a run while its command runs, for a message if it fails."""

    def __init__(self) -> None:
        self.debug = False
        self.context: click.Context | None = None

    @property
    def subject(self) -> str | None:
        """The specs, or what else the arguments name, as one text."""
        if self.context is None:
            return None
        words: list[str] = []
        for param in self.context.command.params:
            if isinstance(param, click.Argument):
                value = self.context.params.get(param.name or "")
                words += map(str, value if isinstance(value, tuple) else [] if value is None else [value])
        return " ".join(words) or None


def _note_debug(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    """`--debug`, before a command's name or after it."""
    run = ctx.obj
    if isinstance(run, Invocation):
        run.debug |= given
        run.context = ctx


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_note_debug,
        help="Show where in cnncalc an unexpected error came from.",
    )


def _format_epilog(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the examples of a command, as the page has room for them."""
    from cnncalc.program.page import examples, page_width

    if command.epilog:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(examples(command.epilog, page_width()))


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

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _format_epilog(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(plugins.names(COMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in plugins.names(COMMANDS):
            return None
        command: click.Command = plugins.load(COMMANDS, cmd_name).command
        command.format_epilog = partial(_format_epilog, command)  # type: ignore[method-assign]
        if not any(param.name == "debug" for param in command.params):
            command.params.append(_debug_option())
            assert command.callback is not None
            command.callback = with_reserve(command.callback)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from cnncalc.program.elsewhere import COMMANDS as elsewhere
            from cnncalc.spec import nearest

            close = elsewhere.get(args[0].lower()) or nearest(args[0], self.list_commands(ctx))
            help = "`cnncalc --help` lists them." if close is None else f"Did you mean {close!r}?"
            raise click.UsageError(f"There is no command {args[0]!r}. {help}", ctx) from error


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
Examples:
  cnncalc inspect vgg16                 the table of a shipped spec
  cnncalc inspect net.yaml --batch 32   of your own, for a batch
  cnncalc validate specs/               check every spec in a folder
  cnncalc explain net.yaml conv1        one layer's arithmetic
  cnncalc window 224 -k 11 -s 4         (W - F + 2P)/S + 1

Exit status: 0 clean, 1 findings, 2 usage, configuration, I/O or a limit of the machine, 70 an error in cnncalc
itself, 130 Ctrl-C. Where the reader of the output has gone, 141 and no message.""",
    params=[_debug_option()],
)
@click.version_option(__version__, "-V", "--version", message="cnncalc %(version)s")
def cli() -> None:
    """Everything about a CNN architecture before it runs on a GPU: shapes, parameters, multiply-adds, memory."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. What goes wrong is a sentence, never a traceback unless `--debug` asks for it."""
    open_streams()
    _settle_size()
    run = Invocation()
    try:
        status = cli.main(arguments, prog_name="cnncalc", standalone_mode=False, obj=run)
        sys.stdout.flush()
    except click.ClickException as error:
        _say(error)
        status = USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        status = INTERRUPTED
    except (ClosedPipe, BrokenPipeError):
        status = CLOSED_PIPE
    except Exception as error:
        status = _failed(error, run)
    drop_output()
    sys.exit(status if isinstance(status, int) else 0)


def _failed(error: Exception, run: Invocation) -> int:
    """Print why a command failed. The status is 2 for a limit of the machine, 70 for an error in cnncalc."""
    if is_interrupt(error):
        _say("interrupted")
        return INTERRUPTED
    said = limit(error)
    if run.debug:
        from traceback import format_exception

        _say("".join(format_exception(error)).rstrip())
    if said is None and isinstance(error, OSError):
        from cnncalc.text import escaped

        said = escaped(str(error.strerror or error), 200)
        if isinstance(error.filename, str):
            said = f"{escaped(error.filename, 4096)}: {said}"
    if said is None:
        from cnncalc.program.unforeseen import UNFORESEEN, sentence

        _say(f"Error: {sentence(error, run.subject)}")
        return UNFORESEEN
    let_go(error)
    _say(f"Error: {said}")
    return USAGE


def _say(what: str | click.ClickException) -> None:
    """Write to standard error, if it is still open."""
    try:
        if isinstance(what, click.ClickException):
            _in_lines(what).show()
        else:
            click.echo(what, err=True)
    except (OSError, ValueError):
        pass


def _in_lines(error: click.ClickException) -> click.ClickException:
    """The same error; where a person reads it, in lines that the page has room for.

    It may repeat an argument of any length, with anything in it.
    """
    from cnncalc.program.page import page_width, shown_to_a_person, wrapped
    from cnncalc.text import escaped
    from cnncalc.usage import plain

    error = plain(error)
    vars(error)["message"] = "\n".join(escaped(line, LONGEST) for line in error.message.split("\n"))
    if not shown_to_a_person(sys.stderr):
        return error
    said = wrapped(error.format_message(), page_width(), after="Error: ")
    if isinstance(error, click.UsageError):
        return click.UsageError(said, error.ctx)
    # It may have more to say than its message.
    vars(error)["message"] = said
    return error


def _settle_size() -> None:
    """Check COLUMNS and LINES, which may be set to anything: what is not a number is removed."""
    for name in ("COLUMNS", "LINES"):
        given = os.environ.get(name)
        if given is None:
            continue
        digits = given.strip().lstrip("+").lstrip("0")
        if digits.isascii() and digits.isdecimal():
            number = int(digits[:6])
            os.environ[name] = str(max(NARROWEST, min(number, WIDEST)))
        else:
            del os.environ[name]
