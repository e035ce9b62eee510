"""A training step: the second one, when the optimizer's state exists and every gradient starts anew."""

from cnncalc.graph import Graph
from cnncalc.memory.allocated.backward import backward
from cnncalc.memory.allocated.checkpoint import checkpointed_forward, recompute
from cnncalc.memory.allocated.data_parallel import scattered
from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.holders import Holders
from cnncalc.memory.allocated.loss import loss_backward, loss_forward
from cnncalc.memory.allocated.optimizers import optimizer_type
from cnncalc.memory.allocated.persistent import persistent
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.segments import Segment, segments
from cnncalc.memory.allocated.sharding import gathered, reduced, released
from cnncalc.memory.allocated.trace import Trace
from cnncalc.memory.allocated.update import state, step
from cnncalc.memory.setup import Setup


def training_trace(graph: Graph, setup: Setup, *, alone: bool = False) -> Trace:
    """The trace of a step: forward, loss, backward and the optimizer's step.

    The gradients of the step before are freed where the setup says. With `accumulate`, a second batch adds to
    the gradients of the first; more only repeat that. `alone`: for a batch of one image.
    """
    run = Run(graph, setup, alone=alone)
    optimizer = optimizer_type(setup.optimizer)(**setup.options)
    persistent(run)
    state(
        run,
        optimizer,
        [weight for weight in run.weights if weight.learns] if optimizer.eager else run.learning,
    )
    parts = segments(run)
    batches = min(2, setup.accumulate)
    for number_of_batch in range(batches):
        last = number_of_batch == batches - 1
        run.in_buckets = setup.bucket_view and (last or setup.gradients_freed == "zeros")
        # A program's variables hold the outputs and the loss until they hold the next ones.
        for number in run.returned:
            run.recorder.drop(number)
        run.returned = _batch(run, parts)
    step(run, optimizer, run.learning)
    return run.recorder.trace()


def _batch(run: Run, parts: list[Segment]) -> list[int]:
    """Forward and backward of one batch; returns what its variables hold at the end."""
    run.begin()
    holders = Holders(run, range(len(run.graph.nodes)))
    for part in parts:
        whole = gathered(run, part, "forward")
        if part.checkpointed:
            checkpointed_forward(run, part, holders)
        else:
            forward(run, part.nodes, holders=holders)
        released(run, whole)
    pending = loss_forward(run)
    if run.setup.gradients_freed == "backward" and not run.freed:
        _free_gradients(run)
    loss_backward(run, pending)
    for part in reversed(parts):
        whole = gathered(run, part, "backward")
        if part.checkpointed:
            recompute(run, part)
        backward(run, part.nodes)
        released(run, whole)
        reduced(run, part)
    scattered(run)
    run.recorder.drop(run.root)
    return [*(run.variables.pop(output) for output in run.graph.outputs), pending.total]


def _free_gradients(run: Run) -> None:
    """`zero_grad()` between the passes: the gradients of the step before are gone."""
    for number in run.weight_gradients.values():
        run.recorder.drop(number)
    run.weight_gradients.clear()
    run.freed, run.earlier = True, frozenset()
