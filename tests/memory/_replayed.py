"""What is replayed of a network, as PyTorch's passes are watched; and networks around a layer."""

from typing import Any

import cnncalc
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Layer, layer_type
from cnncalc.memory import Backend, Setup
from cnncalc.memory.allocated import Trace
from cnncalc.memory.allocated.backward import arrive, backward
from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.persistent import parameters
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.replay import sizes
from cnncalc.shape import Shape
from cnncalc.vocabulary.strides import elementwise
from cnncalc.vocabulary.unpooling import Pooled
from tests.memory._watched import BATCH, Held

# Gradients of fake tensors are never added in place.
FAKE = Backend("cpu", sums_in_place=False)


def replayed(graph: Graph, *, batch: int = BATCH, backend: Backend = FAKE, **options: Any) -> Held:
    """The same, from what the layers say; `options` as for `replay`."""
    trace, half = replay(graph, backend, alone=batch == 1, **options)
    nbytes = sizes(trace.tensors, batch)
    held = [0]
    for event in trace.events:
        held.append(held[-1] + (nbytes[event] if event >= 0 else -nbytes[~event]))
    training = graph.mode == "training"
    top = max(held[: half + 1])
    return Held(top, held[half], max(held[half:]), held[-1]) if training else Held(top)


def replay(graph: Graph, backend: Backend, *, alone: bool = False, **options: Any) -> tuple[Trace, int]:
    """Both passes, and how many events are of the first. `alone`: the batch is one image. `options` are a setup's."""
    run = Run(graph, Setup(mode=graph.mode, backend=backend, **options), alone=alone)
    recorder = run.recorder
    parameters(run)
    for node in graph.layers:
        if node.fit is not None and node.owner == node.index:
            for item in node.fit.layer.buffers(node.fit.inputs):
                recorder.make(item.size * run.width(item.dtype), "buffers", node.index, item.name)
    for node in graph.inputs:
        size = run.shape(node.index).size * run.width(None)
        image = recorder.make(size, "input", node.index, node.name, batched=True)
        run.variables[node.index] = recorder.hold(image)
    everything = range(len(graph.nodes))
    forward(run, everything, keep=run.training)
    run.leave_autocast()
    half = len(recorder.trace().events)
    for output in graph.outputs if run.training else ():
        if run.passes[output]:
            size = run.shape(output).size * run.width(run.types[output].computes)
            # The layer that gave the gradient still refers to it.
            number = recorder.hold(recorder.make(size, "grads", output, "given", batched=True))
            shape, stored = run.shape(output).torch, run.stored[output]
            # `ones_like` lies as the output does.
            lying = elementwise(shape, [(shape, stored.lying if stored else None)])
            if arrive(run, output, number, lying=lying):
                recorder.drop(number)
    backward(run, everything)
    return recorder.trace(), half


def network(
    layer: Layer,
    inputs: tuple[Shape, ...],
    mode: str,
    before: str | None,
    after: str | None,
    *,
    beside: str | None = None,
) -> Graph:
    """A layer between others: one before each operand, one after it, and one `beside` it that reads the first too."""
    # An unpooling reads the indices of a pooling, which stands before its second operand.
    pooled: Pooled | None = getattr(layer, "pooled", None)
    given = inputs if pooled is None else (inputs[0], inputs[2])
    names = [f"x{index}" for index in range(len(given))]
    arguments = "".join(f"  {name}: 1x1x1\n" for name in names)
    whole = cnncalc.load(f"cnncalc: 1\ninputs:\n{arguments}layers:\n  - relu:\n    from: x0\n", mode=mode)
    nodes = [Node(index, name, "input", (), None, given[index]) for index, name in enumerate(names)]

    def add(name: str, layer: Layer, shapes: tuple[Shape, ...], reads: tuple[int, ...]) -> int:
        fit = BoundLayer(layer, shapes)
        nodes.append(Node(len(nodes), name, layer.key, reads, fit, fit.output))
        return len(nodes) - 1

    entering = list(range(len(given)))
    for index, shape in enumerate(given if before else ()):
        flat = {"conv": "fc", "ln2d": "ln"} if not shape.rank else {}
        first = flat.get(before or "", before or "")
        count = {"conv": {"filters": shape.channels}, "fc": {"units": shape.channels}}.get(first, {})
        entering[index] = add(f"before{index}", layer_type(first)(**count), (shape,), (index,))
    if pooled is not None and pooled.pool is not None:
        indexed = type(pooled.pool)(**{**vars(pooled.pool), "indexed": True})
        entering[1:] = [add("pool", indexed, (inputs[2],), (entering[1],)), entering[1]]
    outputs = [add("beside", layer_type(beside)(), inputs[:1], (entering[0],))] if beside else []
    last = add("it", layer, inputs, tuple(entering))
    if after:
        # `ln` normalises tokens and features; at each position of a volume `ln2d` does the same.
        after = "ln2d" if after == "ln" and layer.output(inputs).rank > 1 else after
        fields = {"scale": {"factor": 2.0}}.get(after, {})
        last = add("after", layer_type(after)(**fields), (layer.output(inputs),), (last,))
    return whole._replace(nodes=tuple(nodes), outputs=(last, *outputs), diagnostics=())
