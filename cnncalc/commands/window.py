"""`cnncalc window`: the course's formula along one axis."""

from typing import Any

import click

from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.commands._layer_options import OneAxis, OneSide
from cnncalc.commands._options import parse_padding
from cnncalc.render.formats import format_of


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
@click.argument("size", metavar="W", type=OneSide(1, 10**18 - 1))
@click.option(
    "-k", "--kernel", metavar="F", type=OneSide(1, 10**9), required=True, help="Size of the window."
)
@click.option(
    "-s", "--stride", metavar="S", type=OneSide(1, 10**9), default=1, show_default=True, help="Step."
)
@click.option(
    "-p", "--padding", metavar="P", callback=parse_padding, default="0", show_default=True,
    help="Positions added at both ends: a number, half, same, valid or causal.",
)  # fmt: skip
@click.option(
    "-d", "--dilation", metavar="D", type=OneAxis("conv", "dilation"), default=1, show_default=True,
    help="Distance between kernel elements; 1 means no gaps.",
)  # fmt: skip
@click.option(
    "--rounding",
    type=click.Choice(["floor", "ceil"]),
    default="floor",
    show_default=True,
    help="How a remainder is rounded.",
)
@click.option("--strict", is_flag=True, help="Any remainder is a finding, as in the course's notes.")
@format_option("window")
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

    The exit status is 1 if input is lost or nothing fits; with --strict, also for every remainder.
    """
    from cnncalc.diagnostic import Severity
    from cnncalc.layers import problems as find_problems
    from cnncalc.layers.conv import Conv
    from cnncalc.layers.maxpool import MaxPool
    from cnncalc.shape import Shape
    from cnncalc.vocabulary.window import Windowed

    fields: dict[str, Any] = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    layer: Windowed = (
        MaxPool(**{**fields, "rounding": "ceil"}) if rounding == "ceil" else Conv(**fields, filters=1)
    )
    volume = Shape(1, (size,))
    problems = list(find_problems(layer, (volume,)))
    output = FormatOutput(format_of(format))
    output.write(format_of(format).window(layer.windows(volume)[0], problems, strict, output.width))
    worst = max((problem.fault.severity for problem in problems), default=Severity.INFO)
    return 1 if worst is Severity.ERROR or (strict and problems) else 0
