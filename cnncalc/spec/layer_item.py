"""A layer as an item: its arguments over the `defaults` of its type, and the norm and act written inside it."""

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
    """The `defaults` of one layer type."""

    givens: MappingOf[str, ValueExpr] = NOTHING
    sugar: MappingOf[str, Sugar | None] = NOTHING


NO_DEFAULTS = Defaults()


class LayerReader:
    """Reads layers over the `defaults` of their types."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.defaults: dict[str, Defaults] = {}
        # Layer types that may have more defaults, which could not be read.
        self.lost: set[str] = set()

    def read_defaults(self, entry: Entry) -> None:
        """Read the `defaults` of each type of layer."""
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
        for default in sorted(
            entry.value,
            key=lambda default: default.name in known and layers.layer_type(default.name).takes_sugar,
        ):
            if default.name not in known:
                what = f"there is no layer `{escaped(default.name)}`"
                reading.unknown_word(
                    faults.UNKNOWN_LAYER, default.key.span, what, default.name, known, "layer"
                )
                self.lost.update(_may_be_meant(entry.value, default.value))
                continue
            layer = layers.layer_type(default.name)
            own = written(reading, layer, default.value)
            read = call(reading, layer, own, {}, None)
            givens = {
                name: given._replace(outside=True) if _fits(name, given, read) else unreadable(given.span)
                for name, given in own.givens.items()
            }
            sugar = {kind: _outside(self._sugar(kind, node)) for kind, node in own.sugar.items()}
            self.defaults[default.name] = Defaults(givens, sugar)
            if not own.whole or default.key.doubtful:
                self.lost.add(default.name)
        if not entry.value.whole and not any(item.key.doubtful for item in entry.value):
            self.lost.update(layers.names())

    def item(
        self,
        layer: type[Layer],
        key: Scalar,
        value: Node | None,
        whole: Span,
        controls: Controls,
        first: Entry | None,
    ) -> LayerItem:
        """The layer of a key; `first` has the arguments that differ in its first repetition."""
        defaults = self.defaults.get(layer.key, NO_DEFAULTS)
        lost = layer.key in self.lost
        own = written(self._reading, layer, value)
        layer_call = call(self._reading, layer, own, defaults.givens, key.span, unreadable=lost)
        sugar = {**defaults.sugar, **{kind: self._sugar(kind, node) for kind, node in own.sugar.items()}}
        again: First | None = None
        if first is not None:
            over = written(self._reading, layer, first.value)
            over = over._replace(whole=over.whole and layer_call.whole)
            under = {**defaults.givens, **own.givens}
            of_first = {**sugar, **{kind: self._sugar(kind, node) for kind, node in over.sugar.items()}}
            again = First(
                call(self._reading, layer, over, under, None, unreadable=lost),
                of_first.get("norm"),
                of_first.get("act"),
            )
        norm, act = sugar.get("norm"), sugar.get("act")
        return LayerItem(key.span, whole, controls, layer, layer_call, again, norm, act)

    def call(self, layer: type[Layer], value: Node | None, span: Span) -> LayerCall:
        """The arguments of a layer over the defaults of its type."""
        under, lost = self.defaults.get(layer.key, NO_DEFAULTS).givens, layer.key in self.lost
        own = written(self._reading, layer, value)
        return call(self._reading, layer, own, under, span, unreadable=lost)

    def _sugar(self, kind: str, node: Node) -> Sugar | None:
        """The layer of `norm:` or `act:`; None for `none`. One that can't be read becomes an unreadable expression."""
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
    """Whether a field accepts its value from `defaults`."""
    return name in read.fields or name in read.computed or (given.constant and given.value is None)


def _may_be_meant(defaults: Mapping, said: Node) -> list[str]:
    """The layer types that an unknown word in `defaults` may mean: those that accept all its arguments."""
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
    """Sugar whose expression, if it has one, does not depend on a block's parameters."""
    if sugar is None or sugar.computed is None:
        return sugar
    return sugar._replace(computed=sugar.computed._replace(outside=True))


def sugar_layer(reading: Reading, kind: str, word: str, span: Span) -> type[Layer] | None:
    """The layer that is the value of `norm` or `act`; None for `none`, and if there is no such layer."""
    family = "normalisation" if kind == "norm" else "activation"
    if word == "none":
        return None
    if word in layers.names() and (layer := layers.layer_type(word)).family == family:
        return layer
    fitting = [name for name in layers.names() if layers.layer_type(name).family == family]
    message = f"`{kind}` must be one of the {family} layers or none, not {escaped(word)}"
    if kind == "norm" and nearest(word, [*fitting, "none"]) is None and nearest(f"{word}norm", fitting):
        # `norm: batch` is `batchnorm` in other frameworks.
        reading.unknown_word(faults.WRONG_VALUE, span, message, f"{word}norm", fitting, "layer")
        return None
    reading.unknown_word(faults.WRONG_VALUE, span, message, word, [*fitting, "none"], "layer")
    return None


def before_norm(items: list[Item]) -> list[Item]:
    """Store in each layer whether a normalisation is written right after it; None if that could not be read."""
    for index, after in enumerate(items[1:]):
        item = items[index]
        if isinstance(after, BrokenItem) and isinstance(item, LayerItem) and after.controls.source is None:
            items[index] = item._replace(before_norm=None)
            continue
        plain = after.controls.source is None and after.controls.when is None and after.controls.only is None
        norm = plain and isinstance(after, LayerItem) and after.layer.cancels_bias
        if norm and isinstance(item, LayerItem) and item.norm is None and item.act is None:
            items[index] = item._replace(before_norm=True)
    return items
