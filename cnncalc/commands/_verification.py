"""Verifying one spec, or all that are shipped: where to run, what can go wrong, what is written."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc import zoo
from cnncalc.commands._run import (
    CLEAN,
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
    from cnncalc.pytorch.verify import Verification

# Of the machine's memory, what a model and its activations may be predicted to take.
MOST = 0.8


class Settings(NamedTuple):
    """How to run; `device` may be `auto`."""

    device: str
    dtype: str
    batch: int
    training: bool
    seed: int
    values: Mapping[str, Any]


def verify_one(reference: str, settings: Settings, format: str) -> int:
    """One spec, every line."""
    graph = _graph(reference, settings)
    found = _verified(graph, settings)
    if not isinstance(found, int):
        _tell(found, format)
        return CLEAN if found.ok else FINDINGS
    return found


def verify_all(settings: Settings, format: str) -> int:
    """Every shipped spec, a line each; a bar tells how far it is."""
    from rich.progress import Progress

    worst, told = CLEAN, []
    to = console(stderr=True)
    with Progress(console=to, transient=True, disable=not to.is_terminal) as progress:
        for name in progress.track(zoo.names(), description="verify"):
            found = _verified(_graph(name, settings), settings)
            if isinstance(found, int):
                worst = max(worst, found)
                continue
            told.append(found)
            worst = max(worst, CLEAN if found.ok else FINDINGS)
            if format == "text":
                _line(name, found)
    if format == "json":
        import json

        from cnncalc.render.verification import asdict

        click.echo(json.dumps({"version": 1, "specs": [asdict(found) for found in told]}, indent=2))
    else:
        good = sum(found.ok for found in told)
        click.echo(f"\n{good} of {len(zoo.names())} specs are as predicted")
    return worst


def _graph(reference: str, settings: Settings) -> Graph:
    mode = "training" if settings.training else "inference"
    return build_graph(
        read_spec_argument(reference), values=settings.values, mode=mode, strict=False, max_nodes=None
    )


def _verified(graph: Graph, settings: Settings) -> "Verification | int":
    """The verification; or the exit status, where it could not be made and that has been said."""
    import torch

    from cnncalc.pytorch.fitness import Unbuildable, faults
    from cnncalc.pytorch.verify import verify

    if found := faults(graph):
        show_findings(found, graph.sources)
        return status(found)
    device = _device(settings.device)
    _fits(graph, settings, device)
    try:
        return verify(
            graph,
            device=device,
            dtype=settings.dtype,
            batch=settings.batch,
            training=settings.training,
            seed=settings.seed,
        )
    except Unbuildable as error:
        show_findings(error.diagnostics, graph.sources)
        return status(error.diagnostics)
    except torch.cuda.OutOfMemoryError:
        raise click.ClickException(
            f"the GPU's memory does not hold {graph.spec.name or graph.spec.file} with a batch of {settings.batch}:"
            " use a smaller --batch, --device cpu, or --meta"
        ) from None


def _device(asked: str) -> str:
    """The device to run on. CUDA that is asked for and not there is a usage error."""
    import torch

    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if asked == "cuda" and not torch.cuda.is_available():
        raise click.ClickException("no CUDA device is at hand: use --device cpu, or --meta")
    return asked


def _fits(graph: Graph, settings: Settings, device: str) -> None:
    """Refuse what the machine's memory surely can't hold, before it is tried."""
    from cnncalc.analysis import Analysis
    from cnncalc.render._figures import size

    if device != "cpu" or not hasattr(os, "sysconf"):
        return
    sums = Analysis(graph, batch=settings.batch, dtype=settings.dtype).totals
    needed = (sums.param_bytes or 0) * (2 if settings.training else 1)
    needed += (sums.activation_bytes or 0) * (2 if settings.training else 0)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > MOST * memory:
        raise click.ClickException(
            f"the run needs {size(needed)} and this machine has {size(memory)}: use a smaller --batch, or --meta"
        )


def _tell(found: "Verification", format: str) -> None:
    from cnncalc.render import verification

    if format == "json":
        import json

        click.echo(json.dumps({"version": 1, **verification.asdict(found)}, indent=2))
    else:
        write(verification.text(found), console())


def _line(name: str, found: "Verification") -> None:
    from cnncalc.render.verification import mark

    wrong = [total.what for total in found.totals if total.ok is False]
    wrong += [layer.name for layer in found.layers if not layer.ok]
    params = next(total.actual for total in found.totals if total.what == "parameters")
    tail = f"   not as predicted: {', '.join(wrong[:3])}" if wrong else ""
    to = console()
    write([mark(found.ok), f" {name:<24} {params:>13,} parameters   {found.run.seconds:6.2f} s{tail}\n"], to)
