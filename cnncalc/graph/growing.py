"""A graph as it grows: the nodes so far, the names they go by, and the faults that come with them."""

from collections.abc import Sequence
from functools import partial

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.graph.bind import Unbound
from cnncalc.graph.findings import Findings
from cnncalc.graph.model import BoundLayer, Node, Replaced
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import fit_of
from cnncalc.layers import Change, Layer, Problem
from cnncalc.shape import Shape
from cnncalc.spec import Item, LayerCall, Spec, ValueExpr, own_names
from cnncalc.spec import faults as language


class TooMany(Exception):
    """The limit of layers is reached, and has been reported."""


class Growing:
    """The nodes made so far, each from earlier ones; `spec` is what is being expanded."""

    def __init__(self, spec: Spec, findings: Findings, max_nodes: int, *, advise: bool = True) -> None:
        self.spec, self.findings, self.max_nodes = spec, findings, max_nodes
        # Whether what is reported of layers comes with help and fixes.
        self.advise = advise
        self.nodes: list[Node] = []
        # Nodes by full name; outputs of items whose last node has another name; and the nodes that named layers
        # are themselves, before the norm and act that follow them: what `share` means.
        self.named: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.layers: dict[str, int] = {}
        # Names left out in this mode, and inputs' places.
        self.skipped: set[str] = set()
        # Names inside items of which it is not known what they expand to; and automatic names that others may have,
        # because of an item before them that could not be read.
        self.lost: set[str] = set()
        self.doubtful: set[str] = set()
        # Whether a layer has a name that could not be read.
        self.lost_names = False
        self.input_givens: dict[int, ValueExpr] = {}
        self.not_checked = 0
        # Whether every layer has its node: not where it is unknown what an item expands to.
        self.counted = not spec.doubtful
        # Of residuals whose shortcut is a word: what enters and the end of the body, whose shapes decide on it.
        self.residuals: list[tuple[int, int]] = []
        # Inputs that are not what the layers were written for, and the places of `expect` that are left out for them.
        self.replaced: tuple[Replaced, ...] = ()
        self.unchecked: set[Span] = set()

    def report(
        self,
        fault: Diagnostic,
        scope: Scope,
        *,
        about: Item | None = None,
        free: bool = False,
        resized: bool = False,
    ) -> Severity | None:
        """Note a fault of where `scope` stands, `about` one of its items; `free` to be accepted by `allow`.

        `resized`: another size of the input may be the cause of it.

        What it weighs as it stands; None where it is accepted.
        """
        return self.findings.add(fault, scope.frame, scope.allow, about, free=free, resized=resized)

    def add_input(self, name: str, shape: Shape | None, given: ValueExpr) -> int:
        index = len(self.nodes)
        self.nodes.append(Node(index, name, "input", (), None, shape))
        self.named[name] = index
        self.input_givens[index] = given
        return index

    def add(
        self,
        layer: Layer,
        inputs: tuple[int, ...],
        name: str,
        item: Item,
        scope: Scope,
        call: LayerCall | None = None,
    ) -> Node:
        """A node of a layer over earlier nodes, made by a `call`: its shape, or what is wrong with theirs."""
        shapes = []
        for at in inputs:
            shape = self.nodes[at].shape
            if shape is None:
                return self.unknown(inputs, name, layer.key, item, scope, reported=False)
            shapes.append(shape)
        entering = tuple(shapes)
        fit = fit_of(layer, entering)
        node = self._append(name, layer.key, inputs, fit, fit.output, item, scope)
        node.call = call
        if fit.problems:
            self._problems(fit, node, item, scope)
        return node

    def unknown(
        self, inputs: Sequence[int | None], name: str, kind: str, item: Item, scope: Scope, *, reported: bool
    ) -> Node:
        """A node whose output is unknown: because of a fault of its own, or of one before it."""
        self.not_checked += not reported
        known = tuple(at for at in inputs if at is not None)
        return self._append(name, kind, known, None, None, item, scope)

    def unknown_item(self, item: Item, entering: int | None, scope: Scope, *, reported: bool) -> Node:
        """What stands for an item of which it is not known what it expands to."""
        name = self.name(item, "layer", scope)
        scope.doubtful = True
        self.counted = False
        self.lost.update(scope.prefix + word for word in own_names(item))
        node = self.unknown((entering,), name, "unknown", item, scope, reported=reported)
        if item.controls.name is not None:
            self.end(scope.prefix + item.controls.name.text, node.index)
        return node

    def name(self, item: Item, kind: str, scope: Scope) -> str:
        """The full name of an item's node: its own, numbered in a repetition, or the next of its kind."""
        word = item.controls.name
        if word is not None:
            return scope.prefix + word.text + scope.suffix
        name = scope.automatic(kind)
        if item.controls.lost_name:
            scope.doubtful = self.lost_names = True
        if scope.doubtful:
            self.doubtful.add(name)
        return name

    def end(self, name: str, last: int) -> None:
        """Let a name mean an item's last node, where that has another."""
        if self.named.get(name) != last:
            self.ends[name] = last

    def itself(self, index: int) -> int:
        """The layer that a node belongs to: itself, or the one whose norm or act it is."""
        node = self.nodes[index]
        while (
            index
            and self.nodes[index - 1].item is node.item
            and node.name.startswith(f"{self.nodes[index - 1].name}.")
        ):
            index -= 1
            node = self.nodes[index]
        return index

    def entered(self, item: Item, entering: int | None, scope: Scope) -> int:
        """What enters an item that needs one input. Raises `Unbound` where there are several inputs to choose from."""
        if entering is None:
            if self.spec.inputs:
                names = ", ".join(f"`{name}`" for name in self.spec.inputs)
                self.report(
                    language.WHICH_INPUT.at(
                        item.span,
                        f"there are {len(self.spec.inputs)} inputs ({names}), and this does not say which it reads",
                        help="put `from: NAME` beside it",
                    ),
                    scope,
                )
            raise Unbound(reported=bool(self.spec.inputs))
        return entering

    def asks_in_vain(self, item: Item, entering: int | None, scope: Scope) -> bool:
        """Whether an item asks what enters, and nothing does: reported here."""
        try:
            self.entered(item, entering, scope)
        except Unbound:
            return True
        return False

    def line(self, node: Node) -> int | None:
        """The line of the spec a node is written on."""
        if node.item is not None:
            return node.item.span.line
        given = self.input_givens.get(node.index)
        return given.span.line if given else None

    def too_many(self, span: Span, message: str, scope: Scope) -> None:
        """Report that the limit is passed, and raise `TooMany`."""
        self.report(
            language.TOO_MANY_LAYERS.at(
                span, message, help=f"the limit is {self.max_nodes:,} (`--max-nodes`)"
            ),
            scope,
        )
        raise TooMany

    def _append(
        self,
        name: str,
        kind: str,
        inputs: tuple[int, ...],
        fit: BoundLayer | None,
        shape: Shape | None,
        item: Item,
        scope: Scope,
    ) -> Node:
        index = len(self.nodes)
        if index >= self.max_nodes:
            self.too_many(item.span, f"the network has more than {self.max_nodes:,} layers", scope)
        node = Node(index, name, kind, inputs, fit, shape, item, scope.frame, scope.allow)
        if self.named.setdefault(name, index) != index:
            self._duplicate(name, item, scope)
        self.nodes.append(node)
        return node

    def _duplicate(self, name: str, item: Item, scope: Scope) -> None:
        # A reference to it may mean either.
        self.doubtful.add(name)
        first = self.nodes[self.named[name]].item
        notes = [Note("the first is here", first.span)] if first is not None else []
        word = item.controls.name
        if word and any(
            fault.code == language.DUPLICATE_NAME.code and fault.span == word.span
            for fault in self.spec.diagnostics
        ):
            # The text itself has it twice.
            return
        self.report(
            language.DUPLICATE_NAME.at(
                word.span if word else item.span, f"`{name}` is the name of two layers", notes=notes
            ),
            scope,
        )

    def _problems(self, fit: BoundLayer, node: Node, item: Item, scope: Scope) -> None:
        from cnncalc.graph.problems import ProblemPlace, diagnostic, grouped

        place = ProblemPlace(self.spec.sources, self.nodes, self.line, self.spec.given_inputs)
        for problem in grouped(fit.problems):
            if self.findings.strict:
                problem = problem._replace(changes=partial(_exact, problem))
            fault = diagnostic(problem, node, place, advise=self.advise)
            weight = self.report(fault, scope, about=item, free=not problem.blocking)
            if weight is None:
                node.accepted |= {fault.code}
            if problem.doubtful and weight is Severity.ERROR:
                node.shape = None


def _exact(problem: Problem) -> tuple[Change, ...]:
    """The changes of a problem that leave no remainder at all."""
    return tuple(change for change in problem.changes if change.exact)
