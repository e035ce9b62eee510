"""From arguments to layers: expressions are evaluated at the item's place, each distinct layer is created once."""

from collections.abc import Callable, Container, Mapping
from typing import Any

from cnncalc.graph.dollar_names import NoSuchPart, UnknownInput
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import layer_with
from cnncalc.layers import Layer, Refused, stated
from cnncalc.shape import Shape
from cnncalc.spec import LayerCall, Reading, Sugar, UnreadableValue, ValueExpr, sugar_layer
from cnncalc.spec import faults as language
from cnncalc.spec.calls import NOTHING, call, report_refusal
from cnncalc.text import ExpressionError


class Unbound(Exception):
    """An item that has no layer: it is reported already, or unknown after an earlier error."""

    def __init__(self, *, reported: bool) -> None:
        super().__init__()
        self.reported = reported


def _may_lose_bias(layer: type[Layer]) -> bool:
    """Whether it has a bias only if no norm follows. (The shift of a norm is there in any case.)"""
    return "bias" in stated(layer) and layer.family != "normalisation"


def takes_default_bias(layer: type[Layer], call: LayerCall) -> bool:
    """Whether the next layer decides if this one has a bias."""
    return _may_lose_bias(layer) and "bias" not in call.fields and "bias" not in call.computed


class Binder:
    """Creates layers from calls. Layers with the same fields are one object, so that their facts are computed once."""

    def __init__(
        self,
        network_values: Mapping[str, Any],
        defaults: Mapping[str, Mapping[str, ValueExpr]],
        lost_defaults: Container[str],
        report: Callable[..., object],
    ) -> None:
        self.network_values = network_values
        self._defaults, self._lost_defaults = defaults, lost_defaults
        self._report = report
        self._constant: dict[tuple[int, bool], Layer] = {}
        self._sugar: dict[tuple[str, str], Sugar | None] = {}

    def value(self, given: ValueExpr, entering: Shape | None, scope: Scope) -> Any:
        """The value of an expression, with the input shape `entering`. Raises `Unbound`."""
        if given.constant:
            return given.value
        try:
            return given.evaluate(scope.lookup(entering, self.network_values, outside=given.outside))
        except (UnknownInput, UnreadableValue):
            raise Unbound(reported=False) from None
        except NoSuchPart as error:
            self._report(
                language.BAD_ARITHMETIC.at(given.span, str(error), help=error.help), scope, values=(given,)
            )
        except ExpressionError as error:
            self._report(
                language.BAD_ARITHMETIC.at(given.span, error.message, help=error.help), scope, values=(given,)
            )
        raise Unbound(reported=True)

    def refuse(self, name: str, layer: type[Layer], error: Refused, given: ValueExpr, scope: Scope) -> None:
        """Report a value that a field does not accept."""
        reading = Reading()
        report_refusal(reading, name, stated(layer)[name][0].kind, error, given.span)
        self._report(reading.diagnostics[0], scope, values=(given,))

    def layer(
        self,
        layer: type[Layer],
        call: LayerCall,
        entering: Shape | None,
        scope: Scope,
        *,
        normed: bool = False,
    ) -> Layer:
        """The layer of a call. With `normed`, a bias that is not written is off. Raises `Unbound`."""
        if not call.whole:
            raise Unbound(reported=True)
        if call.unreadable:
            raise Unbound(reported=False)
        if not call.computed:
            key = (id(call), normed)
            known = self._constant.get(key)
            if known is None:
                known = self._constant[key] = self.with_fields(layer, dict(call.fields), normed)
            return known
        fields = dict(call.fields)
        failed = False
        for name, given in call.computed.items():
            value = self.value(given, entering, scope)
            try:
                fields[name] = stated(layer)[name][0].kind.read(value)
            except Refused as error:
                failed = True
                self.refuse(name, layer, error, given, scope)
        if failed:
            raise Unbound(reported=True)
        return self.with_fields(layer, fields, normed)

    def with_fields(self, layer: type[Layer], fields: dict[str, Any], normed: bool = False) -> Layer:
        """The one layer with these fields."""
        if normed and "bias" not in fields and _may_lose_bias(layer):
            fields["bias"] = False
        return layer_with(layer, fields)

    def plain(self, layer: type[Layer]) -> Layer:
        """The one layer of a type that has no arguments."""
        return self.with_fields(layer, {})

    def sugar(self, kind: str, sugar: Sugar | None, entering: Shape | None, scope: Scope) -> Sugar | None:
        """The layer of `norm:` or `act:`, with its word evaluated; None for none. Raises `Unbound`."""
        if sugar is None or sugar.computed is None:
            return sugar
        word = self.value(sugar.computed, entering, scope)
        key = (kind, str(word))
        if key not in self._sugar:
            reading = Reading()
            layer = sugar_layer(reading, kind, str(word), sugar.span)
            whole = None
            if layer is not None:
                under = self._defaults.get(layer.key, {})
                lost = layer.key in self._lost_defaults
                own = call(reading, layer, NOTHING, under, sugar.span, unreadable=lost)
                whole = Sugar(sugar.span, layer, own, None)
            for fault in reading.diagnostics:
                self._report(fault, scope, values=(sugar.computed,))
            if reading.diagnostics:
                raise Unbound(reported=True)
            self._sugar[key] = whole
        return self._sugar[key]
