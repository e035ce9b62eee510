"""`cnncalc specs`: the shipped zoo."""

from collections.abc import Iterator

import click

from cnncalc.commands._options import format_option


@click.command("specs", short_help="The specs that come with cnncalc.", epilog="""\b
Examples:
  cnncalc specs
  cnncalc specs resnet
  cnncalc specs --format json""")  # fmt: skip
@click.argument("part", metavar="[WORD]", default="")
@format_option
def command(part: str, format: str) -> int:
    """The specs that come with cnncalc (with WORD: whose name contains it): input, parameters, MACs, source."""
    from cnncalc import zoo
    from cnncalc.api import analyse, load

    rows = []
    for name in zoo.names():
        if part.lower() in name:
            graph = load(name)
            sums = analyse(graph).totals
            inputs = ", ".join(str(node.shape) for node in graph.inputs)
            rows.append((name, graph.spec.name, inputs, sums.params, sums.macs, graph.spec.origin))
    if not rows:
        click.echo(f"error: no shipped spec has {part!r} in its name", err=True)
        return 2
    if format == "json":
        from cnncalc.render._json import dumped

        keys = ("spec", "name", "input", "params", "macs", "source")
        click.echo(dumped([dict(zip(keys, row, strict=True)) for row in rows]))
        return 0
    from cnncalc.commands._run import console, write
    from cnncalc.render._figures import exact, short

    cells = [
        (name, inputs, exact(params), short(macs), f"{title}: {origin}" if origin else title)
        for name, title, inputs, params, macs, origin in rows
    ]
    to = console()
    write(_table([("spec", "input", "parameters", "MACs", "source"), *cells], to.width), to)
    return 0


def _table(rows: list[tuple[str, ...]], width: int) -> Iterator[str]:
    """The rows under their titles. What a narrow page cuts short is the source alone."""
    from rich.text import Text

    from cnncalc.render._piece import Piece

    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    room = width - sum(widths) - 3 * len(widths)
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(size) if at > 1 else cell.ljust(size)
            for at, (cell, size) in enumerate(zip(row, widths, strict=False))
        ]
        source = Text(row[4])
        source.truncate(room, overflow="ellipsis")
        told = [*cells, source.plain] if room >= len("source") else cells
        yield Piece("   ".join(told) + "\n", "" if number else "bold")
