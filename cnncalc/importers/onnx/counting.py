"""The parameters of operations without a layer: each initializer is counted once over the whole network.

A file does not say which of its tensors were parameters (PyTorch's newer exporter does). An operation that reads a
tensor of which that is not known has an unknown number of parameters, so that a total is never too high.
"""

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING

from cnncalc.importers.draft import UNKNOWN, DraftNode
from cnncalc.importers.onnx.values import FLOATS, Constant, OnnxWeight

if TYPE_CHECKING:
    from cnncalc.importers.onnx.call import OnnxCall
    from cnncalc.importers.onnx.known import KnownTensors

PARAMETER, BUFFER = "parameter", "buffer"
# A tensor that is no parameter: a buffer, or a constant of the code.
INTEGER = "integer"
_FILTERS = ("Conv", "ConvTranspose")
_NORMS = ("BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization")
# The operands of an operation that are its weights, and those that are statistics of its inputs.
_WEIGHTS = {
    **dict.fromkeys((*_FILTERS, *_NORMS, "Gemm"), (1, 2)),
    **dict.fromkeys(("MatMul", "PRelu"), (1,)),
    **dict.fromkeys(("RNN", "GRU", "LSTM"), (1, 2, 3)),
}
_STATISTICS = {"BatchNormalization": (3, 4)}


def note_roles(reading: "KnownTensors", call: "OnnxCall") -> None:
    """Notes which initializers an operation reads in the place of its weights or its statistics."""
    for role, places in ((PARAMETER, _WEIGHTS), (BUFFER, _STATISTICS)):
        for place in places.get(call.op, ()):
            tensor = call.given(place)
            if not isinstance(tensor, OnnxWeight) or not tensor.is_view:
                continue
            name = reading.model.origin(tensor.roots[0])
            # A norm that is folded into a filter does not change its size; what else is computed may have any size.
            if call.op in _FILTERS or not reading.is_computed(name):
                reading.roles.setdefault(name, role)


def indices(reading: "KnownTensors", call: "OnnxCall") -> list[str]:
    """The initializers that an operation reads and that are not numbers with a fraction, such as tables of indices."""
    names = [entry.name for entry in call.inputs if isinstance(entry, Constant)]
    tensors = reading.model.initializers
    return [
        name
        for name in names
        if name in tensors and tensors[name].data_type not in FLOATS and not reading.is_computed(name)
    ]


def count(reading: "KnownTensors", nodes: Iterable[DraftNode]) -> None:
    """States the parameters and buffers of each `unknown`: those that no layer has, and no `unknown` before it."""
    nodes = list(nodes)
    counted = {
        reading.model.origin(taken.name)
        for node in nodes
        if node.type != UNKNOWN
        for taken in node.weights.values()
    }
    for node in nodes:
        if node.type != UNKNOWN:
            continue
        own = dict.fromkeys(reading.model.origin(taken.name) for taken in node.weights.values())
        new = [name for name in own if name not in counted]
        counted.update(new)
        kinds = {name: _kind(reading, name) for name in new}
        sizes = {name: prod(reading.sizes_of(name)) for name in new}
        figures: dict[str, int] = {}
        if all(kind in (PARAMETER, BUFFER, INTEGER) for kind in kinds.values()):
            figures["params"] = sum(sizes[name] for name in new if kinds[name] == PARAMETER)
        if all(kind in (PARAMETER, BUFFER) for kind in kinds.values()):
            figures["buffers"] = sum(sizes[name] for name in new if kinds[name] == BUFFER)
        note = node.fields.pop("note", None)
        node.fields |= figures
        if note is not None:
            node.fields["note"] = note


def _kind(reading: "KnownTensors", name: str) -> str:
    """What an initializer was in the source: empty if that is not known."""
    if stored := reading.model.stored_as(name):
        return stored if stored in (PARAMETER, BUFFER) else ""
    tensor = reading.model.initializers.get(name)
    if tensor is not None and tensor.data_type not in FLOATS:
        return INTEGER
    return reading.roles.get(name, "")
