"""The content of items: uses of blocks (and cycles of them), and the names of items."""

from collections.abc import Iterator, Mapping

from cnncalc.diagnostic import Note
from cnncalc.spec import faults
from cnncalc.spec.item_types import BlockItem, Item, MergeItem, ResidualItem, SequenceItem, UnknownItem
from cnncalc.spec.model import Block
from cnncalc.spec.reading import Reading

# Blocks of a longer cycle that a message names.
SHOWN = 10


def every(items: tuple[Item, ...]) -> Iterator[Item]:
    """Every item, at every depth of structures."""
    waiting = [iter(items)]
    while waiting:
        item = next(waiting[-1], None)
        if item is not None:
            yield item
        match item:
            case None:
                waiting.pop()
            case SequenceItem():
                waiting.append(iter(item.items))
            case ResidualItem():
                if isinstance(item.shortcut, tuple):
                    waiting.append(iter(item.shortcut))
                waiting.append(iter(item.body))
            case MergeItem() | UnknownItem():
                waiting.extend(iter(operand.branch) for operand in item.operands or () if operand.branch)


def uses(items: tuple[Item, ...]) -> Iterator[BlockItem]:
    """Every use of a block among items."""
    return (item for item in every(items) if isinstance(item, BlockItem))


def own_names(item: Item) -> Iterator[str]:
    """The names of an item, and of the items in it, in their scope."""
    return (inner.controls.name.text for inner in every((item,)) if inner.controls.name is not None)


def report_cycles(reading: Reading, blocks: Mapping[str, Block]) -> bool:
    """Report every cycle of blocks once. Returns whether there is one."""
    calls = {name: list(uses(block.items)) for name, block in blocks.items()}
    done: set[str] = set()
    has_cycle = False
    # The position of each block on the current path.
    places: dict[str, int] = {}
    for start in blocks:
        path: list[str] = []
        waiting: list[Iterator[BlockItem]] = []
        if start not in done:
            path, waiting, places = [start], [iter(calls[start])], {start: 0}
        while waiting:
            use = next(waiting[-1], None)
            if use is None:
                waiting.pop()
                last = path.pop()
                done.add(last)
                del places[last]
            elif (place := places.get(use.block)) is not None:
                has_cycle = True
                if len(path) - place > SHOWN:
                    way = [*path[place : place + SHOWN // 2], "...", *path[-SHOWN // 2 :], use.block]
                else:
                    way = [*path[place:], use.block]
                reading.report(
                    faults.RECURSIVE_BLOCK,
                    use.span,
                    f"block `{use.block}` uses itself: {' -> '.join(way)}",
                    notes=[Note("the cycle begins here", blocks[use.block].span)],
                    help=f"remove this use of `{use.block}`; `repeat` beside the use of a block repeats it",
                )
            elif use.block not in done:
                places[use.block] = len(path)
                path.append(use.block)
                waiting.append(iter(calls[use.block]))
    return has_cycle
