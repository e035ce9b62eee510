"""A graph while it is built: the nodes so far, their names, and their diagnostics."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.graph.bind import Unbound
from cnncalc.graph.findings import GraphFindings
from cnncalc.graph.model import Replaced
from cnncalc.graph.name_table import NameTable
from cnncalc.graph.node import Node
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import fit_of
from cnncalc.layers import Layer
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING, Item, LayerCall, Spec, ValueExpr, own_names
from cnncalc.spec import faults as language

if TYPE_CHECKING:
    from cnncalc.graph.share import Lender


# The kind of a node for an item whose expansion is not known, because of an error.
UNDETERMINED = "undetermined"
# No code: the findings of nearly every node.
NONE_ACCEPTED: frozenset[str] = frozenset()


class TooMany(Exception):
    """The limit of layers is reached, and has been reported."""


class Growing:
    """The nodes so far, each with earlier ones as inputs; `spec` is the spec that is expanded."""

    def __init__(
        self,
        spec: Spec,
        findings: GraphFindings,
        max_nodes: int,
        *,
        advise: bool = True,
        given: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.spec, self.findings, self.max_nodes = spec, findings, max_nodes
        # The values of parameters that are from outside of the spec.
        self.given = given
        # Whether diagnostics of layers have help and fixes.
        self.advise = advise
        self.nodes: list[Node] = []
        self.table = NameTable()
        self.input_givens: dict[int, ValueExpr] = {}
        self.not_checked = 0
        # Whether every layer has its node: false if the expansion of an item is unknown.
        self.counted = not spec.doubtful
        # For residuals with a word as shortcut: the input and the end of the body, whose shapes decide about it.
        self.residuals: list[tuple[int, int]] = []
        # Inputs that replace those of the spec, and the places of `expect` that are not checked because of that.
        self.replaced: tuple[Replaced, ...] = ()
        self.unchecked: set[Span] = set()
        # The devices that the spec names so far; and whether the name of one could not be read.
        self.devices: dict[str, None] = {}
        self.lost_device = False

    def report(
        self,
        fault: Diagnostic,
        scope: Scope,
        *,
        about: Item | None = None,
        free: bool = False,
        resized: bool = False,
        values: Iterable[ValueExpr] = (),
    ) -> Severity | None:
        """Report a finding at a place, `about` one of its items; `free`: `allow` may accept it.

        `resized`: another size of the input may be its cause. `values` are those that it depends on: a note names
        those of them that are from outside of the spec.

        Returns its severity here; None if it is accepted.
        """
        if self.given and self.advise and fault.severity > Severity.INFO:
            from cnncalc.graph.given import notes

            fault = fault.with_notes(*notes(values, scope.frame, self.spec, self.given))
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
        weights: "Lender | None" = None,
    ) -> Node:
        """Add the node of a layer with earlier nodes as inputs, from a `call`. Its output is a shape or unknown.

        `weights` finds the layer whose weights it uses; without it, the node has its own weights, or those of the
        layer with its name in the block that its block shares.
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
        weights = scope.marks.twins if weights is None else weights
        if weights is not None:
            owner, unknown = weights.owner(index, name, layer.key, fit)
            learns_unknown = unknown if owner is not None or unknown else learns_unknown
            if owner is not None and nodes[owner].frozen != scope.marks.frozen:
                from cnncalc.graph.share import report_frozen

                report_frozen(self, name, item, scope, nodes[owner])
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
            scope.marks.frozen,
            scope.marks.module,
            self._device(inputs, scope) if self.devices else None,
        )
        nodes.append(node)
        return node

    def unknown(
        self, inputs: Sequence[int | None], name: str, kind: str, item: Item, scope: Scope, *, reported: bool
    ) -> Node:
        """Add a node with unknown output: because of its own error, which is `reported`, or of an earlier one."""
        self.not_checked += not reported
        known = tuple(index for index in inputs if index is not None)
        index = self._claim(name, item, scope)
        node = Node(
            index,
            name,
            kind,
            known,
            None,
            None,
            item,
            scope.frame,
            scope.allow,
            place=self._device(known, scope),
        )
        self.nodes.append(node)
        return node

    def _device(self, inputs: tuple[int, ...], scope: Scope) -> str | None:
        """The device of a layer: as the spec says, else that of all layers that it reads."""
        if scope.marks.place is not None or not self.devices:
            return scope.marks.place
        nodes = self.nodes
        devices = {nodes[source].place for source in inputs if not nodes[source].is_input}
        return devices.pop() if len(devices) == 1 else None

    def unknown_item(self, item: Item, entering: int | None, scope: Scope, *, reported: bool) -> Node:
        """Add a node for an item whose expansion is unknown."""
        name = self.name(item, "layer", scope)
        scope.numbering.doubtful = True
        self.counted = False
        self.table.lost.update(scope.prefix + word for word in own_names(item))
        node = self.unknown((entering,), name, UNDETERMINED, item, scope, reported=reported)
        if item.controls.name is not None:
            self.table.end(scope.prefix + item.controls.name.text, node.index)
        return node

    def name(self, item: Item, kind: str, scope: Scope) -> str:
        """The full name of an item's node: its own name, numbered in a repetition, or the next name of its kind."""
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
        """The layer of a node: itself, or the layer whose norm or act it is."""
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
        """The input node of an item that needs one. Raises `Unbound` if there are several inputs to choose from."""
        if entering is None:
            if self.spec.inputs:
                names = ", ".join(f"`{name}`" for name in self.spec.inputs)
                self.report(
                    language.WHICH_INPUT.at(
                        item.span,
                        f"there are {len(self.spec.inputs)} inputs ({names}), and this layer does not name one",
                        help="put `from: NAME` beside it",
                    ),
                    scope,
                )
            raise Unbound(reported=bool(self.spec.inputs))
        return entering

    def lacks_input(self, item: Item, entering: int | None, scope: Scope) -> bool:
        """Whether an item that needs an input has none. It is reported here."""
        try:
            self.entered(item, entering, scope)
        except Unbound:
            return True
        return False

    def line(self, node: Node) -> int | None:
        """The line of a node in the spec."""
        if node.item is not None:
            return node.item.span.line
        given = self.input_givens.get(node.index)
        return given.span.line if given else None

    def too_many(self, span: Span, message: str, scope: Scope) -> None:
        """Report that the limit is exceeded, and raise `TooMany`."""
        self.report(
            language.TOO_MANY_LAYERS.at(
                span, message, help=f"the limit is {self.max_nodes:,} (`--max-nodes`)"
            ),
            scope,
        )
        raise TooMany

    def _claim(self, name: str, item: Item, scope: Scope) -> int:
        """The index of the next node, which gets the name. Raises `TooMany`."""
        index = len(self.nodes)
        if index >= self.max_nodes:
            self.too_many(item.span, f"the network has more than {self.max_nodes:,} layers", scope)
        if self.table.nodes.setdefault(name, index) != index:
            self._report_duplicate(name, item, scope)
        return index

    def _report_duplicate(self, name: str, item: Item, scope: Scope) -> None:
        # A reference to the name may mean either layer.
        self.table.doubtful.add(name)
        first = self.nodes[self.table.nodes[name]].item
        notes = [Note("the first is here", first.span)] if first is not None else []
        word = item.controls.name
        if word and any(
            fault.code == language.DUPLICATE_NAME.code and fault.span == word.span
            for fault in self.spec.diagnostics
        ):
            # The text itself has the name twice.
            return
        self.report(
            language.DUPLICATE_NAME.at(
                word.span if word else item.span, f"`{name}` is used for two layers", notes=notes
            ),
            scope,
        )
