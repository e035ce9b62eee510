"""Keras' activations, as layers."""

from cnncalc.importers import faults
from cnncalc.importers.formats._keras.call import KerasCall
from cnncalc.importers.formats._keras.config import BadKerasLayer, entry, text
from cnncalc.spec import nearest
from cnncalc.text import Node, Scalar, escaped

_LAYERS: dict[str, tuple[str, dict[str, float]] | None] = {
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "leaky_relu": ("leaky_relu", {"negative_slope": 0.2}),
    "sigmoid": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "softmax": ("softmax", {}),
    "log_softmax": ("log_softmax", {}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
    "swish": ("silu", {}),
    "silu": ("silu", {}),
    "mish": ("mish", {}),
    "softplus": ("softplus", {}),
    "exponential": ("exp", {}),
    "hard_swish": ("hardswish", {}),
    "hard_silu": ("hardswish", {}),
    "hard_tanh": ("hardtanh", {}),
    "hard_sigmoid": ("hardsigmoid", {}),
    "softsign": None,
    "squareplus": None,
    "soft_shrink": None,
    "hard_shrink": None,
    "sparse_plus": None,
    "sparsemax": None,
    "tanh_shrink": None,
    "threshold": None,
    "celu": None,
    "glu": None,
    "log_sigmoid": None,
    "sparse_sigmoid": None,
}


def word_of(node: Node | None) -> str:
    """The name of an activation: a text, or the configuration of a function."""
    inner = node
    if not isinstance(node, Scalar):
        inner = entry(node, "config")
        inner = inner if isinstance(inner, Scalar) else entry(node, "class_name")
    return text(inner)


def activate(call: KerasCall, source: str, node: Node | None, suffix: str = "act") -> str:
    """The activation that a configuration names, after `source`."""
    if node is None:
        return source
    word = word_of(node)
    word = {"ReLU": "relu", "LeakyReLU": "leaky_relu"}.get(word, word).lower()
    if word in ("linear", ""):
        return source
    if word == "hard_sigmoid" and call.keras_2:
        # Of Keras 2: 0.2*x + 0.5, from 0 to 1.
        y = call.add("scale", {"factor": 0.2}, [source], f"{suffix}_scale")
        y = call.add("add", {"numbers": [None, 0.5]}, [y], f"{suffix}_shift")
        return call.add("clamp", {"min": 0, "max": 1}, [y], suffix)
    if word not in _LAYERS:
        close = nearest(word, _LAYERS)
        call.building.fault(
            faults.BAD_VALUE,
            node.span,
            f"`{escaped(word)}` is no activation of Keras",
            help=f"did you mean `{close}`?" if close else None,
        )
        raise BadKerasLayer
    layer = _LAYERS[word]
    if layer is None:
        return call.unknown(word, [source], call.building.shapes[source], params=0, macs=0)
    return call.add(layer[0], layer[1], [source], suffix)
