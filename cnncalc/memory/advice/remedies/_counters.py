"""Numbers in a spec that say how often something is there."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.record import NamedTuple
from cnncalc.spec import BlockItem, Item, MergeItem, ResidualItem, SequenceItem, Spec, ValueExpr


class Counter(NamedTuple):
    """A number that can be less: where it is written, and the network's parameter whose number it is, if any.

    No `span`: the parameter's value was given beside the spec, or is in one that this spec extends.
    """

    span: Span | None
    value: int
    label: str
    parameter: str | None = None


def counters(spec: Spec, values: Mapping[str, Any]) -> list[Counter]:
    """The numbers from 2 on that a `repeat` has or may be computed from.

    `values` are those of parameters, given beside the spec. Only names are compared: a number of the same name that
    counts nothing may be among them.
    """
    items = [*_all(spec.items), *(item for block in spec.blocks.values() for item in _all(block.items))]
    repeats = [item.controls.repeat for item in items if item.controls.repeat is not None]
    words = {word for repeat in repeats for word in repeat.words}
    passed = [*_passed(items), *_defaults(spec)]
    before = -1
    while before != len(words):
        before = len(words)
        words.update(word for name, value in passed if name in words for word in value.words)
    numbers = []
    for name, parameter in spec.parameters.items():
        if name not in words:
            continue
        default = parameter.default
        if name in values:
            if _counts(values[name]):
                numbers.append(Counter(None, values[name], name, name))
        elif default is not None and default.constant and _counts(default.value):
            own = default.span.file == spec.file
            numbers.append(Counter(default.span if own else None, default.value, name, name))
    written = [(name, value) for name, value in passed if name in words]
    written += [("repeat", repeat) for repeat in repeats]
    numbers += [
        Counter(number.span, number.value, f"`{name}` at line {number.span.line}")
        for name, number in written
        if number.constant and number.span.file == spec.file and _counts(number.value)
    ]
    return numbers


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 1


def _all(items: tuple[Item, ...]) -> Iterator[Item]:
    """Items, and the items inside them."""
    for item in items:
        yield item
        match item:
            case SequenceItem():
                yield from _all(item.items)
            case ResidualItem():
                yield from _all(item.body)
                if isinstance(item.shortcut, tuple):
                    yield from _all(item.shortcut)
            case MergeItem():
                for operand in item.operands:
                    yield from _all(operand.branch or ())


def _passed(items: list[Item]) -> Iterator[tuple[str, ValueExpr]]:
    """Arguments of blocks."""
    for item in items:
        if isinstance(item, BlockItem):
            yield from item.call.computed.items()
            if item.first is not None:
                yield from item.first.computed.items()


def _defaults(spec: Spec) -> Iterator[tuple[str, ValueExpr]]:
    """Defaults of the parameters of blocks, and of the network's: those may depend on each other."""
    for block in spec.blocks.values():
        for name, parameter in block.parameters.items():
            if parameter.default is not None:
                yield name, parameter.default
    for name, parameter in spec.parameters.items():
        if parameter.default is not None and not parameter.default.constant:
            yield name, parameter.default
