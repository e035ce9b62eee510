"""A layer as an item: its arguments over what `defaults` says, and the norm and act written inside it."""

from collections.abc import Mapping as MappingOf

from cnncalc import layers
from cnncalc.diagnostic import Span
from cnncalc.layers import Layer, main_field, stated
from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.spec.calls import SUGAR, call, written
from cnncalc.spec.item_types import BrokenItem, Controls, First, Item, LayerCall, LayerItem, Sugar
from cnncalc.spec.reading import Reading, nearest
from cnncalc.spec.values import NOTHING, ValueExpr, unreadable
from cnncalc.text import Entry, Mapping, Node, Scalar, escaped


class Defaults(NamedTuple):
    """What `defaults` says of one layer type."""

    givens: MappingOf[str, ValueExpr] = NOTHING
    sugar: MappingOf[str, Sugar | None] = NOTHING


NO_DEFAULTS = Defaults()


class LayerReader:
    """Reads layers over the `defaults` of their types."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.defaults: dict[str, Defaults] = {}
        # Layer types of which more may be said than could be read.
        self.lost: set[str] = set()

    def read_defaults(self, entry: Entry) -> None:
        """Take over what `defaults` says of each type of layer."""
        reading = self._reading
        if not isinstance(entry.value, Mapping):
            reading.report(
                faults.WRONG_VALUE,
                entry.value.span,
                "`defaults` must be a mapping from layer to its arguments",
            )
            self.lost.update(layers.names())
            return
        # What follows a conv may have defaults of its own: read them before any sugar is.
        known = layers.names()
        for one in sorted(
            entry.value, key=lambda one: one.name in known and layers.layer_type(one.name).takes_sugar
        ):
            if one.name not in known:
                what = f"there is no layer `{escaped(one.name)}`"
                reading.unknown_word(faults.UNKNOWN_LAYER, one.key.span, what, one.name, known, "layer")
                self.lost.update(_may_be_meant(entry.value, one.value))
                continue
            layer = layers.layer_type(one.name)
            own = written(reading, layer, one.value)
            told = call(reading, layer, own, {}, None)
            givens = {
                name: given._replace(outside=True) if _fits(name, given, told) else unreadable(given.span)
                for name, given in own.givens.items()
            }
            sugar = {kind: _outside(self._sugar(kind, node)) for kind, node in own.sugar.items()}
            self.defaults[one.name] = Defaults(givens, sugar)
            if not own.whole or one.key.doubtful:
                self.lost.add(one.name)
        if not entry.value.whole and not any(one.key.doubtful for one in entry.value):
            self.lost.update(layers.names())

    def item(
        self,
        layer: type[Layer],
        key: Scalar,
        value: Node | None,
        whole: Span,
        told: Controls,
        first: Entry | None,
    ) -> LayerItem:
        """The layer that stands under a key; `first` is what is different in its first repetition."""
        defaults = self.defaults.get(layer.key, NO_DEFAULTS)
        lost = layer.key in self.lost
        own = written(self._reading, layer, value)
        made = call(self._reading, layer, own, defaults.givens, key.span, unreadable=lost)
        sugar = {**defaults.sugar, **{kind: self._sugar(kind, node) for kind, node in own.sugar.items()}}
        again: First | None = None
        if first is not None:
            over = written(self._reading, layer, first.value)
            over = over._replace(whole=over.whole and made.whole)
            under = {**defaults.givens, **own.givens}
            of_first = {**sugar, **{kind: self._sugar(kind, node) for kind, node in over.sugar.items()}}
            again = First(
                call(self._reading, layer, over, under, None, unreadable=lost),
                of_first.get("norm"),
                of_first.get("act"),
            )
        norm, act = sugar.get("norm"), sugar.get("act")
        return LayerItem(key.span, whole, told, layer, made, again, norm, act)

    def call(self, layer: type[Layer], value: Node | None, span: Span) -> LayerCall:
        """The arguments of a layer over the defaults of its type."""
        under, lost = self.defaults.get(layer.key, NO_DEFAULTS).givens, layer.key in self.lost
        own = written(self._reading, layer, value)
        return call(self._reading, layer, own, under, span, unreadable=lost)

    def _sugar(self, kind: str, node: Node) -> Sugar | None:
        """What `norm:` or `act:` stands for; None for `none`. What can't be read is computed, and unreadable."""
        if isinstance(node, Mapping) and len(node) == 1:
            word, value = node.entries[0].key, node.entries[0].value
        elif isinstance(node, Scalar) and isinstance(node.value, str):
            given = self._reading.value(node)
            if not given.constant:
                return Sugar(node.span, None, None, given)
            word, value = node, None
        elif isinstance(node, Scalar) and node.value is None and not node.doubtful:
            return None
        elif isinstance(node, Scalar) and node.doubtful:
            return _unreadable(node.span)
        else:
            self._reading.report(
                faults.WRONG_VALUE,
                node.span,
                f"`{kind}` must be the name of a layer, or none",
                help="write `norm: bn`, for example" if kind == "norm" else "write `act: relu`, for example",
            )
            return _unreadable(node.span)
        layer = sugar_layer(self._reading, kind, word.raw, word.span)
        if layer is None:
            return None if word.raw == "none" else _unreadable(node.span)
        return Sugar(node.span, layer, self.call(layer, value, node.span), None)


