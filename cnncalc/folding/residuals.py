"""Which joins are residuals: a body, and a shortcut that is added to it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from cnncalc.folding.elements import Call, Element, Join, Layer, is_absent
from cnncalc.folding.sugar import NORM, family

IDENTITY, PROJECT, OPTIONAL = "identity", "project", "optional"


class Residual(NamedTuple):
    """The body of a residual, and its shortcut: a word or a list of elements."""

    body: list[Element]
    shortcut: str | list[Element]


def residual(join: Join) -> Residual | None:
    """The residual that a join is; None if it is none."""
    if join.alone:
        return Residual(join.branches[0], OPTIONAL)
    if join.layer.type != "add" or len(join.branches) != 2 or join.layer.fields or not _alike(join):
        return None
    first, second = join.branches
    if not (first and second):
        return Residual(first or second, IDENTITY)
    if join.keeps_order and second[0].position < first[0].position:
        first, second = second, first
    for body, side in ((first, second), (second, first)):
        if join.keeps_order and body is second:
            # A residual computes its body first.
            return None
        # Of two layers side by side neither is the body.
        if (len(body) > 1 or not isinstance(body[0], Layer)) and _projects(body, side):
            return Residual(body, PROJECT)
    body, side = (first, second) if len(first) >= len(second) or join.keeps_order else (second, first)
    return Residual(body, side) if len(side) <= 2 and len(body) > 1 else None


def alone(body: list[Element], entry: str) -> Join:
    """A residual that adds nothing in this use of its block, though it does in others."""
    leaving = next(element.leaving for element in reversed(body) if not is_absent(element))
    layer = Layer(
        value=body[-1].value,
        type="add",
        fields={},
        reads=(body[-1].value, entry),
        entering=leaving,
        leaving=leaving,
        scopes=(),
        position=body[0].position,
        nodes=(),
    )
    return Join(layer, [body, []], entry, alone=True)


def _alike(join: Join) -> bool:
    """Whether both operands have one shape: a residual never broadcasts."""
    present = [[element for element in branch if not is_absent(element)] for branch in join.branches]
    shapes = {branch[-1].leaving if branch else join.entering for branch in present}
    return len(shapes) == 1


def _projects(body: list[Element], side: list[Element]) -> bool:
    """Whether a shortcut is what `shortcut: project` makes for this body."""
    if len(side) != 1 or not isinstance(layer := side[0], Layer):
        return False
    if layer.act or layer.shares or layer.controls or layer.entering == layer.leaving:
        return False
    path = list(first_operands(body))
    norms = [norm for member in path if (norm := _norm(member)) is not None]
    if layer.entering is None or layer.leaving is None:
        return False
    if not layer.leaving.rank:
        return layer.type == "fc" and not layer.norm and layer.fields == {"units": layer.leaving.channels}
    if layer.type != "conv" or layer.norm != (norms[-1] if norms else None):
        return False
    if layer.bias is not (not norms):
        return False
    given = {name: value for name, value in layer.fields.items() if name != "padding"}
    stride = _stride(path)
    wanted = {"filters": layer.leaving.channels, **({"stride": stride} if stride != 1 else {})}
    return given == wanted


def first_operands(elements: Sequence[Element]) -> list[Layer]:
    """The layers on the way through a list, at each join the first operand."""
    way: list[Layer] = []
    for element in elements:
        if is_absent(element):
            continue
        if isinstance(element, Layer):
            way.append(element)
        elif isinstance(element, Call):
            way.extend(first_operands(element.body))
        else:
            way.extend(first_operands(element.branches[0]))
            if not element.alone:
                way.append(element.layer)
    return way


def _norm(layer: Layer) -> tuple[str, dict[str, object]] | None:
    if layer.norm is not None:
        return layer.norm
    return (layer.type, layer.fields) if family(layer.type) == NORM else None


def _stride(path: list[Layer]) -> int | list[int]:
    """The product of all strides, as `shortcut: project` counts them."""
    strides: list[Fraction] = []
    for layer in reversed(path):
        steps = list(layer.strides)
        strides = [stride * step for stride, step in zip(strides, steps, strict=False)] or steps
    whole = [int(step) if step == int(step) and step else 1 for step in strides]
    return (whole or [1])[0] if len(set(whole)) <= 1 else whole
