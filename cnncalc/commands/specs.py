"""`cnncalc specs`: the shipped zoo."""

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
        import json

        keys = ("spec", "name", "input", "params", "macs", "source")
        click.echo(
            json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2, ensure_ascii=False)
        )
        return 0
    from rich.table import Table

    from cnncalc.commands._run import console
    from cnncalc.render._figures import exact, short

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), expand=True)
    cells = [
        (name, inputs, exact(params), short(macs), f"{title}: {origin}" if origin else title)
        for name, title, inputs, params, macs, origin in rows
    ]
    for at, title in enumerate(("spec", "input", "parameters", "MACs")):
        width = max(len(title), *(len(row[at]) for row in cells))
        table.add_column(title, justify="right" if at > 1 else "left", no_wrap=True, width=width)
    # What a narrow page cuts short is the source alone.
    table.add_column("source", no_wrap=True, overflow="ellipsis", ratio=1)
    for row in cells:
        table.add_row(*row)
    console().print(table, soft_wrap=False)
    return 0
