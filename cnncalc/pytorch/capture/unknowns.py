"""Calls without a layer: `unknown` nodes with shapes, their own parameters, and MACs where shapes say them."""

from collections.abc import Iterable, Sequence
from typing import Any

from cnncalc.importers import Taken
from cnncalc.importers.draft import UNKNOWN
from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.emitting import Emitting
from cnncalc.pytorch.capture.evaluating import READ_ONLY_SHAPES
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.product_macs import macs_of
from cnncalc.pytorch.capture.recording import Call, ModuleCall, Ref
from cnncalc.pytorch.capture.values import Group, Own, Value, group, size_of
from cnncalc.pytorch.capture.views import Tensor, shape_of

# Functions that repeat values, as for each image of a batch.
REPEATS = frozenset(
    ("expand", "expand_as", "repeat", "repeat_interleave", "broadcast_to", "tile", "zeros", "ones")
)


class Unknowns(Emitting):
    """Adds unknown operations."""

    def _macs(
        self,
        call: Call,
        op: str,
        shapes: list[tuple[int, ...]],
        result: tuple[int, ...],
        given: Sequence[Ref],
    ) -> int | None:
        """The MACs of a call, and of what it reads that depends on no input and is counted nowhere else."""
        total = macs_of(op, shapes, result, self.batch, _settings(call))
        for ref in given:
            if isinstance(self._tensors.get(ref.number), Own):
                own = self.own_macs(ref.number)
                total = None if total is None or own is None else total + own
        return total

    def own_macs(self, number: int) -> int | None:
        """The MACs of all calls that compute a tensor without the input, each counted once."""
        call = self.evaluating.call_of(number)
        if call is None or id(call) in self._counted:
            return 0
        self._counted[id(call)] = True
        short = call.short.strip("_")
        if short in READ_ONLY_SHAPES or not any(True for _ in call.reads):
            return 0
        shape = next((ref.shape for ref in call.outputs if ref is not None), ())
        # What is repeated for each image is computed for each.
        repeated = bool(shape) and shape[0] % self.batch == 0 and self._is_repeated(number)
        images = self.batch if repeated else 1
        total = macs_of(short, [ref.shape for ref in call.reads], shape, images, _settings(call))
        for ref in call.reads:
            own = self.own_macs(ref.number)
            total = None if total is None or own is None else total + own
        return total

    def _is_repeated(self, number: int) -> bool:
        """Whether a call that leads to a tensor without the input repeats values, or takes a size of the run."""
        waiting, seen = [number], set[int]()
        while waiting:
            call = self.evaluating.call_of(waiting.pop())
            if call is None or id(call) in seen:
                continue
            seen.add(id(call))
            if call.short in REPEATS or call.short in READ_ONLY_SHAPES:
                return True
            waiting += [ref.number for ref in call.reads]
        return False

    def _unknown(self, call: Call, operands: Iterable[Tensor], reason: str) -> "list[Tensor]":
        """`unknown` nodes for the results of a call that has no layer."""
        values = list(dict.fromkeys(tensor for tensor in operands if isinstance(tensor, Value)))
        names = dict.fromkeys(name for tensor in operands if isinstance(tensor, Own) for name in tensor.names)
        results: list[Tensor] = []
        module = call.keywords.get("module")
        if isinstance(module, ModuleCall):
            self.notes.stranger(call.place)
            inside = f"{module.scope.path}." if module.scope.path else ""
            names |= dict.fromkeys(name for name in self.recording.named if name.startswith(inside))
        note = self.notes.unknown(call, reason)
        shapes = [read.shape for read in call.reads]
        given = list(call.reads)
        for ref in call.outputs:
            if ref is None or ref.number not in self._wanted:
                results.append(values[0])
                continue
            op = call.short.strip("_")
            macs = self._macs(call, op, shapes, ref.shape, given)
            results.append(self.unknown(op, values, ref.shape, names, note, macs=macs))
            names = {}
            shapes, given = shapes[:0], []
        return results

    def unknown(
        self,
        op: str,
        values: Sequence[Value],
        shape: tuple[int, ...],
        names: Iterable[str],
        note: str,
        operands: Sequence[tuple[int, ...]] = (),
        macs: int | None = None,
    ) -> Value:
        """An operation without a layer: its parameters are those that no other layer has.

        `operands` are the shapes of all tensors that it reads, in order: they say its MACs, where `macs` does not.
        """
        new = [name for name in (*names, *self._counters(names)) if name not in self.owners]
        # The batch is the first dimension, unless another one alone has its size.
        place = 0
        if shape and shape[0] % self.batch and self.batch in shape:
            place = shape.index(self.batch)
        moved = (*shape[place : place + 1], *shape[:place], *shape[place + 1 :])
        axes = self._axes_of(moved, values)
        dims = list(self._dims_of(moved, axes))
        if place:
            dims.insert(place, dims.pop(0))
        fields: dict[str, Any] = {"op": op, "shape": dict(shape_of(axes).asdict())}
        stored = [self.recording.named[name] for name in new]
        fields["params"] = sum(tensor.size for tensor in stored if tensor.learned)
        fields["buffers"] = sum(tensor.size for tensor in stored if not tensor.learned)
        if operands:
            macs = macs_of(op, operands, shape, self.batch)
        if macs is not None:
            fields["macs"] = macs
        if note:
            fields["note"] = note
        value = self.emit(UNKNOWN, values, axes, dims, **fields)
        node = self.by_node[value.node]
        node.weights = {tensor.name: Taken(tensor.name, tensor.shape) for tensor in stored}
        for name in new:
            self.owners[name] = value.node
        return value

    def output(self, value: Value) -> Value:
        """A value that the network returns, arranged so that each of its dimensions is an axis."""
        whole = len(value.dims) == len(value.axes) and all(not dim or dim in value.axes for dim in value.dims)
        if whole and not value.expanded:
            return value
        if value.expanded:
            value = Value(value.node, value.axes, value.dims)
        try:
            return standard(self, value)
        except Unmapped as reason:
            # Its values in another order.
            return self.unknown("rearrange", [value], value.shape, (), str(reason), macs=0)

    def _counters(self, names: Iterable[str]) -> Iterable[str]:
        """The buffers that count the batches of norms with these parameters and buffers."""
        for name in names:
            path, _, last = name.rpartition("running_mean")
            counter = f"{path}num_batches_tracked"
            if not last and name.endswith("running_mean") and counter in self.recording.named:
                yield counter

    def _axes_of(self, shape: tuple[int, ...], values: Sequence[Value]) -> tuple[Group, ...]:
        """Axes for a result of unknown origin: its first dimension is the batch if that is divided by the images."""
        if not shape:
            return ((), ())
        batch: Group
        rest: Group
        if shape[0] % self.batch == 0:
            batch, rest = group(self.batch), group(shape[0] // self.batch)
        else:
            batch, rest = (), group(shape[0])
        others = [group(size) for size in shape[1:]]
        channels: Group = others.pop(0) if others else ()
        spatial = [rest, *others] if rest else others
        if len(spatial) > 3:
            spatial = [*spatial[:2], flat(spatial[2:])]
        return (batch, channels, *spatial)

    def _dims_of(self, shape: tuple[int, ...], axes: tuple[Group, ...]) -> tuple[Group, ...]:
        if not shape:
            return ()
        factors = list(flat(axes[2:]))
        first = list(axes[0])
        if shape[0] != size_of(axes[0]):
            first.append(factors.pop(0))
        dims: list[Group] = [tuple(first)]
        if len(shape) > 1:
            dims.append(axes[1])
        dims += [(factors.pop(0),) if size > 1 else () for size in shape[2:]]
        return tuple(dims)


def _settings(call: Call) -> list[object]:
    """The words and the switches that a call was given by position."""
    return [item for item in call.arguments if isinstance(item, str | bool)]
