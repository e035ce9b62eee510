"""cnncalc's own modules over rows of positions: recurrent layers, and attention of several operands."""

from math import isclose, sqrt
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.learned import learned
from cnncalc.pytorch.capture.mapping import Unmapped, maps_module
from cnncalc.pytorch.capture.recording import ModuleCall
from cnncalc.pytorch.capture.values import Own, Value, group, size_of

_OWN = "cnncalc.pytorch.own"


def _recurrent(type: str) -> None:
    @maps_module(f"{_OWN}.recurrent.{type.upper()}")
    def recurrent(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
        module: Any = call.module
        value = drafting.in_order(drafting.value(x))
        width = group(module.hidden_size * (1 + module.bidirectional))
        names = [name for of_layer in module._all_weights for name in of_layer]
        return drafting.emit(
            type,
            [value],
            (value.axes[0], width, *value.axes[2:]),
            hidden=module.hidden_size,
            layers=None if module.num_layers == 1 else module.num_layers,
            bidirectional=True if module.bidirectional else None,
            bias=None if module.bias else False,
            dropout=float(module.dropout) if module.dropout else None,
            nonlinearity="relu" if getattr(module, "nonlinearity", "") == "relu" else None,
            weights={name: drafting.parameter(call, name) for name in names},
        )


for _type in ("lstm", "gru", "rnn"):
    _recurrent(_type)


@maps_module(f"{_OWN}.attention.Attention")
def attention(drafting: Drafting, call: ModuleCall, *operands: Any) -> Value:
    """Queries, keys and values, or what gives several of them; learned operands have no batch."""
    module: Any = call.module
    values = [_operand(drafting, operand) for operand in operands]
    batch = next((value.axes[0] for value in values if value.axes[0]), ())
    key, _, value = module.widths
    channels = size_of(values[0].axes[1])
    units = module.heads * value if module.units is None else module.units
    projections = [] if module.units is None else [*map(_letters, module.given), "proj"]
    biases = {name: getattr(module, name).bias is not None for name in projections}
    names = [f"{name}.weight" for name in projections] + [f"{name}.bias" for name in biases if biases[name]]
    if module.relative is not None:
        names += ["relative_position_bias_table", "relative_position_index"]
    has_bias = any(biases[name] for name in projections[:-1])
    return drafting.emit(
        "attention",
        values,
        (batch, group(units), *values[0].axes[2:]),
        heads=module.heads,
        key_width=None if key * module.heads == channels else key,
        value_width=None if value == key else value,
        units=None if module.units in (None, channels) else units,
        project=False if module.units is None else None,
        bias=None if has_bias or module.units is None else False,
        output_bias=biases["proj"] if projections and biases["proj"] != has_bias else None,
        scale=None if isclose(module.scale, 1 / sqrt(key), rel_tol=1e-12) else module.scale,
        causal=True if module.causal else None,
        relative=module.relative,
        fused=None if module.fused else False,
        weights={name: drafting.parameter(call, name) for name in names},
    )


def _letters(parts: Any) -> str:
    return "".join("qkv"[part] for part in parts)


def _operand(drafting: Drafting, operand: Any) -> Value:
    """A value with its axes in order, or a learned tensor as the layer that gives it."""
    if isinstance(operand, Own):
        if operand.plain is None or not operand.learned:
            raise Unmapped("an operand is computed, and does not depend on the input of the network")
        return learned(drafting, operand, list(operand.sizes), len(operand.sizes) - 1)
    return drafting.in_order(drafting.value(operand))
