"""The state of reading one spec: its errors, the known `$` names, similar words."""

from collections.abc import Container, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from contextlib import contextmanager
from itertools import chain
from typing import Literal

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Edit, Fix, Note, Severity, Span
from cnncalc.spec import faults
from cnncalc.spec.item_types import Allowed
from cnncalc.spec.model import Parameter
from cnncalc.spec.values import ValueExpr, unreadable
from cnncalc.text import (
    ExpressionError,
    Mapping,
    Node,
    Scalar,
    escaped,
    is_expression,
    parse_expression,
)

# The properties of `$in`.
INPUT_FACTS = ("in.channels", "in.height", "in.width", "in.length", "in.depth", "in.features")


# Words that can't be names, and their meaning in place of a name.
RESERVED = {"prev": "the previous layer", "in": "the input of the block or the network"}
# The number of unknown words of one spec for which similar words are searched.
PATIENCE = 20_000


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The word that `word` most likely means; None if no word is similar."""
    from cnncalc.spec.guessing import nearest

    return nearest(word, among)


class Everything(Container[str]):
    """Contains every name: the keys of a mapping that can't be read."""

    def __contains__(self, name: object) -> bool:
        return True


def _errors(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(item.severity is Severity.ERROR for item in diagnostics)


class Reading:
    """The state of reading one spec: its errors so far, and the names that are used."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self.diagnostics = list(diagnostics)
        # The network's parameters, and those of the block being read (None outside blocks).
        self.knobs: MappingOf[str, Parameter] = {}
        self.local: dict[str, Parameter] | None = None
        # Whether `$i` and `$in` are defined here.
        self.repeated = False
        self.entered = True
        # Every entry of every `allow:`, in order.
        self.allowed: list[Allowed] = []
        self.used_knobs: set[str] = set()
        self.used_local: set[str] = set()
        # The properties of `$in` that the network's inputs have: others are known too, but not suggested.
        self.facts: tuple[str, ...] = INPUT_FACTS
        # Whether there may be parameters that could not be read: uses of unknown names are then not reported.
        self.unsure = False
        # Whether there is a parameter whose name could not be read.
        self.lost = False
        # The same for a block.
        self.lost_block = False
        # Errors so far that change no figure of the network.
        self.aside = 0
        # The block that is read now; empty outside of blocks. And the indices in `diagnostics` of layers and inputs
        # with the name `in`, with their blocks.
        self.body = ""
        self.renames: list[tuple[int, str]] = []
        self._patience = PATIENCE

    @contextmanager
    def without_figures(self) -> Iterator[None]:
        """For reading a part that no figure depends on."""
        before = len(self.diagnostics)
        yield
        if len(self.diagnostics) > before:
            self.aside += _errors(self.diagnostics[before:])

    @property
    def doubtful(self) -> bool:
        """Whether the network is not fully known because of an error."""
        return _errors(self.diagnostics) > self.aside

    def report(
        self,
        fault: DiagnosticKind,
        span: Span,
        message: str,
        *,
        notes: Iterable[Note | str] = (),
        help: str | None = None,
        fixes: Iterable[Fix] = (),
    ) -> None:
        self.diagnostics.append(fault.at(span, message, notes=notes, help=help, fixes=fixes))

    def unknown_word(
        self,
        fault: DiagnosticKind,
        span: Span,
        message: str,
        word: str,
        among: Iterable[str],
        kind: Literal["layer", "field", "key"] | None = None,
        *,
        lost: bool = False,
    ) -> None:
        """Report an unknown word. The help has the likely words, or all words if there are only a few.

        A fix is given if the right word is certain, or if there is a typing error. A layer's type is never
        guessed. If a word of the same kind is `lost` (it could not be read), an unknown word with no similar word
        is not reported.
        """
        from cnncalc.spec import foreign_fields, foreign_keys, foreign_layers, guessing

        # After some hundreds of unknown words, they are not typing errors.
        known = sorted(among) if self._patience > 0 else []
        self._patience -= len(known)
        tables = {
            "layer": (foreign_layers.LAYERS,),
            "field": (foreign_fields.FIELDS,),
            "key": (foreign_keys.KEYS,),
        }
        if kind == "layer" and (why := guessing.no_layer(word)) is not None:
            self.report(fault, span, message, help="cnncalc has no such layer" + (f": {why}" if why else ""))
            return
        if kind == "field" and (why := guessing.no_field(word)) is not None:
            self.report(fault, span, message, help=why)
            return
        words, certain = guessing.guess(word, known, *tables.get(kind or "", ()))
        if words:
            fix = Fix(f"write `{words[0]}`", (Edit(span, words[0]),))
            fits = certain or (len(words) == 1 and kind != "layer")
            meant = " or ".join(filter(None, (", ".join(f"`{it}`" for it in words[:-1]), f"`{words[-1]}`")))
            self.report(fault, span, message, help=f"did you mean {meant}?", fixes=[fix] if fits else [])
            return
        if lost:
            return
        help = None
        if 0 < len(known) <= 16:
            help = f"known here: {', '.join(known)}"
        self.report(fault, span, message, help=help)

    def value(self, node: Node) -> ValueExpr:
        """A value as written; `UNREADABLE` if it could not be read."""
        given = self.given(node)
        return unreadable(node.span) if given is None else given

    def given(self, node: Node) -> ValueExpr | None:
        """A value as written, with its expressions read and their names checked; None after an error."""
        if isinstance(node, Scalar):
            if node.doubtful:
                return unreadable(node.span)
            if isinstance(node.value, str) and is_expression(node.value):
                return self._expression(node)
            return ValueExpr(node.span, node.value, True)
        if isinstance(node, Mapping):
            pairs = [(entry.name, self.given(entry.value)) for entry in node]
            values = {name: item for name, item in pairs if item is not None}
            if len(values) != len(pairs):
                return None
            if all(item.constant for item in values.values()):
                return ValueExpr(node.span, {name: item.value for name, item in values.items()}, True)
            return ValueExpr(node.span, values, False)
        read = [self.given(item) for item in node]
        items = tuple(item for item in read if item is not None)
        if len(items) != len(read):
            return None
        if all(item.constant for item in items):
            return ValueExpr(node.span, tuple(item.value for item in items), True)
        return ValueExpr(node.span, items, False)

    def _expression(self, node: Scalar) -> ValueExpr | None:
        text = str(node.value)
        try:
            expression = parse_expression(text)
        except ExpressionError as error:
            place = node.at(error.offset, error.length)
            self.report(faults.BAD_EXPRESSION, place, error.message, help=error.help)
            return None
        before = len(self.diagnostics)
        unknown = [name for name in sorted(expression.names) if not self._known(name, node)]
        if not unknown:
            return ValueExpr(node.span, expression, False)
        return None if len(self.diagnostics) > before else unreadable(node.span)

    def _known(self, name: str, node: Scalar) -> bool:
        """Whether a `$name` is defined here. If not, it is reported; if so, it is marked as used."""
        if name in INPUT_FACTS and self.entered:
            return True
        # The parameter at the start of a path.
        name = name if name.startswith("in.") else name.partition(".")[0]
        if name == "i" and self.repeated:
            return True
        if self.local is not None and name in self.local:
            self.used_local.add(name)
            return True
        if name in self.knobs:
            self.used_knobs.add(name)
            return True
        if self.unsure:
            return False
        word = "$" + name
        place = node.at(*parse_expression(str(node.value)).place(name))
        known: Iterable[str] = ()
        if name == "i":
            message = "`$i` counts repetitions, but there is no `repeat` here"
        else:
            if name in INPUT_FACTS:
                message = f"`{escaped(word)}` can't be used here: this value can't depend on the input"
            else:
                message = f"`{escaped(word)}` is not defined here"
            facts = (*(self.facts if self.entered else ()), *(("i",) if self.repeated else ()))
            known = chain(self.local or (), self.knobs, facts)
        among = ("$" + item for item in known)
        if name == "i":
            help = "put `repeat` beside the layer, or remove `$i`"
            self.report(faults.UNKNOWN_PARAMETER, place, message, help=help)
            return False
        self.unknown_word(faults.UNKNOWN_PARAMETER, place, message, word, among, lost=self.lost)
        return False
