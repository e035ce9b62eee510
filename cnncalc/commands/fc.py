"""`cnncalc fc`: all that the course's notes say of one fully-connected layer, without a spec."""

from typing import Any

import click

from cnncalc.commands._layer_options import FieldValue, at_option, layer_format_option, shape_argument
from cnncalc.commands._options import SIZE_UNITS, batch_and_dtype_options, set_size_units
from cnncalc.commands._symbols import symbols_option


def parse_units(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Any:
    """`--units 4096`: how many units the layer has. The words of `--units` in other commands keep their meaning."""
    counts = [text for text in given if text not in SIZE_UNITS]
    for word in given:
        if word in SIZE_UNITS:
            set_size_units(ctx, param, word)
    if len(counts) != 1:
        raise click.BadParameter("say once how many units the layer has, such as 4096")
    return FieldValue("fc", "units").convert(counts[0], param, ctx)


@click.command(
    "fc",
    short_help="One fully-connected layer: its weights, work and gradients.",
    epilog="""\b
Examples:
  cnncalc fc 7x7x512 --units 4096
  cnncalc fc 4096 --units 1000 --batch 128
  cnncalc fc 32x32x3 --units 10 --no-bias --format json""",
)
@shape_argument
@click.option(
    "-u",
    "--units",
    metavar="N",
    multiple=True,
    required=True,
    callback=parse_units,
    help="How many units. (iec, si or both: the units of sizes, as in other commands.)",
)
@click.option(
    "--bias/--no-bias", "bias", default=None, help="One number more a unit; a bias is there by default."
)
@layer_format_option
@batch_and_dtype_options
@symbols_option
@at_option
def command(
    shape: Any, units: Any, places: Any, letters: Any, batch: int, dtype: str, format: str, **fields: Any
) -> int:
    """A fully-connected layer over SHAPE, a count of features or a volume, which is flattened first."""
    from cnncalc.commands._layer_page import make_layer, show_layer, sound_shape

    volume, before = sound_shape(shape)
    entering = make_layer("flatten", {}).output((volume,)) if volume.rank else volume
    note = f", which is {volume} flattened" if volume.rank else ""
    layer = make_layer("fc", {"units": units, **fields})
    return show_layer(
        layer,
        entering,
        before=before,
        note=note,
        places=places,
        letters=letters,
        batch=batch,
        dtype=dtype,
        format=format,
    )
