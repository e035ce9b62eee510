"""What `expect` says and is not checked, because the network has another input: said on standard error."""

import click

from cnncalc.commands._terminal import Terminal
from cnncalc.graph import Graph
from cnncalc.graph.model import Replaced, Unchecked


def note_unchecked(graph: Graph, to: Terminal) -> None:
    """Say on a terminal how many `expect` are not checked, and what they are written for."""
    from textwrap import fill

    note = f"note: {graph.spec.file}: {sentence(graph.unchecked)}"
    click.echo(fill(note, to.width, subsequent_indent="  ") if to.file.isatty() else note, err=True)


def sentence(unchecked: Unchecked) -> str:
    """`2 expect keys are not checked: they are written for an input of 224x224x3, not 384x384x3`."""
    count = unchecked.expects
    some = (
        "1 `expect` is not checked: it is"
        if count == 1
        else f"{count:,} `expect` keys are not checked: they are"
    )
    return f"{some} written for {' and '.join(map(_replaced, unchecked.inputs))}"


def _replaced(replaced: Replaced) -> str:
    what = "an input" if replaced.name == "input" else f"`{replaced.name}`"
    was = f" of {replaced.written_for}" if replaced.written_for is not None else " of another shape"
    return f"{what}{was}" + (f", not {replaced.shape}" if replaced.shape is not None else "")
