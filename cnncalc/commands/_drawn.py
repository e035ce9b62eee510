"""Formats of a report that are drawings, and the format that the end of a file's name means."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnncalc.drawing import TooManyBoxes

# What a format is that is a drawing and no layout of a report.
ABOUT = {"svg": "A drawing: the graph, or the change drawn on the graph of both networks"}


def format_for_file(
    ctx: click.Context, format: str, output: str | None, kind: str, drawn: Sequence[str] = ()
) -> str:
    """The format that was asked for; without `--format`, the one that the end of the file's name means.

    `drawn` are the formats of this command that are drawings. A name without an end says nothing; one with an end that
    no format has is a usage error: a picture or a document is expected there, and not text.
    """
    given = ctx.get_parameter_source("format") is not click.core.ParameterSource.DEFAULT
    if given or output is None:
        return format
    from cnncalc.commands._draw_options import FORMS
    from cnncalc.render import formats

    ends = {name: formats.format_of(name).ends for name in formats.names(kind)}
    ends |= {name: FORMS[name] for name in drawn}
    low = output.lower()
    meant = next((name for name, own in ends.items() if own and low.endswith(own)), None)
    if meant is not None or not os.path.splitext(output)[1]:
        return meant or format
    known = ", ".join(own[0] for own in ends.values() if own)
    raise click.UsageError(
        f"the end of {output!r} is that of no format ({known}): add --format ({', '.join(ends)})."
    )


def refuse(ctx: click.Context, names: Sequence[str], format: str, where: str) -> None:
    """Options that have no meaning for a format are a usage error: none of them is passed over in silence."""
    for param in ctx.command.params:
        name = param.name or ""
        if name in names and ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option = next((word for word in param.opts if word.startswith("--")), param.opts[0])
            raise click.UsageError(f"{option} is for {where}, and the format is {format}.")


def write_drawing(content: str, output: str | None) -> None:
    """Write a drawing to a file, or print it."""
    if output is not None:
        from cnncalc.commands._write_file import write_output

        write_output(output, [content])
        return
    import sys

    from cnncalc.program.streams import write_as

    write_as("xml" if content.startswith("<") else "text")
    sys.stdout.write(content)


def too_many(error: "TooManyBoxes") -> str:
    """Why a network is not drawn, and the depth at which it is."""
    from cnncalc.drawing.parts import MOST_BOXES

    message = f"the drawing would have {error.count:,} boxes, and {MOST_BOXES:,} are the most that are drawn"
    if error.depth is None:
        return f"{message}: no --depth has fewer; blocks and repeat in the spec are folded into one box."
    return f"{message}: --depth {error.depth} has few enough."
