"""What a name means where it is written: the layer or item it refers to, or why there is none."""

import re
from collections.abc import Iterator, Mapping

from cnncalc.diagnostic import Edit, Fix, Note, Span
from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.scope import Origin, Scope
from cnncalc.spec import BrokenItem, ValueExpr, nearest
from cnncalc.spec import faults as language
from cnncalc.spec.cycles import every
from cnncalc.spec.model import Controls
from cnncalc.spec.reading import PATIENCE
from cnncalc.text import escaped

# A name that an unnamed layer may have, or a layer in an unnamed block.
# Inputs that a help names.
SHOWN = 3
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
        """The node a reference means; None where that is `prev` and there is none. Raises `Unbound`."""
        try:
            if given.constant and given.value == "prev":
                return before
            if not given.constant and self._binder.value(given, None, scope) == "prev":
                origin = scope.origin(given)
                return before if origin is None else origin.before
            return self.find(given, scope, self._growing.ends, report=report)
        except Unbound as stop:
            item = BrokenItem(given.span, given.span, Controls())
            name = scope.automatic("unknown")
            self._growing.counted = False
            return self._growing.unknown((), name, "unknown", item, scope, reported=stop.reported).index

    def read_instead(self, given: ValueExpr, before: int | None, scope: Scope) -> int | None:
        """What the first item of a branch would have read that is left out; `before` where that is left out, too."""
        try:
            return self.resolve(given, before, scope, report=False)
        except _LeftOut:
            return before

    def find(self, given: ValueExpr, scope: Scope, first: Mapping[str, int], *, report: bool = True) -> int:
        """The node that a name means, in the innermost scope that has it. Raises `Unbound` where none has.

        A name that an argument hands on means what it means where the argument is written.
        """
        growing = self._growing
        word = str(self._binder.value(given, None, scope))
        notes: list[Note] = []
        if (origin := scope.origin(given)) is not None:
            if word == "prev" and origin.before is not None:
                return growing.itself(origin.before) if first is growing.layers else origin.before
            scope = origin.scope
        if word == "in" and word not in growing.spec.lost_names:
            entering = self._entering(given, scope, origin)
            return growing.itself(entering) if first is growing.layers else entering
        if origin is not None:
            notes = [Note("it is looked for where the argument is written", origin.span)]
        at: Scope | None = scope
        while at is not None:
            full = at.prefix + word
            # What could not be read may be what is meant.
            if word in growing.spec.lost_names or full in growing.doubtful:
                raise Unbound(reported=False)
            index = first.get(full, growing.named.get(full, growing.ends.get(full)))
            if index is not None:
                return index
            if full in growing.lost or self._hidden(full) or (at.doubtful and re.fullmatch(AUTOMATIC, word)):
                raise Unbound(reported=False)
            if full in growing.skipped and not report:
                raise _LeftOut
            if full in growing.skipped:
                message = f"`{escaped(word)}` is left out ({self._mode}, or its `when`)"
                growing.report(language.UNKNOWN_NAME.at(given.span, message, notes=notes), scope)
                raise Unbound(reported=True)
            at = at.parent
        # Beyond some hundreds of them, what is unknown is no slip of the pen.
        visible = list(self._visible(scope)) if self._patience > 0 else []
        self._patience -= len(visible)
        later = self._later(word, given.span, scope)
        close = None if later else nearest(word, visible)
        if close is None and growing.lost_names:
            raise Unbound(reported=False)
        help = "names come from `name:`; unnamed layers are conv1, conv2, ..."
        if later is not None:
            notes.append(Note(f"`{escaped(word)}` comes later, at line {later.line}", later))
            help = "a layer reads earlier ones only: put what gives it before what reads it"
        elif close is not None:
            help = f"did you mean `{close}`?"
        growing.report(
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
            notes = [Note("it is looked for where the argument is written", origin.span)] if origin else []
            fault = language.WHICH_INPUT.at(given.span, message, notes=notes, help=help)
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
        """Whether a name is there in every use of the block that `scope` is one of: it is the block's own."""
        full = f"{scope.prefix}{name}"
        return scope.parent is None or full in self._growing.named or full in self._growing.ends

    def _hidden(self, name: str) -> bool:
        """Whether a name would be inside something that is unknown because of a fault."""
        parts = name.split(".")
        outer = (self._growing.named.get(".".join(parts[:count])) for count in range(1, len(parts)))
        return any(index is not None and self._growing.nodes[index].shape is None for index in outer)

    def _visible(self, scope: Scope) -> Iterator[str]:
        """Every name that could be written here."""
        prefixes = []
        at: Scope | None = scope
        while at is not None:
            prefixes.append(at.prefix)
            at = at.parent
        for name in (*self._growing.named, *self._growing.ends):
            for prefix in prefixes:
                if name.startswith(prefix):
                    yield name[len(prefix) :]


def _rename(given: ValueExpr, close: str | None) -> list[Fix]:
    return [Fix(f"write `{close}`", (Edit(given.span, close),))] if close and given.constant else []
