"""Shared steps of commands: read the spec, write to the terminal, exit with the right status."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from cnncalc import zoo
from cnncalc.api import read_path
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.files import is_file
from cnncalc.graph import MAX_NODES, Graph, build
from cnncalc.spec import Spec, nearest
from cnncalc.text import Source

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

CLEAN, FINDINGS, FAILED = 0, 1, 2
UNREADABLE = "Y001"
# What says that a pattern leaves a size out.
ASSUMED = "P003"


def read_spec_argument(reference: str, inputs: "Iterable[Wanted]" = ()) -> Spec:
    """The spec that a SPEC argument names: a path, `-` for standard input, a shipped name, or a pattern.

    `inputs` are those of `--input`, for a file of another program that does not say its own.
    """
    if reference == "-":
        from cnncalc.commands._standard_input import spec_on_stdin

        return spec_on_stdin(inputs)
    note_file_first(reference)
    return read_path(reference, inputs)


def note_file_first(reference: str) -> None:
    """Print a note if a file has the name of a shipped spec: the file is read."""
    if zoo.path(reference) is not None and is_file(reference):
        click.echo(f"note: `{reference}` is a file here; the shipped spec of that name is not read", err=True)


def build_graph(
    spec: Spec,
    *,
    values: Mapping[str, Any],
    mode: str,
    strict: bool,
    max_nodes: int | None,
    inputs: "Iterable[Wanted]" = (),
    quiet: bool = False,
) -> Graph:
    """The graph of a spec. A `--set` of a parameter it does not have, or an `--input` that it can't, is a usage error.

    What is not checked for another input is said here, unless `quiet`.
    """
    require_parameters(spec, values)
    spec = with_inputs(spec, inputs, values)
    graph = build(spec, mode=mode, values=values, strict=strict, max_nodes=max_nodes or MAX_NODES)
    if graph.unchecked.expects and not quiet:
        from cnncalc.commands._note_unchecked import note_unchecked
        from cnncalc.commands._terminal import Terminal

        note_unchecked(graph, Terminal(stderr=True))
    if spec.unset and not quiet:
        note_assumed(graph)
    return graph


def note_assumed(graph: Graph) -> None:
    """Say which sizes a pattern leaves out, and what is taken in their place."""
    for item in graph.diagnostics:
        if item.code == ASSUMED:
            click.echo(f"note: {item.message}; {item.help}", err=True)


def with_inputs(
    spec: Spec, asked: "Iterable[Wanted]", values: Mapping[str, Any], option: str = "--input"
) -> Spec:
    """The spec as if its `input` said what an option asks for; what it can't be is a usage error."""
    if not asked:
        return spec
    from cnncalc.graph.other_input import BadInput, with_inputs

    try:
        return with_inputs(spec, asked, values)
    except BadInput as error:
        raise click.BadParameter(f"{spec.file}: {error}", param_hint=f"'{option}'") from None


def require_parameters(spec: Spec, values: Mapping[str, Any], option: str = "--set") -> None:
    """Check the names of `--set`, or of a similar option, against the parameters of a spec."""
    if spec.items:
        for name in values:
            if name not in spec.parameters:
                close = nearest(name, spec.parameters)
                known = ", ".join(spec.parameters) or "none"
                hint = f" Did you mean {close!r}?" if close else f" Its parameters: {known}."
                raise click.BadParameter(
                    f"{spec.file} has no parameter {name!r}.{hint}", param_hint=f"'{option}'"
                )


def status(diagnostics: Iterable[Diagnostic], *, least: Severity = Severity.WARNING) -> int:
    """The exit status for what was found: 2 where a file could not be read."""
    worst = CLEAN
    for item in diagnostics:
        if item.code == UNREADABLE:
            return FAILED
        if item.severity >= least:
            worst = FINDINGS
    return worst


def collect_garbage() -> None:
    """Have cycles collected from here on: for what runs long, as the program starts without (see `__main__`).

    What is there already, modules most of all, stays as long as the process, and is not gone over.
    """
    import gc

    gc.freeze()
    gc.enable()


def show_findings(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
    """Write diagnostics on standard error, as text for people."""
    items = tuple(diagnostics)
    if items:
        from cnncalc.commands._terminal import Terminal
        from cnncalc.render.findings import Findings
        from cnncalc.render.findings.text import render

        to = Terminal(stderr=True)
        # A program that reads them finds a message on one line.
        to.write(render(Findings(items, sources, width=to.width if to.file.isatty() else None)))
