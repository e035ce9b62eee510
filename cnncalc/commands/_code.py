"""PyTorch code that the user names on the command line: the options for it, and what it can raise as usage errors."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted
    from cnncalc.pytorch.capture.sources import Source
    from cnncalc.shape import Shape

argument_option = click.option(
    "--arg",
    "arguments",
    metavar="[NAME=]VALUE",
    multiple=True,
    help="An argument of the callable that is imported; may be repeated.",
)


@contextmanager
def code_errors() -> Iterator[None]:
    """Code that makes no network, or one that does not run, ends the command with a sentence."""
    from cnncalc.commands._verifier import load_torch
    from cnncalc.commands._verify_events import Unfit

    try:
        load_torch()
    except Unfit as error:
        raise click.ClickException(str(error)) from None
    from cnncalc.pytorch.capture import Failed
    from cnncalc.pytorch.capture.found_code import BadSource

    try:
        yield
    except (BadSource, Failed) as error:
        raise click.ClickException(str(error)) from None


def open_code(text: str, arguments: tuple[str, ...]) -> "Source":
    """The network that a source names; its code is run, which is said. Inside `code_errors`."""
    from cnncalc.pytorch.capture.sources import open_source

    click.echo(f"note: {text} is Python code, and is run", err=True)
    return open_source(text, arguments)


def shapes_of(inputs: "tuple[Wanted, ...]") -> "Mapping[str, Shape] | list[Shape] | int | None":
    """The inputs of `--input`, as a source takes them: shapes by name or in order, a length of sides, or None."""
    if not inputs:
        return None
    if len(inputs) == 1 and inputs[0].size is not None:
        return inputs[0].size
    shapes = [(item.name, item.shape) for item in inputs]
    if any(shape is None for _, shape in shapes):
        raise click.BadParameter(
            "several inputs need their whole shapes, as 224x224x3", param_hint="'--input'"
        )
    if all(name is None for name, _ in shapes):
        return [shape for _, shape in shapes if shape is not None]
    return {name or "input": shape for name, shape in shapes if shape is not None}
