"""Options of the commands that take one layer and no spec, each value read as the layer's own field reads it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cnncalc.commands._format import format_option
from cnncalc.commands._options import WholeRange, figure_options, from_to
from cnncalc.commands._symbols import symbols_option

if TYPE_CHECKING:
    from cnncalc.analysis.layer_facts import Place

Command = TypeVar("Command", bound=Callable[..., Any])
# Digits of a number at most, as in a spec.
DIGITS = 18
NUMBER = rf"\d{{1,{DIGITS}}}"
PAIR = re.compile(rf"\[?\s*-?{NUMBER}(?:\s*[x×,]\s*-?{NUMBER}){{0,2}}\s*\]?", re.ASCII)
NAMED = re.compile(rf"\{{?\s*[a-z]+\s*[=:]\s*{NUMBER}(?:\s*,\s*[a-z]+\s*[=:]\s*{NUMBER})*\s*\}}?", re.ASCII)


def spelt(text: str) -> Any:
    """What a spec would have for a text: `3`, `3x1` or `[3, 1]`, `top=1,left=2`; a word as it is."""
    if PAIR.fullmatch(text):
        numbers = tuple(int(item) for item in re.findall(r"-?\d+", text))
        return numbers if len(numbers) > 1 else numbers[0]
    if NAMED.fullmatch(text):
        return {name: int(number) for name, number in re.findall(r"([a-z]+)\s*[=:]\s*(\d+)", text)}
    return text


class FieldValue(click.ParamType):  # type: ignore[type-arg]
    """The value of a layer's field, read and refused as the field itself does."""

    name = "value"

    def __init__(self, layer: str, field: str) -> None:
        self.layer, self.field = layer, field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        from cnncalc.layers import Refused, layer_type, stated
        from cnncalc.text import escaped

        kind = stated(layer_type(self.layer))[self.field][0].kind
        try:
            return kind.read(spelt(value))
        except Refused as error:
            help = f" ({error.help})" if error.help else ""
            self.fail(f"it must be {kind.words}, not {escaped(str(error), 60)}{help}.", param, ctx)


class OneAxis(FieldValue):
    """A field's value for an axis: one number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        read = super().convert(value, param, ctx)
        if not isinstance(read, int):
            self.fail(f"{value!r} is not one number, and there is one axis.", param, ctx)
        if read > 10**9:
            self.fail(f"it must be an integer {from_to(1, 10**9)}, not {read}.", param, ctx)
        return read


class OneSide(WholeRange):
    """One size of a window; two of them are of a volume, which other commands take."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not value.isdecimal() and PAIR.fullmatch(value) and "-" not in value:
            self.fail(
                f"{value!r} is not one side; `cnncalc conv` and `cnncalc pool` take a volume.", param, ctx
            )
        return super().convert(value, param, ctx)


class ShapeValue(click.ParamType):  # type: ignore[type-arg]
    """A shape, and whether it is written as a text, which may be channels first. As in a spec: `227x227x3`, `4096`,
    `{height: 3, width: 224, channels: 224}`.
    """

    name = "shape"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        from cnncalc.spec import BadShape, read_shape

        written = spelt(value) if NAMED.fullmatch(value) or value.isdecimal() else value
        shape = read_shape(written)
        if isinstance(shape, BadShape):
            self.fail(
                f"{shape.message}: {f'write {shape.instead}' if shape.instead else shape.help}.", param, ctx
            )
        return shape, isinstance(written, str)


def parse_places(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> "tuple[Place, ...]":
    """`--at 2,3`: numbers from 0; which of them is a channel only the output can say (see `places_of`)."""
    if not given:
        return ()
    from cnncalc.analysis.layer_facts import Place

    places = []
    for text in given:
        if not re.fullmatch(rf"\[?{NUMBER}(?:,\s*{NUMBER}){{0,3}}\]?", text, re.ASCII):
            raise click.BadParameter(f"{text!r} is not a position, such as 2,3, or 2,3,1 with a channel")
        places.append(Place(tuple(int(item) for item in re.findall(r"\d+", text))))
    return tuple(places)


def places_of(given: "tuple[Place, ...]", rank: int) -> "tuple[Place, ...]":
    """Places in an output of `rank` axes: a place with one more number has the channel too."""
    return tuple(
        item._replace(position=item.position[:rank], channel=item.position[rank])
        if len(item.position) == rank + 1
        else item
        for item in given
    )


def option(
    layer: str, field: str, *names: str, metavar: str, help: str, **more: Any
) -> Callable[[Command], Command]:
    """An option that sets a field of a layer."""
    return click.option(*names, field, metavar=metavar, type=FieldValue(layer, field), help=help, **more)


shape_argument = click.argument("shape", metavar="SHAPE", type=ShapeValue())
at_option = click.option(
    "--at",
    "places",
    metavar="POSITION",
    multiple=True,
    callback=parse_places,
    help="What the output value there reads, as a numpy slice: 2,3, or 2,3,1 with its channel; may be repeated.",
)
strict_option = click.option("--strict", is_flag=True, help="Any remainder of (W - F + 2P)/S is a finding.")
# The help of `--format` where a page can be Markdown too.
PAGE_FORMATS = "For people, for programs, or for a page."
layer_format_option = format_option("layer_facts", "formulas", help=PAGE_FORMATS)


def window_options(layer: str, stride: str) -> Callable[[Command], Command]:
    """Kernel, stride, padding and dilation of a window layer; `stride` says what it is where it is left out."""

    def add(command: Command) -> Command:
        for add_option in (
            option(
                layer, "dilation", "-d", "--dilation", metavar="D",
                help="Distance between kernel elements; 1 means no gaps.",
            ),
            option(
                layer, "padding", "-p", "--padding", metavar="P",
                help="A number, 1x2, half, same, valid, or sides: bottom=1,right=1.",
            ),
            option(layer, "stride", "-s", "--stride", metavar="S", help=f"Step: 2, or 2x1; left out, {stride}."),
            option(
                layer, "kernel", "-k", "--kernel", metavar="F", required=True,
                help="Size of the window: 3, or 3x1.",
            ),
        ):  # fmt: skip
            command = add_option(command)
        return command

    return add


def page_options(command: Command) -> Command:
    """How a layer's page is made."""
    for add in (layer_format_option, figure_options, symbols_option, at_option):
        command = add(command)
    return command
