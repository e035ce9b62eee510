"""What a reading of one spec carries along: the faults found, the `$` names in force, nearest words."""

from collections.abc import Container, Iterable, Iterator
from collections.abc import Mapping as MappingOf
from contextlib import contextmanager
from itertools import chain

from cnncalc.diagnostic import Diagnostic, Edit, Fault, Fix, Note, Severity, Span
from cnncalc.spec import _faults
from cnncalc.spec.model import Allowed, Given, Parameter, unreadable
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


# What other frameworks call what has another name here, folded.
ELSEWHERE = {
    "affine": "fc",
    "averagepooling2d": "avgpool",
    "batchnorm": "bn",
    "batchnorm2d": "bn",
    "batchnormalization": "bn",
    "cat": "concat",
    "ceilmode": "rounding",
    "conv1d": "conv",
    "conv2d": "conv",
    "conv3d": "conv",
    "convolution": "conv",
    "dense": "fc",
    "fullyconnected": "fc",
    "globalaveragepooling2d": "global_avgpool",
    "innerproduct": "fc",
    "linear": "fc",
    "localresponsenorm": "lrn",
    "maxpooling2d": "maxpool",
    "numoutput": "filters",
    "outchannels": "filters",
    "outfeatures": "units",
    "pool": "maxpool",
    "skip": "residual",
    "swish": "silu",
}


# Characters of a word at most for which one like it is sought: no name is longer.
LONGEST = 100
# Words that are looked at in one spec for those that are like unknown ones.
PATIENCE = 20_000


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The word most like `word`, or what it is called here; None if nothing is like it at all."""
    from difflib import get_close_matches

    if len(word) > LONGEST:
        return None
    known = [name for name in among if len(name) <= LONGEST]
    folded = {_folded(name): name for name in known}
    key = _folded(word)
    if key in folded:
        return folded[key]
    if ELSEWHERE.get(key) in known:
        return ELSEWHERE[key]
    close = get_close_matches(word, known, 1, 0.6) or get_close_matches(key, list(folded), 1, 0.6)
    return folded.get(close[0], close[0]) if close else None


def _folded(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


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
        # Whether there may be more parameters than could be read: what uses one is unknown, and has been reported.
        self.unsure = False
        # Whether there is a parameter whose name could not be read.
        self.lost = False
        # The same of a block.
        self.lost_block = False
        # Errors so far that leave the network as it is: no figure depends on what they are about.
        self.aside = 0
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
        fault: Fault,
        span: Span,
        message: str,
        *,
        notes: Iterable[Note | str] = (),
        help: str | None = None,
        fixes: Iterable[Fix] = (),
    ) -> None:
        self.diagnostics.append(fault.at(span, message, notes=notes, help=help, fixes=fixes))

    def unknown_word(
        self, fault: Fault, span: Span, message: str, word: str, among: Iterable[str], *, lost: bool = False
    ) -> None:
        """An unknown word, with the nearest known one as its help, or else the whole list of a few.

        Where a word of its kind was `lost`, because it could not be read, one that is like no other is not reported.
        """
        # Beyond some hundreds of them, what is unknown is no slip of the pen.
        known = sorted(among) if self._patience > 0 else []
        self._patience -= len(known)
        close = nearest(word, known)
        if close is not None:
            fix = Fix(f"write `{close}`", (Edit(span, close),))
            self.report(fault, span, message, help=f"did you mean `{close}`?", fixes=[fix])
        elif not lost:
            few = f"known here: {', '.join(known)}" if 0 < len(known) <= 16 else None
            self.report(fault, span, message, help=few)

    def value(self, node: Node) -> Given:
        """A value as written; one that is `UNREADABLE` where it could not be read."""
        given = self.given(node)
        return unreadable(node.span) if given is None else given

    def given(self, node: Node) -> Given | None:
        """A value as written, its expressions read and their names checked; None where that has been reported."""
        if isinstance(node, Scalar):
            if node.doubtful:
                return unreadable(node.span)
            if isinstance(node.value, str) and is_expression(node.value):
                return self._expression(node)
            return Given(node.span, node.value, True)
        if isinstance(node, Mapping):
            pairs = [(entry.name, self.given(entry.value)) for entry in node]
            values = {name: item for name, item in pairs if item is not None}
            if len(values) != len(pairs):
                return None
            if all(item.constant for item in values.values()):
                return Given(node.span, {name: item.value for name, item in values.items()}, True)
            return Given(node.span, values, False)
        read = [self.given(item) for item in node]
        items = tuple(item for item in read if item is not None)
        if len(items) != len(read):
            return None
        if all(item.constant for item in items):
            return Given(node.span, tuple(item.value for item in items), True)
        return Given(node.span, items, False)

    def _expression(self, node: Scalar) -> Given | None:
        text = str(node.value)
        try:
            expression = parse_expression(text)
        except ExpressionError as error:
            place = node.at(error.offset, error.length)
            self.report(_faults.BAD_EXPRESSION, place, error.message, help=error.help)
            return None
        before = len(self.diagnostics)
        unknown = [name for name in sorted(expression.names) if not self._known(name, node)]
        if not unknown:
            return Given(node.span, expression, False)
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
            facts = (*(INPUT_FACTS if self.entered else ()), *(("i",) if self.repeated else ()))
            known = chain(self.local or (), self.knobs, facts)
        among = ("$" + item for item in known)
        self.unknown_word(_faults.UNKNOWN_PARAMETER, place, message, word, among, lost=self.lost)
        return False
