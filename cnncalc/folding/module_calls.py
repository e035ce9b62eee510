"""Module calls of the source, stated in a folded document: `sequence` with `module: true` around the items of each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.folding.expanding import MODES, expanded
from cnncalc.graph import BlockUse, Graph
from cnncalc.importers import Draft, document, matching
from cnncalc.importers.module_calls import holding, members
from cnncalc.spec import Item, MergeItem, ResidualItem, SequenceItem


class Wrap(NamedTuple):
    """Items of a list that are one call, from `start` to before `stop`; with `each`, every repetition of one item."""

    list: int
    start: int
    stop: int
    each: bool = False


# What the items of a list make in one place: for each item its repetitions, and the nodes of each.
Instance = dict[int, list[set[int]]]


def stated(folded: dict[str, Any], draft: Draft) -> dict[str, Any] | None:
    """The folded document with every module call that holds something; None if its structure cannot say them.

    Its layers must be in the order of the source. The uses of blocks in it say already whether they are calls.
    """
    only = {node.controls["only"] for node in draft.nodes if "only" in node.controls}
    if len(only) > 1:
        return None
    # In this mode all layers are there.
    mode = next(iter(only), MODES[0])
    flat, graph = expanded(document(draft), mode), expanded(folded, mode)
    pairs = matching(flat, graph)
    if pairs is None or any(pairs[node.index] != node.index for node in flat.nodes):
        return None
    begin = len(flat.inputs)
    inside = {
        scope: {begin + number for number in numbers} for scope, numbers in members(draft.nodes).items()
    }
    lists = _Lists(folded, graph)
    known = set(map(frozenset, inside.values()))
    if any(frozenset(nodes) not in known for _, nodes in graph.module_calls):
        return None
    present = {frozenset(nodes) for _, nodes in graph.module_calls}
    wraps: set[Wrap] = set()
    for scope in holding(draft):
        nodes = inside[scope]
        if frozenset(nodes) in present:
            continue
        wrap = lists.wrap_of(nodes)
        if wrap is None:
            return None
        wraps.add(wrap)
    if any(not lists.is_call(wrap, known) for wrap in wraps) or _cross(wraps):
        return None
    lists.write(wraps)
    return folded


def _cross(wraps: set[Wrap]) -> bool:
    """Whether some of a list share items, and none of the two is inside the other."""
    return any(
        left.list == right.list
        and not left.each
        and not right.each
        and left.start < right.start < left.stop < right.stop
        for left in wraps
        for right in wraps
    )


class _Lists:
    """Every list of items of a document, and which nodes each item makes wherever the list stands."""

    def __init__(self, document: Mapping[str, Any], graph: Graph) -> None:
        self._graph = graph
        self._written: list[list[Any]] = []
        self._instances: list[list[Instance]] = []
        # Where an item is: in each list around it in its block its number there, outer ones first.
        self._places: dict[int, dict[int, int]] = {}
        self._blocks: dict[str, int] = {}
        self._walk(document["layers"], graph.spec.items, {})
        for name, block in document.get("blocks", {}).items():
            if isinstance(block, dict):
                self._blocks[name] = self._walk(block["layers"], graph.spec.blocks[name].items, {})
        self._stand(0, None, [node.index for node in graph.layers])

    def _walk(self, written: list[Any], items: Sequence[Item], around: Mapping[int, int]) -> int:
        number = len(self._written)
        self._written.append(written)
        self._instances.append([])
        for index, (entry, item) in enumerate(zip(written, items, strict=True)):
            here = {**around, number: index}
            self._places[id(item)] = here
            for inner, parts in _inner(entry, item):
                self._walk(inner, parts, here)
        return number

    def _stand(self, number: int, use: BlockUse | None, nodes: Sequence[int]) -> None:
        """A list stands in a use of a block (None: at the top), and makes these nodes."""
        by_item: dict[int, list[int]] = defaultdict(list)
        for node in nodes:
            by_item[self._place(node, use)[number]].append(node)
        instance: Instance = {}
        for index, made_by in by_item.items():
            turns = self._turns(self._written[number][index], made_by, use)
            instance[index] = list(map(set, turns))
            for turn in turns:
                self._stand_inside(number, use, turn)
        self._instances[number].append(instance)

    def _turns(self, entry: Any, nodes: Sequence[int], use: BlockUse | None) -> list[list[int]]:
        """The nodes of each repetition of an item; those of blocks may differ in their number."""
        uses: dict[BlockUse | None, list[int]] = defaultdict(list)
        for node in nodes:
            uses[self._below(node, use)].append(node)
        if None not in uses:
            return list(uses.values())
        length = len(nodes) // (entry.get("repeat", 1) if isinstance(entry, dict) else 1)
        return [list(nodes[start : start + length]) for start in range(0, len(nodes), length)]

    def _stand_inside(self, number: int, use: BlockUse | None, nodes: Sequence[int]) -> None:
        inner: dict[tuple[int, BlockUse | None], list[int]] = defaultdict(list)
        for node in nodes:
            lists = list(self._place(node, use))
            after = lists[lists.index(number) + 1 :]
            if after:
                inner[after[0], use].append(node)
            elif (below := self._below(node, use)) is not None and below.item.block in self._blocks:
                inner[self._blocks[below.item.block], below].append(node)
        for (following, around), below_it in inner.items():
            self._stand(following, around, below_it)

    def _below(self, node: int, use: BlockUse | None) -> BlockUse | None:
        """The use of a block around a node that is directly inside another one."""
        inner = self._graph.nodes[node].frame
        while inner is not None and inner is not use and inner.parent is not use:
            inner = inner.parent
        return None if inner is use else inner

    def _place(self, node: int, use: BlockUse | None) -> dict[int, int]:
        """Where the item of a block's own list is that makes a node."""
        below = self._below(node, use)
        item = self._graph.nodes[node].item if below is None else below.item
        return self._places[id(item)]

    def wrap_of(self, nodes: set[int]) -> Wrap | None:
        """The items that make exactly these nodes, in the innermost list that has them."""
        for number in reversed(range(len(self._instances))):
            for instance in self._instances[number]:
                wrap = _wrap(number, instance, nodes)
                if wrap is not None and not (wrap.each and "first" in self._written[number][wrap.start]):
                    return wrap
        return None

    def is_call(self, wrap: Wrap, calls: set[frozenset[int]]) -> bool:
        """Whether the items are a call in every place where they stand."""
        for instance in self._instances[wrap.list]:
            turns = [turn for index in range(wrap.start, wrap.stop) for turn in instance.get(index, ())]
            wholes = turns if wrap.each else [set().union(*turns)]
            if any(len(nodes) > 1 and frozenset(nodes) not in calls for nodes in wholes):
                return False
        return True

    def write(self, wraps: set[Wrap]) -> None:
        """Put the items into sequences."""
        for number in {wrap.list for wrap in wraps}:
            items = self._written[number]
            here = {wrap for wrap in wraps if wrap.list == number}
            for wrap in here:
                if wrap.each:
                    items[wrap.start] = _each(items[wrap.start])
            items[:] = _nested(items, 0, len(items), {wrap for wrap in here if not wrap.each})


