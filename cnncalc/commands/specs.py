"""`cnncalc specs`: the shipped zoo."""

import click


@click.command("specs", epilog="""\b
Examples:
  cnncalc specs
  cnncalc specs resnet
  cnncalc specs --format json""")  # fmt: skip
@click.argument("part", metavar="[WORD]", default="")
@click.option(
    "--format",
    "format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output.",
)
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

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for title, side in (("spec", "left"), ("input", "left"), ("parameters", "right"), ("MACs", "right")):
        table.add_column(title, justify=side, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("source", no_wrap=True, overflow="ellipsis")
    for name, title, inputs, params, macs, origin in rows:
        table.add_row(name, inputs, exact(params), short(macs), f"{title}: {origin}" if origin else title)
    console().print(table, soft_wrap=False)
    return 0
