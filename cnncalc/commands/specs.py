"""`cnncalc specs`: the shipped zoo and own specs, with their figures; and the text of a shipped one."""

import click

from cnncalc.commands._completion import complete_spec
from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.program.streams import write_as
from cnncalc.render.formats import format_of

TIMES = ("time", "times", "latency", "speed", "throughput", "fps", "ms")
SORTS = ("name", "params", "macs", "activations", "memory", "depth", "params_per_mac", "fc_share")


def parse_columns(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    """`--columns a,b,c`."""
    if given is None:
        return None
    from cnncalc.render.specs import COLUMNS
    from cnncalc.spec import nearest

    names = tuple(dict.fromkeys(name.strip() for name in given.split(",") if name.strip()))
    for name in names:
        if name not in COLUMNS:
            close = nearest(name, COLUMNS)
            hint = f" Did you mean {close!r}?" if close else ""
            if name in TIMES:
                hint = " Times are not predicted: they depend on the device and its program."
            raise click.BadParameter(f"there is no column {name!r}.{hint} Columns: {', '.join(COLUMNS)}.")
    if not names:
        raise click.BadParameter("no column is named")
    return names


@click.command("specs", short_help="The specs that come with cnncalc, and figures of many specs.", epilog="""\b
Examples:
  cnncalc specs
  cnncalc specs resnet            with resnet in their names
  cnncalc specs resnet50          the text of one
  cnncalc specs --sort fc_share   large fc layers first
  cnncalc specs net.yaml vgg16 resnet50
  cnncalc specs net.yaml --shipped --columns spec,macs
  cnncalc specs vgg resnet alexnet --plot
  cnncalc specs --format json""")  # fmt: skip
@click.argument("words", metavar="[NAME|WORD|PATH]...", nargs=-1, shell_complete=complete_spec)
@click.option("--shipped", is_flag=True, help="All that is shipped, beside what is named.")
@click.option(
    "--sort",
    metavar="COLUMN",
    type=click.Choice(SORTS),
    default=None,
    help=f"Order the rows, largest first: {', '.join(SORTS)}.",
)
@click.option(
    "--columns",
    metavar="A,B,...",
    callback=parse_columns,
    help="Show these columns: spec, input, params, macs, activations, memory (the peak of a prediction), depth, "
    "params_per_mac, fc_share (the part of the parameters in fully-connected layers), source.",
)
@click.option("--plot", is_flag=True, help="Plot parameters against MACs, on logarithmic axes.")
@format_option("specs")
def command(
    words: tuple[str, ...],
    shipped: bool,
    sort: str | None,
    columns: tuple[str, ...] | None,
    plot: bool,
    format: str,
) -> int:
    """The specs that come with cnncalc: input, parameters, MACs, source. With NAME: the text of that one, as shipped.

    With a WORD that is not a full name: those whose names contain it. With a PATH, a file, folder or glob: own specs.
    Several words are listed together. An option, or a format other than text, always gives the list.

    Figures are of one image. Times are not predicted: they depend on the device and its program.
    """
    from cnncalc import zoo
    from cnncalc.commands._spec_list import chosen, figures, report_errors
    from cnncalc.render.specs import DEFAULT, SpecsPage, ordered

    if plot and (format != "text" or columns):
        other = "--columns" if columns else f"--format {format}"
        raise click.UsageError(f"--plot and {other} cannot be used together.")
    plain = format == "text" and not (sort or columns or plot or shipped)
    path = zoo.path(words[0]) if plain and len(words) == 1 else None
    if path is not None:
        write_as("yaml")
        with open(path, encoding="utf-8", newline="") as file:
            click.echo(file.read(), nl=False)
        return 0
    choice = chosen(words, shipped=shipped)
    report_errors(choice.errors)
    if not (choice.names or choice.paths):
        return 2
    by = {"name": "spec"}.get(sort or "", sort)
    shown = columns or _with(DEFAULT, by)
    lost: list[str] = []
    rows = list(figures(choice, memory="memory" in (by, *shown), lost=lost))
    report_errors((*lost, *(error for _, error in rows if error is not None)))
    if not rows:
        return 2
    specs = ordered([row for row, _ in rows], by)
    output = FormatOutput(format_of(format))
    if plot:
        from cnncalc.render.spec_plot import plot as plotted

        output.write(plotted(specs, output.width))
    else:
        output.write(format_of(format).specs(specs, SpecsPage(shown, output.width_on_screen)))
    if choice.errors or lost:
        return 2
    return 1 if any(error is not None for _, error in rows) else 0


def _with(columns: tuple[str, ...], extra: str | None) -> tuple[str, ...]:
    """The columns with the one that the list is sorted by, before the source."""
    if extra is None or extra in columns:
        return columns
    also = ("fc_share",) if extra == "params_per_mac" else ()
    return (*columns[:-1], extra, *also, columns[-1])
