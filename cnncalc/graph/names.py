"""What a name means where it is written: the layer or item it refers to, or why there is none."""

import re
from collections.abc import Iterator
from typing import NoReturn

from cnncalc.diagnostic import Edit, Fix, Note, Span
from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.scope import Origin, Scope
from cnncalc.spec import BrokenItem, ValueExpr, nearest
from cnncalc.spec import faults as language
from cnncalc.spec.cycles import every
from cnncalc.spec.item_types import Controls
from cnncalc.spec.reading import PATIENCE
from cnncalc.text import escaped

# Inputs that a help names.
SHOWN = 3
# A name that an unnamed layer may have, or a layer in an unnamed block.
AUTOMATIC = r"(?a)\w*\d(?:\.\w+)*"


class _LeftOut(Exception):
    """A name is that of a layer that is left out, and that need not be reported."""


class Names:
    """Looks names up among the nodes so far, from the innermost scope outwards."""

    def __init__(self, growing: Growing, binder: Binder, mode: str) -> None:
        self._growing, self._binder, self._mode = growing, binder, mode
        self._patience = PATIENCE

    def resolve(
        self, given: ValueExpr, before: int | None, scope: Scope, *, report: bool = True
    ) -> int | None:
        """The node that a reference means; None where that is `prev` and there is none.

        Where no node is found, which is reported, a node of unknown output stands for it.
        """
        try:
            if given.constant and given.value == "prev":
                return before
            if not given.constant and self._binder.value(given, None, scope) == "prev":
                origin = scope.origin(given)
                return before if origin is None else origin.before
            return self.find(given, scope, report=report)
        except Unbound as stop:
            item = BrokenItem(given.span, given.span, Controls())
            name = scope.automatic("unknown")
            self._growing.counted = False
            return self._growing.unknown((), name, "unknown", item, scope, reported=stop.reported).index

    def read_instead(self, given: ValueExpr, before: int | None, scope: Scope) -> int | None:
        """What a branch reads whose first item is left out; `before` where what that reads is left out, too."""
        try:
            return self.resolve(given, before, scope, report=False)
        except _LeftOut:
            return before

    def find(self, given: ValueExpr, scope: Scope, *, report: bool = True) -> int:
        """The node that a name means: the last of an item. Raises `Unbound` where there is none."""
        return self._find(given, scope, layer=False, report=report)

    def find_layer(self, given: ValueExpr, scope: Scope) -> int:
        """The layer that a name means, without its norm and act. Raises `Unbound` where there is none."""
        return self._find(given, scope, layer=True, report=True)

    def _find(self, given: ValueExpr, scope: Scope, *, layer: bool, report: bool) -> int:
        """The node that a name means in the innermost scope that has it.

        A name that an argument hands on means what it means where the argument is written.
        """
        growing = self._growing
        word = str(self._binder.value(given, None, scope))
        origin = scope.origin(given)
        if origin is not None:
            if word == "prev" and origin.before is not None:
                return growing.itself(origin.before) if layer else origin.before
            scope = origin.scope
        if word == "in" and word not in growing.spec.lost_names:
            entering = self._entering(given, scope, origin)
            return growing.itself(entering) if layer else entering
        notes = _looked_up_at(origin)
        around: Scope | None = scope
        while around is not None:
            index = self._index(word, around, layer=layer)
            if index is not None:
                return index
            if around.prefix + word in growing.table.skipped:
                if not report:
                    raise _LeftOut
                message = f"`{escaped(word)}` is left out ({self._mode}, or its `when`)"
                growing.report(language.UNKNOWN_NAME.at(given.span, message, notes=notes), scope)
                raise Unbound(reported=True)
            around = around.parent
        return self._report_unknown(word, given, scope, notes)

    def _index(self, word: str, scope: Scope, *, layer: bool) -> int | None:
        """The node that a word means in this scope. Raises `Unbound` where an error leaves open what it means."""
        growing, table = self._growing, self._growing.table
        name = scope.prefix + word
        # What could not be read may be what is meant.
        if word in growing.spec.lost_names or name in table.doubtful:
            raise Unbound(reported=False)
        first = (table.layers if layer else table.ends).get(name)
        index = table.nodes.get(name, table.ends.get(name)) if first is None else first
        if index is not None:
            return index
        is_automatic = scope.numbering.doubtful and re.fullmatch(AUTOMATIC, word)
        if name in table.lost or self._is_inside_unknown(name) or is_automatic:
            raise Unbound(reported=False)
        return None

    def _report_unknown(self, word: str, given: ValueExpr, scope: Scope, notes: list[Note]) -> NoReturn:
        """Report that no layer has that name, with the name that may be meant."""
        # After some hundreds of them, an unknown name is no slip of the pen.
        visible = list(self._visible(scope)) if self._patience > 0 else []
        self._patience -= len(visible)
        later = self._later(word, given.span, scope)
        close = None if later else nearest(word, visible)
        if close is None and self._growing.table.lost_names:
            raise Unbound(reported=False)
        help = "names come from `name:`; unnamed layers are conv1, conv2, ..."
        if later is not None:
            notes.append(Note(f"`{escaped(word)}` comes later, at line {later.line}", later))
            help = f"a layer reads only earlier layers: put `{escaped(word)}` before this one"
        elif close is not None:
            help = f"did you mean `{close}`?"
        self._growing.report(
            language.UNKNOWN_NAME.at(
                given.span,
                f"no earlier layer is named `{escaped(word)}`",
                notes=notes,
                help=help,
                fixes=_rename(given, close) if self._everywhere(close, scope) else (),
            ),
            scope,
        )
        raise Unbound(reported=True)

    def _entering(self, given: ValueExpr, scope: Scope, origin: Origin | None) -> int:
        """What `in` means in a scope. Raises `Unbound` where there are several inputs to choose from."""
        if scope.entering is not None:
            return scope.entering
        inputs = self._growing.spec.inputs
        if inputs:
            names = ", ".join(f"`{name}`" for name in inputs)
            if scope.frame is None:
                message = f"there are {len(inputs)} inputs ({names}), and `in` does not say which"
                help = f"write the name of one: {' or '.join(f'`{name}`' for name in list(inputs)[:SHOWN])}"
            else:
                message = f"nothing enters `{scope.frame.name}`: there are {len(inputs)} inputs ({names})"
                help = "put `from: NAME` beside the use of the block"
            fault = language.WHICH_INPUT.at(given.span, message, notes=_looked_up_at(origin), help=help)
            self._growing.report(fault, scope)
        raise Unbound(reported=bool(inputs))

    def _later(self, word: str, span: Span, scope: Scope) -> Span | None:
        """Where a name is given, in the same list, after the place that refers to it."""
        spec = self._growing.spec
        items = spec.items if scope.frame is None else spec.blocks[scope.frame.item.block].items
        for item in every(items):
            if (
                (name := item.controls.name) is not None
                and name.text == word
                and name.span.start > span.start
            ):
                return name.span
        return None

    def _everywhere(self, name: str | None, scope: Scope) -> bool:
        """Whether every use of the block that `scope` is one of has that name: it is the block's own."""
        return scope.parent is None or self._growing.table.has(f"{scope.prefix}{name}")

    def _is_inside_unknown(self, name: str) -> bool:
        """Whether a name would be inside something that is unknown after an error."""
        nodes = self._growing.nodes
        parts = name.split(".")
        outer = (self._growing.table.nodes.get(".".join(parts[:count])) for count in range(1, len(parts)))
        # The node that is being made has its name already.
        return any(index is not None and index < len(nodes) and nodes[index].shape is None for index in outer)

    def _visible(self, scope: Scope) -> Iterator[str]:
        """Every name that could be written here."""
        prefixes = []
        around: Scope | None = scope
        while around is not None:
            prefixes.append(around.prefix)
            around = around.parent
        for name in (*self._growing.table.nodes, *self._growing.table.ends):
            for prefix in prefixes:
                if name.startswith(prefix):
                    yield name[len(prefix) :]


def _looked_up_at(origin: Origin | None) -> list[Note]:
    """The note of a name that an argument hands on."""
    return [] if origin is None else [Note("it is looked up where the argument is written", origin.span)]


def _rename(given: ValueExpr, close: str | None) -> list[Fix]:
    return [Fix(f"write `{close}`", (Edit(given.span, close),))] if close and given.constant else []
