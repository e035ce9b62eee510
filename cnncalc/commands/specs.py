"""`cnncalc specs`: the shipped zoo, and the text of one of its specs."""

import click

from cnncalc.commands._completion import complete_shipped
from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.program.streams import write_as
from cnncalc.render.formats import format_of


@click.command("specs", short_help="The specs that come with cnncalc.", epilog="""\b
Examples:
  cnncalc specs
  cnncalc specs resnet               those with resnet in their names
  cnncalc specs resnet50             the text of one
  cnncalc specs --format json""")  # fmt: skip
@click.argument("part", metavar="[NAME|WORD]", default="", shell_complete=complete_shipped)
@format_option("specs")
def command(part: str, format: str) -> int:
    """The specs that come with cnncalc: input, parameters, MACs, source. With NAME: the text of that one, as shipped.

    With a WORD that is no whole name: those whose names contain it. Other formats than text always give the list.
    """
    from cnncalc import zoo
    from cnncalc.api import analyse, load
    from cnncalc.render.specs import ShippedSpec

    shipped = zoo.path(part) if format == "text" else None
    if shipped is not None:
        write_as("yaml")
        with open(shipped, encoding="utf-8", newline="") as file:
            click.echo(file.read(), nl=False)
        return 0
    specs = []
    for name in zoo.names():
        if part.lower() in name:
            graph = load(name)
            sums = analyse(graph).totals
            inputs = ", ".join(str(node.shape) for node in graph.inputs)
            specs.append(
                ShippedSpec(name, graph.spec.name, inputs, sums.params, sums.macs, graph.spec.origin)
            )
    if not specs:
        click.echo(f"error: no shipped spec has {part!r} in its name{_hint(part)}", err=True)
        return 2
    output = FormatOutput(format_of(format))
    output.write(format_of(format).specs(specs, output.width_on_screen))
    return 0


def _hint(part: str) -> str:
    """The names that are spelled most like it."""
    from cnncalc import zoo
    from cnncalc.spec.guessing import alike

    close = alike(part, zoo.names())
    return f"; there are {', '.join(close)}" if close else ""
