"""The words of the notation: which layer each of them is, and what a layer has that its pattern leaves out."""

import re
from collections.abc import Container
from functools import cache
from typing import Any

from cnncalc import layers
from cnncalc.layers import REQUIRED, Layer, layer_type, main_field, stated
from cnncalc.record import NamedTuple

INPUT = "input"

# Words for layers that are no keys of the catalogue, as the notes and the labels of layers have them. (A test holds
# every label against this table.)
SHORT = {
    "pool": "maxpool",
    "gap": "global_avgpool",
    "globalpool": "global_maxpool",
    "dwconv": "depthwise_conv",
    "sepconv": "separable_conv",
    "tconv": "conv_transpose",
    "local": "locally_connected",
    "fmpool": "fractional_maxpool",
    "shuffle": "channel_shuffle",
    # What reads one layer only attends to that layer.
    "attention": "self_attention",
    "l2norm": "l2_norm",
}
# Words of the spec language for several layers together.
STRUCTURES = ("sequence", "residual")
# Other words for fields.
FIELDS = {"pad": "padding", "size": "kernel", "dilate": "dilation"}

# What the notes take where a layer says nothing: 3x3 filters whose padding keeps the size, and pooling over 2x2.
KERNEL, PADDING, POOLED = 3, "half", 2

# Sizes that a pattern may leave out, each a parameter: the notes' CIFAR-10 example has 12 filters and 10 classes, and
# 128 is our own number for hidden units.
FILTERS, UNITS, CLASSES = "filters", "units", "classes"
SIZES = {FILTERS: 12, UNITS: 128, CLASSES: 10}
SHAPE = "32x32x3"


class Head(NamedTuple):
    """A layer's word as it begins an item: the layer's key, and the size that is written onto it (`CONV3x1`)."""

    key: str
    size: str = ""


@cache
def _keys() -> dict[str, str]:
    return {folded(name): name for name in layers.names()} | SHORT


def folded(word: str) -> str:
    """A word without case and without what separates its parts: `LEAKY-RELU` is `leaky_relu`."""
    return word.lower().replace("_", "").replace("-", "")


def key_of(word: str) -> str | None:
    """The layer that a word means, by its key or by a short word for it."""
    key = _keys().get(folded(word))
    # What reads several layers stands between none: a pattern is a chain.
    return key if key is not None and layer_type(key).arity == 1 else None


def joins(word: str) -> bool:
    """Whether a word is of what joins several layers, which no pattern can say."""
    key = _keys().get(folded(word))
    return word.lower() in STRUCTURES or (key is not None and layer_type(key).arity != 1)


def missing(layer: type[Layer], given: Container[str]) -> list[str]:
    """The fields that a layer must be given and that are not among those that it is."""
    return [name for name, (_, default) in stated(layer).items() if default is REQUIRED and name not in given]


@cache
def head(word: str) -> Head | None:
    """What begins an item: `CONV`, `CONV3`, `POOL2`, `RELU6`; None for a word that means no layer."""
    if (key := key_of(word)) is not None:
        return Head(key)
    for position in range(len(word) - 1, 0, -1):
        if (
            word[position].isdigit()
            and not word[position - 1].isdigit()
            and (key := key_of(word[:position])) is not None
        ):
            size = word[position:].replace("×", "x")
            return Head(key, size) if re.fullmatch(r"\d+(?:\.\d+)?(?:x\d+)*", size) else None
    return None


def of_label(layer: type[Layer]) -> str | None:
    """The field that a size on the word sets: the kernel, where there is one (`CONV3`), else the main one (`FC10`)."""
    return "kernel" if "kernel" in stated(layer) else main_field(layer)


def defaults(layer: type[Layer], kernel: Any = None) -> dict[str, Any]:
    """The notation's defaults for a layer; `kernel` is the kernel in the pattern, if it has one.

    Pooling is over 2x2. Filters are 3x3, with the padding (F - 1)/2 that keeps the size, as in the notes; if F is
    even there is no such padding, and it is 0.
    """
    fields = stated(layer)
    if "kernel" not in fields:
        return {}
    if main_field(layer) == "kernel":
        return {"kernel": POOLED} if fields["kernel"][1] is REQUIRED else {}
    sides = kernel if isinstance(kernel, tuple) else (kernel,)
    even = any(isinstance(side, int) and side % 2 == 0 for side in sides)
    return {"kernel": KERNEL} if even else {"kernel": KERNEL, "padding": PADDING}


def unsaid(layer: type[Layer]) -> str | None:
    """The field that a pattern may leave out although a spec must give it: how many filters, or units."""
    main = main_field(layer)
    return main if main in (FILTERS, UNITS) and stated(layer)[main][1] is REQUIRED else None


def field_of(layer: type[Layer], word: str) -> str | None:
    """The field that a word or a letter of the notes means (`K`, `F`, `S`, `P`): None where there is none."""
    fields = stated(layer)
    lower = word.lower()
    for name in (lower, FIELDS.get(lower, "")):
        if name in fields:
            return name
    return next(
        (name for name, (item, _) in fields.items() if item.letter and item.letter == word.upper()), None
    )
