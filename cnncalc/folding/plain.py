"""A draft as a list of layers whose fields are written as a person would: defaults left out, `padding: half`."""

from fractions import Fraction
from functools import cache
from typing import Any

from cnncalc.folding.elements import Layer
from cnncalc.graph import BoundLayer, Graph
from cnncalc.importers import Draft, DraftNode
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import REQUIRED, layer_type, stated
from cnncalc.vocabulary.dropping import Dropping, rate

# Fields with a size for each axis, and the types whose padding is written as `half` where it keeps the size.
PER_AXIS = frozenset(("kernel", "stride", "padding", "dilation"))
HALVES = frozenset(("conv", "depthwise_conv", "separable_conv"))

# The order in which fields are written; all others come after these.
ORDER = ("of", "filters", "units", "kernel", "stride", "padding", "dilation", "groups", "bias", "norm", "act")
_PLACES = {name: place for place, name in enumerate(ORDER)}


def place(field: str) -> int:
    """The place of a field among those of its layer."""
    return _PLACES.get(field, len(ORDER))


@cache
def defaults(kind: str) -> dict[str, Any]:
    """The defaults of a layer type's fields, for those that have one."""
    if kind == UNKNOWN:
        return {}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, (_, value) in stated(layer_type(kind)).items()
        if value is not REQUIRED
    }


def is_rate(kind: str, field: str) -> bool:
    """Whether a field of a layer type is how often it drops what it reads."""
    return field == "p" and kind != UNKNOWN and issubclass(layer_type(kind), Dropping)


def plain(draft: Draft, flat: Graph) -> list[Layer]:
    """The layers of a draft in its order. `flat` is the graph of its flat spec, which knows the shapes."""
    nodes = {node.name: node for node in flat.nodes}
    shapes = {name: node.shape for name, node in nodes.items()}
    # Equal layers with equal inputs are one object of the graph.
    fits = {id(node.fit): node.fit for node in flat.nodes}
    strides = {key: _strides(fit) for key, fit in fits.items()}
    weighted = {key: _weighted(fit) for key, fit in fits.items()}
    return [
        Layer(
            value=node.name,
            type=node.type,
            fields=_fields(node),
            reads=node.sources,
            entering=shapes.get(node.sources[0]) if node.sources else None,
            leaving=shapes.get(node.name),
            scopes=node.scopes,
            position=position,
            nodes=(node.name,),
            strides=strides[id(nodes[node.name].fit)],
            weighted=weighted[id(nodes[node.name].fit)],
            bias=_bias(node, nodes[node.name].fit),
            shares=node.shares,
            controls=dict(node.controls),
        )
        for position, node in enumerate(draft.nodes)
    ]


def _strides(fit: BoundLayer | None) -> tuple[Fraction, ...]:
    reaches = None if fit is None or not fit.inputs else fit.layer.reach(fit.inputs)
    return tuple(Fraction(reach.stride) for reach in reaches or ())


def _weighted(fit: BoundLayer | None) -> bool:
    return fit is None or bool(fit.layer.weights(fit.inputs) or fit.layer.buffers(fit.inputs))


def _bias(node: DraftNode, fit: BoundLayer | None) -> bool | None:
    if node.type == UNKNOWN or defaults(node.type).get("bias", 0) is not None:
        return None
    return fit is None or getattr(fit.layer, "bias", None) is not False


def _fields(node: DraftNode) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    usual = defaults(node.type)
    fields = {name: _listed(name, value) for name, value in node.fields.items()}
    # Code computes rates with rounding.
    fields |= {
        name: float(f"{float(rate(value)):.9g}") for name, value in fields.items() if is_rate(node.type, name)
    }
    if "bias" in usual and usual["bias"] is None:
        fields.pop("bias", None)
    if node.type in HALVES and _is_half(fields):
        fields["padding"] = "half"
    if usual.get("stride", 0) is None and fields.get("stride") == fields.get("kernel"):
        fields.pop("stride", None)
    return {name: value for name, value in fields.items() if name not in usual or usual[name] != value}


def _listed(name: str, value: Any) -> Any:
    """Equal sizes along all axes as one number."""
    if isinstance(value, tuple):
        value = list(value)
    if (
        name in PER_AXIS
        and isinstance(value, list)
        and len(value) > 1
        and value.count(value[0]) == len(value)
    ):
        return value[0]
    return value


def _is_half(fields: dict[str, Any]) -> bool:
    """Whether the padding is that which keeps the size at stride 1."""
    kernel, padding, dilation = fields.get("kernel", 1), fields.get("padding", 0), fields.get("dilation", 1)
    if isinstance(padding, str | dict) or isinstance(kernel, str):
        return False
    rank = max(len(item) if isinstance(item, list) else 1 for item in (kernel, padding, dilation))
    sizes, steps, rows = (
        item if isinstance(item, list) else [item] * rank for item in (kernel, dilation, padding)
    )
    if len({len(sizes), len(steps), len(rows)}) > 1:
        return False
    return all(
        size % 2 and row == step * (size - 1) // 2 for size, step, row in zip(sizes, steps, rows, strict=True)
    )
