"""What a reading of one spec carries along: the faults found, the `$` names in force, nearest words."""

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

# What `$in` can be asked for.
INPUT_FACTS = ("in.channels", "in.height", "in.width", "in.length", "in.depth", "in.features")


# Words that can't be names, and what each stands for where a name could stand.
RESERVED = {"prev": "the previous layer", "in": "what enters the block or the network"}
# Words that are looked at in one spec for those that are like unknown ones.
PATIENCE = 20_000


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The word that is most likely meant by `word`; None where nothing is like it."""
    from cnncalc.spec.guessing import nearest

    return nearest(word, among)


class Everything(Container[str]):
    """Any name at all: what a mapping may hold that can't be read."""

    def __contains__(self, name: object) -> bool:
        return True


def _errors(found: Iterable[Diagnostic]) -> int:
    return sum(item.severity is Severity.ERROR for item in found)


class Reading:
    """The state of reading one spec: a mutable book of faults and of what has been used."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self.diagnostics = list(diagnostics)
        # The network's parameters, and those of the block being read (None outside blocks).
        self.knobs: MappingOf[str, Parameter] = {}
        self.local: dict[str, Parameter] | None = None
        # Whether `$i` and `$in` mean something here.
        self.repeated = False
        self.entered = True
        # Every entry of every `allow:`, in order.
        self.allowed: list[Allowed] = []
        self.used_knobs: set[str] = set()
        self.used_local: set[str] = set()
        # Of `$in` what the network's inputs have: the others are known, and are not offered.
        self.facts: tuple[str, ...] = INPUT_FACTS
        # Whether there may be more parameters than could be read: what uses one is unknown, and has been reported.
        self.unsure = False
        # Whether there is a parameter whose name could not be read.
        self.lost = False
        # The same of a block.
        self.lost_block = False
        # Errors so far that leave the network as it is: no figure depends on what they are about.
        self.aside = 0
        # The block that is being read; empty outside of blocks. And where in `diagnostics` a layer or an input is
        # called `in`, with the block that it is in.
        self.body = ""
        self.renames: list[tuple[int, str]] = []
        self._patience = PATIENCE

    @contextmanager
    def without_figures(self) -> Iterator[None]:
        """While a part is read on which no figure depends."""
        before = len(self.diagnostics)
        yield
        if len(self.diagnostics) > before:
            self.aside += _errors(self.diagnostics[before:])

    @property
    def doubtful(self) -> bool:
        """Whether an error leaves open what the network is."""
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
        """Report an unknown word, with what it may have meant as its help, or else the whole list of a few.

        What stands for one word here for certain, or is a slip of the pen, has a fix. A layer's type is never
        changed on a guess. Where a word of its kind was `lost`, because it could not be read, one that is like no other
        is not reported.
        """
        from cnncalc.spec import foreign_fields, foreign_keys, foreign_layers, guessing

        # Beyond some hundreds of them, what is unknown is no slip of the pen.
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
        """A value as written; one that is `UNREADABLE` where it could not be read."""
        given = self.given(node)
        return unreadable(node.span) if given is None else given

    def given(self, node: Node) -> ValueExpr | None:
        """A value as written, its expressions read and their names checked; None where that has been reported."""
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
        """Whether a `$name` means something here; reported where not, marked as used where it does."""
        if name in INPUT_FACTS and self.entered:
            return True
        # Of a path into what a parameter names, the parameter.
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
            message = "`$i` counts repetitions, and nothing is repeated here"
        else:
            message = f"`{escaped(word)}` stands for nothing here"
            facts = (*(self.facts if self.entered else ()), *(("i",) if self.repeated else ()))
            known = chain(self.local or (), self.knobs, facts)
        among = ("$" + item for item in known)
        self.unknown_word(faults.UNKNOWN_PARAMETER, place, message, word, among, lost=self.lost)
        return False
