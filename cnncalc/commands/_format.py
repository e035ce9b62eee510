"""`--format`: the formats that a command offers, and writing their output."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnncalc.render import formats

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cnncalc.commands._terminal import Terminal

    Choice = click.Choice[str]
else:
    # Click before 8.4 has no parameter for the type of the choices.
    Choice = click.Choice

Command = TypeVar("Command", bound=Callable[..., Any])


class FormatChoice(Choice):
    """A format that renders at least one of some kinds of report, or one of the command's drawings.

    A known format is taken without a look at the others: they are imported only where they are listed.
    """

    def __init__(self, *kinds: str, drawn: Sequence[str] = ()) -> None:
        self.kinds = kinds
        self.drawn = drawn
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The formats that a command offers."""
        first, *others = formats.names(*self.kinds)
        return (first, *sorted({*others, *self.drawn}))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.drawn and not formats.renders(value, *self.kinds):
            self.fail(_unknown(value, self.choices), param, ctx)
        return str(value)


def unknown_format(word: str, *kinds: str) -> str:
    """The error for a word that is not a format of these kinds, with the formats that are."""
    return _unknown(word, formats.names(*kinds))


def _unknown(word: str, known: Sequence[str]) -> str:
    from cnncalc.spec import nearest

    close = nearest(word, known)
    hint = f" Did you mean {close!r}?" if close else ""
    return f"{word!r} is not one of {', '.join(map(repr, known))}.{hint}"


def complete_output(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """`FORMAT=` of the formats for findings."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(f"{name}=") for name in formats.names("findings") if name.startswith(incomplete)]


def _note_format(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Characters that the output can't have as they are will be escaped as this format does."""
    from cnncalc.program.streams import write_as

    assert isinstance(param.type, FormatChoice)
    write_as("xml" if value in param.type.drawn else formats.format_of(value).escapes)
    return value


def format_option(
    *kinds: str, help: str = "For people, or for programs.", drawn: Sequence[str] = ()
) -> Callable[[Command], Command]:
    """`--format`: one of the formats that render these kinds of report, or of the drawings; text unless given."""
    return click.option(
        "--format",
        "format",
        type=FormatChoice(*kinds, drawn=drawn),
        default="text",
        show_default=True,
        callback=_note_format,
        help=help,
    )


def format_for(name: str, kind: str) -> formats.Format:
    """The format of a name, for one kind of report. One that does not render it is a usage error."""
    if not formats.renders(name, kind):
        known = ", ".join(formats.names(kind))
        raise click.BadParameter(
            f"{name} is not available for this; formats: {known}", param_hint="'--format'"
        )
    return formats.format_of(name)


def _terminal(*, stderr: bool) -> "Terminal":
    """Loaded for text for people."""
    from cnncalc.commands._terminal import Terminal

    return Terminal(stderr=stderr)


class FormatOutput:
    """Where a format is written: text for people to a terminal that has a width, any other as it is."""

    def __init__(self, format: formats.Format, *, stderr: bool = False) -> None:
        self._terminal = _terminal(stderr=stderr) if format.styled else None
        self._stderr = stderr

    @property
    def width(self) -> int | None:
        """Characters in a line; None means no limit."""
        return None if self._terminal is None else self._terminal.width

    @property
    def width_on_screen(self) -> int | None:
        """Characters in a line where a person reads it on a screen. A file or a program wants lines whole."""
        terminal = self._terminal
        return terminal.width if terminal is not None and terminal.file.isatty() else None

    @property
    def ascii(self) -> bool:
        """Whether the characters of bars and charts can't be shown, and ASCII must do."""
        try:
            "▁█▏│·".encode(sys.stdout.encoding or "utf-8")
        except UnicodeEncodeError:
            return True
        return False

    def write(self, pieces: Iterable[str]) -> None:
        """Write what the format renders, piece by piece."""
        if self._terminal is not None:
            self._terminal.write(pieces)
        else:
            (sys.stderr if self._stderr else sys.stdout).writelines(pieces)
