"""Receptive fields by gradient: which pixels of the input reach which positions of an output, with PyTorch's windows.

The model runs on one channel: where a value comes from does not depend on the number of channels. Convolutions and
maxima are replaced by averages, and elementwise layers are left out. So a gradient is zero only because of distance,
and every pixel with a gradient was seen. (Araujo, Norris & Sim 2019 define the field so; Luo et al. 2016 measure it.)
"""

import operator
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx

from cnncalc.pytorch.assemble import INDEX
from cnncalc.pytorch.average import Opaque as Opaque
from cnncalc.pytorch.average import through

# First and last pixel along each axis of the inputs; None if no pixel is seen.
Spans: TypeAlias = list[tuple[int, int]] | None
Position: TypeAlias = tuple[int, ...]
# The most pixels of all images that are processed at once.
MOST_PIXELS = 1 << 19


# Functions that read each position of their operands, numbers among them.
MERGED = frozenset(
    (
        *(torch.add, torch.sub, torch.mul, torch.div, torch.pow, torch.maximum, torch.minimum, torch.cat),
        *(operator.add, operator.sub, operator.mul, operator.truediv, operator.pow),
        *(torch.abs, torch.sqrt, torch.exp, torch.log, torch.clamp),
    )
)


class Footprint(fx.Interpreter):
    """Runs a model on one channel, as averages."""

    def __init__(self, model: fx.GraphModule, nodes: set[int]) -> None:
        super().__init__(model)
        self.extra_traceback = False
        self.nodes = nodes
        self.results: dict[int, Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        if len(self.results) == len(self.nodes):
            return None
        value = super().run_node(n)
        if isinstance(value, Tensor) and value.requires_grad and not value.is_leaf:
            # Seen or not: otherwise gradients of deep networks would be too small for a number.
            value.register_hook(_is_seen)  # type: ignore[no-untyped-call]
        if (index := n.meta.get(INDEX)) in self.nodes:
            self.results[index] = value
        return value

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        return through(self.fetch_attr(target), *args)

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        name = getattr(target, "__name__", str(target))
        if name == "normalize" or target is operator.getitem:
            # Of a pooling that returns its indices too: both are at the same positions.
            return args[0]
        if target is torch.reshape:
            # One value that gets other axes.
            return args[0].reshape(-1, *(1,) * (len(args[1]) - 1))
        operands = args[0] if isinstance(args[0], list | tuple) else args
        if target not in MERGED:
            raise Opaque(name)
        tensors = [item for item in operands if isinstance(item, Tensor)]
        if target is torch.cat and kwargs["dim"] > 1:
            return torch.cat(tensors, **kwargs)
        # Joined or multiplied: a pixel is seen if any operand sees it. A single position is broadcast.
        return sum(tensors[1:], tensors[0])


def _is_seen(gradient: Tensor) -> Tensor:
    return (gradient != 0).to(gradient)


def seen(
    model: fx.GraphModule, nodes: Mapping[int, Sequence[Position]], shapes: Sequence[tuple[int, ...]]
) -> dict[int, list[Spans]]:
    """For positions of nodes' outputs the first and the last pixel, along each axis of the inputs, that reach them.

    `shapes` are the spatial sizes of the inputs, all equal. Raises `Opaque` for a model with an unknown module.
    """
    longest = max(map(len, nodes.values()), default=0)
    if not longest:
        return {node: [] for node in nodes}
    batch = min(longest, max(1, MOST_PIXELS // max(1, prod(shapes[0]))))
    images = [torch.ones(batch, 1, *shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    footprint = Footprint(model, set(nodes))
    footprint.run(*images)
    return {
        node: [
            spans
            for start in range(0, len(positions), batch)
            for spans in _spans(images, footprint.results[node], positions[start : start + batch])
        ]
        for node, positions in nodes.items()
    }


def _spans(images: Sequence[Tensor], value: Tensor, positions: Sequence[Position]) -> Iterator[Spans]:
    """Each position in a separate image."""
    if not value.requires_grad:
        yield from [None] * len(positions)
        return
    chosen = torch.stack([value[(index, 0, *position)] for index, position in enumerate(positions)])
    gradients: Sequence[Tensor | None] = torch.autograd.grad(
        chosen.sum(), images, retain_graph=True, allow_unused=True
    )
    for index in range(len(positions)):
        reached = torch.cat([gradient[index, 0].nonzero() for gradient in gradients if gradient is not None])
        yield [(int(axis.min()), int(axis.max())) for axis in reached.T] if len(reached) else None
