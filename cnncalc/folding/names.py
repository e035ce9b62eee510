"""Names of blocks and of values, from the modules of the source."""

import re
from collections.abc import Container

from cnncalc import layers
from cnncalc.spec.blocks import STRUCTURES
from cnncalc.spec.controls import CONTROLS

_RESERVED = frozenset(("in", "prev", "input", "none", "std"))


def snake(kind: str) -> str:
    """The name of a class in small letters: `InvertedResidual` is inverted_residual, `ConvNeXtBlock` convnext_block."""
    word = kind.rpartition(".")[2].strip("_")
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z]{2})|(?<=[A-Z])(?=[A-Z][a-z]{2})", "_", word)
    word = re.sub(r"[^a-z0-9_]", "_", word.lower())
    return re.sub(r"_?2d$", "", word).strip("_")


def block_name(kind: str, taken: Container[str]) -> str:
    """A name for a block of a kind that is neither taken nor a word of the language."""
    name = snake(kind) or "block"
    if not name[0].isalpha() or is_word(name):
        name = f"{name}_block" if name[0].isalpha() else f"block_{name}"
    return free(name, taken)


def is_word(name: str) -> bool:
    """Whether a name means something else in a spec."""
    return name in layers.names() or name in STRUCTURES or name in CONTROLS or name in _RESERVED


def free(name: str, taken: Container[str]) -> str:
    """The name, or with a number if it is taken."""
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
