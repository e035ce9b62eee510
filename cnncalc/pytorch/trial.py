"""Whether PyTorch runs each kind of layer in a type on a device: tested on a few values, before the real run."""

from collections.abc import Iterator
from itertools import product

import torch
from torch import fx, nn

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer, problems
from cnncalc.pytorch import _faults
from cnncalc.pytorch.assemble import append
from cnncalc.pytorch.fitness import place
from cnncalc.pytorch.names import Placed
from cnncalc.pytorch.outcome import SILENT, Follower
from cnncalc.pytorch.own.unpool import random_indices
from cnncalc.pytorch.run import seeded
from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults

Inputs = tuple[Shape, ...]

# The error text of PyTorch's normalisations if there is one value to normalise.
ONE_VALUE = "Expected more than 1"


def refusals(
    graph: Graph,
    *,
    device: str,
    dtype: str,
    batch: int,
    training: bool,
    follower: Follower = SILENT,
) -> tuple[Diagnostic, ...]:
    """A diagnostic for every layer that PyTorch refuses to run; each distinct layer is tested once."""
    cases: dict[tuple[Layer, Inputs], Node] = {}
    for node in graph.layers:
        assert node.fit is not None
        cases.setdefault((node.fit.layer, small(node.fit.layer, node.fit.inputs)), node)
    by_cause: dict[object, Diagnostic] = {}
    for case, node in cases.items():
        follower.at(f"`{node.name}`, tested on a few values")
        with seeded(0, torch.device(device)):
            error = _error(*case, device=device, dtype=dtype, batch=min(batch, 2), training=training)
        if error is not None:
            by_cause.setdefault(place(graph, node), _refused(graph, node, error, device, dtype))
    return tuple(by_cause.values())


def small(layer: Layer, inputs: Inputs) -> Inputs:
    """The smallest inputs that a layer accepts; axes of size 1 stay 1, and other axes stay larger than 1."""
    if layer.reads_indices:
        # Those are of a pooling that is given.
        return inputs
    longest = max((size for shape in inputs for size in shape.spatial), default=1)
    widest = max((shape.channels for shape in inputs), default=1)
    for positions, channels in product(_sizes(2, longest), _sizes(1, widest)):
        shapes = tuple(
            shape._replace(
                channels=min(channels, shape.channels),
                spatial=tuple(min(positions, size) for size in shape.spatial),
            )
            for shape in inputs
        )
        # Of too few values there is no result: PyTorch warns.
        wrong = problems(layer, shapes)
        if not any(problem.blocking or problem.fault is value_faults.TOO_FEW_VALUES for problem in wrong):
            return shapes
    return inputs


def _sizes(least: int, most: int) -> Iterator[int]:
    while least < most:
        yield least
        least *= 2
    yield most


def _error(
    layer: Layer, inputs: Inputs, *, device: str, dtype: str, batch: int, training: bool
) -> Exception | None:
    """PyTorch's error for a layer; None if it runs, forward and (in training) backward."""
    root, code = nn.Module(), fx.Graph()
    count = 2 if layer.reads_indices else len(inputs)
    operands = tuple(code.placeholder(f"input{index}") for index in range(count))
    for index, call in enumerate(layer.torch(inputs)):
        path = f"step{index}" if call.target.partition(".")[0] in ("nn", "own") else ""
        operands = (append(code, root, Placed(call, path), operands, in_place=False),)
    code.output(operands[0])
    kind = getattr(torch, dtype)
    model = fx.GraphModule(root, code).to(device=device, dtype=kind).train(training)
    images = [torch.rand(*(batch,) * shape.batched, *shape.torch, device=device).to(kind) for shape in inputs]
    try:
        with torch.set_grad_enabled(training):
            # Copies: a layer in place must not overwrite a leaf.
            tensors = [image.requires_grad_(training).clone() for image in images]
            if layer.reads_indices:
                tensors[1:] = [random_indices(layer, inputs[2], batch, device)]
            given = model(*tensors)
            output = given[0] if layer.returns_indices else given
            if training and output.requires_grad:
                output.float().sum().backward()
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, ValueError) as error:
        return error
    return None


def _refused(graph: Graph, node: Node, error: Exception, device: str, dtype: str) -> Diagnostic:
    words = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
    if ONE_VALUE in words:
        message = f"`{node.name}` has one value for each channel to normalise: {node.shape}, and a batch of 1"
        return _faults.BATCH_OF_ONE.at(place(graph, node), message, help="use a batch of 2 or more")
    message = f"PyTorch does not run `{node.name}` ({node.kind}) in {dtype} on {device}: {words}"
    return _faults.REFUSED.at(place(graph, node), message)