def _unreadable(span: Span) -> Sugar:
    """Sugar that could not be read."""
    return Sugar(span, None, None, unreadable(span))


def _fits(name: str, given: ValueExpr, read: LayerCall) -> bool:
    """Whether the field of a name takes what `defaults` says of it."""
    return name in read.fields or name in read.computed or (given.constant and given.value is None)


def _may_be_meant(defaults: Mapping, said: Node) -> list[str]:
    """The layer types that an unknown word in `defaults` may mean: those that take all that is said of it."""
    free = [name for name in layers.names() if name not in defaults]
    if isinstance(said, Mapping):
        keys = {entry.name for entry in said}
        fitting = [
            name
            for name in free
            if keys <= {*stated(layer := layers.layer_type(name)), *(SUGAR if layer.takes_sugar else ())}
        ]
    else:
        fitting = [name for name in free if main_field(layers.layer_type(name)) is not None]
    return fitting or free


def _outside(sugar: Sugar | None) -> Sugar | None:
    """Sugar whose word, where it is computed, does not depend on a block's parameters."""
    if sugar is None or sugar.computed is None:
        return sugar
    return sugar._replace(computed=sugar.computed._replace(outside=True))


def sugar_layer(reading: Reading, kind: str, word: str, span: Span) -> type[Layer] | None:
    """The layer that a word names beside `norm` or `act`; None for `none`, and where it names no such layer."""
    family = "normalisation" if kind == "norm" else "activation"
    if word == "none":
        return None
    if word in layers.names() and (layer := layers.layer_type(word)).family == family:
        return layer
    fitting = [name for name in layers.names() if layers.layer_type(name).family == family]
    message = f"`{kind}` must be one of the {family} layers or none, not {escaped(word)}"
    if kind == "norm" and nearest(word, [*fitting, "none"]) is None and nearest(f"{word}norm", fitting):
        # `norm: batch` is `batchnorm` elsewhere.
        reading.unknown_word(faults.WRONG_VALUE, span, message, f"{word}norm", fitting, "layer")
        return None
    reading.unknown_word(faults.WRONG_VALUE, span, message, word, [*fitting, "none"], "layer")
    return None


def before_norm(items: list[Item]) -> list[Item]:
    """Tell each layer whether a normalisation is written right after it; None where that could not be read."""
    for at, after in enumerate(items[1:]):
        item = items[at]
        if isinstance(after, BrokenItem) and isinstance(item, LayerItem) and after.controls.source is None:
            items[at] = item._replace(before_norm=None)
            continue
        plain = after.controls.source is None and after.controls.when is None and after.controls.only is None
        norm = plain and isinstance(after, LayerItem) and after.layer.cancels_bias
        if norm and isinstance(item, LayerItem) and item.norm is None and item.act is None:
            items[at] = item._replace(before_norm=True)
    return items
