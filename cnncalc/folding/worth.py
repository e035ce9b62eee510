"""Which structures are worth a block: those whose lines are written in several places."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from cnncalc.folding.elements import Call, Element, Join, Layer
from cnncalc.folding.permits import Permits
from cnncalc.folding.residuals import residual
from cnncalc.folding.shipped import shipped
from cnncalc.folding.sugar import ACTIVATION, NORM, family

# Lines of a block besides its body: its name, its parameters, and `layers:`.
HEAD = 3
# Lines that a block may cost more than it saves, because its name says what it is.
WORTH = 2


def worth_blocks(
    elements: Sequence[Element],
    classes: dict[int, list[Call]],
    number_of: Mapping[int, int],
    signatures: Mapping[int, object],
    refused: Container[int],
    permits: Permits,
) -> set[int]:
    """The skeletons that become blocks, decided from the outside in: a block's own calls are written once.

    `classes` are the calls of each skeleton, those that others are in first. By the id of a call, `number_of` is its
    skeleton and `signatures` what it has in common only with equal calls; `refused` are calls that can be no block.
    """
    written: Counter[int] = Counter()
    kept: set[int] = set()

    def count(items: Sequence[Element]) -> None:
        for run in _lists(items):
            before: object = None
            for element in run:
                if not isinstance(element, Call) or element.absent:
                    before = None
                    continue
                # The same again, one after the other, is a repetition.
                if before != (signatures[id(element)], element.entry) or element.shares is not None:
                    written[number_of[id(element)]] += 1
                before = (signatures[id(element)], element.value)

    count(elements)
    for number, uses in reversed(classes.items()):
        size = lines(uses[0].body)
        times = written[number]
        head = size + HEAD - WORTH
        if shipped(uses[0]) and all(map(shipped, uses)):
            head = 1
        if any(id(use) in refused for use in uses):
            head = times * size
        if (
            (times > 1 or head == 1)
            and not _small(uses[0].body)
            and times * (size - _lines_of_use(uses[0])) >= head
            and permits(f"block {uses[0].value}")
        ):
            kept.add(number)
            count(uses[0].body)
        else:
            seen: set[object] = set()
            for use in uses:
                if signatures[id(use)] not in seen:
                    seen.add(signatures[id(use)])
                    count(use.body)
    return kept


def _lines_of_use(call: Call) -> int:
    """About how many lines a use takes: what it reads beside its input has a name, and needs more than a word."""
    return 1 + 2 * len(call.others)


def _small(elements: Sequence[Element]) -> bool:
    """Whether a list is too little for a block: a norm and an activation."""
    return len(elements) < 3 and all(
        isinstance(element, Layer) and family(element.type) in (NORM, ACTIVATION) for element in elements
    )


def _lists(elements: Sequence[Element]) -> list[Sequence[Element]]:
    """A list and those in its joins."""
    lists: list[Sequence[Element]] = [elements]
    for element in elements:
        if isinstance(element, Join):
            for branch in element.branches:
                lists.extend(_lists(branch))
    return lists


def lines(elements: Sequence[Element]) -> int:
    """About how many lines a list takes."""
    count = 0
    for element in elements:
        if isinstance(element, Join):
            parts = residual(element)
            if parts is not None:
                count += 1 + lines(parts.body) + (parts.shortcut != "identity")
            else:
                count += 1 + sum(1 if len(branch) <= 2 else lines(branch) for branch in element.branches)
        else:
            count += 1
    return count
