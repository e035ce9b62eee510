"""Items of a list of layers: layers, blocks, structures, and the control keys beside them."""

from collections.abc import Container, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from itertools import chain

from cnncalc import layers
from cnncalc.diagnostic import Note, Span
from cnncalc.spec import faults
from cnncalc.spec.blocks import STRUCTURES, block_call
from cnncalc.spec.controls import CONTROLS, NO_CONTROLS, controls
from cnncalc.spec.cycles import own_names
from cnncalc.spec.item_types import (
    IDENTITY,
    BlockItem,
    BrokenItem,
    Controls,
    Item,
    LayerItem,
    MergeItem,
    ResidualItem,
    SequenceItem,
)
from cnncalc.spec.layer_item import LayerReader, before_norm
from cnncalc.spec.model import Parameter
from cnncalc.spec.reading import Reading
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped


class ItemReader:
    """Reads items; knows the spec's blocks by name and what layers of each type are by default."""

    def __init__(
        self,
        reading: Reading,
        blocks: MappingOf[str, MappingOf[str, Parameter]],
        lost_blocks: Container[str] = (),
    ) -> None:
        self.reading = reading
        self.blocks = blocks
        self.layers = LayerReader(reading)
        self.used_blocks: set[str] = set()
        self.two_modes = False
        # Words that stand for layers beside their keys: a pattern's short ones.
        self.short: Iterable[str] = ()
        # Names that items of the scope being read give themselves, where each was first given.
        self.names: dict[str, Span] = {}
        # Names that could not be read, and blocks: what refers to them is unknown, and needs no report of its own.
        self.lost_names: set[str] = set()
        self.lost_blocks = lost_blocks
        # Names of blocks that could not be read, perhaps words of the language: nobody knows which of the two is meant.
        self.taken = lost_blocks if isinstance(lost_blocks, set) else frozenset()

    def items(self, node: Node, what: str) -> tuple[Item, ...]:
        """A list of items. Anything else is reported and read as nothing."""
        if isinstance(node, Sequence):
            read = [self.item(item) for item in node]
            return tuple(before_norm(read))
        if isinstance(node, Mapping) and len(node):
            from cnncalc.spec.slips import report_mapping

            report_mapping(self.reading, node, what, self._is_word)
            return (BrokenItem(node.span, node.span, NO_CONTROLS),)
        if not (isinstance(node, Scalar) and node.value is None):
            self.reading.report(
                faults.WRONG_VALUE,
                node.span,
                f"{what} must be a list of layers",
                help="start each layer with `- `",
            )
            return (self.broken(node),)
        return ()

    def broken(self, node: Node, told: Controls = NO_CONTROLS) -> BrokenItem:
        """What stands for an entry that could not be read; the names in it are lost."""
        self.lost_names.update(_names(node))
        return BrokenItem(node.span, node.span, told)

    def item(self, node: Node) -> Item:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._named(node, None, node.span, NO_CONTROLS, None, node.span)
        if not isinstance(node, Mapping) or not len(node):
            from cnncalc.spec.malformed import report_no_item

            report_no_item(self.reading, node)
            return self.broken(node)
        found: Entry | None = None
        extra: list[Entry] = []
        beside: list[Entry] = []
        for entry in node:
            if entry.name in CONTROLS:
                beside.append(entry)
            elif found is None:
                found = entry
            else:
                extra.append(entry)
        if found is None or extra:
            from cnncalc.spec.malformed import report_not_one

            report_not_one(self.reading, node, found, extra, self._is_word)
            return self.broken(node, self._controls(beside)[0])
        repeated = node.get("repeat") is not None
        was, self.reading.repeated = self.reading.repeated, self.reading.repeated or repeated
        told, clear = self._controls(beside) if beside else (NO_CONTROLS, True)
        first = node.get("first")
        if first is not None and not repeated:
            self.reading.report(
                faults.CONFLICTING_KEYS,
                first.key.span,
                "`first` is for the first repetition, and nothing is repeated here",
                help="put `repeat` beside it, or the arguments inside",
            )
            first, clear = None, False
        item = self._named(found.key, found.value, node.span, told, first, self._place(node))
        clear = self._fits(item, node, found) and clear and node.whole
        if isinstance(item, ResidualItem) and (way := node.get("shortcut")) is not None:
            from cnncalc.spec.operands import shortcut

            item = item._replace(shortcut=shortcut(self.reading, way.value, self.items))
        self.reading.repeated = was
        if clear:
            return item
        self.lost_names.update(own_names(item))
        return BrokenItem(item.span, item.whole, Controls(name=told.name, lost_name=told.lost_name))

    def _fits(self, item: Item, node: Mapping, found: Entry) -> bool:
        """Whether all control keys mean something beside such an item; those that don't are reported."""
        fits = True
        for key, kinds, where in (
            ("shortcut", ResidualItem, "`residual`"),
            ("share", LayerItem, "a layer"),
            ("first", LayerItem | BlockItem, "a layer or a block"),
        ):
            if (entry := node.get(key)) is not None and not isinstance(item, kinds | BrokenItem):
                fits = False
                self.reading.report(
                    faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{key}` goes beside {where}, not `{escaped(found.name)}`",
                )
        return fits

    def _place(self, node: Mapping) -> Span:
        """Where another key of an item could be put: before its first."""
        start = node.entries[0].key.span
        return Span(start.file, start.line, start.column, start.line, start.column)

    def _controls(self, beside: list[Entry]) -> tuple[Controls, bool]:
        told, clear = controls(self.reading, beside)
        self.two_modes = self.two_modes or told.only is not None
        if told.name is not None:
            first = self.names.setdefault(told.name.text, told.name.span)
            # Of items that may be left out, only one may be in the network: the graph sees whether it is so.
            if clear and first is not told.name.span and told.only is None and told.when is None:
                self.reading.report(
                    faults.DUPLICATE_NAME,
                    told.name.span,
                    f"`{told.name.text}` is the name of two layers",
                    notes=[Note("the first is here", first)],
                    help="give one of them another name",
                )
                # A reference to it may mean either.
                self.lost_names.add(told.name.text)
        elif (lost := next((one.value for one in beside if one.name == "name"), None)) is not None:
            self.lost_names.add(lost.raw if isinstance(lost, Scalar) else "")
        return told, clear

    def _words(self) -> Iterator[str]:
        return chain(layers.names(), self.blocks, STRUCTURES, self.short)

    def _is_word(self, name: str) -> bool:
        return name in layers.names() or name in self.blocks or name in STRUCTURES or name in self.taken

    def _named(
        self, key: Scalar, value: Node | None, whole: Span, told: Controls, first: Entry | None, place: Span
    ) -> Item:
        """The item that a word names."""
        word, span = key.raw, key.span
        if word in self.taken:
            return BrokenItem(span, whole, told)
        if word in self.blocks:
            self.used_blocks.add(word)
            parameters = self.blocks[word]
            arguments = block_call(self.reading, word, parameters, value, span)
            again = (
                block_call(self.reading, word, parameters, first.value, span, partial=True) if first else None
            )
            return BlockItem(span, whole, told, word, arguments, again)
        if word in layers.names():
            layer = layers.layer_type(word)
            if layer.arity is not None:
                return self.layers.item(layer, key, value, whole, told, first)
            from cnncalc.spec.operands import operands, parted

            listed, inside = parted(value)
            joined = operands(self.reading, word, listed, span, self.items)
            return MergeItem(span, whole, told, layer, joined, self.layers.call(layer, inside, span))
        if word == "sequence":
            return SequenceItem(span, whole, told, self._inside(word, key, value))
        if word == "residual":
            return ResidualItem(span, whole, told, self._inside(word, key, value), IDENTITY, place)
        if word in self.lost_blocks:
            return BrokenItem(span, whole, told)
        if not word.isidentifier():
            from cnncalc.spec.slips import report_slip

            if report_slip(self.reading, key, self._is_word):
                return BrokenItem(span, whole, told)
        if isinstance(value, Scalar):
            from cnncalc.spec.slips import report_type

            if report_type(self.reading, [Entry(key, value)], self._is_word):
                return BrokenItem(span, whole, told)
        message = f"there is no layer or block `{escaped(word)}`"
        # It may be the block whose name could not be read.
        if not self.reading.lost_block:
            self.reading.unknown_word(faults.UNKNOWN_LAYER, span, message, word, self._words(), "layer")
        return BrokenItem(span, whole, told)

    def _inside(self, word: str, key: Scalar, value: Node | None) -> tuple[Item, ...]:
        """The items of a structure, of which there must be some."""
        if value is None or (value.value is None if isinstance(value, Scalar) else not len(value)):
            message = f"`{word}` is empty: there is no layer in it"
            self.reading.report(faults.WRONG_VALUE, key.span, message, help="list its layers below it")
            return (BrokenItem(key.span, key.span, NO_CONTROLS),)
        return self.items(value, f"`{word}`")


def _names(node: Node) -> Iterator[str]:
    """The names that something gives in it that could not be read, however deep."""
    inside: list[Node] = [node]
    while inside:
        part = inside.pop()
        if isinstance(part, Mapping):
            for entry in part:
                if entry.name == "name" and isinstance(entry.value, Scalar):
                    yield entry.value.raw
                inside.append(entry.value)
        elif isinstance(part, Sequence):
            inside.extend(part)
