"""From a recording to a draft: which tensor is which node, and which of its dimensions is which axis."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from cnncalc.importers import Draft, DraftNode, Scope, Taken
from cnncalc.importers.draft import UNKNOWN
from cnncalc.pytorch.capture import mapping
from cnncalc.pytorch.capture.arranging import arrange, joined, standard
from cnncalc.pytorch.capture.layout import flat, reshaped
from cnncalc.pytorch.capture.live import dependent, live
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.names import Names
from cnncalc.pytorch.capture.notes import Notes
from cnncalc.pytorch.capture.product_macs import macs_of
from cnncalc.pytorch.capture.recording import READS_VALUES, Call, ModuleCall, Recording, Ref
from cnncalc.pytorch.capture.values import Group, Own, Pending, Value, group, size_of
from cnncalc.shape import Shape

Tensor = Value | Own | Pending
# A tensor with dimensions that can be seen in another way.
Seen = Value | Own


class Drafting:
    """Makes the nodes of a draft, call by call. Mappings emit nodes through it."""

    # Whether an error in a mapping is raised (in tests), or makes the operation unknown.
    strict = False

    def __init__(self, recording: Recording, *, training: bool = False) -> None:
        self.recording, self.training = recording, training
        self.nodes: list[DraftNode] = []
        self.notes = Notes()
        self.names = Names(recording.inputs)
        self._tensors: dict[int, Tensor | list[Tensor]] = {}
        self._shapes: dict[str, Shape] = {}
        # Which node has which parameters and buffers: the first that uses them.
        self.owners: dict[str, str] = {}
        self.scopes: tuple[Scope, ...] = ()
        self.place = ""
        self.batch = 0
        # What has been arranged already: the value by its node and the axes asked for.
        self.arranged: dict[tuple[str, tuple[Group, ...]], Value] = {}
        # The numbers of the tensors that the outputs depend on.
        self._wanted: set[int] = set()
        # The layers that pending results have become.
        self._settled: dict[int, Value] = {}
        self.by_node: dict[str, DraftNode] = {}

    # What a mapping uses.

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
        own = {name: tensor for name, tensor in (weights or {}).items() if tensor is not None}
        taken = {name: self.taken(tensor, (changes or {}).get(name, "")) for name, tensor in own.items()}
        shared = self._owner(taken, type, fields)
        name = self.names.new(type, self.scopes)
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
            self.owners.setdefault(tensor.name, name)
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

    def settled(self, tensor: Any) -> Any:
        """A tensor; for one that is pending, the layers that make it."""
        if not isinstance(tensor, Pending):
            return tensor
        if id(tensor) not in self._settled:
            scopes, place = self.scopes, self.place
            self.scopes, self.place = tensor.scopes, tensor.place
            self._settled[id(tensor)] = tensor.settle(self)
            self.scopes, self.place = scopes, place
        return self._settled[id(tensor)]

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

    def output(self, value: Value) -> Value:
        """A value that the network returns, arranged so that each of its dimensions is an axis."""
        whole = len(value.dims) == len(value.axes) and all(not dim or dim in value.axes for dim in value.dims)
        if whole and not value.expanded:
            return value
        if value.expanded:
            value = Value(value.node, value.axes, value.dims)
        try:
            return standard(self, value)
        except Unmapped:
            return value

    # The calls.

    def run(self) -> None:
        """Drafts all calls that lead to an output."""
        for name, ref in self.recording.inputs.items():
            axes = tuple(map(group, ref.shape)) if len(ref.shape) > 1 else (group(ref.shape[0]), ())
            self.batch = ref.shape[0]
            self._tensors[ref.number] = Value(name, axes, axes[: len(ref.shape)])
        for number, stored in self.recording.owned.items():
            axes = tuple(map(group, stored.shape))
            self._tensors[number] = Own(
                stored.shape, (stored.name,), stored.learned, stored.name, stored.shape, axes, axes
            )
        calls, self._wanted = live(self.recording)
        inputs = dependent(self.recording)
        for call in self.recording.calls:
            if call.short in READS_VALUES and any(ref.number in inputs for ref in call.reads):
                self.notes.value_read(call)
        skip_to = 0
        self._last_use = {
            ref.number: index for index, call in enumerate(self.recording.calls) for ref in call.reads
        }
        modules = {
            call.start: call
            for call in reversed(self.recording.modules)
            if call.stop > call.start and mapping.module(call.module)
        }
        for index, call in enumerate(self.recording.calls):
            if index < skip_to:
                continue
            if index in modules and self._module(modules[index]):
                skip_to = modules[index].stop
                continue
            if index in calls:
                self._call(call)

    def _module(self, module: ModuleCall) -> bool:
        """A whole module as one layer; false if its calls must be drafted."""
        known = mapping.module(module.module)
        if known is None or not self._is_closed(module):
            return False
        inside = self.recording.calls[module.start]
        depth = len(inside.scopes)
        self.scopes = next(
            (inside.scopes[: index + 1] for index in range(depth) if inside.scopes[index] is module.scope), ()
        )
        self.place = inside.place
        before = self._state()
        try:
            result = known.map(self, module, *self._given(list(module.inputs)))
        except Unmapped:
            self._restore(before)
            return False
        if not isinstance(result, Value) or result.shape != module.outputs.shape:
            self._restore(before)
            return False
        self._tensors[module.outputs.number] = result
        return True

    def _is_closed(self, module: ModuleCall) -> bool:
        """Whether only the output of a module's call is read after it."""
        if not isinstance(module.outputs, Ref):
            return False
        computed_by = {
            ref.number
            for call in self.recording.calls[module.start : module.stop]
            for ref in call.outputs
            if ref is not None
        } - {module.outputs.number}
        return not any(self._last_use.get(number, -1) >= module.stop for number in computed_by)

    def parameter(self, module: ModuleCall, name: str) -> Own:
        """A parameter or buffer of a module by its name there. Raises `Unmapped` if it has none of this name."""
        target = module.module
        *path, last = name.split(".")
        for part in path:
            target = getattr(target, part, None)  # type: ignore[assignment]
        tensor = getattr(target, last, None)
        number = self.recording.numbers.get(id(tensor))
        if number is None:
            raise Unmapped(f"it has no {name}")
        return self.own(self._tensors[number])

    def _call(self, call: Call) -> None:
        self.scopes, self.place = call.scopes, call.place
        operands = [self.tensor(ref) for ref in call.reads]
        if all(isinstance(tensor, Own) for tensor in operands):
            self._own_call(call, [tensor for tensor in operands if isinstance(tensor, Own)])
            return
        known = mapping.known(call.name)
        if known is None or not known.pending:
            operands = [self.settled(tensor) for tensor in operands]
        before = self._state()
        try:
            results = self._mapped(call, known)
        except Unmapped as reason:
            self._restore(before)
            results = self._unknown(call, [self.settled(tensor) for tensor in operands], str(reason))
        for ref, result in zip(call.outputs, results, strict=True):
            if ref is not None and ref.number in self._wanted:
                self._tensors[ref.number] = result

    def _state(self) -> tuple[Any, ...]:
        return len(self.nodes), dict(self.owners), self.names.copy(), dict(self._settled), dict(self.arranged)

    def _restore(self, state: tuple[Any, ...]) -> None:
        """Takes back all layers since then."""
        count, self.owners, self.names, self._settled, self.arranged = state
        for node in self.nodes[count:]:
            del self.by_node[node.name]
        del self.nodes[count:]

    def _mapped(self, call: Call, known: mapping.Known | None) -> "list[Tensor]":
        if known is None:
            raise Unmapped("")
        given = self._given([list(call.arguments), dict(call.keywords)], settle=not known.pending)
        bound = known.bound(*given)
        try:
            results = known.map(self, *bound.args[1:], **bound.kwargs)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # Arguments that no mapping expects: the operation is unknown, which is never wrong.
            if self.strict:
                raise
            raise Unmapped(f"called with other arguments ({type(error).__name__}: {error})") from error
        return self._checked(call, results)

    def _checked(self, call: Call, results: Any) -> "list[Tensor]":
        """The results of a mapping, which must have the shapes that PyTorch gave."""
        collected = list(results) if isinstance(results, list | tuple) else [results]
        if not call.several:
            collected = collected[:1]
        if len(collected) < len(call.outputs):
            collected += [None] * (len(call.outputs) - len(collected))
        for ref, result in zip(call.outputs, collected, strict=True):
            if ref is None:
                continue
            if result is None:
                if ref.number in self._wanted:
                    raise Unmapped("one of its results has no layer")
                continue
            if result.shape != ref.shape:
                raise Unmapped(f"the layer would give {list(result.shape)}, and not {list(ref.shape)}")
        return collected

    def _given(self, value: Any, *, settle: bool = True) -> Any:
        """Arguments with a `Value` or an `Own` for each tensor, or what is pending."""
        if isinstance(value, Ref):
            tensor = self.tensor(value)
            return self.settled(tensor) if settle else tensor
        if isinstance(value, dict):
            return {key: self._given(inside, settle=settle) for key, inside in value.items()}
        if isinstance(value, list | tuple):
            return [self._given(inside, settle=settle) for inside in value]
        if isinstance(value, slice):
            return slice(
                *(self._given(part, settle=settle) for part in (value.start, value.stop, value.step))
            )
        return value

    def tensor(self, ref: Ref) -> Tensor:
        """What a tensor of the recording is."""
        tensor = self._tensors.get(ref.number)
        if tensor is None:
            # Made by no recorded call.
            self.notes.stranger(self.recording.strangers.get(ref.number, ""))
            tensor = own_of(ref.shape, (), foreign=self.recording.strangers.get(ref.number, ""))
            self._tensors[ref.number] = tensor
        return tensor  # type: ignore[return-value]

    def _own_call(self, call: Call, operands: Sequence[Own]) -> None:
        """A call that reads no value of the network: a view of a parameter, or an expression."""
        names = tuple(dict.fromkeys(name for tensor in operands for name in tensor.names))
        learned = any(tensor.learned for tensor in operands)
        views = self._view(call)
        for index, ref in enumerate(call.outputs):
            if ref is None:
                continue
            view = views[index] if views is not None else None
            if isinstance(view, Own) and view.shape == ref.shape:
                self._tensors[ref.number] = view
                continue
            foreign = next((tensor.foreign for tensor in operands if tensor.foreign), "")
            self._tensors[ref.number] = own_of(
                ref.shape,
                names,
                learned,
                function=call.short,
                arguments=self._arguments(call),
                foreign=foreign,
            )

    def _view(self, call: Call) -> "list[Tensor] | None":
        """The result of a call of a function that only views its operand; None if it is another one."""
        known = mapping.known(call.name)
        if known is None or not known.views:
            return None
        try:
            return self._mapped(call, known)
        except Unmapped:
            return None

    def _arguments(self, call: Call) -> dict[str, Any]:
        return {
            **{str(index): self._given(item) for index, item in enumerate(call.arguments)},
            **self._given(dict(call.keywords)),
        }

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
        for ref in call.outputs:
            if ref is None or ref.number not in self._wanted:
                results.append(values[0])
                continue
            results.append(self.unknown(call.short.strip("_"), values, ref.shape, names, note, shapes))
            names = {}
            shapes = shapes[:0]
        return results

    def unknown(
        self,
        op: str,
        values: Sequence[Value],
        shape: tuple[int, ...],
        names: Iterable[str],
        note: str,
        operands: Sequence[tuple[int, ...]] = (),
    ) -> Value:
        """An operation without a layer: its parameters are those that no other layer has.

        `operands` are the shapes of all tensors that it reads, in order.
        """
        new = [name for name in names if name not in self.owners]
        axes = self._axes_of(shape, values)
        fields: dict[str, Any] = {"op": op, "shape": dict(shape_of(axes).asdict())}
        stored = [self.recording.named[name] for name in new]
        fields["params"] = sum(tensor.size for tensor in stored if tensor.learned)
        fields["buffers"] = sum(tensor.size for tensor in stored if not tensor.learned)
        macs = macs_of(op, operands, shape, self.batch)
        if macs is not None:
            fields["macs"] = macs
        if note:
            fields["note"] = note
        value = self.emit(UNKNOWN, values, axes, self._dims_of(shape, axes), **fields)
        node = self.by_node[value.node]
        node.weights = {tensor.name: Taken(tensor.name, tensor.shape) for tensor in stored}
        for name in new:
            self.owners[name] = value.node
        return value

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


