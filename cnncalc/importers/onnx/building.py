"""Layers of the draft as they are found, and the tensors of the graph as their outputs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.importers.draft import UNKNOWN, DraftNode, Scope, Taken
from cnncalc.importers.onnx.rearranging import Rearranging
from cnncalc.importers.onnx.values import NoLayer, OnnxWeight, Values, joined, plain
from cnncalc.shape import AXES, Shape

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
# Characters of a name at most.
LONGEST = 90


class OnnxBuilding(Rearranging):
    """The layers so far. `scopes` are those of the operation that is read now, `weights_of` its initializers."""

    def __init__(self, batch: int, readers: Mapping[str, int]) -> None:
        self.batch = batch
        self.readers = readers
        self.nodes: dict[str, DraftNode] = {}
        self.views: dict[tuple[str, str, str], str] = {}
        self.shapes: dict[str, Shape] = {}
        self.scopes: tuple[Scope, ...] = ()
        self.place = ""
        self._numbers: Counter[str] = Counter()

    def emit(
        self,
        type_: str,
        sources: Iterable[str],
        shape: Shape,
        fields: Mapping[str, Any] | None = None,
        weights: Mapping[str, Taken] | None = None,
        controls: Mapping[str, Any] | None = None,
    ) -> str:
        """Adds a layer, and gives its name."""
        node = DraftNode(
            name="",
            type=type_,
            fields=dict(fields or {}),
            sources=tuple(sources),
            shape=shape,
            weights=dict(weights or {}),
            scopes=self._scopes(weights or {}),
            controls=dict(controls or {}),
            place=self.place,
        )
        node.name = self._name(node)
        self.nodes[node.name] = node
        self.shapes[node.name] = shape
        return node.name

    def _scopes(self, weights: Mapping[str, Taken]) -> tuple[Scope, ...]:
        """The module calls around a layer. Where a norm was folded into it, its weights say which module it is."""
        for taken in weights.values():
            path, _, own = taken.name.rpartition(".")
            if path and own in ("weight", "bias") and self.scopes and self.scopes[-1].path != path:
                parent = path.rpartition(".")[0]
                known = [scope for scope in self.scopes if _holds(scope.path, parent)]
                if known and known[-1].path == parent:
                    return (*known, Scope(path))
        return self.scopes

    def _name(self, node: DraftNode) -> str:
        """The path of its module; with its type where the module's name does not say it, and it has no weights."""
        path = node.scopes[-1].path if node.scopes else ""
        word = _UNFIT.sub("_", path).strip("_-")[-LONGEST:].strip("_-")
        last = word.rpartition("_")[2]
        if not word or last.isdecimal() or not (node.weights or last.rstrip("0123456789") == node.type):
            word = f"{word}_{node.type}" if word else node.type
        word = word if word[0].isalpha() else f"{node.type}_{word}"
        while True:
            self._numbers[word] += 1
            count = self._numbers[word]
            name = f"{word}{count}" if word == node.type else word if count == 1 else f"{word}_{count}"
            if name not in self.shapes and name not in ("in", "prev"):
                return name

    def apply(
        self,
        type_: str,
        values: Values,
        fields: Mapping[str, Any] | None = None,
        weights: Mapping[str, Taken] | None = None,
    ) -> Values:
        """A layer that keeps its input's shape and places, in the arrangement of its input."""
        name = self.emit(type_, (values.node,), values.shape, fields, weights)
        return Values(name, values.shape, values.dims)

    def channelwise(
        self,
        type_: str,
        values: Values,
        dim: int,
        channels: int,
        fields: Mapping[str, Any],
        weights: Mapping[str, Taken],
    ) -> Values:
        """A layer over the channels of each position, which are an axis of the tensor: it can change their number."""
        if not values.has_channels_in(dim):
            values = self.settled(values, dim)
        if type_ == "linear" and not values.shape.rank:
            type_ = "fc"
        shape = Shape(channels, values.shape.spatial)
        name = self.emit(type_, (values.node,), shape, fields, weights)
        dims = list(values.dims)
        dims[dim] = Values(name, shape, ()).axis(1)
        return Values(name, shape, tuple(dims))

    def unknown(
        self,
        op: str,
        sources: Iterable[str],
        shape: Shape,
        weights: Mapping[str, Taken] | None = None,
        macs: int | None = None,
        note: str = "",
    ) -> str:
        """An operation without a layer: its shape is stated, and `counting` states its own parameters."""
        fields: dict[str, Any] = {"op": op, "shape": dict(shape.asdict())}
        if macs is not None:
            fields["macs"] = macs
        if note:
            fields["note"] = note
        return self.emit(UNKNOWN, dict.fromkeys(sources), shape, fields, weights)

    def is_computed(self, name: str) -> bool:
        """Whether an exporter computed an initializer from parameters: its size need not be theirs."""
        return False

    def learned(self, tensor: OnnxWeight, sizes: tuple[int, ...], order: tuple[int, ...]) -> str:
        """A learned tensor as an operand: `order` are the axes of its volume, channels first, in the tensor.

        Raises `NoLayer` if an exporter computed it: how many parameters it has is not known.
        """
        if any(map(self.is_computed, tensor.roots)):
            raise NoLayer("the exporter computed one operand, and its number of parameters is not known")
        picked = tuple(sizes[axis] for axis in order)
        shape = Shape(picked[0], picked[1:], batched=False)
        shown = tensor if sizes == tensor.sizes else tensor.step("reshape", sizes)
        # The axis of the batch is put first, and is none of the result's.
        moved = shown if sorted(order) == list(order) else shown.step("permute", (0, *order))
        weights = {"weight": self.taken(moved)}
        value = str(shape) if shape.rank else shape.channels
        return self.emit("learned", (), shape, {"shape": value}, weights)

    def taken(self, tensor: OnnxWeight, change: str = "") -> Taken:
        """An initializer as a weight. Raises `NoLayer` if it is computed from several, or not a view of one."""
        if not tensor.is_view:
            raise NoLayer("its weights are computed from other weights")
        steps = [step for step in (tensor.change, change) if step]
        return Taken(tensor.roots[0], tensor.sizes, "; ".join(steps))

    def plain(self, name: str, order: tuple[int, ...] | None = None) -> Values:
        """The output of a layer as a tensor; `order` are its axes."""
        return plain(name, self.shapes[name], self.batch, order)


def _holds(path: str, inner: str) -> bool:
    return not path or inner == path or inner.startswith(f"{path}.")


def spatial_names(shape: Shape) -> dict[int, str]:
    """The words for the axes of a layer's output: 1 is the channels, 2 the first spatial axis."""
    return {1: "channels", **{index + 2: name for index, name in enumerate(AXES[shape.rank])}}


__all__ = ["OnnxBuilding", "joined", "spatial_names"]
