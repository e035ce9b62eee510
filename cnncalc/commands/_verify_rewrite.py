"""`verify --rewrite`: a network and its rewrite, with the same weights, on the same images."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._rewriting import RewriteRequest, RewriteStep, rewritten_in_turn
from cnncalc.commands._run import CLEAN, FINDINGS, show_findings, status
from cnncalc.commands._torch_process import alone
from cnncalc.commands._verifier import graph_of, load_torch, name_of, require_memory
from cnncalc.commands._verify_events import Unfit, VerifySettings
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.rewrites import Effect, Rewritten

if TYPE_CHECKING:
    from cnncalc.pytorch.carried import RewriteCheck

# What to do if the memory is too small for both networks.
LESS = "use a smaller --batch"


def verify_rewrite(reference: str, names: Sequence[str], settings: VerifySettings, format: str) -> int:
    """Rewrite a network, run both, and compare the outputs; several rewrites one after another."""
    renderer = format_for(format, "rewritten")
    graph = graph_of(reference, settings, quiet=False)
    if diagnostics := faults(graph):
        return _refused(diagnostics, graph)
    steps, refused = rewritten_in_turn(RewriteRequest(graph, names))
    if refused is not None:
        return _refused((refused,), graph)
    checks = [_checked(step, settings, graph) for step in steps]
    output = FormatOutput(renderer)
    output.write(renderer.rewritten(checks, output.width))
    return CLEAN if all(check.ok for check in checks) else FINDINGS


def _refused(diagnostics: Sequence[Diagnostic], graph: Graph) -> int:
    show_findings(diagnostics, graph.sources)
    return status(diagnostics)


def _checked(step: RewriteStep, settings: VerifySettings, graph: Graph) -> "RewriteCheck":
    """What PyTorch computes of both, in its own process. Raises what `alone` raises."""
    name = step.option.removeprefix("--")
    check: RewriteCheck = alone(
        _compared,
        *(step.before, step.rewritten, name, step.rewrite.effect, settings),
        name=name_of(graph),
        help=LESS,
    )
    return check


def _compared(
    note_step: Callable[[str], object],
    graph: Graph,
    rewritten: Rewritten,
    name: str,
    effect: Effect,
    settings: VerifySettings,
) -> "RewriteCheck":
    note_step("the start of PyTorch")
    load_torch()
    from cnncalc.pytorch.carried import check_rewrite
    from cnncalc.pytorch.devices import NoDevice, choose
    from cnncalc.pytorch.run import DeviceOutOfMemory, Stopped

    what = f"{name_of(graph)} with its rewrite"
    try:
        device = choose(settings.device)
        require_memory((graph, rewritten.graph), settings, device, what, LESS)
        return check_rewrite(
            graph,
            rewritten,
            name=name,
            effect=effect,
            device=device,
            dtype=settings.dtype,
            batch=settings.batch,
            seed=settings.seed,
            note_step=note_step,
        )
    except NoDevice as error:
        raise Unfit(str(error)) from None
    except Unbuildable as error:
        raise Unfit(f"{name_of(graph)} can't be run by PyTorch: {error}") from None
    except (DeviceOutOfMemory, MemoryError):
        raise Unfit(f"the memory does not hold {what}: {LESS}") from None
    except Stopped as error:
        raise Unfit(f"{name_of(graph)}: {error}") from None
