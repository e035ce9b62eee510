"""`cnncalc conv`: all that the course's notes say of one convolution, without a spec."""

from typing import Any

import click

from cnncalc.commands._layer_options import (
    option,
    page_options,
    shape_argument,
    strict_option,
    window_options,
)

# The layer types by the words of `--type`.
TYPES = {"conv": "conv", "local": "locally_connected", "transposed": "conv_transpose"}


@click.command(
    "conv",
    short_help="One convolution: its output, weights, im2col, slices, gradients.",
    epilog="""\b
Examples:
  cnncalc conv 227x227x3 -k 11 -s 4 --filters 96
  cnncalc conv 11x11x4 -k 5 -s 2 --filters 2 --at 2,3 --at 0,1,1
  cnncalc conv 32x32x64 -k 3 -p half --filters 128 --groups 4
  cnncalc conv 227x227x3 -k 11 -s 4 --filters 96 --type local
  cnncalc conv 100x16 -k 3 --filters 32 --format json""",
)
@shape_argument
@option("conv", "filters", "-f", "--filters", metavar="K", required=True, help="How many filters.")
@window_options("conv", "1")
@option(
    "conv",
    "groups",
    "-g",
    "--groups",
    metavar="G",
    help="Parts of the channels and the filters; left out, 1.",
)
@click.option(
    "--bias/--no-bias", "bias", default=None, help="One number more a filter; a bias is there by default."
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(list(TYPES)),
    default="conv",
    show_default=True,
    help="A convolution, one without shared weights, or the transposed one.",
)
@strict_option
@page_options
def command(
    shape: Any,
    kind: str,
    places: Any,
    letters: Any,
    batch: int,
    dtype: str,
    strict: bool,
    format: str,
    **fields: Any,
) -> int:
    """A convolution over SHAPE (HEIGHTxWIDTHxCHANNELS): output, weights, overlap, im2col, slices, backward pass.

    The page is that of `cnncalc explain` for a layer of a spec. Exit status 1 where the layer does not fit its input,
    with what would; under --strict, wherever there is a remainder.
    """
    from cnncalc.commands._layer_page import make_layer, show_layer, sound_shape

    layer = make_layer(TYPES[kind], fields)
    shape, before = sound_shape(shape, layer)
    return show_layer(
        layer,
        shape,
        before=before,
        places=places,
        letters=letters,
        batch=batch,
        dtype=dtype,
        format=format,
        strict=strict,
    )