def _wrap(number: int, instance: Instance, nodes: set[int]) -> Wrap | None:
    inside = sorted(index for index, turns in instance.items() if all(turn <= nodes for turn in turns))
    if inside and set().union(*(turn for index in inside for turn in instance[index])) == nodes:
        start, stop = inside[0], inside[-1] + 1
        return Wrap(number, start, stop) if inside == list(range(start, stop)) else None
    for index, turns in instance.items():
        if len(turns) > 1 and nodes in turns:
            return Wrap(number, index, index + 1, each=True)
    return None


def _each(item: dict[str, Any]) -> dict[str, Any]:
    """An item whose every repetition is a call."""
    if "sequence" in item:
        return {**item, "module": True}
    outside: dict[str, Any] = {key: item[key] for key in ("repeat", "from", "name") if key in item}
    inside = {key: value for key, value in item.items() if key not in outside}
    return {"sequence": [inside], **outside, "module": True}


def _nested(items: Sequence[Any], start: int, stop: int, wraps: set[Wrap]) -> list[Any]:
    """Some items of a list, with sequences for the wraps among them."""
    result: list[Any] = []
    while start < stop:
        here = [wrap for wrap in wraps if wrap.start == start]
        if here:
            outer = max(here, key=lambda wrap: wrap.stop)
            inner = _nested(items, start, outer.stop, wraps - {outer})
            result.append({"sequence": inner, "module": True})
            start = outer.stop
        else:
            result.append(items[start])
            start += 1
    return result


def _inner(entry: dict[str, Any], item: Item) -> Iterator[tuple[list[Any], Sequence[Item]]]:
    """The lists of items in an item, as it is written and as it is read."""
    match item:
        case SequenceItem():
            yield entry["sequence"], item.items
        case ResidualItem():
            yield entry["residual"], item.body
            if not isinstance(item.shortcut, str):
                yield entry["shortcut"], item.shortcut
        case MergeItem():
            value = next(iter(entry.values()))
            operands = value["of"] if isinstance(value, dict) else value
            for operand, part in zip(operands, item.operands, strict=False):
                if part.branch is not None:
                    yield operand, part.branch
