"""The proof of an import, as commands show it: one line on standard error, and the file of `--weights`."""

import json
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._run import CLEAN, FINDINGS
from cnncalc.diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from cnncalc.graph import Graph
    from cnncalc.importers import Draft
    from cnncalc.pytorch.proof import Proof


def prove_import(
    draft: "Draft",
    graph: "Graph",
    make: "Callable[[str], nn.Module]",
    *,
    note_step: "Callable[[str], object]" = str,
) -> int:
    """Prove that `graph` is the network of the module that `make` makes, and say so. The status is 1 if it is not."""
    from cnncalc.pytorch.proof.prove import prove

    if errors := [item for item in graph.diagnostics if item.severity is Severity.ERROR]:
        click.echo(f"not the same: the spec has errors: {errors[0].code} {errors[0].message}", err=True)
        return FINDINGS
    proof = prove(draft, graph, make, note_step=note_step)
    for line in proof_lines(proof):
        click.echo(line, err=True)
    return CLEAN if proof.ok else FINDINGS


def proof_lines(proof: "Proof") -> list[str]:
    """The summary, and the notes below it."""
    notes = [*proof.notes, *(f"{figure.what}: {figure.note}" for figure in proof.figures if figure.note)]
    return [proof.summary, *(f"  note: {note}" for note in notes)]


def weights_document(draft: "Draft", graph: "Graph") -> dict[str, Any]:
    """Which tensor of the source is which of the built spec's state dict: the content of `--weights`.

    Raises `click.ClickException` where a tensor cannot be carried.
    """
    from cnncalc.pytorch.proof.prove import match_nodes
    from cnncalc.pytorch.proof.weights import NotCarried, carried, weights_map

    try:
        return {"version": 1, "weights": weights_map(carried(draft, graph, match_nodes(draft, graph)))}
    except NotCarried as error:
        raise click.ClickException(f"--weights: {error}") from None


def write_weights(path: str, draft: "Draft", graph: "Graph") -> None:
    """Write the file of `--weights`."""
    from cnncalc.commands._write_file import write_output

    write_output(path, [json.dumps(weights_document(draft, graph), indent=1), "\n"])
