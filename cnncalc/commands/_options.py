"""Options that several commands share."""

from collections.abc import Callable
from functools import wraps
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnncalc.commands._completion import complete_input, complete_set, complete_spec

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

Command = TypeVar("Command", bound=Callable[..., Any])
# The largest number of images, layers or devices. Larger figures have no meaning.
MOST = 10**9
DTYPES = ("float32", "float64", "float16", "bfloat16")


class WholeRange(click.IntRange):
    """Whole numbers from `min` on, perhaps up to `max`, in the words of a spec's errors. (Click says `1<=x<=9`.)"""

    name = "integer"

    def _describe_range(self) -> str:
        return from_to(self.min, self.max)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"it must be a whole number {from_to(self.min, self.max)}, not {value}.", param, ctx)


def from_to(least: float | None, most: float | None) -> str:
    """`from 1`, or `from 1 to 1,000,000,000`."""
    return f"from {least or 0:,}" + (f" to {most:,}" if most is not None else "")


class FiniteRange(click.FloatRange):
    """A range of finite numbers. (Click's own range takes NaN.)"""

    name = "number"

    def _describe_range(self) -> str:
        return f"larger than {self.min:g}" if self.min_open else from_to(self.min, self.max)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"it must be a number {self._describe_range()}, not {value}.", param, ctx)
        if not isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def _is_finite(value: Any) -> bool:
    """False for infinity and NaN, also as words, which a spec would read as text."""
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
    from cnncalc.vocabulary.reading import PADDING_WORDS

    if given in PADDING_WORDS:
        return given
    if given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given)
    raise click.BadParameter(f"{given!r} is not a whole number of 0 or more, half, same, valid or causal")


def patterned(reference: str) -> bool:
    """Whether an argument for a spec is a pattern: it looks like one, and no file and no shipped spec has that name."""
    from cnncalc import zoo
    from cnncalc.files import is_file
    from cnncalc.pattern import means_pattern

    return means_pattern(reference) and not is_file(reference) and zoo.path(reference) is None


def spec_argument(command: Command) -> Command:
    return click.argument("spec", metavar="SPEC", shell_complete=complete_spec)(command)


set_option = set_option_of(
    "--set", "values", "Set one of the spec's params to another value; may be repeated."
)
input_option = input_option_of(
    "--input",
    "inputs",
    "Replace the spec's input: 384x384x3, 384 for every side, or left=64x64x3 for one of several inputs; may be "
    "repeated.",
)


max_nodes_option = click.option(
    "--max-nodes",
    type=WholeRange(1, MOST),
    default=None,
    help="The most layers after expansion; the default is a million.",
)


def output_option_with(more: str = "", *, required: bool = False) -> Callable[[Any], Any]:
    """`-o FILE`; `more` is what else is to be known about it."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        required=required,
        help=f"Write to this file, completely or not at all. Devices and pipes are written directly.{more}",
    )


output_option = output_option_with()
# Of a report that has formats.
report_output_option = output_option_with(" Without --format, the end of FILE says the format.")
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


MODES = ("inference", "training")


def mode_option(help: str) -> Callable[[Command], Command]:
    return click.option(
        "--mode",
        type=click.Choice(MODES),
        default="inference",
        show_default=True,
        help=help,
    )


def mode_or_training_option(help: str) -> Callable[[Command], Command]:
    """`--mode`, and `--training`, which is another way to write `--mode training`."""

    def decorated(command: Command) -> Command:
        @wraps(command)
        def with_mode(*arguments: Any, mode: str, training: bool, **others: Any) -> Any:
            if training and mode != "training":
                from click.core import ParameterSource

                source = click.get_current_context().get_parameter_source("mode")
                if source is ParameterSource.COMMANDLINE:
                    raise click.UsageError(
                        f"--training means --mode training: leave out --mode {mode}, or --training"
                    )
            return command(*arguments, mode="training" if training else mode, **others)

        short = click.option("--training", is_flag=True, help="The same as --mode training.")
        # The lower decorator is the later line of a help page.
        return mode_option(help)(short(with_mode))  # type: ignore[return-value]

    return decorated


def graph_options(command: Command) -> Command:
    """The options for building a graph."""
    mode = mode_option("The mode: decides which `only:` items are in the network.")
    for option in (max_nodes_option, strict_option, mode, input_option, set_option):
        command = option(command)
    return command


def batch_and_dtype_options(command: Command) -> Command:
    """What figures in bytes are for: the number of images, and the type of the values."""
    for option in (
        click.option(
            "--dtype",
            type=click.Choice(DTYPES),
            default="float32",
            show_default=True,
            help="Type of parameters and activations, for figures in bytes.",
        ),
        click.option(
            "--batch",
            type=WholeRange(1, MOST),
            default=1,
            show_default=True,
            help="Images in a batch, for figures in bytes.",
        ),
    ):
        command = option(command)
    return command


def figure_options(command: Command) -> Command:
    """What figures are of."""
    return batch_and_dtype_options(units_option(command))
