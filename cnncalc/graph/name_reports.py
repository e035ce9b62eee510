"""What is reported of a name that no layer has: a similar name, a layer that comes later, where it was looked up."""

from collections.abc import Iterator
from typing import Any, NoReturn

from cnncalc.diagnostic import Edit, Fix, Note, Span
from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.scope import Origin, Scope
from cnncalc.layers import shown
from cnncalc.spec import ValueExpr, nearest
from cnncalc.spec import faults as language
from cnncalc.spec.cycles import every
from cnncalc.spec.reading import PATIENCE
from cnncalc.text import escaped


class NameReports:
    """Reports references to no layer, and raises `Unbound` after each."""

    def __init__(self, growing: Growing) -> None:
        self._growing = growing
        self._patience = PATIENCE

    def no_name(self, given: ValueExpr, value: Any, scope: Scope) -> NoReturn:
        """Report that the value of an expression cannot be a name."""
        message = f"its value is {escaped(shown(value))}, not the name of a layer"
        self._growing.report(language.WRONG_VALUE.at(given.span, message), scope)
        raise Unbound(reported=True)

    def unknown(self, word: str, given: ValueExpr, scope: Scope, notes: list[Note]) -> NoReturn:
        """Report that no layer has that name, with a similar name if there is one."""
        # After some hundreds of unknown names, they are not typing errors.
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
        elif inside := [name for name in visible if name.endswith(f".{word}")]:
            close = inside[0]
            help = f"it is inside `{close[: -len(word) - 1]}`: write `{close}`"
        elif close is not None:
            help = f"did you mean `{close}`?"
        elif word == "self":
            help = (
                "`share: self` uses the weights of the first repetition in all others: put `repeat` beside it"
            )
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

    def _later(self, word: str, span: Span, scope: Scope) -> Span | None:
        """The place of a name that is given in the same list, after the reference."""
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
        """Whether every use of the block of `scope` has that name, because the block itself has it."""
        return scope.parent is None or self._growing.table.has(f"{scope.prefix}{name}")

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


def looked_up_at(origin: Origin | None) -> list[Note]:
    """The note for a name that comes from an argument."""
    return [] if origin is None else [Note("it is looked up where the argument is written", origin.span)]


def _rename(given: ValueExpr, close: str | None) -> list[Fix]:
    return [Fix(f"write `{close}`", (Edit(given.span, close),))] if close and given.constant else []
