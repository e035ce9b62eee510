"""The backward pass, in autograd's order: the layers in reverse; each computes the gradients of its inputs."""

from cnncalc.graph import Node
from cnncalc.layers import Step
from cnncalc.memory.allocated import casts
from cnncalc.memory.allocated.offloading import copied_back, from_host, offloads
from cnncalc.memory.allocated.overwritten import ViewedTensor, copied, viewed_tensor
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.weight_gradients import weights_done
from cnncalc.memory.allocated.workspaces import convolved_back
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.strides import Lying, elementwise

# Up to this many operands, all are checked.
FEW = 4


def backward(run: Run, nodes: range) -> None:
    """Replay some nodes of the backward pass, the last one first.

    Of the operations that are ready, autograd runs the one that was made last (`ReadyQueue` in
    torch/csrc/autograd/engine.cpp): the forward pass in reverse. When an operation is done, its gradient and what was
    kept for it are freed, and what it made reaches the layers before it.
    """
    for index in reversed(nodes):
        node = run.graph.nodes[index]
        if run.passes[index] and index in run.gradients:
            run.recorder.mark("backward", index)
            _layer(run, node)
        for name, number in casts.overdue(run, node).items() if run.cast_gradients else ():
            for spent in weights_done(run, node, {name: number}, run.call(node)):
                run.recorder.drop(spent)


def arrive(run: Run, index: int, number: int, *, view: bool = False, lying: Lying = None) -> bool:
    """A gradient reaches a node's output; a second one is added to the first (`InputBuffer::add`).

    The sum is made in place where nobody else holds the first one, and it is no `view` of another tensor; `lying` is
    how the gradient lies in memory. A layer that is no operation in autograd returns its input: the gradient reaches
    the layer that made that. Returns whether it was added to another one: its maker then still holds it.
    """
    nodes, recorder = run.graph.nodes, run.recorder
    while not nodes[index].is_input and _hands_on(run, nodes[index]):
        index = nodes[index].inputs[0]
    first = run.gradients.get(index)
    if first is None:
        run.gradients[index] = number
        run.gradient_lies[index] = lying
        if view:
            run.viewed.add(index)
        return False
    if run.setup.backend.sums_in_place and recorder.alone(first) and index not in run.viewed:
        return True
    shape = run.shape(index)
    nbytes = shape.size * run.width(run.types[index].computes)
    both = [(shape.torch, run.gradient_lies.get(index)), (shape.torch, lying)]
    run.gradient_lies[index] = elementwise(shape.torch, both)
    run.gradients[index] = recorder.make(nbytes, "temporaries", index, "gradient", batched=shape.batched)
    run.viewed.discard(index)
    recorder.drop(first)
    return True


def _hands_on(run: Run, node: Node) -> bool:
    """Whether a layer is not an operation in autograd: its gradient is that of its input."""
    fit = node.fit
    assert fit is not None  # Only layers have a backward pass.
    wanted = tuple(run.passes[source] for source in node.inputs)
    # Equal layers share one object.
    handed_on = run.hands_on.get((id(fit), wanted))
    if handed_on is None:
        handed_on = run.hands_on[id(fit), wanted] = not fit.layer.backward(fit.inputs, wanted)
    return handed_on


def _steps(run: Run, node: Node, call: Call) -> tuple[Step, ...]:
    """The operations of a layer's backward pass."""
    assert node.fit is not None  # Gradients reach layers only, and the forward has been here.
    wanted = tuple(run.passes[source] for source in node.inputs)
    layer = node.fit.layer.as_frozen() if run.is_frozen(node) else node.fit.layer
    steps, view = layer.backward_of(node.fit.inputs, wanted, call), viewed_tensor(run, node)
    return steps if view is None else copied(steps, run, node, view)


def _layer(run: Run, node: Node) -> None:
    recorder, fit = run.recorder, node.fit
    assert fit is not None
    weights = run.weight_names(node)
    # Frozen weights get no gradient, and nothing is made for them.
    frozen = (*weights, *fit.layer.only_for_weights) if run.is_frozen(node) else ()
    held: dict[int | str, int] = {"grad": run.gradients.pop(node.index), **run.saved.pop(node.index, {})}
    run.viewed.discard(node.index)
    if offloads(run):
        held |= from_host(run, node)
    call = run.call(node, run.gradient_lies.pop(node.index, None))
    steps, types = _steps(run, node, call), run.types[node.index]
    after = casts.after_steps(run, node, steps)
    # What is cast back, by the operand or weight: gradients that are still in the type of the cast.
    narrow: dict[int | str, int] = {name: -1 for names in after for name in names}
    kinds: dict[str, str] = {}
    if not steps and arrive(run, node.inputs[0], held["grad"], lying=call.grad):
        recorder.drop(held["grad"])
    for step, back in zip(steps, after, strict=True):
        for item in step.makes:
            if item.name in frozen:
                continue
            # Of a weight that is cast, the first gradient is that of the cast.
            final = item.name in weights and item.name not in narrow
            category = "grads" if final else "temporaries"
            nbytes = item.size * run.width(None if final else run.dtype(item.dtype) or types.computes)
            batched = item.batched and run.shape(node.index).batched
            held[item.name] = recorder.make(nbytes, category, node.index, item.name, batched=batched)
            kinds[item.name] = run.dtype(item.dtype) or types.computes
            convolved_back(run, node, item)
        for new, old in step.passes:
            if new in frozen:
                continue
            kinds[new] = kinds.get(old, types.computes)
            if not fit.layer.gives_parameter:
                held[new] = recorder.hold(held[old])
            elif (node.owner, new) in run.weight_gradients:
                # It is added to the one that is there.
                held[new] = recorder.hold(held[old])
            elif recorder.alone(held[old]):
                # `AccumulateGrad` takes a gradient that nobody else holds as it is; another it copies.
                held[new] = recorder.hold(held[old])
                recorder.rename(held[new], "grads", node.owner, new)
            else:
                nbytes = run.shape(node.index).size * run.width(None)
                held[new] = recorder.make(nbytes, "grads", node.owner, new)
        _in_their_types(run, node, step, held, kinds)
        _done(run, node, step, held, call, narrow, back, last=step is steps[-1])