def own_of(shape: tuple[int, ...], names: tuple[str, ...], learned: bool = False, **more: Any) -> Own:
    """A tensor of the model that is no view of one parameter."""
    axes = tuple(map(group, shape))
    return Own(shape, names, learned, axes=axes, dims=axes, **more)


def with_view(tensor: Seen, axes: Sequence[Group], dims: Sequence[Group]) -> Seen:
    """The same values with other dimensions."""
    if isinstance(tensor, Value):
        return Value(tensor.node, tuple(axes), tuple(dims))
    shape = tuple(map(size_of, dims))
    return Own(
        shape,
        tensor.names,
        tensor.learned,
        tensor.plain,
        tensor.stored,
        tuple(axes),
        tuple(dims),
        tensor.function,
        tensor.arguments,
        foreign=tensor.foreign,
    )


def shape_of(axes: Sequence[Group]) -> Shape:
    """The shape of a node with these axes."""
    _, channels, *spatial = map(size_of, axes)
    return Shape(channels, tuple(spatial))


def reshape_fields(axes: Sequence[Group]) -> tuple[str, dict[str, Any]]:
    """The layer that gives values in their order these axes, and its fields."""
    shape = shape_of(axes)
    if not shape.rank:
        return "flatten", {}
    if shape.rank > 3:
        raise Unmapped(f"a volume of {shape.rank} axes")
    return "reshape", dict(shape.asdict())


__all__ = ["Draft", "Drafting", "Own", "Value", "joined"]
