"""`cnncalc import`: the spec of a network that is written in another form."""

import sys

import click

from cnncalc.commands._options import output_option


@click.command("import", short_help="The spec of a network in another form.")
@click.argument("source", metavar="SOURCE")
@click.option("--flat", is_flag=True, help="One item for each layer: no blocks, no repeats.")
@output_option
def command(source: str, flat: bool, output: str | None) -> int:
    """Print the spec of SOURCE."""
    from cnncalc.folding import fold
    from cnncalc.importers import document, text
    from cnncalc.importers.formats import Asked
    from cnncalc.importers.reading import read

    with open(source, "rb") as file:
        draft = read(file.read(), source, Asked())
    written = text(document(draft) if flat else fold(draft))
    if output is None:
        sys.stdout.write(written)
    else:
        from cnncalc.commands._write_file import write_output

        write_output(output, [written])
    return 0
