"""Numbers in a spec that say how often something is there."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc.diagnostic import Span
from cnncalc.spec import BlockItem, Item, MergeItem, ResidualItem, SequenceItem, Spec, ValueExpr


class Counter(NamedTuple):
    """A number that can be less: where it is written, and the network's parameter that it is of, if any.

    No `span`: the parameter's value was given beside the spec, or is in one that this spec extends.
    """

    span: Span | None
    value: int
    label: str
    parameter: str | None = None


def counters(spec: Spec, values: Mapping[str, Any]) -> list[Counter]:
    """The numbers from 2 on that a `repeat` has or may be computed from.

    `values` are of parameters, given beside the spec. By names only: one of the same name that counts nothing may be
    among them.
    """
    items = [*_all(spec.items), *(item for block in spec.blocks.values() for item in _all(block.items))]
    repeats = [item.controls.repeat for item in items if item.controls.repeat is not None]
    words = {word for given in repeats for word in given.words}
    passed = [*_passed(items), *_defaults(spec)]
    grown = -1
    while grown != len(words):
        grown = len(words)
        words.update(word for name, given in passed if name in words for word in given.words)
    found = []
    for name, parameter in spec.parameters.items():
        if name not in words:
            continue
        given = parameter.default
        if name in values:
            if _counts(values[name]):
                found.append(Counter(None, values[name], name, name))
        elif given is not None and given.constant and _counts(given.value):
            own = given.span.file == spec.file
            found.append(Counter(given.span if own else None, given.value, name, name))
    written = [(name, given) for name, given in passed if name in words]
    written += [("repeat", given) for given in repeats]
    found += [
        Counter(given.span, given.value, f"`{name}` at line {given.span.line}")
        for name, given in written
        if given.constant and given.span.file == spec.file and _counts(given.value)
    ]
    return found


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 1


def _all(items: tuple[Item, ...]) -> Iterator[Item]:
    """Items and those within them."""
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
    """Defaults of the parameters of blocks, and of the network's: those may hang on each other."""
    for block in spec.blocks.values():
        for name, parameter in block.parameters.items():
            if parameter.default is not None:
                yield name, parameter.default
    for name, parameter in spec.parameters.items():
        if parameter.default is not None and not parameter.default.constant:
            yield name, parameter.default
