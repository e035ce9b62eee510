"""Verifying one spec, or all that are shipped: where to run, what can go wrong, what is written."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc import zoo
from cnncalc.commands._run import (
    CLEAN,
    FAILED,
    FINDINGS,
    build_graph,
    console,
    read_spec_argument,
    show_findings,
    status,
    write,
)
from cnncalc.graph import Graph

if TYPE_CHECKING:
    from rich.progress import Progress

    from cnncalc.pytorch.verify import Verification


class Settings(NamedTuple):
    """How to run; `device` may be `auto`."""

    device: str
    dtype: str
    batch: int
    training: bool
    seed: int
    values: Mapping[str, Any]


class Unfit(Exception):
    """A run that this machine can't make, in one line."""


def verify_one(reference: str, settings: Settings, format: str) -> int:
    """One spec, every line."""
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.render import verification

    graph = _graph(reference, settings)
    try:
        with _bar() as bar:
            task = bar.add_task("verify", total=len(graph.layers))
            found = _verified(graph, settings, lambda: bar.advance(task))
    except Unbuildable as error:
        if format == "json":
            _json(verification.refused(_name(graph), error.diagnostics))
        else:
            show_findings(error.diagnostics, graph.sources)
        return status(error.diagnostics)
    except Unfit as error:
        raise click.ClickException(str(error)) from None
    if format == "json":
        _json(verification.asdict(found))
    else:
        write(verification.text(found), console())
    return CLEAN if found.ok else FINDINGS


def verify_all(settings: Settings, format: str) -> int:
    """Every shipped spec, a line each. What can't be run is told in its line, and the others are."""
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.render import verification

    if settings.values:
        raise click.UsageError("--set is for one SPEC, not for --all")
    worst, told, names = CLEAN, [], zoo.names()
    with _bar() as bar:
        for name in bar.track(names, description="verify"):
            graph = _graph(name, settings)
            try:
                found = _verified(graph, settings)
            except Unbuildable as error:
                worst = max(worst, status(error.diagnostics))
                told.append(verification.refused(_name(graph), error.diagnostics))
                line = verification.refusal(name, error.diagnostics[0].message)
            except Unfit as error:
                worst = max(worst, FAILED)
                told.append(verification.refused(_name(graph), (), str(error)))
                line = verification.refusal(name, str(error))
            else:
                worst = max(worst, CLEAN if found.ok else FINDINGS)
                told.append(verification.asdict(found))
                line = verification.line(name, found)
            if format == "text":
                # The bar and the lines may be on one screen.
                bar.stop()
                write(line, console())
                bar.start()
    if format == "json":
        _json({"ok": worst == CLEAN, "specs": told})
    else:
        good = sum(one["ok"] for one in told)
        click.echo(f"\n{good} of {len(names)} specs are as predicted")
    return worst


@contextmanager
def _bar() -> "Iterator[Progress]":
    """A progress bar on standard error, where that is a terminal."""
    from rich.progress import Progress

    to = console(stderr=True)
    with Progress(console=to, transient=True, redirect_stdout=False, disable=not to.is_terminal) as bar:
        yield bar


def _json(told: Mapping[str, Any]) -> None:
    from cnncalc.render._json import dumped

    click.echo(dumped({"version": 1, **told}))


def _name(graph: Graph) -> str:
    return graph.spec.name or graph.spec.file


def _graph(reference: str, settings: Settings) -> Graph:
    mode = "training" if settings.training else "inference"
    return build_graph(
        read_spec_argument(reference), values=settings.values, mode=mode, strict=False, max_nodes=None
    )


def _verified(graph: Graph, settings: Settings, step: Callable[[], None] = lambda: None) -> "Verification":
    """The verification. Raises `Unbuildable` for what the spec is to blame for, `Unfit` for what the machine is."""
    from cnncalc.pytorch.devices import NoDevice, choose
    from cnncalc.pytorch.fitness import Unbuildable, faults
    from cnncalc.pytorch.run import OutOfMemory, Stopped
    from cnncalc.pytorch.verify import verify

    if found := faults(graph):
        raise Unbuildable(found)
    try:
        device = choose(settings.device)
        _fits(graph, settings, device)
        return verify(
            graph,
            device=device,
            dtype=settings.dtype,
            batch=settings.batch,
            training=settings.training,
            seed=settings.seed,
            step=step,
        )
    except NoDevice as error:
        raise Unfit(str(error)) from None
    except OutOfMemory as error:
        whose = "the GPU's memory" if device == "cuda" else "the memory"
        other = "--device cpu, or --meta" if device == "cuda" else "or --meta"
        raise Unfit(
            f"{whose} does not hold {_name(graph)} with a batch of {settings.batch} (it ended at {error.layer}):"
            f" use a smaller --batch, {other}"
        ) from None
    except Stopped as error:
        raise Unfit(f"{_name(graph)}: {error}") from None


def _fits(graph: Graph, settings: Settings, device: str) -> None:
    """Refuse what the machine's memory surely can't hold, before it is tried."""
    from cnncalc.pytorch.devices import memory
    from cnncalc.render._figures import size

    most = memory() if device == "cpu" else None
    needed = least_bytes(graph, settings)
    if most is not None and needed > most:
        raise Unfit(
            f"{_name(graph)} needs at least {size(needed)} with a batch of {settings.batch}, and this machine has"
            f" {size(most)}: use a smaller --batch, or --meta"
        )


def least_bytes(graph: Graph, settings: Settings) -> int:
    """What a run needs at least: parameters and the largest value; in training gradients, and what is kept for them."""
    from cnncalc.analysis import Analysis
    from cnncalc.shape import DTYPES

    analysis = Analysis(graph, batch=settings.batch, dtype=settings.dtype)
    parameters = analysis.totals.param_bytes or 0
    if settings.training:
        kept = sum(one.nbytes(batch=settings.batch, dtype=settings.dtype) for one in analysis.kept or ())
        return 2 * parameters + kept
    largest = max(node.shape.size if node.shape else 0 for node in graph.nodes)
    return parameters + largest * settings.batch * DTYPES[settings.dtype]
