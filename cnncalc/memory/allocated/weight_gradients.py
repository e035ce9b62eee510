"""Gradients of weights: in the weight's type and layout, and added to those that are there already."""

from cnncalc.graph import Node
from cnncalc.memory.allocated.data_parallel import collected
from cnncalc.memory.allocated.run import Run
from cnncalc.vocabulary.layer import Call


def weights_done(run: Run, node: Node, gradients: dict[str, int], call: Call) -> list[int]:
    """The gradients of a layer's weights, by name, reach their weights; returns what they leave to drop."""
    assert node.fit is not None  # Only layers have weights.
    if gradients and not run.setup.channels_last:
        gradients = _in_their_layout(run, node, gradients, call)
    return [number for name, number in gradients.items() if _accumulate(run, (node.owner, name), number)]


def _in_their_layout(run: Run, node: Node, gradients: dict[str, int], call: Call) -> dict[str, int]:
    """Gradients in the layout of their weights: copies, where they were made in another layout.

    (With `channels_last` the weights have that layout too.)
    """
    fit, recorder = node.fit, run.recorder
    assert fit is not None  # Only layers have weights.
    in_layout = dict(gradients)
    for weight in fit.layer.weights(fit.inputs):
        if weight.name in gradients and fit.layer.turns_gradient(fit.inputs, weight, call):
            nbytes = weight.size * run.width(None)
            in_layout[weight.name] = recorder.make(nbytes, "grads", node.owner, weight.name)
            recorder.drop(gradients[weight.name])
    return in_layout


def _accumulate(run: Run, weight: tuple[int, str], number: int) -> bool:
    """The first gradient of a weight stays; more are added to it. Returns whether this gradient was added.

    Gradients of one batch are added as those of other tensors, that of a further batch in place (`AccumulateGrad`).
    """
    recorder, first = run.recorder, run.weight_gradients.get(weight)
    if run.setup.zero == 2:
        collected(run, weight, number)
        return False
    if run.in_buckets:
        # What batches before the last one have added up is copied too.
        if first is not None:
            recorder.drop(run.weight_gradients.pop(weight))
        return True
    if first is None:
        run.weight_gradients[weight] = number
    elif weight not in run.earlier and not run.setup.backend.sums_in_place:
        # The first may be a view of a larger gradient: the sum has the weight's own size.
        values = next(learned.values for learned in run.weights_of[weight[0]] if learned.name == weight[1])
        run.weight_gradients[weight] = recorder.make(values * run.width(None), "grads", *weight)
        recorder.drop(first)
    return first is not None
