"""The PyTorch modules that a layer names, built from its own `torch()`, so that they can be watched."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeAlias

from cnncalc.layers import Layer
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Inputs, TorchCall
from cnncalc.vocabulary.layouts import LastInMemory, PutsInOrder
from cnncalc.vocabulary.tokens import OfTokens

BATCH = 2

Case: TypeAlias = tuple[Layer, Inputs]


@dataclass
class Twin:
    """The modules and functions that `torch()` names, one after another."""

    torch: ModuleType
    calls: tuple[TorchCall, ...]
    # Whether the inputs' channels lie last in memory.
    channels_last: bool = False
    # The case, if the layer reads the indices of a pooling: those of random images are given for its second operand,
    # and nothing for the third, of which only the size is read.
    unpooling: Case | None = None
    drawn: dict[int, Any] = field(default_factory=dict)
    modules: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = [self._step(call) for call in self.calls]

    def _step(self, call: TorchCall) -> Callable[..., Any]:
        room, _, name = call.target.rpartition(".")
        if room in ("nn", "own"):
            from cnncalc.pytorch import modules

            module = getattr(self.torch.nn if room == "nn" else modules, name)(**call.arguments)
            if call.parametrization:
                module = getattr(self.torch.nn.utils.parametrizations, call.parametrization)(module)
            self.modules.append(module)
            return lambda *tensors: module(*tensors)
        if call.operands == "fold":
            from cnncalc.pytorch.folding import folded

            return lambda *tensors: folded(
                call, tensors, lambda function, *items, **named: function(*items, **named)
            )
        assert room in ("torch", "F"), call
        function = getattr(self.torch if room == "torch" else self.torch.nn.functional, name)
        match call.operands:
            case "arguments":
                return lambda *tensors: function(*tensors, **call.arguments)
            case "list":
                return lambda *tensors: function(tensors, **call.arguments)
            case "first":
                return lambda *tensors: function(tensors[0], **call.arguments)

    def __call__(self, *tensors: Any) -> Any:
        if self.unpooling is not None and tensors[1].is_floating_point():
            tensors = (tensors[0], self._indices(len(tensors[0])))
        tensors = tensors[:2] if self.unpooling is not None else tensors
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in self.steps:
                tensors = (step(*tensors),)
        return tensors[0]

    def _indices(self, batch: int) -> Any:
        """The same ones for every batch of a size."""
        from cnncalc.pytorch.own.unpool import indices

        assert self.unpooling is not None
        if batch not in self.drawn:
            self.drawn[batch] = indices(self.unpooling[0], self.unpooling[1][2], batch)
        return self.drawn[batch]

    def train(self, mode: bool) -> "Twin":
        for module in self.modules:
            module.train(mode)
        return self

    def named(self, what: str) -> list[tuple[str, tuple[int, ...], str]]:
        """Parameters or buffers: name, shape, dtype."""
        return [
            (name, tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
            for module in self.modules
            for name, tensor in getattr(module, f"named_{what}")()
        ]

    def storages(self) -> set[int]:
        own = (tensor for module in self.modules for tensor in (*module.parameters(), *module.buffers()))
        return {storage(tensor) for tensor in own}

    def inputs(self, inputs: Inputs, *, dtype: str = "float32") -> list[Any]:
        """Batches that are no leaves, so that a layer may write over them."""
        torch = self.torch
        images = (torch.rand(BATCH, *shape.torch, dtype=getattr(torch, dtype)) + 0.1 for shape in inputs)
        tensors = [tensor.requires_grad_().clone() for tensor in images]
        if self.unpooling is not None:
            tensors[1] = self._indices(BATCH)
        if self.channels_last:
            return [tensor.movedim(1, -1).contiguous().movedim(-1, 1) for tensor in tensors]
        return tensors


def storage(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)


def twin(torch: ModuleType, layer: Layer, inputs: Inputs) -> Twin:
    calls = layer.torch(inputs)
    assert calls, f"{layer} has no twin"
    return Twin(
        torch,
        calls,
        channels_last=isinstance(layer, OfTokens)
        or (isinstance(layer, PutsInOrder) and isinstance(layer, LastInMemory)),
        unpooling=(layer, inputs) if layer.reads_indices else None,
    )


def affordable(layer: Layer, inputs: Inputs) -> Case:
    """The case with smaller grids where gradients of every position would take long."""
    if not inputs:
        return layer, inputs
    grid = tuple(min(size, 31) for size in inputs[0].spatial)
    smaller = tuple(Shape(min(shape.channels, 8), grid) for shape in inputs)
    too_large = inputs[0].rank and inputs[0].size > 20_000
    return (layer, smaller) if too_large and layer.arity == 1 else (layer, inputs)
