"""The values of the control keys `when`, `repeat` and `expect`."""

from collections.abc import Callable
from typing import NoReturn

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.node import ModuleCall, Node
from cnncalc.graph.scope import Scope
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import BadShape, Item, ValueExpr, read_shape
from cnncalc.spec import faults as language
from cnncalc.text import escaped


class ControlKeys:
    """Evaluates control keys, and reports values that they do not accept."""

    def __init__(self, growing: Growing, binder: Binder) -> None:
        self._growing, self._binder = growing, binder

    def flag(self, when: ValueExpr, entering: Shape | None, scope: Scope, key: str = "when") -> bool:
        """The value of `when` (whether an item is in the network), `freeze` or `module`. Raises `Unbound`."""
        value = self._binder.value(when, entering, scope)
        if isinstance(value, bool):
            return value
        message = f"the value of `{key}` must be true or false, not {escaped(shown(value))}"
        return self._refuse(when, message, scope)

    def marked(self, item: Item, entering: Shape | None, scope: Scope, name: Callable[[], str]) -> Scope:
        """The scope of a repetition of an item with `freeze` or `module`; `name` gives that of its module call."""
        controls, marks = item.controls, scope.marks
        try:
            if controls.freeze is not None:
                marks = marks._replace(frozen=self.flag(controls.freeze, entering, scope, "freeze"))
            if controls.module is not None and self.flag(controls.module, entering, scope, "module"):
                marks = marks._replace(module=ModuleCall(name(), item, marks.module))
        except Unbound:
            # It is reported, or the input is unknown after an error: then no figure depends on it.
            pass
        return scope.marked(marks)

    def count(self, repeat: ValueExpr, entering: Shape | None, scope: Scope) -> int:
        """The number of repetitions of an item. Raises `Unbound`."""
        value = self._binder.value(repeat, entering, scope)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        message = f"the value of `repeat` must be a whole number, 0 or more, not {escaped(shown(value))}"
        return self._refuse(repeat, message, scope)

    def on_device(self, place: ValueExpr, scope: Scope) -> Scope:
        """The scope of an item with the device that `place` names; unchanged if it names none, which is reported."""
        from cnncalc.graph.placement import scope_on_device

        return scope_on_device(self._growing, self._binder, place, scope)

    def _refuse(self, given: ValueExpr, message: str, scope: Scope) -> NoReturn:
        self._growing.report(language.WRONG_VALUE.at(given.span, message), scope, values=(given,))
        raise Unbound(reported=True)

    def expect(self, item: Item, expect: ValueExpr, entering: Shape | None, node: Node, scope: Scope) -> None:
        """Compare the shape of an item's last node with the one that `expect` states."""
        from cnncalc.graph.expect import bad_shape, expectation_fault, follows_input

        growing = self._growing
        if growing.replaced and not follows_input(expect, growing.replaced):
            growing.unchecked.add(expect.span)
            return
        growing.findings.count_check(item)
        # `expect` changes no figure.
        with growing.findings.figures_stand():
            try:
                value = self._binder.value(expect, entering, scope)
            except Unbound as stop:
                # A shape with other axes can't be compared: perhaps `expect` is for another shape.
                growing.findings.disputed |= stop.reported
                return
            expected = read_shape(value)
            if isinstance(expected, BadShape):
                growing.report(bad_shape(expected, expect), scope, about=item, values=(expect,))
            elif node.shape is not None and (
                fault := expectation_fault(
                    expected, node, node.shape, expect, growing.nodes, item, advise=growing.advise
                )
            ):
                growing.report(
                    fault,
                    scope,
                    about=item,
                    free=True,
                    resized=expected.channels == node.shape.channels,
                    values=(expect,),
                )