def _in_their_types(
    run: Run, node: Node, step: Step, held: dict[int | str, int], kinds: dict[str, str]
) -> None:
    """Gradients of operands that PyTorch promoted: autograd itself casts them, before it frees what the step read.

    (`validate_outputs` in torch/csrc/autograd/engine.cpp.) `kinds` are the types of what the steps made.
    """
    if run.setup.autocast is None:
        return
    for k in _operands(step, len(node.inputs)):
        name = f"grad{k}"
        promoted = k not in run.types[node.index].casts and name in held
        if promoted and kinds[name] != run.types[node.inputs[k]].computes:
            held[name] = casts.back(run, node.inputs[k], held[name])


def _done(
    run: Run,
    node: Node,
    step: Step,
    held: dict[int | str, int],
    call: Call,
    narrow: dict[int | str, int],
    back: casts.Names,
    *,
    last: bool,
) -> None:
    """A step is done: tensors that it read last are freed, and its gradients reach their places.

    Those that are cast `back` now were collected in `narrow`.
    """
    recorder, fit = run.recorder, node.fit
    assert fit is not None
    base = viewed_tensor(run, node)
    view = base is None and fit.layer.reads_view(fit.inputs)
    reached = node.inputs if base is None else (base.node,)
    # Some exist only where they are needed. The cast of a weight is read where the weight's gradient is made.
    tensors = () if fit.layer.one_operation else step.makes
    copies = tuple(casts.copy_of(item.name) for item in tensors if item.name in narrow)
    back_again = tuple(copied_back(item.name) for item in tensors) if offloads(run) else ()
    done = [held.pop(name) for name in (*step.frees, *copies, *back_again) if name in held]
    ready = [
        (k, reached[k], held.pop(f"grad{k}")) for k in _operands(step, len(reached)) if f"grad{k}" in held
    ]
    learned = {name: held.pop(name) for name in run.weight_names(node) if name in held}
    for number in (*done, *(held.values() if last else ())):
        recorder.drop(number)
    spent = []
    for k, target, number in ready:
        if k in narrow:
            narrow[k] = number if narrow[k] < 0 else casts.summed(run, narrow[k], number)
        # `CopySlices` makes it in the layout of the whole tensor.
        elif arrive(run, target, number, view=view, lying=_made_lying(run, node, k, target, base, call)):
            spent.append(number)
    for weight in learned.keys() & narrow.keys():
        narrow[weight] = learned.pop(weight)
    for number in (*spent, *weights_done(run, node, learned, call)):
        recorder.drop(number)
    for name in back:
        if narrow.get(name, -1) >= 0:
            _cast_back(run, node, name, narrow[name], call)


def _cast_back(run: Run, node: Node, name: int | str, number: int, call: Call) -> None:
    """The gradient of a cast becomes that of what was cast."""
    assert node.fit is not None
    if isinstance(name, int):
        target = node.inputs[name]
        gradient = casts.back(run, target, number)
        lying = node.fit.layer.gradient_lies(node.fit.inputs, name, call)
        if arrive(run, target, gradient, lying=lying):
            run.recorder.drop(gradient)
        return
    whole = casts.weight_back(run, node, name, number)
    for spent in weights_done(run, node, {} if whole is None else {name: whole}, call):
        run.recorder.drop(spent)


def _made_lying(run: Run, node: Node, k: int, target: int, base: ViewedTensor | None, call: Call) -> Lying:
    assert node.fit is not None
    return node.fit.layer.gradient_lies(node.fit.inputs, k, call) if base is None else _lying(run, target)


def _lying(run: Run, index: int) -> Lying:
    """The layout of a node's output."""
    stored = run.stored[index]
    return None if stored is None else stored.lying


def _operands(step: Step, count: int) -> list[int]:
    """The operands, of `count` (which may be thousands), whose gradients a step makes: not all are looked at."""
    if count <= FEW:
        return list(range(count))
    names = {*(item.name for item in step.makes), *(new for new, _ in step.passes)}
    numbers = (name.removeprefix("grad") for name in names if name.startswith("grad"))
    return sorted(k for k in map(int, filter(str.isdecimal, numbers)) if k < count)
