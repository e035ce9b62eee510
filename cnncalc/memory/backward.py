"""The backward pass, in autograd's order: the layers in reverse, each making the gradients of what it read."""

from cnncalc.graph import Node
from cnncalc.memory.run import Run


def backward(run: Run, nodes: range) -> None:
    """Replay some nodes of the backward pass, the last one first.

    Autograd runs, of the operations that are ready, the one that was made last (`ReadyQueue` in
    torch/csrc/autograd/engine.cpp): the forward in reverse. An operation's gradient and what was kept for it go when it
    is done; what it made then reaches the layers before.
    """
    for index in reversed(nodes):
        node = run.graph.nodes[index]
        if run.passes[index] and index in run.gradients:
            run.recorder.at("backward", index)
            _layer(run, node)


def _layer(run: Run, node: Node) -> None:
    recorder, fit = run.recorder, node.fit
    assert fit is not None  # Gradients reach layers only, and the forward has been here.
    wanted = tuple(run.passes[at] for at in node.inputs)
    weights = {one.name for one in fit.layer.weights(fit.inputs)} if node.index >= run.setup.frozen else set()
    held: dict[int | str, int] = {"grad": run.gradients.pop(node.index), **run.saved.pop(node.index, {})}
    for step in fit.layer.backward(fit.inputs, wanted):
        for item in step.makes:
            category = "grads" if item.name in weights else "temporaries"
            held[item.name] = recorder.make(
                item.size * run.width(item.dtype), category, node.index, item.name, batched=item.batched
            )
        for new, old in step.passes:
            held[new] = recorder.hold(held[old])
        for name in step.frees:
            recorder.drop(held.pop(name))
    made = [(at, held.pop(f"grad{k}")) for k, at in enumerate(node.inputs) if wanted[k]]
    learned = {name: held.pop(name) for name in weights if name in held}
    for number in held.values():
        recorder.drop(number)
    for name, number in learned.items():
        _accumulate(run, (node.owner, name), number)
    for at, number in made:
        _arrive(run, at, number)


def _arrive(run: Run, at: int, number: int) -> None:
    """A gradient reaches a node's output; a second one is added to the first."""
    recorder = run.recorder
    first = run.gradients.get(at)
    if first is None:
        run.gradients[at] = number
        return
    in_place = run.setup.backend.sums_in_place
    if in_place and recorder.alone(first):
        recorder.drop(number)
    elif in_place and recorder.alone(number):
        recorder.drop(first)
        run.gradients[at] = number
    else:
        run.gradients[at] = recorder.make(
            run.shape(at).size * run.width(None), "temporaries", at, "gradient", batched=True
        )
        recorder.drop(first)
        recorder.drop(number)


def _accumulate(run: Run, weight: tuple[int, str], number: int) -> None:
    """The first gradient of a weight stays; more are added to it (`AccumulateGrad`)."""
    if weight in run.weight_gradients:
        run.recorder.drop(number)
    else:
        run.weight_gradients[weight] = number
