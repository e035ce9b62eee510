"""Which module calls become blocks: those of one structure that are written in several places."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from cnncalc.folding.elements import Call, Element, Join, inside, is_absent, lacking
from cnncalc.folding.names import block_name, free
from cnncalc.folding.optional_layers import complete_with_absent
from cnncalc.folding.parameters import Parameters, of_shipped, parameters
from cnncalc.folding.permits import Permits
from cnncalc.folding.shipped import shipped
from cnncalc.folding.skeletons import Hole, Skeletons
from cnncalc.folding.ties import tie
from cnncalc.folding.variants import unify
from cnncalc.folding.worth import worth_blocks

# What the parameter is called that names a value which a block reads beside its input.
BESIDE = "beside"


@dataclass(slots=True, eq=False)
class Block:
    """A block: its name, its uses, the text of every hole by element and field, and its parameters."""

    name: str
    uses: list[Call]
    parameters: Parameters
    texts: dict[tuple[int, str], Any]
    # The number of each use, by id.
    numbers: dict[int, int]
    # The word of a shipped block.
    shipped: str | None

    @property
    def example(self) -> Call:
        """The use whose body is written."""
        return self.uses[0]

    @property
    def others(self) -> list[str]:
        """The names of parameters that say which other values a use reads."""
        taken = {*self.parameters.values, *self.parameters.defaults}
        names: list[str] = []
        for _ in self.example.others:
            names.append(free(BESIDE, {*taken, *names}))
        return names

    def declared(self) -> dict[str, Any]:
        """What stands under `params`: those without a default first, and of these what it reads last."""
        given = self.parameters.declared()
        needed = {name: value for name, value in given.items() if name not in self.parameters.defaults}
        return {**needed, **dict.fromkeys(self.others, "required"), **given}


def blocks(elements: list[Element], permits: Permits) -> tuple[list[Element], list[Block]]:
    """The elements with only those calls that become blocks, and the blocks, inner ones first."""
    skeletons = Skeletons()
    classes: dict[int, list[Call]] = defaultdict(list)
    signatures: dict[int, object] = {}
    for calls in _by_height(elements):
        for call in calls:
            skeletons.of_call[id(call)] = skeletons.numbered(call)[0]
        unify(calls, skeletons)
        complete_with_absent(calls, skeletons, permits)
        for call in calls:
            number, holes = skeletons.numbered(call)
            inner = tuple(
                signatures[id(item)]
                for item in inside(call.body)
                if isinstance(item, Call) and not item.absent
            )
            signatures[id(call)] = hash((number, repr([hole.value for hole in holes]), inner))
            classes[number].append(call)
    for uses in classes.values():
        # The first one stands for all: it has all layers.
        uses.sort(key=lacking)
    refused = tie(elements, skeletons)
    kept = worth_blocks(elements, classes, skeletons.of_call, signatures, refused, permits)
    elements = _inlined(elements, lambda call: skeletons.of_call[id(call)] in kept)
    return elements, _blocks(elements)


def _by_height(elements: Sequence[Element]) -> list[list[Call]]:
    """All calls in their order: those without calls in them, those with such calls in them, and so on.

    Calls of one class are together, whatever is in them, unless classes are inside each other by turns.
    """
    calls = _inner_first(elements)
    heights: dict[int, int] = {}
    inner: dict[str, set[str]] = {}
    for call in calls:
        below = [item for item in inside(call.body) if isinstance(item, Call)]
        heights[id(call)] = 1 + max((heights[id(item)] for item in below if not item.absent), default=0)
        inner.setdefault(call.kind, set()).update(item.kind for item in below)
    try:
        order = list(TopologicalSorter(inner).static_order())
    except CycleError:
        of_kind = None
    else:
        of_kind = dict[str, int]()
        for kind in order:
            of_kind[kind] = 1 + max((of_kind[item] for item in inner[kind]), default=0)
    levels: dict[int, list[Call]] = defaultdict(list)
    for call in reversed(calls):
        levels[heights[id(call)] if of_kind is None else of_kind[call.kind]].append(call)
    return [levels[height] for height in sorted(levels)]


def _inner_first(elements: Sequence[Element]) -> list[Call]:
    return [element for element in inside(elements) if isinstance(element, Call)][::-1]


def _inlined(
    elements: Sequence[Element], keeps: Callable[[Call], bool], *, in_block: bool = False
) -> list[Element]:
    """The elements with the bodies of calls that are no blocks in place of the calls."""
    result: list[Element] = []
    for element in elements:
        if is_absent(element) and not in_block:
            continue
        if isinstance(element, Call):
            kept = keeps(element)
            element.body = _inlined(element.body, keeps, in_block=in_block or kept)
            if not kept:
                result.extend(element.body)
                continue
        elif isinstance(element, Join):
            element.branches = [_inlined(branch, keeps, in_block=in_block) for branch in element.branches]
            if element.alone and not in_block:
                result.extend(element.branches[0])
                continue
        result.append(element)
    return result


def _blocks(elements: Sequence[Element]) -> list[Block]:
    skeletons = Skeletons()
    result: list[Block] = []
    names: set[str] = set()
    for calls in _by_height(elements):
        groups: dict[int, list[Call]] = defaultdict(list)
        holes: dict[int, list[Hole]] = {}
        for call in calls:
            number, holes[id(call)] = skeletons.numbered(call)
            groups[number].append(call)
        for number, uses in groups.items():
            # The body of the first one is written: it has all layers.
            uses.sort(key=lambda use: (use.absent, lacking(use)))
            ready = [given for use in uses if (given := shipped(use)) is not None]
            if len(ready) == len(uses):
                declared = of_shipped(ready)
                name = block_name(ready[0].name, names)
            else:
                declared = parameters(uses, [holes[id(use)] for use in uses])
                name = block_name(uses[0].kind, names)
            texts = {
                (id(hole.element), hole.field): text
                for hole, text in zip(holes[id(uses[0])], declared.texts, strict=False)
            }
            names.add(name)
            for index, use in enumerate(uses):
                skeletons.of_call[id(use)] = number
                skeletons.arguments[id(use)] = declared.arguments(index)
            numbers = {id(use): index for index, use in enumerate(uses)}
            word = ready[0].word if len(ready) == len(uses) else None
            result.append(Block(name, uses, declared, texts, numbers, word))
    return result
