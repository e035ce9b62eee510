"""Residuals: a body, its shortcut, and their sum."""

from collections.abc import Callable

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.joins import Joins
from cnncalc.graph.scope import Scope
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import IDENTITY, OPTIONAL, PROJECT, Item, ResidualItem, ValueExpr, nearest
from cnncalc.spec import faults as language
from cnncalc.spec.item_types import SHORTCUTS
from cnncalc.text import escaped


class Residuals:
    """Expands residuals: `branch` expands a body or a shortcut, `joins` adds them."""

    def __init__(
        self,
        growing: Growing,
        binder: Binder,
        branch: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        joins: Joins,
    ) -> None:
        self._growing, self._binder, self._branch, self._joins = growing, binder, branch, joins

    def residual(self, item: ResidualItem, entering: int | None, scope: Scope) -> int:
        """Expand a residual: its body, its shortcut, and their sum."""
        from cnncalc.layers.add import Add

        try:
            source = self._growing.entered(item, entering, scope)
        except Unbound:
            return self._joins.join(item, Add, [], scope, broken=True)
        body = self._branch(item.body, source, scope)
        assert body is not None
        side: int | None = source
        if isinstance(item.shortcut, tuple):
            side = self._branch(item.shortcut, source, scope)
        else:
            before, after = self._growing.nodes[source].shape, self._growing.nodes[body].shape
            try:
                word = item.shortcut if item.way is None else self._word(item.way, before, scope)
            except Unbound:
                self._growing.counted = False
                return self._joins.join(item, Add, [body, source], scope, broken=True)
            if word is None:
                return body
            if None in (before, after) and word != IDENTITY:
                # A projection is its own layer, and an addition may be left out.
                self._growing.counted = False
            self._growing.residuals.append((source, body))
            if before != after and None not in (before, after):
                if word == OPTIONAL:
                    return body
                if word == PROJECT:
                    side = self._project(item, source, body, scope)
        assert side is not None
        shapes = {self._growing.nodes[index].shape for index in (body, side)}
        # A residual never broadcasts: shapes that differ are an error there.
        return self._joins.join(item, Add, [body, side], scope, exact=len(shapes) > 1)

    def _word(self, way: ValueExpr, entering: Shape | None, scope: Scope) -> str | None:
        """The word of a shortcut that an expression computes: true is the identity, false (None) is no addition.

        Raises `Unbound`.
        """
        value = self._binder.value(way, entering, scope)
        if isinstance(value, bool):
            return IDENTITY if value else None
        if value in SHORTCUTS:
            return str(value)
        written = escaped(shown(value))
        close = nearest(written, SHORTCUTS)
        message = f"the value of `shortcut` must be {', '.join(SHORTCUTS)}, true or false, not {written}"
        help = f"did you mean `{close}`?" if close else None
        self._growing.report(language.WRONG_VALUE.at(way.span, message, help=help), scope)
        raise Unbound(reported=True)

    def _project(self, item: ResidualItem, source: int, body: int, scope: Scope) -> int:
        from cnncalc.graph.project import projection

        name = scope.automatic("project")
        last = source
        for suffix, layer in projection(self._growing.nodes, source, body, self._binder):
            last = self._growing.add(layer, (last,), name + suffix, item, scope).index
        self._growing.table.end(name, last)
        return last
