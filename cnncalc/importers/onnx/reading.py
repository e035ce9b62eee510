"""Goes through the operations of a graph in their order, and makes the draft of them."""

import re
from collections.abc import Iterable
from math import prod
from typing import Any, NamedTuple

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.building import Building
from cnncalc.importers.onnx.call import Call, reader_of
from cnncalc.importers.onnx.counting import indices, note_roles
from cnncalc.importers.onnx.curves import Curves
from cnncalc.importers.onnx.heads import Core
from cnncalc.importers.onnx.inference import MOST_VALUES, Inference, folded
from cnncalc.importers.onnx.model import STANDARD, Model
from cnncalc.importers.onnx.scopes import Scopes
from cnncalc.importers.onnx.values import (
    BATCH,
    CHANNELS,
    FLOATS,
    Constant,
    Entry,
    Learned,
    Lost,
    NoLayer,
    Pieces,
    Scores,
    Values,
)
from cnncalc.importers.unreadable import Unreadable
from cnncalc.shape import Shape

# Operations that only show a tensor in another shape.
_VIEWS = ("Identity", "Cast", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Transpose", "Expand")
# Names that exporters give to constants.
_MADE = re.compile(r"^(_?val_\d+|onnx::.*|.*[Cc]onst(ant)?(_\w+)*|scalar_tensor.*|_inlfunc.*)$")


class Range(NamedTuple):
    """A layer that has `taken` positions of an axis of another layer, from `start` on."""

    source: str
    axis: int
    start: int
    taken: int
    size: int


class Reading(Building):
    """The state while a graph is read: `known` is what each tensor is."""

    def __init__(self, model: Model, batch: int) -> None:
        super().__init__(batch, model.readers)
        self.model = model
        self.known: dict[str, Entry] = {}
        # Initializers that an operation reads in the place of its weights or its statistics.
        self.roles: dict[str, str] = {}
        self.inference = Inference(model.opsets, model.proto.ir_version)
        self.curves = Curves()
        self.ranges: dict[str, Range] = {}
        self.cores: dict[str, Core] = {}
        self.folds_norms = False
        self.removes_biases = False
        self._scopes_of = Scopes()
        self.after: dict[str, list[Any]] = {}
        for node in model.graph.node:
            for name in node.input:
                self.after.setdefault(name, []).append(node)
        for tensor in model.graph.value_info:
            self.inference.types[tensor.name] = tensor.type
        for name, tensor in model.initializers.items():
            self.inference.set(name, tensor.data_type, tensor.dims)

    def entry(self, name: str) -> Entry | None:
        """What a tensor is. None for an operand that is left out."""
        if not name:
            return None
        if name not in self.known:
            if name not in self.model.initializers:
                raise self.model.unreadable(
                    faults.BROKEN,
                    f"nothing computes the tensor `{name}`",
                    "check the file with `onnx.checker.check_model`, and export it again",
                )
            self.known[name] = self._initializer(name)
        return self.known[name]

    def _initializer(self, name: str) -> Entry:
        tensor = self.model.initializers[name]
        sizes = tuple(tensor.dims)
        if tensor.data_type not in FLOATS or self._is_number(name, sizes):
            return Constant(self.model.array(name), name)
        return Learned((name,), sizes)

    def _is_number(self, name: str, sizes: tuple[int, ...]) -> bool:
        """Whether a single value is a constant of the code, and not learned: only PyTorch's names of weights say so."""
        if any(size != 1 for size in sizes):
            return False
        return not self.model.is_of_torch or bool(_MADE.match(name))

    def is_computed(self, name: str) -> bool:
        """Whether an exporter computed an initializer from parameters: its size need not be theirs."""
        if not self.model.is_of_torch or self.model.stored_as(name):
            return False
        return self.model.notes_kinds or bool(_MADE.match(self.model.origin(name)))

    def entry_of_weight(self, name: str) -> Entry | None:
        """What an initializer is; None for any other tensor."""
        return self.entry(name) if name in self.model.initializers else None

    def constant(self, entry: Entry | None) -> Any | None:
        """The values of a tensor that does not depend on the inputs, as a NumPy array; None if they are not known."""
        if isinstance(entry, Constant):
            return entry.array
        if isinstance(entry, Learned) and entry.is_view and entry.roots[0] in self.model.initializers:
            try:
                array = self.model.array(entry.roots[0])
            except Unreadable:
                return None
            for step, numbers in entry.steps:
                array = array.transpose(numbers) if step == "permute" else array.reshape(numbers)
            return array
        return None

    def number(self, entry: Entry | None) -> float | None:
        """The value of a constant of one value."""
        if isinstance(entry, Constant) and entry.array.size == 1:
            return float(entry.array.reshape(-1)[0])
        return None

    def integers(self, entry: Entry | None) -> list[int] | None:
        """A constant as a list of integers. Raises `NoLayer` if it depends on the inputs; None if it is left out."""
        if entry is None:
            return None
        array = self.constant(entry)
        if array is None:
            raise NoLayer("its sizes depend on values")
        return [int(value) for value in array.reshape(-1)]

    def walk(self, nodes: Iterable[Any]) -> None:
        """Reads operations."""
        for node in nodes:
            self._read(node)

    def _read(self, node: Any) -> None:
        node = _counted_from_start(node)
        inputs = [self.entry(name) for name in node.input]
        self.scopes = self._scopes_of.of(node)
        self.place = f"{self.model.file}: {node.name or node.op_type}"
        self._note_rules(node)
        if node.op_type == "Shape" and node.domain in STANDARD and self._shape_of(node):
            return
        if node.op_type == "If" and self._branch(node, inputs):
            return
        if all(entry is None or self._is_made(entry, node) for entry in inputs) and self._fold(node, inputs):
            return
        constants = {
            name: entry for name, entry in zip(node.input, inputs, strict=True) if isinstance(entry, Constant)
        }
        if node.op_type in ("Resize", "Upsample"):
            # Its scales are numbers with a fraction, as weights are.
            for name, entry in zip(node.input, inputs, strict=True):
                if isinstance(entry, Learned) and (array := self.constant(entry)) is not None:
                    constants[name] = Constant(array, name)
        try:
            self.inference.infer(node, constants)
        except ValueError as error:
            raise self.model.unreadable(
                faults.BROKEN,
                f"the operands of `{node.name or node.op_type}` do not fit: {error}",
                "if the input has another size than the file was written for, import it with its own",
            ) from None
        call = self._call(node, inputs)
        note_roles(self, call)
        for name, entry in zip(call.outputs, self._results(node, call), strict=False):
            if name:
                self.known[name] = entry

    def _is_made(self, entry: Entry, node: Any) -> bool:
        """Whether an operand is a constant, or a tensor that PyTorch's exporter computed from constants."""
        if isinstance(entry, Constant):
            return True
        return (
            isinstance(entry, Learned)
            and self.model.is_of_torch
            and node.op_type not in _VIEWS
            and all(_MADE.match(root) for root in entry.roots)
        )

    def _call(self, node: Any, inputs: list[Entry | None]) -> Call:
        import onnx

        return Call(
            node.op_type if node.domain in STANDARD else f"{node.domain}.{node.op_type}",
            {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute},
            inputs,
            list(node.output),
            [self.inference.sizes(name) for name in node.output],
            list(node.input),
        )

    def _results(self, node: Any, call: Call) -> list[Entry]:
        if not any(isinstance(entry, Values | Scores | Lost | Pieces) for entry in call.inputs):
            return self._of_weights(call)
        reader = reader_of(call.op)
        try:
            if any(isinstance(entry, Lost) for entry in call.inputs):
                raise NoLayer("it reads what no layer computes")
            if reader is None:
                raise NoLayer("")
            return reader(self, call)
        except NoLayer as reason:
            return self._unknown(call, str(reason))

    def _of_weights(self, call: Call) -> list[Entry]:
        """Results that depend on weights alone."""
        tensors = [entry for entry in call.inputs if isinstance(entry, Learned)]
        results: list[Entry] = []
        for known in call.sizes:
            sizes = known or ()
            if not tensors:
                results.append(Lost((), sizes, (), (call.op,)))
                continue
            (first, *more) = tensors
            roots = tuple(dict.fromkeys(root for tensor in tensors for root in tensor.roots))
            if more or not first.is_view or call.op not in _VIEWS or prod(sizes) != prod(first.sizes):
                results.append(Learned(roots, sizes, False))
            elif call.op == "Identity" and call.outputs[0] not in self.model.initializers:
                # A tensor that is written once for several layers is copied by name: each copy is a weight of its own.
                self.model.initializers[call.outputs[0]] = self.model.initializers[roots[0]]
                results.append(Learned((call.outputs[0],), sizes, True, first.steps))
            elif call.op == "Transpose":
                order = tuple(call.attributes.get("perm") or range(len(sizes))[::-1])
                results.append(Learned(roots, sizes, True, (*first.steps, ("permute", order))))
            elif sizes != first.sizes:
                results.append(Learned(roots, sizes, True, (*first.steps, ("reshape", sizes))))
            else:
                results.append(first)
        return results

    def _shape_of(self, node: Any) -> bool:
        import numpy

        sizes = self.inference.sizes(node.input[0])
        if sizes is None:
            return False
        ends = {item.name: item.i for item in node.attribute}
        part = sizes[slice(ends.get("start", 0), ends.get("end"))]
        self._set(node.output[0], numpy.array(part, dtype=numpy.int64))
        return True

    def _set(self, name: str, array: Any) -> None:
        import onnx

        self.known[name] = Constant(array, name)
        self.inference.set(name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

    def _fold(self, node: Any, inputs: list[Entry | None]) -> bool:
        """Computes an operation on constants."""
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            self._set(node.output[0], self.model.values(node.attribute[0].t))
            return True
        arrays = [self.constant(entry) for entry in inputs]
        if any(array is None for array, entry in zip(arrays, inputs, strict=True) if entry is not None):
            return False
        if sum(array.size for array in arrays if array is not None) > MOST_VALUES:
            return False
        results = folded(node, arrays, self.model.opsets)
        if results is None or any(not hasattr(result, "dtype") for result in results):
            return False
        for name, result in zip(node.output, results, strict=False):
            self._set(name, result)
        return True

    def _branch(self, node: Any, inputs: list[Entry | None]) -> bool:
        """The branch of a condition that does not depend on the input."""
        decided = self.number(inputs[0])
        if decided is None:
            return False
        wanted = "then_branch" if decided else "else_branch"
        graph = next(item.g for item in node.attribute if item.name == wanted)
        for tensor in graph.initializer:
            self.model.initializers[tensor.name] = tensor
            self.inference.set(tensor.name, tensor.data_type, tensor.dims)
        self.walk(graph.node)
        for name, inner in zip(node.output, graph.output, strict=True):
            entry = self.entry(inner.name)
            assert entry is not None
            self.known[name] = entry
            self.inference.types[name] = self.inference.types[inner.name]
        return True

    def _note_rules(self, node: Any) -> None:
        for item in node.metadata_props:
            if item.key == "pkg.onnxscript.rewriter.rule_name":
                self.folds_norms |= "FuseBatchNorm" in item.value
                self.removes_biases |= "RemoveOptionalBias" in item.value
        if node.op_type in ("Conv", "ConvTranspose") and self.model.is_of_torch:
            # The older exporter gives a name of its own to weights into which it has folded a norm.
            self.folds_norms |= node.input[1].startswith("onnx::Conv")

    def _unknown(self, call: Call, why: str) -> list[Entry]:
        """What an operation without a layer gives: `unknown` where its result is a volume."""
        sources = list(dict.fromkeys(node for entry in call.inputs for node in nodes_of(entry)))
        earlier = tuple(name for entry in call.inputs if isinstance(entry, Lost) for name in entry.operations)
        operations = tuple(dict.fromkeys((*earlier, call.op)))
        roots = tuple(
            dict.fromkeys(
                (*(root for entry in call.inputs for root in roots_of(entry)), *indices(self, call))
            )
        )
        results: list[Entry] = []
        for index, sizes in enumerate(call.sizes[: max(1, sum(map(bool, call.outputs)))]):
            own = roots if index == 0 else ()
            if sizes is None or not 1 <= len(sizes) <= 5 or sizes[0] != self.batch or 0 in sizes:
                results.append(Lost(tuple(sources), sizes or (), own, operations))
                continue
            axes = list(range(1, len(sizes)))
            channel = next(
                (
                    entry.channel_dim
                    for entry in call.inputs
                    if isinstance(entry, Values) and len(entry.dims) == len(sizes) and entry.channel_dim
                ),
                1,
            )
            ordered = [channel, *(axis for axis in axes if axis != channel)] if axes else []
            shape = Shape(sizes[channel], tuple(sizes[axis] for axis in ordered[1:])) if axes else Shape(1)
            name = self.unknown(
                call.op if len(operations) == 1 else "+".join(operations[:4]),
                sources,
                shape,
                {root: Taken(root, self.sizes_of(root)) for root in own},
                note=why,
            )
            order = [BATCH] * len(sizes)
            for place, axis in enumerate(ordered):
                order[axis] = CHANNELS + place
            results.append(self.plain(name, tuple(order)))
        return results

    def sizes_of(self, root: str) -> tuple[int, ...]:
        """The sizes of an initializer."""
        tensor = self.model.initializers.get(root)
        return tuple(tensor.dims) if tensor is not None else self.inference.sizes(root) or ()


def _counted_from_start(node: Any) -> Any:
    """The operation; a `Transpose` whose axes PyTorch's older exporter counts from the end, as ONNX has them."""
    if node.op_type != "Transpose" or all(axis >= 0 for item in node.attribute for axis in item.ints):
        return node
    copy = type(node)()
    copy.CopyFrom(node)
    for item in copy.attribute:
        item.ints[:] = [axis % len(item.ints) for axis in item.ints]
    return copy


def nodes_of(entry: Entry | None) -> tuple[str, ...]:
    """The layers that a tensor is computed from."""
    if isinstance(entry, Values):
        return (entry.node,)
    if isinstance(entry, Scores):
        return entry.queries.node, entry.keys.node
    if isinstance(entry, Pieces):
        return (entry.whole.node,)
    return entry.nodes if isinstance(entry, Lost) else ()


def roots_of(entry: Entry | None) -> tuple[str, ...]:
    """The weights that a tensor is computed from directly."""
    if isinstance(entry, Learned | Lost):
        return entry.roots
    if isinstance(entry, Scores):
        return tuple(root for tensor in entry.biases for root in tensor.roots)
    return ()
