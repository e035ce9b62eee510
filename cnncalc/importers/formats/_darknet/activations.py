"""Darknet's activations, as layers."""

from cnncalc.diagnostic import Span
from cnncalc.importers.building import Building

# A word -> the layer and its fields; None for what has no layer here.
_LAYERS: dict[str, tuple[str, dict[str, float]] | None] = {
    "logistic": ("sigmoid", {}),
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "leaky": ("leaky_relu", {"negative_slope": 0.1}),
    "mish": ("mish", {}),
    "swish": ("silu", {}),
    "tanh": ("tanh", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
    "hardtan": ("hardtanh", {}),
    "relie": ("leaky_relu", {"negative_slope": 0.01}),
    "revleaky": None,
    "hard_mish": None,
    "normalize_channels": None,
    "normalize_channels_softmax": None,
    "normalize_channels_softmax_maxval": None,
    "loggy": None,
    "plse": None,
    "lhtan": None,
    "stair": None,
}
WORDS = ("linear", "ramp", *_LAYERS)


def activate(building: Building, word: str, source: str, name: str, span: Span) -> str:
    """Add the layer of an activation after `source`. Returns the name of the last layer."""
    if word == "linear":
        return source
    if word == "ramp":
        # x for x > 0, and a tenth of x everywhere.
        positive = building.add("relu", {}, [source], name=f"{name}_relu", span=span)
        tenth = building.add("scale", {"factor": 0.1}, [source], name=f"{name}_tenth", span=span)
        return building.add("add", {}, [positive, tenth], name=f"{name}_ramp", span=span)
    layer = _LAYERS[word]
    if layer is None:
        return building.unknown(
            word, [source], building.shapes[source], name=f"{name}_{word}", span=span, params=0, macs=0
        )
    return building.add(layer[0], layer[1], [source], name=f"{name}_{word}", span=span)
