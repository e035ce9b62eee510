"""Options that several commands share, each stated once."""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnncalc.commands._completion import complete_input, complete_set, complete_spec

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

Command = TypeVar("Command", bound=Callable[..., Any])
# A count of images, layers or devices at most: past it no figure means anything, and none has a size that can be said.
MOST = 10**9
DTYPES = ("float32", "float64", "float16", "bfloat16")


class FiniteRange(click.FloatRange):
    """A range of numbers. NaN is in none, though click's comparisons let it pass, and infinity is no number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def _is_finite(value: Any) -> bool:
    """False for infinity and NaN, also as words: a spec reads them as text, but nobody means that."""
    try:
        return not isinstance(value, str | float) or isfinite(float(value))
    except ValueError:
        return str(value).lstrip("+-").lower() not in (".inf", ".nan")


def parse_values(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    """`--set name=value`, each value as a spec would read it."""
    from cnncalc.text import scalar_value

    values = {}
    for text in given:
        name, equals, written = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE")
        value, problem = scalar_value(written)
        if problem:
            raise click.BadParameter(f"{text!r}: {problem}")
        if not _is_finite(value):
            raise click.BadParameter(f"{text!r}: {written.strip()} is not a finite number")
        values[name] = value
    return values


def set_option_of(name: str, values: str, help: str) -> Callable[[Command], Command]:
    """An option that gives parameters other values."""
    return click.option(
        name,
        values,
        metavar="NAME=VALUE",
        multiple=True,
        callback=parse_values,
        shell_complete=complete_set,
        help=help,
    )


def parse_inputs(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> "tuple[Wanted, ...]":
    """`--input 384x384x3`, `--input 384` or `--input left=64x64x3`."""
    if not given:
        return ()
    from cnncalc.graph.other_input import BadInput, parsed

    try:
        return parsed(given)
    except BadInput as error:
        raise click.BadParameter(str(error)) from None


def input_option_of(name: str, values: str, help: str) -> Callable[[Command], Command]:
    """An option that gives the network another input."""
    return click.option(
        name,
        values,
        metavar="[NAME=]SHAPE",
        multiple=True,
        callback=parse_inputs,
        shell_complete=complete_input,
        help=help,
    )


def parse_padding(ctx: click.Context, param: click.Parameter, given: str) -> int | str:
    """`--padding`: a number, or one of the spec language's words."""
    if given in ("half", "same", "valid"):
        return given
    if given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given)
    raise click.BadParameter(f"{given!r} is not an integer from 0, half, same or valid")


def _note_format(ctx: click.Context, param: click.Parameter, given: str) -> str:
    """Characters that the output can't have as they are will be escaped as this format does."""
    from cnncalc.program.streams import write_as

    write_as(given)
    return given


def format_choice(names: Iterable[str], help: str) -> Callable[[Command], Command]:
    """`--format`, one of these; text unless given."""
    return click.option(
        "--format",
        "format",
        type=click.Choice(list(names)),
        default="text",
        show_default=True,
        callback=_note_format,
        help=help,
    )


def spec_argument(command: Command) -> Command:
    return click.argument("spec", metavar="SPEC", shell_complete=complete_spec)(command)


set_option = set_option_of("--set", "values", "Give one of the spec's params another value; may be repeated.")
input_option = input_option_of(
    "--input",
    "inputs",
    "Another input than the spec's own: 384x384x3, 384 for every side, or left=64x64x3 for one of several; may be "
    "repeated.",
)
format_option = format_choice(("text", "json"), "For people, or for programs.")


max_nodes_option = click.option(
    "--max-nodes",
    type=click.IntRange(1, MOST),
    default=None,
    help="Most layers after expansion; a million unless given.",
)
output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write to a file: whole, or not at all. A device or a pipe is written to.",
)
strict_option = click.option("--strict", is_flag=True, help="Any remainder of (W - F + 2P)/S is an error.")


# What sizes can be written in.
SIZE_UNITS = ("iec", "si", "both")


def set_size_units(ctx: click.Context, param: click.Parameter, given: str) -> None:
    """Sizes are written so until the command ends."""
    # Units are iec where nothing else is asked for.
    if not ctx.resilient_parsing and given != "iec":
        from cnncalc.render.figures import in_units

        ctx.with_resource(in_units(given))


units_option = click.option(
    "--units",
    type=click.Choice(SIZE_UNITS),
    default="iec",
    show_default=True,
    expose_value=False,
    callback=set_size_units,
    help="Sizes in KiB, MiB, GiB (1024 bytes, 1024 KiB, ...), in kB, MB, GB (1000 bytes, ...), or in both.",
)


def mode_option(help: str) -> Callable[[Command], Command]:
    return click.option(
        "--mode",
        type=click.Choice(["inference", "training"]),
        default="inference",
        show_default=True,
        help=help,
    )


def graph_options(command: Command) -> Command:
    """How a spec becomes a graph."""
    mode = mode_option("Which `only:` items are in the network.")
    for option in (max_nodes_option, strict_option, mode, input_option, set_option):
        command = option(command)
    return command


def batch_and_dtype_options(command: Command) -> Command:
    """How many images, and of which type, bytes are of."""
    for option in (
        click.option(
            "--dtype",
            type=click.Choice(DTYPES),
            default="float32",
            show_default=True,
            help="Type of parameters and activations, for bytes.",
        ),
        click.option(
            "--batch",
            type=click.IntRange(1, MOST),
            default=1,
            show_default=True,
            help="Images in a batch, for bytes.",
        ),
    ):
        command = option(command)
    return command


def figure_options(command: Command) -> Command:
    """What figures are of."""
    return batch_and_dtype_options(units_option(command))
