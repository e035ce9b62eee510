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
from cnncalc.vocabulary.groups import Weightless


class ItemReader:
    """Reads items; holds the spec's blocks by name and the defaults of each type of layer."""

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
        # Names of the items in the scope that is read now, with the place of their first use.
        self.names: dict[str, Span] = {}
        # Names and blocks that could not be read: references to them are unknown, and are not reported again.
        self.lost_names: set[str] = set()
        self.lost_blocks = lost_blocks
        # Names of blocks that could not be read. They may also be words of the language.
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

    def broken(self, node: Node, own_controls: Controls = NO_CONTROLS) -> BrokenItem:
        """The item for an entry that could not be read; the names in it are unknown."""
        self.lost_names.update(_names(node))
        return BrokenItem(node.span, node.span, own_controls)

    def item(self, node: Node) -> Item:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._named(node, None, node.span, NO_CONTROLS, None, node.span)
        if not isinstance(node, Mapping) or not len(node):
            from cnncalc.spec.malformed import report_no_item

            report_no_item(self.reading, node)
            return self.broken(node)
        main: Entry | None = None
        extra: list[Entry] = []
        beside: list[Entry] = []
        for entry in node:
            if entry.name in CONTROLS and entry.name not in self.blocks:
                beside.append(entry)
            elif main is None:
                main = entry
            else:
                extra.append(entry)
        if main is None or extra:
            from cnncalc.spec.malformed import report_not_one

            report_not_one(self.reading, node, main, extra, self._is_word)
            return self.broken(node, self._controls(beside)[0])
        repeated = node.get("repeat") is not None
        was, self.reading.repeated = self.reading.repeated, self.reading.repeated or repeated
        own_controls, clear = self._controls(beside) if beside else (NO_CONTROLS, True)
        first = node.get("first")
        if first is not None and not repeated:
            self.reading.report(
                faults.CONFLICTING_KEYS,
                first.key.span,
                "`first` is for the first repetition, but there is no `repeat` here",
                help="put `repeat` beside it, or the arguments inside",
            )
            first, clear = None, False
        item = self._named(main.key, main.value, node.span, own_controls, first, self._place(node))
        clear = self._fits(item, node, main) and self._reads(item, node) and clear and node.whole
        if isinstance(item, BlockItem) and (later := node.get("next")) is not None and item.block != "next":
            from cnncalc.spec.repetition import following

            item = item._replace(
                next=following(self.reading, item, self.blocks[item.block], later, repeated=repeated)
            )
            clear = clear and item.next is not None
        if isinstance(item, ResidualItem) and (way := node.get("shortcut")) is not None:
            from cnncalc.spec.operands import with_shortcut

            item = with_shortcut(self.reading, item, way.value, self.items)
        self.reading.repeated = was
        if clear:
            return item
        self.lost_names.update(own_names(item))
        return BrokenItem(
            item.span,
            item.whole,
            Controls(name=own_controls.name, lost_name=own_controls.lost_name),
            main.name,
        )

    def _fits(self, item: Item, node: Mapping, main: Entry) -> bool:
        """Whether all control keys are allowed beside such an item; others are reported."""
        fits = True
        for key, kinds, where in (
            ("shortcut", ResidualItem, "`residual`"),
            ("share", self._sharing(item), "a layer or a block"),
            ("first", LayerItem | BlockItem, "a layer or a block"),
            ("next", BlockItem, "a block"),
            ("module", BlockItem | SequenceItem, "a block or `sequence`"),
        ):
            entry = node.get(key)
            if entry is None or entry is main:
                continue
            if not isinstance(item, (kinds, BrokenItem)):
                fits = False
                self.reading.report(
                    faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{key}` goes beside {where}, not `{escaped(main.name)}`",
                )
        return fits

    def _sharing(self, item: Item) -> tuple[type, ...]:
        """What `share` goes beside: a merge only if its layer has weights."""
        weightless = isinstance(item, MergeItem) and issubclass(item.layer, Weightless)
        return (LayerItem, BlockItem) if weightless else (LayerItem, BlockItem, MergeItem)

    def _reads(self, item: Item, node: Mapping) -> bool:
        """Whether an item can have the `from` beside it; one that reads nothing is reported."""
        entry = node.get("from")
        if entry is None or not isinstance(item, LayerItem) or item.layer.arity != 0:
            return True
        self.reading.report(
            faults.READS_NOTHING,
            entry.key.span,
            f"`from` is beside `{item.layer.key}`, which reads nothing",
            help=f"remove `from`: `prev` after it is the tensor that `{item.layer.key}` gives",
        )
        return False

    def _place(self, node: Mapping) -> Span:
        """The place where another key of an item can be added: before its first key."""
        start = node.entries[0].key.span
        return Span(start.file, start.line, start.column, start.line, start.column)

    def _controls(self, beside: list[Entry]) -> tuple[Controls, bool]:
        own_controls, clear = controls(self.reading, beside)
        self.two_modes = self.two_modes or own_controls.only is not None
        if own_controls.name is not None:
            first = self.names.setdefault(own_controls.name.text, own_controls.name.span)
            # Items that can be left out may have the same name if only one is in the network: the graph checks that.
            if (
                clear
                and first is not own_controls.name.span
                and own_controls.only is None
                and own_controls.when is None
            ):
                self.reading.report(
                    faults.DUPLICATE_NAME,
                    own_controls.name.span,
                    f"`{own_controls.name.text}` is used for two layers",
                    notes=[Note("the first is here", first)],
                    help="give one of them another name",
                )
                # A reference to it may mean either.
                self.lost_names.add(own_controls.name.text)
        elif (lost := next((entry.value for entry in beside if entry.name == "name"), None)) is not None:
            self.lost_names.add(lost.raw if isinstance(lost, Scalar) else "")
        return own_controls, clear

    def _words(self) -> Iterator[str]:
        return chain(layers.names(), self.blocks, STRUCTURES, self.short)

    def _is_word(self, name: str) -> bool:
        return (
            name in layers.names()
            or name in self.blocks
            or name in STRUCTURES
            or name == "unknown"
            or name in self.taken
        )

    def _named(
        self,
        key: Scalar,
        value: Node | None,
        whole: Span,
        own_controls: Controls,
        first: Entry | None,
        place: Span,
    ) -> Item:
        """The item with the name `word`."""
        word, span = key.raw, key.span
        if word in self.taken:
            return BrokenItem(span, whole, own_controls, word)
        if word in self.blocks:
            self.used_blocks.add(word)
            parameters = self.blocks[word]
            arguments = block_call(self.reading, word, parameters, value, span)
            again = (
                block_call(self.reading, word, parameters, first.value, span, partial=True) if first else None
            )
            return BlockItem(span, whole, own_controls, word, arguments, again)
        if word in layers.names():
            layer = layers.layer_type(word)
            if layer.arity is not None:
                return self.layers.item(layer, key, value, whole, own_controls, first)
            from cnncalc.spec.operands import operands, operands_and_arguments

            listed, inside = operands_and_arguments(layer, value)
            joined = operands(self.reading, layer, listed, span, self.items)
            return MergeItem(span, whole, own_controls, layer, joined, self.layers.call(layer, inside, span))
        if word == "unknown":
            from cnncalc.spec.unknown_item import unknown_item

            read = unknown_item(self.reading, value, span, whole, own_controls, self.items)
            return read or BrokenItem(span, whole, own_controls, word)
        if word == "sequence":
            return SequenceItem(span, whole, own_controls, self._inside(word, key, value))
        if word == "residual":
            return ResidualItem(span, whole, own_controls, self._inside(word, key, value), IDENTITY, place)
        if word in self.lost_blocks:
            return BrokenItem(span, whole, own_controls, word)
        if not word.isidentifier():
            from cnncalc.spec.slips import report_slip

            if report_slip(self.reading, key, self._is_word):
                return BrokenItem(span, whole, own_controls, word)
        if isinstance(value, Scalar):
            from cnncalc.spec.slips import report_type

            if report_type(self.reading, [Entry(key, value)], self._is_word):
                return BrokenItem(span, whole, own_controls, word)
        message = f"there is no layer or block `{escaped(word)}`"
        # It may be the block whose name could not be read.
        if not self.reading.lost_block:
            self.reading.unknown_word(faults.UNKNOWN_LAYER, span, message, word, self._words(), "layer")
        return BrokenItem(span, whole, own_controls, word)

    def _inside(self, word: str, key: Scalar, value: Node | None) -> tuple[Item, ...]:
        """The items of a structure; an empty structure is reported."""
        if value is None or (value.value is None if isinstance(value, Scalar) else not len(value)):
            message = f"`{word}` is empty: there is no layer in it"
            self.reading.report(faults.WRONG_VALUE, key.span, message, help="list its layers below it")
            return (BrokenItem(key.span, key.span, NO_CONTROLS),)
        return self.items(value, f"`{word}`")


def _names(node: Node) -> Iterator[str]:
    """The names of layers in a part of the text that could not be read, at every depth."""
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
