"""What each tensor of an ONNX graph is, as far as it has been read."""

import re
from typing import Any

from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.building import OnnxBuilding
from cnncalc.importers.onnx.inference import Inference
from cnncalc.importers.onnx.model import Model
from cnncalc.importers.onnx.values import FLOATS, Constant, Entry, NoLayer, OnnxWeight
from cnncalc.importers.unreadable import Unreadable

# Names that exporters give to constants.
_MADE = re.compile(r"^(_?val_\d+|onnx::.*|.*[Cc]onst(ant)?(_\w+)*|scalar_tensor.*|_inlfunc.*)$")


class KnownTensors(OnnxBuilding):
    """The draft, and `known`: what each tensor is, which `inference` knows the sizes of."""

    def __init__(self, model: Model, batch: int) -> None:
        super().__init__(batch, model.readers)
        self.model = model
        self.known: dict[str, Entry] = {}
        # Initializers that an operation reads in the place of its weights or its statistics.
        self.roles: dict[str, str] = {}
        self.inference = Inference(model.opsets, model.proto.ir_version)
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
        return OnnxWeight((name,), sizes)

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
        if isinstance(entry, OnnxWeight) and entry.is_view and entry.roots[0] in self.model.initializers:
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

    def set_constant(self, name: str, array: Any) -> None:
        """Notes the values of a tensor."""
        import onnx

        self.known[name] = Constant(array, name)
        self.inference.set(name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

    def is_of_constants(self, entry: Entry) -> bool:
        """Whether a tensor is a constant, or one that PyTorch's exporter computed from constants."""
        if isinstance(entry, Constant):
            return True
        return (
            isinstance(entry, OnnxWeight)
            and self.model.is_of_torch
            and all(_MADE.match(root) for root in entry.roots)
        )

    def sizes_of(self, root: str) -> tuple[int, ...]:
        """The sizes of an initializer."""
        tensor = self.model.initializers.get(root)
        return tuple(tensor.dims) if tensor is not None else self.inference.sizes(root) or ()
