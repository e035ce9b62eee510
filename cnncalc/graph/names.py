"""Name lookup: the layer or item that a name refers to at its place, or why there is none."""

import re

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import UNDETERMINED, Growing
from cnncalc.graph.name_reports import NameReports, looked_up_at
from cnncalc.graph.scope import Origin, Scope
from cnncalc.spec import BrokenItem, ValueExpr, nearest
from cnncalc.spec import faults as language
from cnncalc.spec.item_types import Controls
from cnncalc.spec.reading import RESERVED
from cnncalc.text import escaped

# How many inputs a help names.
SHOWN = 3
# A name that an unnamed layer may have, or a layer in an unnamed block.
AUTOMATIC = r"(?a)\w*\d(?:\.\w+)*"


class _LeftOut(Exception):
    """The name of a layer that is left out, which need not be reported."""


class Names:
    """Looks up names among the nodes so far, from the innermost scope outwards."""

    def __init__(self, growing: Growing, binder: Binder, mode: str) -> None:
        self._growing, self._binder, self._mode = growing, binder, mode
        self._reports = NameReports(growing)

    def resolve(
        self, given: ValueExpr, before: int | None, scope: Scope, *, report: bool = True
    ) -> int | None:
        """The node of a reference; None if it is `prev` and there is no previous node.

        If there is no such node, that is reported, and a node with unknown output is returned.
        """
        try:
            if given.constant and given.value == "prev":
                return before
            if not given.constant and self._binder.value(given, None, scope) == "prev":
                origin = scope.origin(given)
                return before if origin is None else origin.before
            return self.find(given, scope, report=report)
        except Unbound as stop:
            missing = given.value if isinstance(given.value, str) else ""
            item = BrokenItem(given.span, given.span, Controls(), missing, is_reference=True)
            name = scope.automatic(UNDETERMINED)
            self._growing.counted = False
            return self._growing.unknown((), name, UNDETERMINED, item, scope, reported=stop.reported).index

    def read_instead(self, given: ValueExpr, before: int | None, scope: Scope) -> int | None:
        """The input of a branch whose first item is left out; `before` if that input is left out too."""
        try:
            return self.resolve(given, before, scope, report=False)
        except _LeftOut:
            return before

    def find(self, given: ValueExpr, scope: Scope, *, report: bool = True) -> int:
        """The node of a name: the last one of an item. Raises `Unbound` if there is none."""
        return self._find(given, scope, layer=False, report=report)[0]

    def find_layer(self, given: ValueExpr, scope: Scope) -> int:
        """The layer of a name, without its norm and act. Raises `Unbound` if there is none."""
        return self._find(given, scope, layer=True, report=True)[0]

    def find_item(self, given: ValueExpr, scope: Scope) -> str:
        """The full name of an item, by which the table has it. Raises `Unbound` if there is none."""
        return self._find(given, scope, layer=False, report=True)[1]

    def has(self, word: str, scope: Scope) -> bool:
        """Whether a word is the name of an earlier layer or item here."""
        around: Scope | None = scope
        while around is not None:
            if self._growing.table.has(around.prefix + word):
                return True
            around = around.parent
        return False

    def is_inside(self, given: ValueExpr, word: str, inner: Scope, scope: Scope) -> bool:
        """Whether a use of a block, with the scope `inner`, has a layer of that name; if not, it is reported."""
        growing = self._growing
        try:
            if word in RESERVED or self._index(word, inner, layer=False) is not None:
                return True
        except Unbound:
            return False
        use = inner.prefix.removesuffix(".")
        inside = (
            name[len(inner.prefix) :]
            for name in (*growing.table.nodes, *growing.table.ends)
            if name.startswith(inner.prefix)
        )
        if inner.prefix + word in growing.table.skipped:
            help = f"`{escaped(word)}` is not in it in {self._mode}: its `only` or `when` leaves it out"
        elif (close := nearest(word, inside)) is not None:
            help = f"did you mean `{close}`?"
        else:
            help = "put `name:` beside the layer in the block that is meant"
        message = f"`next` names layers of the repetition before, and `{use}` has no `{escaped(word)}`"
        growing.report(language.UNKNOWN_NAME.at(given.span, message, help=help), scope)
        return False

    def _find(self, given: ValueExpr, scope: Scope, *, layer: bool, report: bool) -> tuple[int, str]:
        """The node of a name in the innermost scope that has it, and its full name.

        A name in an argument is looked up where the argument is written.
        """
        growing = self._growing
        value = self._binder.value(given, None, scope)
        if isinstance(value, bool) or not isinstance(value, str | int):
            self._reports.no_name(given, value, scope)
        word = str(value)
        origin = scope.origin(given)
        if origin is not None:
            if word == "prev" and origin.before is not None:
                return (growing.itself(origin.before) if layer else origin.before), ""
            scope = origin.scope
        if word == "in" and word not in growing.spec.lost_names:
            entering = self._entering(given, scope, origin)
            return (growing.itself(entering) if layer else entering), ""
        notes = looked_up_at(origin)
        around: Scope | None = scope
        while around is not None:
            index = self._index(word, around, layer=layer)
            if index is not None:
                return index, around.prefix + word
            if around.prefix + word in growing.table.skipped:
                if not report:
                    raise _LeftOut
                message = (
                    f"`{escaped(word)}` is not in the network in {self._mode}: `only` or `when` leaves it out"
                )
                help = "leave out this use too, with the same `only` or `when`"
                growing.report(language.UNKNOWN_NAME.at(given.span, message, notes=notes, help=help), scope)
                raise Unbound(reported=True)
            around = around.parent
        return self._reports.unknown(word, given, scope, notes)

    def _index(self, word: str, scope: Scope, *, layer: bool) -> int | None:
        """The node of a word in this scope. Raises `Unbound` if it is uncertain because of an error."""
        growing, table = self._growing, self._growing.table
        name = scope.prefix + word
        # A part that could not be read may have this name.
        if word in growing.spec.lost_names or name in table.doubtful:
            raise Unbound(reported=False)
        index = table.find(name, layer=layer)
        if index is None and "." in word and (last := table.in_last(name)) != name:
            index = table.find(last, layer=layer)
        if index is not None:
            return index
        is_automatic = scope.numbering.doubtful and re.fullmatch(AUTOMATIC, word)
        if name in table.lost or self._is_inside_unknown(name) or is_automatic:
            raise Unbound(reported=False)
        return None

    def _entering(self, given: ValueExpr, scope: Scope, origin: Origin | None) -> int:
        """The node of `in` in a scope. Raises `Unbound` if there are several inputs to choose from."""
        if scope.entering is not None:
            return scope.entering
        inputs = self._growing.spec.inputs
        if inputs:
            names = ", ".join(f"`{name}`" for name in inputs)
            if scope.frame is None:
                message = f"there are {len(inputs)} inputs ({names}), and `in` could be any of them"
                help = f"write the name of one: {' or '.join(f'`{name}`' for name in list(inputs)[:SHOWN])}"
            else:
                message = (
                    f"`{scope.frame.name}` has no single input: there are {len(inputs)} inputs ({names})"
                )
                help = "put `from: NAME` beside the use of the block"
            fault = language.WHICH_INPUT.at(given.span, message, notes=looked_up_at(origin), help=help)
            self._growing.report(fault, scope)
        raise Unbound(reported=bool(inputs))

    def _is_inside_unknown(self, name: str) -> bool:
        """Whether a name would be inside an item that is unknown after an error."""
        nodes = self._growing.nodes
        parts = name.split(".")
        outer = (self._growing.table.nodes.get(".".join(parts[:count])) for count in range(1, len(parts)))
        # The node that is created now has its name already.
        return any(index is not None and index < len(nodes) and nodes[index].shape is None for index in outer)
