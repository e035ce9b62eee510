"""Verifying one spec, or all that are shipped: what is written, and how far it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cnncalc import zoo
from cnncalc.commands._run import CLEAN, FAILED, FINDINGS, show_findings, status
from cnncalc.commands._terminal import Terminal, rich_console
from cnncalc.commands._verifier import (
    Advanced,
    At,
    Began,
    Event,
    Failed,
    RefusedNetwork,
    VerifySettings,
    graph_of,
    name_of,
)
from cnncalc.commands._verifying import Verifier
from cnncalc.pytorch.fitness import faults
from cnncalc.pytorch.outcome import Verification

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# A fault of this program.
INTERNAL = 70


class Broken(RuntimeError):
    """A fault of this program in the process that runs PyTorch, with its traceback."""


def verify_one(reference: str, settings: VerifySettings, format: str) -> int:
    """One spec, every line."""
    from cnncalc.render import verification

    graph = graph_of(reference, settings, quiet=False)
    answer: Event | None = None
    # What PyTorch is not needed to see is said without it.
    if found := faults(graph):
        answer = RefusedNetwork(name_of(graph), found)
    else:
        with Verifier(settings, graph) as verifier, _bar() as bar:
            task = bar.add_task("verify", total=None, where="")
            for answer in verifier.answers(reference):
                _follow(bar, task, answer)
    match answer:
        case Verification():
            if format == "json":
                _json(verification.asdict(answer))
            else:
                to = Terminal()
                to.write(verification.text(answer, to.width))
            return CLEAN if answer.ok else FINDINGS
        case RefusedNetwork(name, diagnostics):
            if format == "json":
                _json(verification.refused(name, diagnostics))
            else:
                show_findings(diagnostics, graph.sources)
            return status(diagnostics)
        case Failed(_, error, traceback) if traceback:
            broken = Broken(f"{name_of(graph)}: {error}")
            broken.add_note(traceback)
            raise broken
        case Failed(_, error):
            raise click.ClickException(error)
    raise AssertionError(answer)


def verify_all(settings: VerifySettings, format: str) -> int:
    """Every shipped spec, a line each. What can't be run is told in its line, and the others are."""
    from cnncalc.render import verification

    if settings.values:
        raise click.UsageError("--set is for one SPEC, not for --all")
    if settings.inputs:
        raise click.UsageError("--input is for one SPEC, not for --all")
    worst, told, names = CLEAN, [], zoo.names()
    with Verifier(settings) as verifier, _bar() as bar:
        whole = bar.add_task("verify", total=len(names), where="")
        for count, name in enumerate(names):
            task = bar.add_task(name, total=None, where="")
            answer: Event | None = None
            for answer in verifier.answers(name):
                part = _follow(bar, task, answer)
                bar.update(whole, completed=count + part)
            bar.remove_task(task)
            bar.update(whole, completed=count + 1)
            match answer:
                case Verification():
                    worst = max(worst, CLEAN if answer.ok else FINDINGS)
                    told.append(verification.asdict(answer))
                    line = verification.line(name, answer)
                case RefusedNetwork(full, diagnostics):
                    worst = max(worst, status(diagnostics))
                    told.append(verification.refused(full, diagnostics))
                    line = verification.refusal(name, diagnostics[0].message)
                case Failed(full, error, traceback):
                    worst = max(worst, INTERNAL if traceback else FAILED)
                    error = f"a fault of cnncalc: {error}" if traceback else error
                    told.append(verification.refused(full, (), error))
                    line = verification.refusal(name, error)
            # A thread draws the bar.
            bar.stop()
            if format == "text":
                to = Terminal()
                to.write(line)
                to.file.flush()
            if count + 1 < len(names):
                verifier.ready()
                bar.start()
    if format == "json":
        _json({"ok": worst == CLEAN, "specs": told})
    else:
        good = sum(one["ok"] for one in told)
        click.echo(f"\n{good} of {len(names)} specs are as predicted")
    return worst


def _follow(bar: "Progress", task: "TaskID", event: Event) -> float:
    """Move a network's bar by an event; which part of its work is done."""
    match event:
        case Began(_, weight):
            bar.update(task, total=weight)
        case At(where):
            bar.update(task, where=where.replace("`", ""))
        case Advanced(weight):
            bar.advance(task, weight)
    here = bar.tasks[-1]
    # The last of it is what follows the forward pass.
    return 0.9 * here.completed / here.total if here.total else 0.0


@contextmanager
def _bar() -> "Iterator[Progress]":
    """A progress bar on standard error, where that is a terminal."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    to = rich_console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[where]}", markup=False),
    )
    with Progress(
        *columns, console=to, transient=True, redirect_stdout=False, disable=not to.is_terminal
    ) as bar:
        yield bar


def _json(told: Mapping[str, Any]) -> None:
    from cnncalc.render.json_text import dumped

    click.echo(dumped({"version": 1, **told}))
