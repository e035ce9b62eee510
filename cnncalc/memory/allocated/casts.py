"""Casts under autocast: of operands and weights before a layer computes, and of their gradients after it."""

from cnncalc.analysis.kept import KeptTensor
from cnncalc.graph import Node
from cnncalc.memory.allocated.precision import FULL
from cnncalc.memory.allocated.run import Run


def operands(run: Run, node: Node) -> dict[int | str, int]:
    """A tensor for each operand that is cast first, by the operand's number."""
    types, fit = run.types[node.index], node.fit
    if fit is not None and fit.layer.casts_itself(fit.inputs):
        return {}
    return {
        k: run.recorder.make(
            run.shape(node.inputs[k]).size * run.width(types.computes),
            "activations",
            node.index,
            f"input in {types.computes}",
            batched=run.shape(node.inputs[k]).batched,
        )
        for k in sorted(types.casts)
    }


def weights(run: Run, node: Node, *, keep: bool) -> tuple[dict[int | str, int], list[int]]:
    """The weights of a layer in the type it computes in: cast once, and cached until autocast ends.

    Returns those that autograd keeps: all but biases, which are only added; and those to drop after the layer, whose
    module casts them itself.
    """
    if node.fit is None or not run.types[node.index].weights:
        return {}, []
    computes = run.types[node.index].computes
    kept: dict[int | str, int] = {}
    if not node.fit.layer.casts_are_cached:
        casts: dict[int | str, int] = {
            f"{weight.name} cast": run.recorder.make(
                weight.size * run.width(computes), "params", node.owner, f"{weight.name} in {computes}"
            )
            for weight in node.fit.layer.weights(node.fit.inputs)
            if not weight.is_bias
        }
        return (casts, []) if keep else ({}, list(casts.values()))
    for weight in node.fit.layer.weights(node.fit.inputs):
        if weight.name in node.fit.layer.read_first:
            continue
        key = (node.owner, weight.name)
        if key not in run.cast_weights:
            nbytes = weight.size * run.width(computes)
            name = f"{weight.name} in {computes}"
            run.cast_weights[key] = run.recorder.make(nbytes, "params", node.owner, name)
        if keep and not weight.is_bias:
            kept[f"{weight.name} cast"] = run.recorder.hold(run.cast_weights[key])
    return kept, []


def widened(run: Run, node: Node, kept: dict[int | str, KeptTensor]) -> dict[int | str, KeptTensor]:
    """What is kept in float32 too, because an operation inside the layer computes in that."""
    if run.setup.autocast is None or run.setup.backend.name == "cpu" or node.fit is None:
        return kept
    wide: dict[int | str, KeptTensor] = {
        f"{name} in {FULL}": tensor._replace(name=f"{name} in {FULL}", dtype=FULL)
        for name, tensor in kept.items()
        if name in node.fit.layer.widened
    }
    return {**kept, **wide}


def back(run: Run, index: int, number: int) -> int:
    """A gradient in the type of the output that was cast (`ToCopyBackward0`)."""
    shape = run.shape(index)
    nbytes = shape.size * run.width(run.types[index].computes)
    cast = run.recorder.make(nbytes, "temporaries", index, "gradient", batched=shape.batched)
    run.recorder.drop(number)
    return cast


def whole(run: Run, node: Node, name: str, number: int) -> int:
    """A weight's gradient in the weight's own type."""
    assert node.fit is not None  # Only layers have weights.
    size = next(weight.size for weight in node.fit.layer.weights(node.fit.inputs) if weight.name == name)
    full = run.recorder.make(size * run.width(None), "grads", node.owner, name)
    run.recorder.drop(number)
    return full
