"""`cnncalc window`: the course's formula along one axis."""

from typing import Any

import click

from cnncalc.commands._layer_options import OneAxis
from cnncalc.commands._options import format_option, parse_padding


@click.command(
    "window",
    short_help="(W - F + 2P)/S + 1 along one axis.",
    epilog="""\b
Examples:
  cnncalc window 10 --kernel 3 --stride 2 --padding 0
  cnncalc window 227 -k 11 -s 4
  cnncalc window 5 -k 3 -s 3 -p 1 --strict
  cnncalc window 112 -k 3 -s 2 --rounding ceil""",
)
@click.argument("size", metavar="W", type=click.IntRange(1, 10**18 - 1))
@click.option(
    "-k", "--kernel", metavar="F", type=click.IntRange(1, 10**9), required=True, help="Size of the window."
)
@click.option(
    "-s", "--stride", metavar="S", type=click.IntRange(1, 10**9), default=1, show_default=True, help="Step."
)
@click.option(
    "-p", "--padding", metavar="P", callback=parse_padding, default="0", show_default=True,
    help="Positions added at both ends: a number, half, same or valid.",
)  # fmt: skip
@click.option(
    "-d", "--dilation", metavar="D", type=OneAxis("conv", "dilation"), default=1, show_default=True,
    help="Distance of taps; 1 is dense.",
)  # fmt: skip
@click.option(
    "--rounding",
    type=click.Choice(["floor", "ceil"]),
    default="floor",
    show_default=True,
    help="Of a remainder.",
)
@click.option("--strict", is_flag=True, help="Any remainder is a finding, as in the course's notes.")
@format_option
def command(
    size: int,
    kernel: int,
    stride: int,
    padding: int | str,
    dilation: int,
    rounding: str,
    strict: bool,
    format: str,
) -> int:
    """(W - F + 2P)/S + 1: how many windows of F fit along an axis of W positions, and what a remainder loses.

    Exit status 1 where real input is lost or nothing fits; under --strict, wherever there is a remainder.
    """
    from cnncalc.commands._terminal import Terminal
    from cnncalc.diagnostic import Severity
    from cnncalc.layers import layer_type
    from cnncalc.layers import problems as find_problems
    from cnncalc.render.window import json_text, text
    from cnncalc.shape import Shape
    from cnncalc.vocabulary.window import Windowed

    fields: dict[str, Any] = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    if rounding == "ceil":
        layer = layer_type("maxpool")(**fields | {"rounding": rounding})
    else:
        layer = layer_type("conv")(**fields | {"filters": 1})
    volume = Shape(1, (size,))
    found = list(find_problems(layer, (volume,)))
    assert isinstance(layer, Windowed)
    at = layer.windows(volume)[0]
    if format == "json":
        click.echo(json_text(at, found))
    else:
        to = Terminal()
        to.write(text(at, found, strict=strict, page=to.width))
    worst = max((problem.fault.severity for problem in found), default=Severity.INFO)
    return 1 if worst is Severity.ERROR or (strict and found) else 0
