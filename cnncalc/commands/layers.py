"""`cnncalc layers`: the layer catalogue."""

import click

from cnncalc.commands._completion import complete_layer_type


@click.command("layers", short_help="The layer types; for one type, its parameters and formulas.", epilog="""\b
Examples:
  cnncalc layers
  cnncalc layers conv""")  # fmt: skip
@click.argument("name", metavar="[LAYER]", required=False, shell_complete=complete_layer_type)
def command(name: str | None) -> int:
    """The layer types by family; with LAYER, its parameters, bounds, formulas and examples."""
    from cnncalc import describe, layers
    from cnncalc.commands._terminal import Terminal
    from cnncalc.render.layer_types import LayerTypePage, catalogue, layer_page
    from cnncalc.spec import nearest

    to = Terminal()
    if name is None:
        families = {
            family: [(layer.key, describe.summary(layer)) for layer in members]
            for family, members in describe.families().items()
        }
        to.write(catalogue(families, to.width))
        return 0
    if name not in layers.names():
        close = nearest(name, layers.names())
        hint = f" Did you mean {close!r}?" if close else " `cnncalc layers` lists them."
        raise click.BadParameter(f"there is no layer {name!r}.{hint}", param_hint="LAYER")
    layer = layers.layer_type(name)
    page = LayerTypePage(
        key=layer.key,
        family=layer.family,
        summary=describe.summary(layer),
        source=layer.source,
        fields=list(describe.fields(layer)),
        examples=list(describe.examples(layer)),
        figures=list(describe.formulas(layer)),
    )
    to.write(layer_page(page, to.width))
    return 0
