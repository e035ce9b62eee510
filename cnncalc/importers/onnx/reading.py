"""Goes through the operations of a graph in their order, and makes the draft of them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.call import OnnxCall, reader_of
from cnncalc.importers.onnx.counting import note_roles
from cnncalc.importers.onnx.curves import Curves
from cnncalc.importers.onnx.heads import Core
from cnncalc.importers.onnx.inference import MOST_VALUES, folded
from cnncalc.importers.onnx.known import KnownTensors
from cnncalc.importers.onnx.model import STANDARD, Model
from cnncalc.importers.onnx.scopes import Scopes
from cnncalc.importers.onnx.values import (
    Constant,
    Entry,
    Lost,
    NoLayer,
    OnnxScores,
    OnnxWeight,
    Pieces,
    Values,
)
from cnncalc.importers.onnx.without_layer import VIEWS, of_weights, unknown


class Range(NamedTuple):
    """A layer that has `taken` positions of an axis of another layer, from `start` on."""

    source: str
    axis: int
    start: int
    taken: int
    size: int


class OnnxReading(KnownTensors):
    """The state while a graph is read, operation by operation."""

    def __init__(self, model: Model, batch: int) -> None:
        super().__init__(model, batch)
        self.curves = Curves()
        # Layers that have a part of another layer.
        self.ranges: dict[str, Range] = {}
        self.cores: dict[str, Core] = {}
        self.folds_norms = False
        self.removes_biases = False
        self._scopes_of = Scopes()

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
        if self._is_of_constants(node, inputs) and self._fold(node, inputs):
            return
        constants = {
            name: entry for name, entry in zip(node.input, inputs, strict=True) if isinstance(entry, Constant)
        }
        if node.op_type in ("Resize", "Upsample"):
            # Its scales are numbers with a fraction, as weights are.
            for name, entry in zip(node.input, inputs, strict=True):
                if isinstance(entry, OnnxWeight) and (array := self.constant(entry)) is not None:
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

    def _is_of_constants(self, node: Any, inputs: list[Entry | None]) -> bool:
        """Whether all operands are constants; a constant in another shape may be a weight."""
        if node.op_type in VIEWS:
            return all(entry is None or isinstance(entry, Constant) for entry in inputs)
        return all(entry is None or self.is_of_constants(entry) for entry in inputs)

    def _call(self, node: Any, inputs: list[Entry | None]) -> OnnxCall:
        import onnx

        return OnnxCall(
            node.op_type if node.domain in STANDARD else f"{node.domain}.{node.op_type}",
            {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute},
            inputs,
            list(node.output),
            [self.inference.sizes(name) for name in node.output],
            list(node.input),
        )

    def _results(self, node: Any, call: OnnxCall) -> list[Entry]:
        if not any(isinstance(entry, Values | OnnxScores | Lost | Pieces) for entry in call.inputs):
            return of_weights(self, call)
        reader = reader_of(call.op)
        try:
            if any(isinstance(entry, Lost) for entry in call.inputs):
                raise NoLayer("it reads what no layer computes")
            if reader is None:
                raise NoLayer("")
            return reader(self, call)
        except NoLayer as reason:
            return unknown(self, call, str(reason))

    def _shape_of(self, node: Any) -> bool:
        import numpy

        sizes = self.inference.sizes(node.input[0])
        if sizes is None:
            return False
        ends = {item.name: item.i for item in node.attribute}
        part = sizes[slice(ends.get("start", 0), ends.get("end"))]
        self.set_constant(node.output[0], numpy.array(part, dtype=numpy.int64))
        return True

    def _fold(self, node: Any, inputs: list[Entry | None]) -> bool:
        """Computes an operation on constants."""
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            self.set_constant(node.output[0], self.model.values(node.attribute[0].t))
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
            self.set_constant(name, result)
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


def _counted_from_start(node: Any) -> Any:
    """The operation; a `Transpose` whose axes PyTorch's older exporter counts from the end, as ONNX has them."""
    if node.op_type != "Transpose" or all(axis >= 0 for item in node.attribute for axis in item.ints):
        return node
    copy = type(node)()
    copy.CopyFrom(node)
    for item in copy.attribute:
        item.ints[:] = [axis % len(item.ints) for axis in item.ints]
    return copy
