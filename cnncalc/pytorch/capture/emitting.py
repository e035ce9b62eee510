"""The layers of a draft as they are added, and what a mapping asks of its tensors."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any

from torch import nn

from cnncalc.importers import DraftNode, Scope, Taken
from cnncalc.pytorch.capture.arranging import arrange, standard
from cnncalc.pytorch.capture.copies import original
from cnncalc.pytorch.capture.evaluating import Evaluating
from cnncalc.pytorch.capture.layout import flat, reshaped
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.names import Names
from cnncalc.pytorch.capture.notes import Notes
from cnncalc.pytorch.capture.recording import Recording
from cnncalc.pytorch.capture.undo import Changes, Undoable
from cnncalc.pytorch.capture.values import Group, Own, Pending, Value, group
from cnncalc.pytorch.capture.views import Seen, Tensor, reshape_fields, shape_of, with_view
from cnncalc.pytorch.capture.windowed import Open, check_whole
from cnncalc.pytorch.own.learned import Learned


class Emitting:
    """The nodes of a draft so far, and the tensors of the run: layers are added by `emit`."""

    def __init__(
        self, recording: Recording, *, training: bool = False, without_windows: frozenset[str] = frozenset()
    ) -> None:
        self.recording, self.training = recording, training
        self.nodes: list[DraftNode] = []
        self.notes = Notes()
        # What a call without a layer takes back.
        self.changes = Changes()
        self.names = Names(recording.inputs, self.changes)
        self._tensors: dict[int, Tensor | list[Tensor]] = {}
        # Which node has which parameters and buffers: the first that uses them.
        self.owners: Undoable[str, str] = Undoable(self.changes)
        self.scopes: tuple[Scope, ...] = ()
        self.place = ""
        self.batch = 0
        # What has been arranged already: the value by its node and the axes asked for.
        self.arranged: Undoable[tuple[str, tuple[Group, ...]], Value] = Undoable(self.changes)
        # The numbers of the tensors that the outputs depend on.
        self._wanted: set[int] = set()
        # The layers that pending results have become.
        self._settled: Undoable[Pending, Value] = Undoable(self.changes)
        # Learned tensors as layers: by their parameter, their shape, and how it becomes the layer's.
        self.learned: Undoable[tuple[str, int | str, str], Value] = Undoable(self.changes)
        # Layers that compute a tensor from parameters alone: by its number, and how it lies along a value's axes.
        self.computed: Undoable[tuple[int, tuple[tuple[int | None, int], ...]], Value] = Undoable(
            self.changes
        )
        self.by_node: dict[str, DraftNode] = {}
        self.evaluating = Evaluating(recording)
        # Attention within windows by its node, and the nodes of it that have done the roll after it; the lines of code
        # where it is not tried.
        self.open: dict[str, Open] = {}
        self.without_windows = without_windows
        # The calls without an input whose MACs an unknown operation has.
        self._counted: Undoable[int, bool] = Undoable(self.changes)

    def emit(
        self,
        type: str,
        sources: Sequence[Value],
        axes: Sequence[Group],
        dims: Sequence[Group] | None = None,
        *,
        weights: Mapping[str, Own | None] | None = None,
        allow: Mapping[str, str] | None = None,
        changes: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Value:
        """Adds a layer and returns its value. Fields that are None are left out.

        `axes` are those of the result: batch, channels, spatial axes; `dims` its dimensions in PyTorch (default: the
        same). `weights` are the layer's parameters and buffers by their names in the layer.
        `allow` are diagnostics that are meant in the source, with the reason.
        """
        for source in sources:
            check_whole(self, source.node)
        own = {name: tensor for name, tensor in (weights or {}).items() if tensor is not None}
        taken = {name: self.taken(tensor, (changes or {}).get(name, "")) for name, tensor in own.items()}
        shared = self._owner(taken, type, fields)
        name = self.names.new(type)
        shape = shape_of(axes)
        node = DraftNode(
            name,
            type,
            {key: value for key, value in fields.items() if value is not None},
            tuple(source.node for source in sources),
            shape,
            taken,
            shared,
            self.scopes,
            {"allow": dict(allow)} if allow else {},
            self.place,
        )
        self.nodes.append(node)
        self.by_node[name] = node
        for tensor in taken.values():
            if tensor.name not in self.owners:
                self.owners[tensor.name] = name
        return Value(name, tuple(axes), tuple(axes if dims is None else dims))

    def taken(self, tensor: Own, change: str = "") -> Taken:
        """A tensor of the model as a weight of a layer. Raises `Unmapped` if it is computed."""
        if tensor.plain is None:
            computed_by = f"computed by {tensor.function}" if tensor.function else "no parameter of the model"
            raise Unmapped(f"a weight of it is {computed_by}")
        return Taken(tensor.plain, tensor.stored, change)

    def _owner(self, taken: Mapping[str, Taken], type: str, fields: Mapping[str, Any]) -> str | None:
        owners = {self.owners.get(tensor.name) for tensor in taken.values()}
        if owners <= {None}:
            return None
        if len(owners) > 1:
            raise Unmapped("it uses some of the weights of another layer, and others of its own")
        (owner,) = owners
        assert owner is not None
        first = self.by_node[owner]
        if first.type != type or {k: t.name for k, t in first.weights.items()} != {
            k: t.name for k, t in taken.items()
        }:
            raise Unmapped(f"it uses weights of {owner} in another way")
        return owner

    def value(self, tensor: Any, what: str = "its input") -> Value:
        """A tensor of the network. A tensor that the model has of its own becomes a `learned` layer."""
        if isinstance(tensor, Value):
            return tensor
        raise Unmapped(f"{what} does not depend on the input of the network")

    def own(self, tensor: Any, what: str = "a weight") -> Own:
        """A tensor of the model."""
        if isinstance(tensor, Own):
            return tensor
        raise Unmapped(f"{what} depends on the input of the network")

    def weight(self, tensor: Any, what: str = "a weight") -> Own:
        """A parameter of the model, as it is stored."""
        own = self.own(tensor, what)
        if own.plain is None or not own.learned:
            computed_by = f"computed by {own.function}" if own.function else "not a parameter"
            raise Unmapped(f"{what} is {computed_by}")
        return own

    @property
    def module(self) -> nn.Module | None:
        """The module whose own code makes the present call."""
        if not self.scopes:
            return None
        return self.recording.modules[self.scopes[-1].call].module

    @cached_property
    def learned_layers(self) -> dict[str, float]:
        """The parameters of modules that were made for the layer `learned`, with their initial value."""
        return {
            f"{call.scope.path}.weight": vars(call.module)["init"]
            for call in self.recording.modules
            if original(type(call.module)) is Learned
        }

    def is_learned_layer(self, own: Own) -> bool:
        """Whether a parameter is that of a module made for the layer `learned`, and so is no part of another layer."""
        return own.plain in self.learned_layers

    def stored(self, name: str) -> Own:
        """A parameter or buffer of the model by its name."""
        number = next(number for number, stored in self.recording.owned.items() if stored.name == name)
        return self.own(self._tensors[number])

    def elementwise(self, type: str, value: Value, **fields: Any) -> Value:
        """A layer that changes each value, and no shape. After a flatten it reads features, as in the code."""
        if value.rank and value.dims == (value.axes[0], flat(value.axes[1:])) and not value.expanded:
            value = self.in_order(value)
        return self.emit(type, [value], value.axes, value.dims, **fields)

    def channels_at(self, value: Value, dim: int) -> Value:
        """The value arranged so that a dimension is its channels; the other axes stay where they are if possible."""
        if value.expanded:
            raise Unmapped("its input is repeated by `expand`")
        if value.dims[dim] == value.axes[1]:
            return value
        return standard(self, value, dim % len(value.dims))

    def in_order(self, value: Value) -> Value:
        """The value arranged so that its axes are its dimensions, in order."""
        if value.expanded:
            raise Unmapped("its input is repeated by `expand`")
        return arrange(self, value, value.dims)

    def reshape(self, value: Seen, sizes: Sequence[int]) -> Seen:
        """The value seen with other dimensions."""
        if value.expanded:
            raise Unmapped("its input is repeated by `expand`")
        seen = reshaped(value.axes, value.dims, sizes)
        if seen is None and isinstance(value, Value):
            value = self.in_order(value)
            if not sizes or value.axes[0] != value.dims[0] or prod(sizes[1:]) != prod(value.shape[1:]):
                raise Unmapped("a reshape that divides the images of a batch")
            axes = (value.axes[0], *map(group, sizes[1:]))
            type, fields = reshape_fields(axes)
            return self.emit(type, [value], axes, **fields)
        if seen is None:
            raise Unmapped("a reshape of a parameter")
        return with_view(value, *seen)
