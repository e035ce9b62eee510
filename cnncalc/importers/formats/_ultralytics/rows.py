"""The rows of a model file, `[from, number, module, args]`, as plain values with their places. Nothing is evaluated."""

import re
from collections.abc import Mapping as MappingOf
from typing import Any, NamedTuple

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._ultralytics.tracing import Activation
from cnncalc.text import Mapping, Node, Scalar, Sequence, escaped

# The largest number that a row may have, and the most values inside each other.
MOST, MAX_DEPTH = 10**6, 4
_WORDS = {"None": None, "True": True, "False": False, "none": None}
# Activations of PyTorch -> the layer, and the names of its arguments.
_ACTIVATIONS: dict[str, tuple[str, tuple[str, ...]] | None] = {
    "SiLU": ("silu", ()),
    "ReLU": ("relu", ()),
    "ReLU6": ("relu6", ()),
    "LeakyReLU": ("leaky_relu", ("negative_slope",)),
    "Hardswish": ("hardswish", ()),
    "Hardsigmoid": ("hardsigmoid", ()),
    "Mish": ("mish", ()),
    "GELU": ("gelu", ()),
    "ELU": ("elu", ("alpha",)),
    "SELU": ("selu", ()),
    "Sigmoid": ("sigmoid", ()),
    "Tanh": ("tanh", ()),
    "Softplus": ("softplus", ("beta",)),
    "PReLU": ("prelu", ("num_parameters",)),
    "Identity": None,
}


class ModuleRow(NamedTuple):
    """One module: what it reads, how often it is there, and its arguments."""

    sources: list[int]
    listed: bool
    number: int
    kind: str
    arguments: list[Any]
    span: Span
    kind_span: Span
    arguments_span: Span


class BadRow(Exception):
    """A part that cannot be read; it is reported."""


def plain(building: Building, node: Node, names: MappingOf[str, Any], depth: int = 0) -> Any:
    """A value without its places. A text that is one of `names` is the value of that key of the file."""
    if isinstance(node, Sequence) and depth < MAX_DEPTH:
        return [plain(building, item, names, depth + 1) for item in node]
    if not isinstance(node, Scalar):
        building.fault(faults.BAD_VALUE, node.span, "an argument is a number, a word or a list")
        raise BadRow
    value = node.value
    if isinstance(value, str):
        if value in names:
            return names[value]
        if value in _WORDS:
            return _WORDS[value]
        if re.fullmatch(r"[-+]?\d{1,7}", value, re.ASCII):
            return int(value)
        if re.fullmatch(r"[-+]?\d{0,7}\.\d{1,7}", value, re.ASCII):
            return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and not -MOST <= value <= MOST:
        building.fault(faults.BAD_VALUE, node.span, f"`{escaped(node.raw)}` is too large: at most {MOST:,}")
        raise BadRow
    return value


def row(building: Building, node: Node, names: MappingOf[str, Any]) -> ModuleRow:
    """One row. Raises `BadRow`."""
    if not isinstance(node, Sequence) or len(node) != 4:
        what = f"{len(node)} values" if isinstance(node, Sequence) else "no list"
        building.fault(
            faults.SYNTAX,
            node.span,
            f"a row has four values, and this one has {what}",
            help="write `[from, number, module, args]`, as in `[-1, 1, Conv, [64, 3, 2]]`",
        )
        raise BadRow
    first, number, kind, given = node.items
    sources = plain(building, first, {})
    listed = isinstance(sources, list)
    sources = sources if listed else [sources]
    if not sources or not all(isinstance(item, int) and not isinstance(item, bool) for item in sources):
        building.fault(
            faults.BAD_VALUE,
            first.span,
            "`from` is the number of a row, or a list of them; -1 is the row before",
        )
        raise BadRow
    count = plain(building, number, {})
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 10_000:
        building.fault(faults.BAD_VALUE, number.span, "the number of a row is from 1 to 10,000")
        raise BadRow
    if not isinstance(kind, Scalar) or not isinstance(kind.value, str):
        building.fault(faults.BAD_VALUE, kind.span, "the module of a row is a name, as in `Conv`")
        raise BadRow
    arguments = plain(building, given, names)
    if not isinstance(arguments, list):
        building.fault(faults.BAD_VALUE, given.span, "the arguments of a row are a list, `[]` for none")
        raise BadRow
    return ModuleRow(sources, listed, count, kind.value, arguments, node.span, kind.span, given.span)


def activation(building: Building, node: Node | None, usual: Activation) -> Activation:
    """The activation that a file names, as in `nn.LeakyReLU(0.1)`: read as a name with numbers, never evaluated."""
    if node is None:
        return usual
    text = node.raw if isinstance(node, Scalar) else ""
    match = re.fullmatch(r"(?:torch\.)?(?:nn\.)?(\w{1,40})\(([^()]{0,80})\)", text.replace(" ", ""))
    if match is not None and match[1] in _ACTIVATIONS:
        known = _ACTIVATIONS[match[1]]
        if known is None:
            return None
        fields = _arguments(match[2], known[1])
        if fields is not None:
            return known[0], fields
    message = f"`{escaped(text)}` is no activation that is known here"
    building.fault(
        faults.BAD_VALUE, node.span, message, help="write it as `nn.SiLU()` or `nn.LeakyReLU(0.1)`"
    )
    raise BadRow


def _arguments(text: str, names: tuple[str, ...]) -> dict[str, float] | None:
    """Numbers, by place or by name; `inplace` is left out. None if there is anything else."""
    fields: dict[str, float] = {}
    for index, part in enumerate(text.split(",") if text else ()):
        name, equals, value = part.rpartition("=")
        if name == "inplace" and equals:
            continue
        if not equals:
            if index >= len(names):
                return None
            name = names[index]
        if name not in names or not re.fullmatch(r"[-+]?\d{0,9}\.?\d{0,9}(e-?\d{1,2})?", value, re.ASCII):
            return None
        if not any(sign.isdigit() for sign in value):
            return None
        fields[name] = int(value) if value.isdigit() else float(value)
    return fields


def entry(root: Mapping, name: str) -> Node | None:
    """The value of a key; None if it is not there."""
    item = root.get(name)
    return None if item is None else item.value
