"""The part of `cnncalc import` that reads files of data: nothing in them is run."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cnncalc.commands._run import FAILED, FINDINGS, UNREADABLE, show_findings
from cnncalc.exact import counted

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted
    from cnncalc.importers import Draft
    from cnncalc.importers.formats import ImportRequest


def import_data(source: str, inputs: "Iterable[Wanted]", mode: str, name: str | None) -> "Draft | int":
    """The draft of a file; the exit status if it has none, after its faults are written on standard error."""
    from cnncalc.folding.foreign import asked_for, is_foreign
    from cnncalc.importers import Unreadable
    from cnncalc.importers.reading import read_file

    inputs = tuple(inputs)
    if os.path.isfile(source) and not is_foreign(source) and source.lower().endswith((".yaml", ".yml")):
        raise click.UsageError(
            f"{source} has the form of no other program: every command reads a spec directly."
        )
    try:
        asked = asked_for(inputs, mode, name)
        draft = _read_stdin(asked) if source == "-" else read_file(source, asked)
    except Unreadable as error:
        sources = {} if error.source is None else {error.source.name: error.source}
        show_findings(error.diagnostics, sources)
        unread = any(item.code in (UNREADABLE, "I019") for item in error.diagnostics)
        return FAILED if unread else FINDINGS
    for item in inputs:
        if item.name is not None and item.name not in draft.inputs:
            known = ", ".join(draft.inputs)
            raise click.BadParameter(
                f"there is no input {item.name!r}; inputs: {known}", param_hint="'--input'"
            )
    summarise(draft)
    return draft


def _read_stdin(asked: "ImportRequest") -> "Draft":
    """The draft of what is on standard input. Raises `Unreadable`, and a usage error for what is of no known format."""
    from cnncalc.commands._standard_input import STDIN, read_stdin
    from cnncalc.importers.reading import format_of_stream, formats, read

    data = read_stdin()
    if format_of_stream(data) is None:
        titles = ", ".join(known.title for known in formats())
        what = "a spec is read directly by every command" if data.strip() else "it is empty"
        raise click.UsageError(f"what is on standard input has the form of none of {titles}: {what}.")
    return read(data, STDIN, asked)


def summarise(draft: "Draft") -> None:
    """What was recognised, and what is unknown, on standard error."""
    shapes = ", ".join(
        f"{shape}" if name == "input" else f"{name} {shape}" for name, shape in draft.inputs.items()
    )
    unknown = draft.unknown
    known = counted(len(draft.nodes) - len(unknown), "layer")
    click.echo(f"{draft.origin}: input {shapes}; {known} recognised, {len(unknown)} unknown", err=True)
    if unknown:
        from collections import Counter

        kinds = Counter(str(node.fields["op"]) for node in unknown)
        listed = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in kinds.items())
        click.echo(f"unknown: {listed}. Totals are at least what the other layers have", err=True)
    seen: dict[str, int] = {}
    for item in draft.notes:
        if item.code == "I001":
            continue
        seen[item.message] = seen.get(item.message, 0) + 1
        if seen[item.message] == 1:
            help = f" ({item.help})" if item.help else ""
            click.echo(f"note: {item.span.file}:{item.span.line}: {item.message}{help}", err=True)
    if draft.unused:
        total = sum(draft.unused.values())
        names = ", ".join(list(draft.unused)[:3])
        click.echo(f"not used in this mode: {counted(total, 'parameter')} ({names})", err=True)
