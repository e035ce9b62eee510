"""Casts under autocast: of operands and weights before an operation computes, and of their gradients after it."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from cnncalc.analysis.kept import spared
from cnncalc.graph import Node
from cnncalc.layers import Step
from cnncalc.memory.allocated.run import Run
from cnncalc.vocabulary.layer import cast_names

# Operands by number, and weights by name.
Names: TypeAlias = tuple[int | str, ...]


def _names(run: Run, node: Node) -> Names:
    """All that is cast for a layer, as if one operation did it."""
    types, fit = run.types[node.index], node.fit
    if fit is None or not (types.casts or types.weights):
        return ()
    operands = () if fit.layer.casts_itself(fit.inputs) else sorted(types.casts)
    weights = fit.layer.weights(fit.inputs) if types.weights else ()
    not_cast = fit.layer.not_cast(fit.inputs)
    return cast_names(tuple(weight for weight in weights if weight.name not in not_cast), *operands)


def for_steps(run: Run, node: Node, steps: Sequence[Step]) -> list[Names]:
    """What is cast for each step of a forward pass, in order."""
    names = _names(run, node)
    of_steps = [tuple(name for name in step.casts if name in names) for step in steps]
    of_one_step = {name for of_step in of_steps for name in of_step}
    return [(*of_steps[0], *(name for name in names if name not in of_one_step)), *of_steps[1:]]


def after_steps(run: Run, node: Node, steps: Sequence[Step]) -> list[Names]:
    """After each step of a backward pass: the operands and weights whose gradients are cast back, in order."""
    names = _names(run, node)
    after = [tuple(name for name in step.casts if name in names) for step in steps]
    if not names:
        return after
    assert node.fit is not None  # Only layers have names.
    stated = {name for of_step in after for name in of_step}
    last = {name: index for index, step in enumerate(steps) for name in _gradients(step)}
    forward = node.fit.layer.forward_of(node.fit.inputs, run.call(node))
    for together in reversed(for_steps(run, node, forward)):
        back = tuple(name for name in reversed(together) if gradient_of(name) in last and name not in stated)
        if back:
            after[max(last[gradient_of(name)] for name in back)] += back
    return after


def _gradients(step: Step) -> Iterator[str]:
    yield from (item.name for item in step.makes)
    yield from (new for new, _ in step.passes)


def gradient_of(name: int | str) -> str:
    """The name of the gradient of an operand or a weight."""
    return f"grad{name}" if isinstance(name, int) else name


def copy_of(name: int | str) -> str:
    """The name of the cast of an operand or a weight."""
    return f"{name} cast"


def kept_copies(run: Run, node: Node) -> set[str]:
    """The casts of weights that autograd keeps: not those of biases, which are only added."""
    if node.fit is None or not run.types[node.index].weights:
        return set()
    weights = node.fit.layer.weights(node.fit.inputs)
    names = {copy_of(weight.name) for weight in weights if not weight.is_bias}
    return {name for name in names if name not in spared(run.passes, node, frozen=run.is_frozen(node))}


def operand(run: Run, node: Node, number: int) -> int:
    """An operand in the type that the layer computes in."""
    shape, computes = run.shape(node.inputs[number]), run.types[node.index].computes
    nbytes = shape.size * run.width(computes)
    return run.recorder.make(nbytes, "activations", node.index, f"input in {computes}", batched=shape.batched)


def weight(run: Run, node: Node, name: str) -> tuple[int, bool]:
    """A weight in the type that its layer computes in; and whether autocast itself holds it until it ends.

    Autocast does so for what learns. What a module casts itself, or is frozen, is cast for each use.
    """
    assert node.fit is not None  # Only layers have weights.
    key = (node.owner, name)
    if key in run.cast_weights:
        return run.cast_weights[key], True
    computes = run.types[node.index].computes
    item = next(weight for weight in node.fit.layer.weights(node.fit.inputs) if weight.name == name)
    number = run.recorder.make(item.size * run.width(computes), "params", node.owner, f"{name} in {computes}")
    cached = node.fit.layer.casts_are_cached and item.trainable and not run.is_frozen(node)
    if cached:
        run.cast_weights[key], run.cast_by[key] = number, node.index
    return number, cached


def back(run: Run, index: int, number: int) -> int:
    """A gradient in the type of the output that was cast (`ToCopyBackward0`)."""
    shape = run.shape(index)
    nbytes = shape.size * run.width(run.types[index].computes)
    cast = run.recorder.make(nbytes, "temporaries", index, "gradient", batched=shape.batched)
    run.recorder.drop(number)
    return cast


def weight_back(run: Run, node: Node, name: str, number: int) -> int | None:
    """A weight's gradient in the weight's own type.

    None if another layer uses the same cast, and its gradient is still to come: the sum of both is cast.
    """
    key = (node.owner, name)
    if key in run.cast_gradients:
        number = summed(run, run.cast_gradients.pop(key), number)
    if run.cast_by.get(key, node.index) != node.index:
        run.cast_gradients[key] = number
        return None
    return _whole(run, node, name, number)


def _whole(run: Run, node: Node, name: str, number: int) -> int:
    assert node.fit is not None  # Only layers have weights.
    size = next(weight.size for weight in node.fit.layer.weights(node.fit.inputs) if weight.name == name)
    full = run.recorder.make(size * run.width(None), "grads", node.owner, name)
    run.recorder.drop(number)
    return full


def overdue(run: Run, node: Node) -> dict[str, int]:
    """Gradients of weights that this layer has cast, if the gradient of its own output never came."""
    due = [key for key in run.cast_gradients if run.cast_by.get(key) == node.index]
    return {key[1]: _whole(run, node, key[1], run.cast_gradients.pop(key)) for key in due}


def summed(run: Run, first: int, second: int) -> int:
    """The sum of two gradients of a cast; in place where nobody else holds the first."""
    recorder = run.recorder
    if run.setup.backend.sums_in_place and recorder.alone(first):
        recorder.drop(second)
        return first
    tensor = recorder.tensor(first)
    batched = bool(tensor.each)
    total = recorder.make(
        tensor.each or tensor.fixed, "temporaries", tensor.node, tensor.name, batched=batched
    )
    recorder.drop(first)
    recorder.drop(second)
    return total
