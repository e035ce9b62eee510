"""Items of a list of layers: layers, blocks, structures, and the control keys beside them."""

from collections.abc import Container, Iterator
from collections.abc import Mapping as MappingOf
from itertools import chain
from typing import NamedTuple

from cnncalc import layers
from cnncalc.diagnostic import Note, Span
from cnncalc.layers import Layer, shown
from cnncalc.spec import _faults
from cnncalc.spec.blocks import STRUCTURES, block_call
from cnncalc.spec.calls import call, written
from cnncalc.spec.controls import CONTROLS, controls
from cnncalc.spec.model import (
    NOTHING,
    BlockItem,
    BrokenItem,
    Controls,
    First,
    Given,
    Item,
    LayerItem,
    MergeItem,
    Operand,
    Parameter,
    ResidualItem,
    SequenceItem,
    Sugar,
)
from cnncalc.spec.reading import Reading
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped

SHORTCUTS = ("identity", "project", "optional")
NO_CONTROLS = Controls()


class Defaults(NamedTuple):
    """What `defaults` says of one layer type."""

    givens: MappingOf[str, Given] = NOTHING
    sugar: MappingOf[str, Sugar | None] = NOTHING


NO_DEFAULTS = Defaults()


class ItemReader:
    """Reads items; knows the spec's blocks by name and the defaults by layer type."""

    def __init__(
        self,
        reading: Reading,
        blocks: MappingOf[str, MappingOf[str, Parameter]],
        lost_blocks: Container[str] = (),
    ) -> None:
        self.reading = reading
        self.blocks = blocks
        self.defaults: dict[str, Defaults] = {}
        self.used_blocks: set[str] = set()
        self.two_modes = False
        # Names that items of the scope being read give themselves, where each was first given.
        self.names: dict[str, Span] = {}
        # Names that could not be read, and blocks: what refers to them is unknown, and needs no report of its own.
        self.lost_names: set[str] = set()
        self.lost_blocks = lost_blocks

    def items(self, node: Node, what: str) -> tuple[Item, ...]:
        """A list of items. Anything else is reported and read as nothing."""
        if isinstance(node, Sequence):
            read = [self.item(item) for item in node]
            return tuple(self._before_norm(read))
        if not (isinstance(node, Scalar) and node.value is None):
            self.reading.report(
                _faults.WRONG_VALUE,
                node.span,
                f"{what} must be a list of layers",
                help="start each layer with `- `",
            )
            return (BrokenItem(node.span, node.span, NO_CONTROLS),)
        return ()

    def _before_norm(self, items: list[Item]) -> list[Item]:
        """Tell each layer whether a normalisation is written right after it."""
        for at, after in enumerate(items[1:]):
            item = items[at]
            plain = (
                after.controls.source is None and after.controls.when is None and after.controls.only is None
            )
            norm = plain and isinstance(after, LayerItem) and after.layer.cancels_bias
            if norm and isinstance(item, LayerItem) and item.norm is None and item.act is None:
                items[at] = item._replace(before_norm=True)
        return items

    def item(self, node: Node) -> Item:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._named(node, None, node.span, NO_CONTROLS, None, node.span)
        if not isinstance(node, Mapping) or not len(node):
            written_as = shown(node.value) if isinstance(node, Scalar) else "a list" if len(node) else "empty"
            self.reading.report(
                _faults.MALFORMED_ITEM,
                node.span,
                f"an item is a word or a mapping, not {written_as}",
                help="write `- relu`, or `- conv: 64`",
            )
            return BrokenItem(node.span, node.span, NO_CONTROLS)
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
            self._malformed(node, found, extra)
            return BrokenItem(node.span, node.span, self._controls(beside)[0])
        repeated = node.get("repeat") is not None
        was, self.reading.repeated = self.reading.repeated, self.reading.repeated or repeated
        told, clear = self._controls(beside) if beside else (NO_CONTROLS, True)
        first = node.get("first")
        if first is not None and not repeated:
            self.reading.report(
                _faults.CONFLICTING_KEYS,
                first.key.span,
                "`first` is for the first repetition, and nothing is repeated here",
                help="put `repeat` beside it, or the arguments inside",
            )
            first = None
        item = self._named(found.key, found.value, node.span, told, first, self._place(node))
        self.reading.repeated = was
        self._fits(item, node, found)
        if isinstance(item, ResidualItem) and (shortcut := node.get("shortcut")) is not None:
            item = item._replace(shortcut=self._shortcut(shortcut.value))
        return item if clear else BrokenItem(item.span, item.whole, Controls(name=told.name))

    def _fits(self, item: Item, node: Mapping, found: Entry) -> None:
        """Report control keys that mean nothing beside such an item."""
        for key, kinds, where in (
            ("shortcut", ResidualItem, "`residual`"),
            ("share", LayerItem, "a layer"),
            ("first", LayerItem | BlockItem, "a layer or a block"),
        ):
            if (entry := node.get(key)) is not None and not isinstance(item, kinds | BrokenItem):
                self.reading.report(
                    _faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{key}` goes beside {where}, not `{escaped(found.name)}`",
                )

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
                    _faults.DUPLICATE_NAME,
                    told.name.span,
                    f"`{told.name.text}` is the name of two layers",
                    notes=[Note("the first is here", first)],
                    help="give one of them another name",
                )
        elif (lost := next((one.value for one in beside if one.name == "name"), None)) is not None:
            self.lost_names.add(lost.raw if isinstance(lost, Scalar) else "")
        return told, clear

    def _malformed(self, node: Mapping, found: Entry | None, extra: list[Entry]) -> None:
        if found is None:
            self.reading.report(
                _faults.MALFORMED_ITEM, node.span, "an item of control keys only: there is no layer in it"
            )
            return
        inside = [entry for entry in extra if not self._is_word(entry.name)]
        if self._is_word(found.name) and len(inside) == len(extra):
            names = " and ".join(f"`{escaped(entry.name)}`" for entry in inside)
            self.reading.report(
                _faults.MALFORMED_ITEM,
                inside[0].key.span,
                f"{names} beside `{found.name}`: parameters of a layer go inside it",
                help=f"write `{found.name}: {{{', '.join(escaped(entry.name) + ': ...' for entry in inside)}}}`",
            )
            return
        names = " and ".join(f"`{escaped(entry.name)}`" for entry in (found, *extra))
        self.reading.report(
            _faults.MALFORMED_ITEM,
            extra[0].key.span,
            f"one item, several layers: {names}",
            help="start each with its own `- `",
        )

    def _words(self) -> Iterator[str]:
        return chain(layers.names(), self.blocks, STRUCTURES)

    def _is_word(self, name: str) -> bool:
        return name in layers.names() or name in self.blocks or name in STRUCTURES

    def _named(
        self, key: Scalar, value: Node | None, whole: Span, told: Controls, first: Entry | None, place: Span
    ) -> Item:
        """The item that a word names."""
        word, span = key.raw, key.span
        if word in self.blocks:
            self.used_blocks.add(word)
            parameters = self.blocks[word]
            arguments = block_call(self.reading, word, parameters, value, span)
            again = (
                block_call(self.reading, word, parameters, first.value, span, partial=True) if first else None
            )
            return BlockItem(span, whole, told, word, arguments, again)
        if word in layers.names():
            return self._layer(word, key, value, whole, told, first)
        if word == "sequence":
            return SequenceItem(span, whole, told, self._inside(word, key, value))
        if word == "residual":
            return ResidualItem(span, whole, told, self._inside(word, key, value), "identity", place)
        if word in self.lost_blocks:
            return BrokenItem(span, whole, told)
        message = f"there is no layer or block `{escaped(word)}`"
        self.reading.unknown_word(_faults.UNKNOWN_LAYER, span, message, word, self._words())
        return BrokenItem(span, whole, told)

    def _inside(self, word: str, key: Scalar, value: Node | None) -> tuple[Item, ...]:
        """The items of a structure, of which there must be some."""
        if value is None or (value.value is None if isinstance(value, Scalar) else not len(value)):
            message = f"`{word}` is empty: there is no layer in it"
            self.reading.report(_faults.WRONG_VALUE, key.span, message, help="list its layers below it")
            return (BrokenItem(key.span, key.span, NO_CONTROLS),)
        return self.items(value, f"`{word}`")

    def _layer(
        self, word: str, key: Scalar, value: Node | None, whole: Span, told: Controls, first: Entry | None
    ) -> Item:
        layer = layers.layer_type(word)
        if layer.arity is None:
            return MergeItem(key.span, whole, told, layer, self._operands(word, value, key.span))
        defaults = self.defaults.get(word, NO_DEFAULTS)
        own = written(self.reading, layer, value)
        made = call(self.reading, layer, own, defaults.givens, key.span)
        sugar = {**defaults.sugar, **{kind: self.sugar(kind, node) for kind, node in own.sugar.items()}}
        again: First | None = None
        if first is not None:
            over = written(self.reading, layer, first.value)
            over = over._replace(whole=over.whole and own.whole)
            under = {**defaults.givens, **own.givens}
            of_first = {**sugar, **{kind: self.sugar(kind, node) for kind, node in over.sugar.items()}}
            again = First(
                call(self.reading, layer, over, under, None), of_first.get("norm"), of_first.get("act")
            )
        norm, act = sugar.get("norm"), sugar.get("act")
        return LayerItem(key.span, whole, told, layer, made, again, norm, act)

    def sugar(self, kind: str, node: Node) -> Sugar | None:
        """What `norm:` or `act:` stands for; None for `none`."""
        if isinstance(node, Mapping) and len(node) == 1:
            word, value = node.entries[0].key, node.entries[0].value
        elif isinstance(node, Scalar) and isinstance(node.value, str):
            given = self.reading.given(node)
            if given is None:
                return None
            if not given.constant:
                return Sugar(node.span, None, None, given)
            word, value = node, None
        elif isinstance(node, Scalar) and node.value is None:
            return None
        else:
            self.reading.report(
                _faults.WRONG_VALUE,
                node.span,
                f"`{kind}` must be the name of a layer, or none",
                help=f"write `{kind}: relu`",
            )
            return None
        layer = sugar_layer(self.reading, kind, word.raw, word.span)
        if layer is None:
            return None
        own = written(self.reading, layer, value)
        under = self.defaults.get(layer.key, NO_DEFAULTS).givens
        return Sugar(node.span, layer, call(self.reading, layer, own, under, node.span), None)

    def _operands(self, word: str, node: Node | None, span: Span) -> tuple[Operand, ...]:
        if not isinstance(node, Sequence) or len(node) < 2:
            count = f"{len(node)}" if isinstance(node, Sequence) else "no list of them"
            self.reading.report(
                _faults.TOO_FEW_OPERANDS,
                node.span if node is not None else span,
                f"`{word}` joins two or more operands, and there is {count}",
                help=f"write `{word}: [prev, NAME]`; an operand is a name, `prev`, or a branch (a list of layers)",
            )
            return ()
        operands = []
        for item in node:
            if isinstance(item, Sequence):
                operands.append(Operand(item.span, None, self.items(item, "a branch")))
            elif isinstance(item, Scalar) and isinstance(item.value, str):
                given = self.reading.given(item)
                broken = None if given else (BrokenItem(item.span, item.span, NO_CONTROLS),)
                operands.append(Operand(item.span, given, broken))
            else:
                self.reading.report(
                    _faults.MALFORMED_ITEM,
                    item.span,
                    "an operand is a name, `prev`, or a branch, which is a list",
                    help="put the layers of the branch in brackets: `[conv: 64]`",
                )
                operands.append(Operand(item.span, None, (BrokenItem(item.span, item.span, NO_CONTROLS),)))
        return tuple(operands)

    def _shortcut(self, node: Node) -> "str | tuple[Item, ...]":
        if isinstance(node, Sequence):
            return self.items(node, "`shortcut`")
        if isinstance(node, Scalar) and node.value in SHORTCUTS:
            return str(node.value)
        shown_as = escaped(shown(node.value)) if isinstance(node, Scalar) else "a mapping"
        message = f"`shortcut` must be {', '.join(SHORTCUTS)} or a list of layers, not {shown_as}"
        self.reading.unknown_word(_faults.WRONG_VALUE, node.span, message, shown_as, SHORTCUTS)
        return (BrokenItem(node.span, node.span, NO_CONTROLS),)


def sugar_layer(reading: Reading, kind: str, word: str, span: Span) -> type[Layer] | None:
    """The layer that a word names beside `norm` or `act`; None for `none`, and where it names no such layer."""
    family = "normalisation" if kind == "norm" else "activation"
    if word == "none":
        return None
    if word in layers.names() and (layer := layers.layer_type(word)).family == family:
        return layer
    fitting = [name for name in layers.names() if layers.layer_type(name).family == family]
    message = f"`{kind}` must be one of the {family} layers or none, not {escaped(word)}"
    reading.unknown_word(_faults.WRONG_VALUE, span, message, word, [*fitting, "none"])
    return None
