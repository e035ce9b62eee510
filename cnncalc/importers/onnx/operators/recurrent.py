"""Recurrent layers."""

from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import BATCH, CHANNELS, AxisPart, Entry, Lost, NoLayer, Values
from cnncalc.shape import Shape

_TYPES = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}
# Where each gate of PyTorch's layer is in ONNX.
_GATES = {"LSTM": "blocks 1 0 2 3 1", "GRU": "blocks 1 1 0 2", "RNN": ""}
# What each is computed with, if the file does not say.
_USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


@operator(*_TYPES)
def recurrent(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`lstm`, `gru`, `rnn`: the state at every position, and the last one."""
    hidden = int(call.attributes["hidden_size"])
    ways = call.attributes.get("direction", b"forward").decode()
    ends = 2 if ways == "bidirectional" else 1
    fields: dict[str, Any] = {"hidden": hidden}
    _check(reading, call, ways, ends)
    if ends == 2:
        fields["bidirectional"] = True
    if call.op == "RNN" and call.attributes.get("activations", [b"Tanh"])[0] == b"Relu":
        fields["nonlinearity"] = "relu"
    values = call.values()
    length, channels = (0, 2) if not call.attributes.get("layout", 0) else (1, 2)
    order = [length, 1 - length, channels]
    # (length, batch, channels) as (batch, length, channels).
    turned = Values(values.node, values.shape, tuple(values.dims[index] for index in (order[1], order[0], 2)))
    entering = reading.settled(turned, 2)
    weights: dict[str, Taken] = {}
    for index, name in ((1, "weight_ih_l0"), (2, "weight_hh_l0")):
        weights |= _of_ends(reading.taken(call.needed(index), _GATES[call.op]), name, ends)
    bias = call.weight(3)
    if bias is None:
        fields["bias"] = False
    else:
        for name, start in (("bias_ih_l0", 0), ("bias_hh_l0", bias.sizes[1] // 2)):
            half = f"slice 1 {start} {start + bias.sizes[1] // 2}"
            steps = "; ".join(filter(None, (half, _GATES[call.op])))
            weights |= _of_ends(reading.taken(bias, steps), name, ends)
    shape = Shape(hidden * ends, entering.shape.spatial)
    name = reading.emit(_TYPES[call.op], (entering.node,), shape, fields, weights)
    own = Values(name, shape, ())
    way = (AxisPart(CHANNELS, 2, hidden),) if ends == 2 else ()
    inner = (AxisPart(CHANNELS, hidden, 1),) if hidden > 1 else ()
    batch = (AxisPart(BATCH, reading.batch),)
    dims = (own.axis(2), way, batch, inner) if length == 0 else (batch, own.axis(2), way, inner)
    results: list[Entry] = [Values(name, shape, dims)]
    results += (
        _last(reading, call, name, shape, ends, batch, inner)
        if reading.readers[output]
        else _none(name, call)
        for output in call.outputs[1:]
    )
    if len(call.outputs) > 2 and reading.readers[call.outputs[2]]:
        raise NoLayer("its last cell state is read")
    return results


def _none(name: str, call: OnnxCall) -> Lost:
    return Lost((name,), call.sizes[1] or ())


def _last(
    reading: OnnxReading,
    call: OnnxCall,
    name: str,
    shape: Shape,
    ends: int,
    batch: tuple[AxisPart, ...],
    inner: tuple[AxisPart, ...],
) -> Values:
    """The state at the end: of one direction, the last position."""
    if ends == 2 or call.attributes.get("layout", 0):
        raise NoLayer("the last state of both directions is read")
    last = reading.emit("select_token", (name,), Shape(shape.channels), {"index": shape.spatial[0] - 1})
    return Values(last, Shape(shape.channels), ((), batch, inner))


def _of_ends(taken: Taken, name: str, ends: int) -> dict[str, Taken]:
    """A tensor with a part for each direction."""
    parts = {name: _part(taken, 0)}
    if ends == 2:
        parts[f"{name}_reverse"] = _part(taken, 1)
    return parts


def _part(taken: Taken, index: int) -> Taken:
    steps = f"slice 0 {index} {index + 1}"
    return Taken(taken.name, taken.shape, f"{steps}; {taken.change}" if taken.change else steps)


def _check(reading: OnnxReading, call: OnnxCall, ways: str, ends: int) -> None:
    """Raises `NoLayer` for what PyTorch's layers do not do."""
    if ways == "reverse":
        raise NoLayer("it reads from the end only")
    if call.op == "GRU" and not call.attributes.get("linear_before_reset", 0):
        raise NoLayer("its reset gate is before the product")
    named = [item.decode() for item in call.attributes.get("activations", [])] or _USUAL[call.op] * ends
    relu = call.op == "RNN" and named == ["Relu"] * ends
    if named != _USUAL[call.op] * ends and not relu:
        raise NoLayer(f"it computes with {', '.join(named)}")
    if call.attributes.get("clip") or call.attributes.get("input_forget"):
        raise NoLayer("its cells are clipped or coupled")
    if call.given(4) is not None and not _is_full(reading, call):
        raise NoLayer("its sequences have different lengths")
    for index in (5, 6):
        entry = call.given(index)
        if entry is not None:
            array = reading.constant(entry)
            if array is None or array.any():
                raise NoLayer("it starts from a state that is not zero")
    if call.given(7) is not None:
        raise NoLayer("its gates read the cell")


def _is_full(reading: OnnxReading, call: OnnxCall) -> bool:
    array = reading.constant(call.given(4))
    sizes = call.values().sizes
    return array is not None and bool((array == sizes[0]).all())
