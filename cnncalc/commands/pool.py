"""`cnncalc pool`: all that the course's notes say of one pooling layer, without a spec."""

from typing import Any

import click

from cnncalc.commands._layer_options import page_options, shape_argument, strict_option, window_options

# The layer types, with what is set in them, by the words of `--type`.
TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "max": ("maxpool", {}),
    "avg": ("avgpool", {}),
    "l2": ("lppool", {"p": 2.0}),
}


@click.command(
    "pool",
    short_help="One pooling layer: its output, what it keeps, im2col, slices.",
    epilog="""\b
Examples:
  cnncalc pool 224x224x64 -k 2
  cnncalc pool 224x224x64 -k 3 -s 2 --rounding ceil
  cnncalc pool 55x55x96 -k 3 -s 2 --at 1,1
  cnncalc pool 28x28x192 -k 3 -s 1 -p 1 --type avg --format markdown""",
)
@shape_argument
@window_options("maxpool", "the kernel")
@click.option(
    "--rounding",
    type=click.Choice(["floor", "ceil"]),
    default=None,
    help="Of a remainder; floor unless given.",
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(list(TYPES)),
    default="max",
    show_default=True,
    help="The largest value of a window, its mean, or its L2 norm.",
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
    """A pooling layer over SHAPE (HEIGHTxWIDTHxCHANNELS): output, share of values kept, overlap, im2col, slices.

    The page is that of `cnncalc explain` for a layer of a spec. Exit status 1 where the layer does not fit its input,
    with what would; under --strict, wherever there is a remainder.
    """
    from cnncalc.commands._layer_page import make_layer, show_layer, sound_shape

    key, own = TYPES[kind]
    layer = make_layer(key, {**fields, **own})
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
