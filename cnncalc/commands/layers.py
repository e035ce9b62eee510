"""`cnncalc layers`: the layer catalogue."""

from collections.abc import Iterable

import click

from cnncalc.commands._completion import complete_layer_type


@click.command("layers", short_help="The layer types; of one, parameters and formulas.", epilog="""\b
Examples:
  cnncalc layers
  cnncalc layers conv""")  # fmt: skip
@click.argument("name", metavar="[LAYER]", required=False, shell_complete=complete_layer_type)
def command(name: str | None) -> int:
    """The layer types by family; with LAYER, its parameters, bounds, formulas and examples."""
    from rich.table import Table
    from rich.text import Text

    from cnncalc import describe, layers
    from cnncalc.commands._terminal import rich_console
    from cnncalc.spec import nearest

    to = rich_console()
    if name is None:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
        table.add_column(no_wrap=True)
        table.add_column()
        for family, members in describe.families().items():
            table.add_row(Text(family, "bold"), "")
            for layer in members:
                table.add_row(f"  {layer.key}", describe.summary(layer))
        to.print(table, soft_wrap=False)
        return 0
    if name not in layers.names():
        close = nearest(name, layers.names())
        hint = f" Did you mean {close!r}?" if close else " `cnncalc layers` lists them."
        raise click.BadParameter(f"there is no layer {name!r}.{hint}", param_hint="LAYER")
    layer = layers.layer_type(name)
    about = Text.assemble((layer.key, "bold"), f" ({layer.family}): {describe.summary(layer)}")
    to.print(about, soft_wrap=False)
    to.print(f"source: {layer.source}\n", soft_wrap=False)
    rows = list(describe.fields(layer))
    if rows:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for title in ("parameter", "takes", "default", "meaning"):
            table.add_column(title, no_wrap=title in ("parameter", "default"))
        for row in rows:
            table.add_row(*row)
        to.print(table, soft_wrap=False)
        to.print()
    _pairs("examples", describe.examples(layer), to.width)
    _pairs("figures of the first", describe.formulas(layer), to.width)
    return 0


def _pairs(title: str, pairs: Iterable[tuple[str, str]], page: int) -> None:
    """Two columns; where the first leaves little room the second stands below it."""
    from cnncalc.render.piece import hanging

    rows = list(pairs)
    width = max(len(left) for left, _ in rows)
    beside = width + 5 + min(24, max(len(right) for _, right in rows)) <= page
    click.echo(f"{title}:")
    for left, right in rows:
        indent = " " * (width + 5 if beside else 6)
        lines = hanging(right, page - len(indent))
        first = f"  {left.ljust(width)}   " if beside else f"  {left}\n{indent}"
        click.echo(first + f"\n{indent}".join(lines))
    click.echo()
