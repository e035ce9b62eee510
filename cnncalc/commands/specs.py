"""`cnncalc specs`: the shipped zoo, and the text of one of its specs."""

from collections.abc import Iterator

import click

from cnncalc.commands._completion import complete_shipped
from cnncalc.commands._options import format_option
from cnncalc.program.streams import write_as


@click.command("specs", short_help="The specs that come with cnncalc.", epilog="""\b
Examples:
  cnncalc specs
  cnncalc specs resnet               those with resnet in their names
  cnncalc specs resnet50             the text of one
  cnncalc specs --format json""")  # fmt: skip
@click.argument("part", metavar="[NAME|WORD]", default="", shell_complete=complete_shipped)
@format_option
def command(part: str, format: str) -> int:
    """The specs that come with cnncalc: input, parameters, MACs, source. With NAME: the text of that one, as shipped.

    With a WORD that is no whole name: those whose names contain it. JSON is always the list.
    """
    from cnncalc import zoo
    from cnncalc.api import analyse, load

    shipped = zoo.path(part) if format == "text" else None
    if shipped is not None:
        write_as("yaml")
        with open(shipped, encoding="utf-8", newline="") as file:
            click.echo(file.read(), nl=False)
        return 0

    rows = []
    for name in zoo.names():
        if part.lower() in name:
            graph = load(name)
            sums = analyse(graph).totals
            inputs = ", ".join(str(node.shape) for node in graph.inputs)
            rows.append((name, graph.spec.name, inputs, sums.params, sums.macs, graph.spec.origin))
    if not rows:
        click.echo(f"error: no shipped spec has {part!r} in its name{_hint(part)}", err=True)
        return 2
    if format == "json":
        from cnncalc.render.json_text import dumped

        keys = ("spec", "name", "input", "params", "macs", "source")
        click.echo(dumped([dict(zip(keys, row, strict=True)) for row in rows]))
        return 0
    from cnncalc.commands._terminal import Terminal
    from cnncalc.render.figures import exact, short

    cells = [
        (name, inputs, exact(params), short(macs), f"{title}: {origin}" if origin else title)
        for name, title, inputs, params, macs, origin in rows
    ]
    to = Terminal()
    # Where no terminal shows them, lines are as long as they are: a file or a program wants them whole.
    width = to.width if to.file.isatty() else None
    to.write(table([("spec", "input", "parameters", "MACs", "source"), *cells], width))
    return 0


def _hint(part: str) -> str:
    """The names that are spelled most like it."""
    from cnncalc import zoo
    from cnncalc.spec.guessing import alike

    close = alike(part, zoo.names())
    return f"; there are {', '.join(close)}" if close else ""


def table(rows: list[tuple[str, ...]], width: int | None) -> Iterator[str]:
    """The rows under their titles. What a narrow page cuts short is the source alone."""
    from cnncalc.render.piece import Piece

    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    longest = max(len(row[4]) for row in rows)
    room = longest if width is None else width - sum(widths) - 3 * len(widths)
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(size) if at > 1 else cell.ljust(size)
            for at, (cell, size) in enumerate(zip(row, widths, strict=False))
        ]
        source = row[4] if width is None else _cut(row[4], room)
        told = [*cells, source] if room >= len("source") else cells
        yield Piece("   ".join(told).rstrip() + "\n", "" if number else "bold")


def _cut(text: str, room: int) -> str:
    """As much of a text as a terminal has room for, in columns."""
    if text.isascii() and len(text) <= room:
        return text
    from rich.text import Text

    cut = Text(text)
    cut.truncate(room, overflow="ellipsis")
    return cut.plain
