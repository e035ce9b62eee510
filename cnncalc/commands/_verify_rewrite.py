"""`verify --rewrite`: a network and its rewrite, with the same weights, on the same images."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._rewriting import Asked, Step, rewritten_in_turn
from cnncalc.commands._run import CLEAN, FINDINGS, show_findings, status
from cnncalc.commands._verifier import graph_of
from cnncalc.commands._verify_events import VerifySettings
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.pytorch import MissingTorch, require
from cnncalc.pytorch.fitness import Unbuildable, faults

if TYPE_CHECKING:
    from cnncalc.pytorch.carried import RewriteCheck


def verify_rewrite(reference: str, names: Sequence[str], settings: VerifySettings, format: str) -> int:
    """Rewrite a network, run both, and compare the outputs; several rewrites one after another."""
    renderer = format_for(format, "rewritten")
    graph = graph_of(reference, settings, quiet=False)
    if diagnostics := faults(graph):
        return _refused(diagnostics, graph)
    steps, refused = rewritten_in_turn(Asked(graph, names))
    if refused is not None:
        return _refused((refused,), graph)
    checks = [_checked(step, settings, graph) for step in steps]
    output = FormatOutput(renderer)
    output.write(renderer.rewritten(checks, output.width))
    return CLEAN if all(check.ok for check in checks) else FINDINGS


def _refused(diagnostics: Sequence[Diagnostic], graph: Graph) -> int:
    show_findings(diagnostics, graph.sources)
    return status(diagnostics)


def _checked(step: Step, settings: VerifySettings, graph: Graph) -> "RewriteCheck":
    """What PyTorch computes of both. Raises `click.ClickException` for what this machine can't run."""
    try:
        require()
    except MissingTorch as error:
        raise click.ClickException(str(error)) from None
    from cnncalc.pytorch.carried import check_rewrite
    from cnncalc.pytorch.devices import NoDevice, choose
    from cnncalc.pytorch.run import DeviceOutOfMemory

    try:
        return check_rewrite(
            step.before,
            step.rewritten,
            name=step.option.removeprefix("--"),
            effect=step.rewrite.effect,
            device=choose(settings.device),
            dtype=settings.dtype,
            batch=settings.batch,
            seed=settings.seed,
        )
    except NoDevice as error:
        raise click.ClickException(str(error)) from None
    except Unbuildable as error:
        raise click.ClickException(f"{graph.title} can't be run by PyTorch: {error}") from None
    except (DeviceOutOfMemory, MemoryError):
        raise click.ClickException(
            f"the memory does not hold {graph.title} and its rewrite: use a smaller --batch"
        ) from None
