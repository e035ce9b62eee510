"""What PyTorch allocates for a network, beside what is replayed of it: the peaks of both passes, and what is left."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from types import ModuleType
from typing import Any, NamedTuple

import cnncalc
from cnncalc.graph import Fit, Graph, Node
from cnncalc.layers import Layer, Step, Tensor, layer_type
from cnncalc.layers._layer import Inputs
from cnncalc.memory.backward import arrive, backward
from cnncalc.memory.forward import forward
from cnncalc.memory.replay import sizes
from cnncalc.memory.run import Run
from cnncalc.memory.setup import Backend, Setup
from cnncalc.memory.trace import Trace
from cnncalc.shape import Shape

BATCH = 3
# Gradients of fake tensors are never added in place.
FAKE = Backend("cpu", sums_in_place=False)


class Held(NamedTuple):
    """Bytes: the most in the forward pass; in training also the most in the backward pass, and behind it."""

    forward: int
    backward: int = 0
    end: int = 0


def pytorch(torch: ModuleType, graph: Graph, log: Callable[[str], object] = str) -> Held:
    """What PyTorch's own tensors take, from a run on fake ones: all is dispatched, nothing computed."""
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build

    training = graph.mode == "training"
    with FakeTensorMode(allow_non_fake_inputs=True):
        model = build(graph).train(training)
        images = [torch.empty(BATCH, *node.shape.torch) for node in graph.inputs if node.shape]
        with watched(torch, [*model.parameters(), *model.buffers(), *images], log) as tally:
            with torch.set_grad_enabled(training):
                outputs = model(*images)
            top = tally[1]
            if not training:
                return Held(top)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            log("backward")
            tally[1] = tally[0]
            ends = [(output, torch.ones_like(output)) for output in outputs if output.requires_grad]
            if ends:
                torch.autograd.backward(*zip(*ends, strict=True))
            return Held(top, tally[1], tally[0])


@contextmanager
def watched(torch: ModuleType, known: list[Any], log: Callable[[str], object]) -> Iterator[list[int]]:
    """Bytes of storages alive at once, beginning with those of known tensors: [now, the most so far]."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    seen: set[int] = set()
    tally = [0, 0]

    def freed(at: int, size: int) -> None:
        seen.discard(at)
        tally[0] -= size
        log(f"  - {size}")

    def meet(tensor: Any) -> None:
        storage = tensor.untyped_storage()
        at, size = storage._cdata, storage.nbytes()
        if at not in seen:
            seen.add(at)
            tally[0] += size
            tally[1] = max(tally)
            weakref.finalize(storage, freed, at, size)
            log(f"  + {size}")

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            log(f"{function} at {tally[0]}")
            result = function(*args, **(kwargs or {}))
            for tensor in tree_leaves(result):
                if isinstance(tensor, torch.Tensor):
                    meet(tensor)
            return result

    for tensor in known:
        meet(tensor)
    with Watch():
        yield tally


def replayed(graph: Graph) -> Held:
    """The same, by the layers' word."""
    trace, half = replay(under_watch(graph), FAKE)
    nbytes = sizes(trace, BATCH)
    held = [0]
    for event in trace.events:
        held.append(held[-1] + (nbytes[event] if event >= 0 else -nbytes[~event]))
    training = graph.mode == "training"
    return Held(max(held[: half + 1]), max(held[half:]), held[-1]) if training else Held(max(held))


def replay(graph: Graph, backend: Backend) -> tuple[Trace, int]:
    """Both passes, and how many events are of the first."""
    run = Run(graph, Setup(mode=graph.mode, backend=backend))
    recorder = run.recorder
    for weight in run.weights:
        recorder.make(weight.values * run.width(None), "params", weight.node, weight.name)
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
    half = len(recorder.trace().events)
    for at in graph.outputs if run.training else ():
        if run.passes[at]:
            size = run.shape(at).size * run.width(None)
            # Whoever gave the gradient holds it.
            number = recorder.hold(recorder.make(size, "grads", at, "given", batched=True))
            if arrive(run, at, number):
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
    names = [f"x{at}" for at in range(len(inputs))]
    told = "".join(f"  {name}: 1x1x1\n" for name in names)
    whole = cnncalc.load(f"cnncalc: 1\ninputs:\n{told}layers:\n  - relu:\n    from: x0\n", mode=mode)
    nodes = [Node(at, name, "input", (), None, inputs[at]) for at, name in enumerate(names)]

    def add(name: str, made: Layer, shapes: tuple[Shape, ...], reads: tuple[int, ...]) -> int:
        fit = Fit(made, shapes)
        nodes.append(Node(len(nodes), name, made.key, reads, fit, fit.output))
        return len(nodes) - 1

    entering = list(range(len(inputs)))
    for at, shape in enumerate(inputs if before else ()):
        first = "fc" if before == "conv" and not shape.rank else before or ""
        count = {"conv": {"filters": shape.channels}, "fc": {"units": shape.channels}}.get(first, {})
        entering[at] = add(f"before{at}", layer_type(first)(**count), (shape,), (at,))
    outputs = [add("beside", layer_type(beside)(), inputs[:1], (entering[0],))] if beside else []
    last = add("it", layer, inputs, tuple(entering))
    if after:
        fields = {"scale": {"factor": 2.0}}.get(after, {})
        last = add("after", layer_type(after)(**fields), (layer.output(inputs),), (last,))
    return whole._replace(nodes=tuple(nodes), outputs=(last, *outputs), diagnostics=())


def under_watch(graph: Graph) -> Graph:
    """The graph with the layers for which PyTorch takes another way under a dispatch mode than without.

    `max_pool1d` makes indices where no backward follows; `value_selecting_reduction_backward` scatters into a copy of
    its zeros (`inplace_scatter_if_not_tensor_subclass`).
    """
    nodes = list(graph.nodes)
    for node in graph.layers:
        assert node.fit is not None
        layer, shapes = node.fit.layer, node.fit.inputs
        more = {"maxout": _Scattering, "maxpool": _Indexing}.get(layer.key)
        if more and (layer.key == "maxout" or shapes[0].rank == 1):
            nodes[node.index] = twin = copy(node)
            twin.fit = Fit(type("Watched", (more, type(layer)), {"key": layer.key})(**vars(layer)), shapes)
    return graph._replace(nodes=tuple(nodes))


class _Scattering(Layer):
    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        (step,) = super().backward(inputs, wanted)
        return (step._replace(makes=(Tensor("zeros", inputs[0].torch, batched=True), *step.makes)),)


class _Indexing(Layer):
    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (*super().scratch(inputs), Tensor("indices", self.output(inputs).torch, "int64", batched=True))  # type: ignore[safe-super]
