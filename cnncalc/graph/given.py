"""Notes on values from outside of the spec (`--set`): which of them a finding depends on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import Note
from cnncalc.graph.node import BlockUse
from cnncalc.layers import shown
from cnncalc.spec import Spec, ValueExpr
from cnncalc.text import escaped

# How many values the notes of one finding name.
SHOWN = 4


def notes(
    values: Iterable[ValueExpr], frame: BlockUse | None, spec: Spec, given: Mapping[str, Any]
) -> Iterator[Note]:
    """A note for each value from outside that these values, written in a use of a block, are computed from."""
    names = dict.fromkeys(name for name in _parameters(values, frame, spec, given) if name in given)
    for name in list(names)[:SHOWN]:
        value, default = escaped(shown(given[name])), spec.parameters[name].default
        own = (
            f"; the spec has {escaped(shown(default.value))}"
            if default is not None and default.constant
            else ""
        )
        yield Note(f"`{name}` is {value}, from `--set {name}={value}`{own}")


def _parameters(
    values: Iterable[ValueExpr], frame: BlockUse | None, spec: Spec, given: Mapping[str, Any]
) -> Iterator[str]:
    """The parameters of the network that values are computed from, also through arguments of blocks."""
    waiting = [(value, frame) for value in values]
    looked_at: set[tuple[str, int]] = set()
    while waiting:
        value, around = waiting.pop(0)
        if value.outside:
            around = None
        for word in sorted(value.words):
            name = word.partition(".")[0]
            if (name, id(around)) in looked_at:
                continue
            looked_at.add((name, id(around)))
            block = spec.blocks[around.item.block] if around is not None else None
            if around is not None and block is not None and name in block.parameters:
                first = around.item.first
                written = [
                    call.computed[name]
                    for call in (around.item.call, first)
                    if call and name in call.computed
                ]
                default = block.parameters[name].default
                waiting += [(argument, around.parent) for argument in written]
                waiting += [(default, around)] if default is not None and not written else []
            elif name in spec.parameters:
                yield name
                default = spec.parameters[name].default
                waiting += [(default, None)] if default is not None and name not in given else []
