"""A graph as it grows: the nodes so far, their names, and the diagnostics that come with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.graph.bind import Unbound
from cnncalc.graph.findings import Findings
from cnncalc.graph.model import Replaced
from cnncalc.graph.name_table import NameTable
from cnncalc.graph.node import Node
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import fit_of
from cnncalc.layers import Layer
from cnncalc.shape import Shape
from cnncalc.spec import Item, LayerCall, Spec, ValueExpr, own_names
from cnncalc.spec import faults as language

if TYPE_CHECKING:
    from cnncalc.graph.share import SharedWeights


# No code: the findings of nearly every node.
NONE_ACCEPTED: frozenset[str] = frozenset()


class TooMany(Exception):
    """The limit of layers is reached, and has been reported."""


class Growing:
    """The nodes made so far, each from earlier ones; `spec` is what is being expanded."""

    def __init__(self, spec: Spec, findings: Findings, max_nodes: int, *, advise: bool = True) -> None:
        self.spec, self.findings, self.max_nodes = spec, findings, max_nodes
        # Whether what is reported of layers comes with help and fixes.
        self.advise = advise
        self.nodes: list[Node] = []
        self.table = NameTable()
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
        """Report a finding at a place, `about` one of its items; `free`: `allow` may accept it.

        `resized`: another size of the input may be the cause of it.

        Returns the severity that it has here; None where it is accepted.
        """
        return self.findings.add(fault, scope.frame, scope.allow, about, free=free, resized=resized)

    def add_input(self, name: str, shape: Shape | None, given: ValueExpr) -> int:
        index = len(self.nodes)
        self.nodes.append(Node(index, name, "input", (), None, shape))
        self.table.nodes[name] = index
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
        *,
        learns_unknown: bool = False,
        weights: "SharedWeights | None" = None,
    ) -> Node:
        """A node of a layer over earlier nodes, made by a `call`: its shape, or what is wrong with theirs.

        `weights` finds the layer whose weights it uses; without, they are its own.
        """
        index = self._claim(name, item, scope)
        nodes = self.nodes
        fit = shape = owner = None
        accepted = NONE_ACCEPTED
        shapes = []
        for source in inputs:
            if (entering := nodes[source].shape) is None:
                self.not_checked += 1
                call = None
                break
            shapes.append(entering)
        else:
            fit = fit_of(layer, tuple(shapes))
            shape = fit.output
            if fit.problems:
                from cnncalc.graph.problems import ProblemPlace, report_problems

                place = ProblemPlace(fit, item, call, scope, tuple(nodes[source] for source in inputs))
                accepted, doubtful = report_problems(self, place)
                shape = None if doubtful else shape
        if weights is not None:
            owner, learns_unknown = weights.owner(index, name, layer.key, fit)
        node = Node(
            index,
            name,
            layer.key,
            inputs,
            fit,
            shape,
            item,
            scope.frame,
            scope.allow,
            call,
            owner,
            learns_unknown,
            accepted,
        )
        nodes.append(node)
        return node

    def unknown(
        self, inputs: Sequence[int | None], name: str, kind: str, item: Item, scope: Scope, *, reported: bool
    ) -> Node:
        """A node whose output is unknown: because of an error of its own, which is `reported`, or of one before it."""
        self.not_checked += not reported
        known = tuple(index for index in inputs if index is not None)
        index = self._claim(name, item, scope)
        node = Node(index, name, kind, known, None, None, item, scope.frame, scope.allow)
        self.nodes.append(node)
        return node

    def unknown_item(self, item: Item, entering: int | None, scope: Scope, *, reported: bool) -> Node:
        """The node that stands for an item of which it is not known what it expands to."""
        name = self.name(item, "layer", scope)
        scope.numbering.doubtful = True
        self.counted = False
        self.table.lost.update(scope.prefix + word for word in own_names(item))
        node = self.unknown((entering,), name, "unknown", item, scope, reported=reported)
        if item.controls.name is not None:
            self.table.end(scope.prefix + item.controls.name.text, node.index)
        return node

    def name(self, item: Item, kind: str, scope: Scope) -> str:
        """The full name of an item's node: its own, numbered in a repetition, or the next of its kind."""
        word = item.controls.name
        if word is not None:
            return scope.prefix + word.text + scope.suffix
        name = scope.prefix + scope.numbering.next(kind)
        if item.controls.lost_name:
            scope.numbering.doubtful = self.table.lost_names = True
        if scope.numbering.doubtful:
            self.table.doubtful.add(name)
        return name

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
        """The node that enters an item, which needs one. Raises `Unbound` where there are several inputs to choose."""
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

    def lacks_input(self, item: Item, entering: int | None, scope: Scope) -> bool:
        """Whether nothing enters an item that needs an input: reported here."""
        try:
            self.entered(item, entering, scope)
        except Unbound:
            return True
        return False

    def line(self, node: Node) -> int | None:
        """The line of the spec that a node is written on."""
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

    def _claim(self, name: str, item: Item, scope: Scope) -> int:
        """The index of the next node, which gets that name. Raises `TooMany`."""
        index = len(self.nodes)
        if index >= self.max_nodes:
            self.too_many(item.span, f"the network has more than {self.max_nodes:,} layers", scope)
        if self.table.nodes.setdefault(name, index) != index:
            self._report_duplicate(name, item, scope)
        return index

    def _report_duplicate(self, name: str, item: Item, scope: Scope) -> None:
        # A reference to it may mean either.
        self.table.doubtful.add(name)
        first = self.nodes[self.table.nodes[name]].item
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
