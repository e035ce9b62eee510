"""The backward pass, in autograd's order: the layers in reverse, each making the gradients of what it read."""

from cnncalc.graph import Node
from cnncalc.layers import Step
from cnncalc.memory.allocated import casts
from cnncalc.memory.allocated.overwritten import behind, copied
from cnncalc.memory.allocated.run import Run
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.strides import Lying, elementwise

# So many operands are looked at one by one.
FEW = 4


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


def arrive(run: Run, at: int, number: int, *, view: bool = False, lying: Lying = None) -> bool:
    """A gradient reaches a node's output; a second one is added to the first (`InputBuffer::add`).

    In place where nobody else holds that, and it is no `view` of another tensor; `lying` is how it lies. What is no
    operation to autograd hands its input on: the gradient reaches whatever made that. Returns whether it was added to
    another: its maker then still holds it.
    """
    nodes, recorder = run.graph.nodes, run.recorder
    while not nodes[at].is_input and _hands_on(run, nodes[at]):
        at = nodes[at].inputs[0]
    first = run.gradients.get(at)
    if first is None:
        run.gradients[at] = number
        run.gradient_lies[at] = lying
        if view:
            run.viewed.add(at)
        return False
    if run.setup.backend.sums_in_place and recorder.alone(first) and at not in run.viewed:
        return True
    shape = run.shape(at)
    nbytes = shape.size * run.width(run.types[at].computes)
    both = [(shape.torch, run.gradient_lies.get(at)), (shape.torch, lying)]
    run.gradient_lies[at] = elementwise(shape.torch, both)
    run.gradients[at] = recorder.make(nbytes, "temporaries", at, "gradient", batched=True)
    run.viewed.discard(at)
    recorder.drop(first)
    return True


def _hands_on(run: Run, node: Node) -> bool:
    """Whether a layer is no operation to autograd: its gradient is that of its input."""
    fit = node.fit
    assert fit is not None  # Only layers have a backward pass.
    wanted = tuple(run.passes[at] for at in node.inputs)
    # Layers that are alike share what fits them.
    found = run.hands_on.get((id(fit), wanted))
    if found is None:
        found = run.hands_on[id(fit), wanted] = not fit.layer.backward(fit.inputs, wanted)
    return found


def _steps(run: Run, node: Node, call: Call) -> tuple[Step, ...]:
    """The operations of a layer's backward pass."""
    assert node.fit is not None  # Gradients reach layers only, and the forward has been here.
    wanted = tuple(run.passes[at] for at in node.inputs)
    steps, view = node.fit.layer.backward_of(node.fit.inputs, wanted, call), behind(run, node)
    return steps if view is None else copied(steps, run, node, view)


def _layer(run: Run, node: Node) -> None:
    recorder, fit = run.recorder, node.fit
    assert fit is not None
    weights = run.weight_names(node)
    # Weights that don't learn get no gradient, and nothing is made for them.
    frozen = weights if node.owner < run.setup.frozen else set()
    held: dict[int | str, int] = {"grad": run.gradients.pop(node.index), **run.saved.pop(node.index, {})}
    run.viewed.discard(node.index)
    call = run.call(node, run.gradient_lies.pop(node.index, None))
    steps, types = _steps(run, node, call), run.types[node.index]
    if not steps and arrive(run, node.inputs[0], held["grad"], lying=call.grad):
        recorder.drop(held["grad"])
    for step in steps:
        for item in step.makes:
            if item.name in frozen:
                continue
            # Of weights that are cast, the gradient is first of the cast.
            final = item.name in weights and not types.weights
            category = "grads" if final else "temporaries"
            nbytes = item.size * run.width(None if final else item.dtype or types.computes)
            held[item.name] = recorder.make(nbytes, category, node.index, item.name, batched=item.batched)
        for new, old in step.passes:
            if new not in frozen:
                held[new] = recorder.hold(held[old])
        _done(run, node, step, held, call, last=step is steps[-1])


def _done(run: Run, node: Node, step: Step, held: dict[int | str, int], call: Call, *, last: bool) -> None:
    """A step is done: what it was the last to read goes, and the gradients it made reach their places."""
    recorder, fit, types = run.recorder, node.fit, run.types[node.index]
    assert fit is not None
    over = behind(run, node)
    view = over is None and fit.layer.reads_view(fit.inputs)
    reached = node.inputs if over is None else (over.node,)
    # Some are there only if they are wanted.
    done = [held.pop(name) for name in step.frees if name in held]
    ready = [
        (k, reached[k], held.pop(f"grad{k}")) for k in _operands(step, len(reached)) if f"grad{k}" in held
    ]
    learned = {name: held.pop(name) for name in run.weight_names(node) if name in held}
    for number in (*done, *(held.values() if last else ())):
        recorder.drop(number)
    spent = []
    for k, at, number in ready:
        lying = fit.layer.gradient_lies(fit.inputs, k, call) if over is None else None
        cast = bool(types.casts) and run.types[at].computes != types.computes
        made = casts.back(run, at, number) if cast else number
        if arrive(run, at, made, view=view and not cast, lying=lying):
            spent.append(made)
    if types.weights:
        learned = {name: casts.whole(run, node, name, number) for name, number in learned.items()}
    if any(one is not None for one in call.lying):
        learned = {name: _turned(run, node, name, number, call) for name, number in learned.items()}
    spent += [number for name, number in learned.items() if _accumulate(run, (node.owner, name), number)]
    for number in spent:
        recorder.drop(number)


def _operands(step: Step, count: int) -> list[int]:
    """Of which of `count` operands, which may be thousands, a step makes the gradients: not all are looked at."""
    if count <= FEW:
        return list(range(count))
    names = {*(item.name for item in step.makes), *(new for new, _ in step.passes)}
    found = (name.removeprefix("grad") for name in names if name.startswith("grad"))
    return sorted(k for k in map(int, filter(str.isdecimal, found)) if k < count)


def _turned(run: Run, node: Node, name: str, number: int, call: Call) -> int:
    """A weight's gradient as the weight lies: a copy, where it was made in another order."""
    assert node.fit is not None  # Only layers have weights.
    weight = next(one for one in node.fit.layer.weights(node.fit.inputs) if one.name == name)
    # With `channels_last` weights lie so, too.
    if run.setup.channels_last or not node.fit.layer.turns_gradient(node.fit.inputs, weight, call):
        return number
    made = run.recorder.make(weight.size * run.width(None), "grads", node.owner, name)
    run.recorder.drop(number)
    return made


def _accumulate(run: Run, weight: tuple[int, str], number: int) -> bool:
    """The first gradient of a weight stays; more are added to it. Returns whether this one was.

    Those of one batch as those of other tensors, that of a further batch in place (`AccumulateGrad`).
    """
    recorder, first = run.recorder, run.weight_gradients.get(weight)
    if first is None:
        run.weight_gradients[weight] = number
    elif weight not in run.earlier and not run.setup.backend.sums_in_place:
        run.weight_gradients[weight] = recorder.make(recorder.tensor(first).fixed, "grads", *weight)
        recorder.drop(first)
    return first is not None
