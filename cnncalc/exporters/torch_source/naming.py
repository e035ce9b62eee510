"""Names in the written file: of classes, of attributes, and of variables."""

import re
from collections import Counter
from collections.abc import Iterable
from keyword import iskeyword

from cnncalc.exporters.torch_source.flow import Attribute

# What a module has already, and cannot be the name of a submodule.
MODULE_NAMES = frozenset(
    ("train", "eval", "type", "half", "float", "double", "to", "cpu", "cuda", "apply", "children", "modules",
     "parameters", "buffers", "forward", "training", "compile", "ipu", "xpu", "share_memory", "dump_patches", "call",
     "named_modules", "named_children", "state_dict", "zero_grad", "register_buffer", "add_module", "bfloat16",
     "get_buffer", "get_parameter", "get_submodule", "set_submodule", "extra_repr", "mtia", "T_destination")
)  # fmt: skip
# Names that the file uses itself.
FILE_NAMES = frozenset(("F", "Tensor", "nn", "torch", "math", "parametrizations"))


def class_name(text: str, instead: str) -> str:
    """A text as the name of a class: `VGG-16` is `VGG16`, `squeeze_excite` is `SqueezeExcite`."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    title = "".join(word if word[:1].isupper() else word[:1].upper() + word[1:] for word in words)
    if not title.isascii() or not title:
        return instead
    return f"{instead}{title}" if title[0].isdigit() else title


def attribute_name(word: str) -> str:
    """A word as the name of an attribute of a module."""
    attribute = re.sub(r"\W", "_", word, flags=re.ASCII).strip("_") or "layer"
    attribute = f"layer{attribute}" if attribute[0].isdigit() else attribute
    return f"{attribute}_" if iskeyword(attribute) or attribute in MODULE_NAMES else attribute


def decide(attributes: Iterable[Attribute]) -> None:
    """Give every attribute its own name: those of a kind are numbered if there are several."""
    items = list(attributes)
    used: set[str] = set()
    for attribute in items:
        if attribute.exact:
            attribute.name = _free(attribute_name(attribute.base), used)
            used.add(attribute.name)
    counts = Counter(attribute_name(attribute.base) for attribute in items if not attribute.exact)
    numbers: Counter[str] = Counter()
    for attribute in items:
        if attribute.exact:
            continue
        base = attribute_name(attribute.base)
        if counts[base] == 1 and base not in used and attribute.base not in MODULE_NAMES:
            attribute.name = base
        else:
            base = attribute.base if attribute.base in MODULE_NAMES else base
            stem = base if not base[-1:].isdigit() else f"{base}_"
            numbers[base] += 1
            while f"{stem}{numbers[base]}" in used:
                numbers[base] += 1
            attribute.name = f"{stem}{numbers[base]}"
        used.add(attribute.name)


def _free(word: str, used: set[str]) -> str:
    while word in used:
        word += "_"
    return word
