"""Spec -> graph: items become nodes one by one, shapes are known as soon as a node stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.findings import Findings
from cnncalc.graph.model import Fit, Frame, Node
from cnncalc.graph.scope import Scope
from cnncalc.graph.size import EFFORT, Least, Size
from cnncalc.layers import Layer, shown
from cnncalc.shape import Shape
from cnncalc.spec import (
    BadShape,
    BlockItem,
    Call,
    Given,
    Item,
    LayerItem,
    MergeItem,
    ResidualItem,
    SequenceItem,
    Spec,
    nearest,
    own_names,
    read_shape,
)
from cnncalc.spec import _faults as language
from cnncalc.text import escaped

DEEPEST = 64
# Items that may be looked at for each layer that may come out: `when` and `only` leave some out.
LOOKS = 4


class TooMany(Exception):
    """The limit of layers is reached, and has been reported."""


class Expander:
    """The state of one expansion. `nodes` grows; everything else says where the next one stands."""

    def __init__(
        self, spec: Spec, mode: str, knobs: Mapping[str, Any], findings: Findings, max_nodes: int
    ) -> None:
        self.spec, self.mode, self.knobs, self.max_nodes = spec, mode, knobs, max_nodes
        self.findings = findings
        self.nodes: list[Node] = []
        # Nodes by full name; outputs of items whose last node has another name; and the nodes that named layers
        # are themselves, before the norm and act that follow them: what `share` means.
        self.named: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self.layers: dict[str, int] = {}
        # Names left out in this mode, and inputs' places.
        self.skipped: set[str] = set()
        self.input_givens: dict[int, Given] = {}
        self.not_checked = 0
        self._fits: dict[tuple[int, tuple[Shape, ...]], Fit] = {}
        self._binder = Binder(knobs, spec.defaults, self._report_in)
        self._least = Least(spec, knobs, mode)
        self._looked_at = 0
        self._suspect = self._excessive(self._least.of(spec.items, {})) or self._least.gave_up

    # -- nodes ------------------------------------------------------------------------------------------------

    def report(
        self, fault: Diagnostic, scope: Scope, *, about: Item | None = None, free: bool = False
    ) -> None:
        """Note a fault of where `scope` stands, `about` one of its items; `free` to be accepted by `allow`."""
        self.findings.add(fault, scope.frame, scope.allow if free else None, about)

    def _report_in(self, fault: Diagnostic, scope: Scope) -> None:
        self.report(fault, scope)

    def add_input(self, name: str, shape: Shape | None, given: Given) -> int:
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
        call: Call | None = None,
    ) -> Node:
        """A node of a layer over earlier nodes, made by a `call`: its shape, or what is wrong with theirs."""
        shapes = []
        for at in inputs:
            shape = self.nodes[at].shape
            if shape is None:
                return self._unknown(inputs, name, layer.key, item, scope, reported=False)
            shapes.append(shape)
        entering = tuple(shapes)
        key = (id(layer), entering)
        fit = self._fits.get(key)
        if fit is None:
            fit = self._fits[key] = Fit(layer, entering)
        node = self._append(name, layer.key, inputs, fit, fit.output, item, scope)
        node.call = call
        if fit.problems:
            self._problems(fit, node, item, scope)
        return node

    def _problems(self, fit: Fit, node: Node, item: Item, scope: Scope) -> None:
        from cnncalc.graph.problems import Place, diagnostic, grouped

        for problem in grouped(fit.problems):
            place = Place(self.spec.sources, self.nodes, self._line, self.input_givens)
            self.report(diagnostic(problem, node, place), scope, about=item, free=not problem.blocking)
            if problem.doubtful and problem.fault.code not in (scope.allow or ()):
                node.shape = None

    def _unknown(
        self, inputs: tuple[int, ...], name: str, kind: str, item: Item, scope: Scope, *, reported: bool
    ) -> Node:
        """A node whose output is unknown: because of a fault of its own, or of one before it."""
        self.not_checked += not reported
        return self._append(name, kind, inputs, None, None, item, scope)

    def _append(
        self,
        name: str,
        kind: str,
        inputs: tuple[int, ...],
        fit: Fit | None,
        shape: Shape | None,
        item: Item,
        scope: Scope,
    ) -> Node:
        index = len(self.nodes)
        if index >= self.max_nodes:
            self._too_many(item.span, f"the network has more than {self.max_nodes:,} layers", scope)
        node = Node(index, name, kind, inputs, fit, shape, item, scope.frame, scope.allow)
        if self.named.setdefault(name, index) != index:
            self._duplicate(name, item, scope)
        self.nodes.append(node)
        return node

    def _duplicate(self, name: str, item: Item, scope: Scope) -> None:
        first = self.nodes[self.named[name]].item
        notes = [Note("the first is here", first.span)] if first is not None else []
        word = item.controls.name
        self.report(
            language.DUPLICATE_NAME.at(
                word.span if word else item.span, f"`{name}` is the name of two layers", notes=notes
            ),
            scope,
        )

    def _too_many(self, span: Span, message: str, scope: Scope) -> None:
        self.report(
            language.TOO_MANY_LAYERS.at(
                span, message, help=f"the limit is {self.max_nodes:,} (`--max-nodes`)"
            ),
            scope,
        )
        raise TooMany

    def _line(self, node: Node) -> int | None:
        if node.item is not None:
            return node.item.span.line
        given = self.input_givens.get(node.index)
        return given.span.line if given else None

    # -- items ------------------------------------------------------------------------------------------------

    def items(self, items: tuple[Item, ...], entering: int | None, scope: Scope) -> int | None:
        """Expand items one after another; the index of the last node (of what enters, where there is none)."""
        scope.depth += 1
        if scope.depth > DEEPEST:
            message = f"blocks and structures are more than {DEEPEST} levels deep here"
            self.report(
                language.DEEP_EXPANSION.at(items[0].span if items else Span("", 1, 1, 1, 1), message), scope
            )
            raise TooMany
        last = entering
        for item in items:
            last = self.item(item, last, scope)
        scope.depth -= 1
        return last

    def item(self, item: Item, before: int | None, scope: Scope) -> int | None:
        """Expand one item with its control keys."""
        self._looked_at += 1
        if self._looked_at > LOOKS * self.max_nodes:
            self._too_many(
                item.span, f"{self._looked_at - 1:,} items were looked at, and most are no layers", scope
            )
        told = item.controls
        if told.only is not None and told.only != self.mode:
            return self._skip(item, before, scope)
        outer = scope.allow
        if told.allow:
            scope.allow = {**(outer or {}), **told.allow}
        try:
            return self._told(item, before, scope)
        finally:
            scope.allow = outer

    def _skip(self, item: Item, before: int | None, scope: Scope) -> int | None:
        self.skipped.update(scope.prefix + name for name in own_names(item))
        return before

    def _told(self, item: Item, before: int | None, scope: Scope) -> int | None:
        told = item.controls
        entering, shape = before, None
        outer = scope.repetition, scope.suffix
        try:
            # What is left out may read what is left out: where it can, `when` decides before `from` is looked up.
            asks = told.when is not None and told.when.reads_input
            if told.when is not None and not asks and not self._flag(told.when, None, scope):
                return self._skip(item, before, scope)
            entering = before if told.source is None else self.resolve(told.source, before, scope)
            shape = self.nodes[entering].shape if entering is not None else None
            if told.when is not None and asks and not self._flag(told.when, shape, scope):
                return self._skip(item, before, scope)
            count = 1 if told.repeat is None else self._count(told.repeat, shape, scope)
        except Unbound as stop:
            return self._unknown_item(item, entering, scope, reported=stop.reported).index
        if self._suspect or told.repeat is not None:
            self._check_size(item, count, scope)
        last = entering
        for repetition in range(count):
            if told.repeat is not None:
                scope.repetition, scope.suffix = repetition, f"{outer[1]}_{repetition + 1}"
            last = self._once(item, last, scope, repetition, final=repetition == count - 1)
        scope.repetition, scope.suffix = outer
        if told.name is not None and last is not None:
            self._end(scope.prefix + told.name.text, last)
        if told.expect is not None and last is not None:
            self._expect(item, told.expect, shape, self.nodes[last], scope)
        return last

    def _end(self, name: str, last: int) -> None:
        if self.named.get(name) != last:
            self.ends[name] = last

    def _unknown_item(self, item: Item, entering: int | None, scope: Scope, *, reported: bool) -> Node:
        inputs = () if entering is None else (entering,)
        node = self._unknown(
            inputs, self.name(item, "layer", scope), "unknown", item, scope, reported=reported
        )
        if item.controls.name is not None:
            self._end(scope.prefix + item.controls.name.text, node.index)
        return node

    def name(self, item: Item, kind: str, scope: Scope) -> str:
        """The full name of an item's node: its own, numbered in a repetition, or the next of its kind."""
        word = item.controls.name
        return scope.automatic(kind) if word is None else scope.prefix + word.text + scope.suffix

    def _once(
        self, item: Item, entering: int | None, scope: Scope, repetition: int, *, final: bool
    ) -> int | None:
        match item:
            case LayerItem():
                return self._layer(item, entering, scope, first=repetition == 0, final=final)
            case BlockItem():
                return self._block(item, entering, scope, first=repetition == 0)
            case SequenceItem():
                return self.items(item.items, entering, scope)
            case MergeItem():
                return self._merge(item, entering, scope)
            case ResidualItem():
                return self._residual(item, entering, scope)
        return self._unknown_item(item, entering, scope, reported=True).index

    def _entered(self, item: Item, entering: int | None, scope: Scope) -> int:
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
            raise Unbound(reported=True)
        return entering

    def _layer(self, item: LayerItem, entering: int | None, scope: Scope, *, first: bool, final: bool) -> int:
        name = self.name(item, item.layer.key, scope)
        call, norm, act = item.first if first and item.first is not None else (item.call, item.norm, item.act)
        try:
            source = self._entered(item, entering, scope)
            shape = self.nodes[source].shape
            norm = self._binder.sugar("norm", norm, shape, scope)
            act = self._binder.sugar("act", act, shape, scope)
            cancelled = norm is not None and norm.layer is not None and norm.layer.cancels_bias
            normed = (final and item.before_norm) or cancelled
            layer = self._binder.layer(item.layer, call, shape, scope, normed=normed)
            extras = [
                (extra.call, self._binder.layer(extra.layer, extra.call, shape, scope))
                for extra in (norm, act)
                if extra is not None and extra.layer is not None and extra.call is not None
            ]
        except Unbound as stop:
            inputs = () if entering is None else (entering,)
            return self._unknown(inputs, name, item.layer.key, item, scope, reported=stop.reported).index
        node = self.add(layer, (source,), name, item, scope, call)
        if item.controls.name is not None:
            self.layers[scope.prefix + item.controls.name.text] = node.index
        if item.controls.share is not None:
            self._share(node, item.controls.share, scope)
        for extra_call, extra in extras:
            node = self.add(extra, (node.index,), f"{name}.{extra.key}", item, scope, extra_call)
        if extras:
            self.ends[name] = node.index
        return node.index

    def _share(self, node: Node, given: Given, scope: Scope) -> None:
        try:
            at = self.find(given, scope, self.layers)
        except Unbound:
            return
        owner = self.nodes[self.nodes[at].owner]
        from cnncalc.graph.share import share_problem

        if fault := share_problem(node, owner, given, self._line(owner)):
            self.report(fault, scope)
        else:
            node.owner = owner.index

    def _block(self, item: BlockItem, entering: int | None, scope: Scope, *, first: bool) -> int | None:
        block = self.spec.blocks[item.block]
        name = self.name(item, item.block, scope)
        shape = self.nodes[entering].shape if entering is not None else None
        call = item.first if first else None
        givens = {**item.call.computed, **(call.computed if call else {})}
        try:
            if not item.call.whole or (call is not None and not call.whole):
                raise Unbound(reported=True)
            parameters = {
                key: self._binder.value(given, shape, scope)
                for key, given in givens.items()
                if key in block.parameters
            }
            inner = Scope(
                name + ".", block.names, parameters, scope, Frame(name, item, parameters, scope.frame)
            )
            for key, parameter in block.parameters.items():
                if key not in parameters and parameter.default is not None:
                    parameters[key] = self._binder.value(parameter.default, shape, inner)
        except Unbound as stop:
            inputs = () if entering is None else (entering,)
            return self._unknown(inputs, name, item.block, item, scope, reported=stop.reported).index
        last = self.items(block.items, entering, inner)
        if last is not None:
            self.ends[name] = last
        return last

    def _merge(self, item: MergeItem, entering: int | None, scope: Scope) -> int:
        ends: list[int] = []
        broken = not item.operands
        for operand in item.operands:
            try:
                if operand.branch is not None:
                    end = self.items(operand.branch, entering, scope)
                    ends.append(self._entered(item, end, scope))
                elif operand.reference is not None:
                    at = self.resolve(operand.reference, entering, scope)
                    ends.append(self._entered(item, at, scope))
            except Unbound:
                broken = True
        return self._join(item, item.layer, ends, scope, broken=broken)

    def _join(
        self,
        item: Item,
        layer: type[Layer],
        ends: list[int],
        scope: Scope,
        *,
        broken: bool = False,
    ) -> int:
        name = self.name(item, layer.key, scope)
        if broken:
            return self._unknown(tuple(ends), name, layer.key, item, scope, reported=True).index
        return self.add(self._binder.plain(layer), tuple(ends), name, item, scope).index

    def _residual(self, item: ResidualItem, entering: int | None, scope: Scope) -> int:
        from cnncalc.layers import layer_type

        add = layer_type("add")
        try:
            source = self._entered(item, entering, scope)
        except Unbound:
            return self._join(item, add, [], scope, broken=True)
        body = self.items(item.body, source, scope)
        assert body is not None
        side: int | None = source
        if isinstance(item.shortcut, tuple):
            side = self.items(item.shortcut, source, scope)
        else:
            one, other = self.nodes[source].shape, self.nodes[body].shape
            if one != other and None not in (one, other):
                if item.shortcut == "optional":
                    return body
                if item.shortcut == "project":
                    side = self._project(item, source, body, scope)
        assert side is not None
        return self._join(item, add, [body, side], scope)

    def _project(self, item: ResidualItem, source: int, body: int, scope: Scope) -> int:
        from cnncalc.graph.project import projection

        name = scope.automatic("project")
        last = source
        for suffix, layer in projection(self.nodes, source, body, self._binder):
            last = self.add(layer, (last,), name + suffix, item, scope).index
        self._end(name, last)
        return last

    # -- control keys -------------------------------------------------------------------------------------------

    def resolve(self, given: Given, before: int | None, scope: Scope) -> int | None:
        """The node a reference means; None where that is `prev` and there is none. Raises `Unbound`."""
        if given.constant and given.value == "prev":
            return before
        try:
            return self.find(given, scope, self.ends)
        except Unbound as stop:
            item = self._dummy(given)
            return self._unknown(
                (), scope.automatic("unknown"), "unknown", item, scope, reported=stop.reported
            ).index

    def _dummy(self, given: Given) -> Item:
        from cnncalc.spec import BrokenItem
        from cnncalc.spec.model import Controls

        return BrokenItem(given.span, given.span, Controls())

    def find(self, given: Given, scope: Scope, first: Mapping[str, int]) -> int:
        """The node that a name means, in the innermost scope that has it. Raises `Unbound` where none has."""
        word = str(self._binder.value(given, None, scope))
        at: Scope | None = scope
        while at is not None:
            full = at.prefix + word
            index = first.get(full, self.named.get(full, self.ends.get(full)))
            if index is not None:
                return index
            if word in self.spec.lost_names or self._hidden(full):
                raise Unbound(reported=True)
            if full in self.skipped:
                self.report(
                    language.UNKNOWN_NAME.at(
                        given.span, f"`{escaped(word)}` is left out ({self.mode}, or its `when`)"
                    ),
                    scope,
                )
                raise Unbound(reported=True)
            at = at.parent
        close = nearest(word, list(self._visible(scope)))
        self.report(
            language.UNKNOWN_NAME.at(
                given.span,
                f"no earlier layer is named `{escaped(word)}`",
                help=f"did you mean `{close}`?"
                if close
                else "names come from `name:`; unnamed layers are conv1, conv2, ...",
                fixes=_rename(given, close),
            ),
            scope,
        )
        raise Unbound(reported=True)

    def _hidden(self, name: str) -> bool:
        """Whether a name would be inside something that is unknown because of a fault."""
        parts = name.split(".")
        outer = (self.named.get(".".join(parts[:count])) for count in range(1, len(parts)))
        return any(index is not None and self.nodes[index].shape is None for index in outer)

    def _visible(self, scope: Scope) -> Iterator[str]:
        prefixes = []
        at: Scope | None = scope
        while at is not None:
            prefixes.append(at.prefix)
            at = at.parent
        for name in (*self.named, *self.ends):
            for prefix in prefixes:
                if name.startswith(prefix):
                    yield name[len(prefix) :]

    def _flag(self, given: Given, shape: Shape | None, scope: Scope) -> bool:
        value = self._binder.value(given, shape, scope)
        if isinstance(value, bool):
            return value
        self.report(
            language.WRONG_VALUE.at(
                given.span, f"`when` must come to true or false, not {escaped(shown(value))}"
            ),
            scope,
        )
        raise Unbound(reported=True)

    def _count(self, given: Given, shape: Shape | None, scope: Scope) -> int:
        value = self._binder.value(given, shape, scope)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.report(
            language.WRONG_VALUE.at(
                given.span, f"`repeat` must come to an integer from 0, not {escaped(shown(value))}"
            ),
            scope,
        )
        raise Unbound(reported=True)

    def _excessive(self, size: Size) -> bool:
        return size.layers > self.max_nodes or size.items > LOOKS * self.max_nodes

    def _check_size(self, item: Item, count: int, scope: Scope) -> None:
        size = self._least.several(item, count, scope.parameters)
        total = len(self.nodes) + size.layers
        span = item.controls.repeat.span if item.controls.repeat else item.span
        if self._least.gave_up:
            message = f"blocks are used with more than {EFFORT:,} different arguments that decide how much is in them"
            self._too_many(span, message, scope)
        if not self._excessive(Size(total, self._looked_at + size.items)):
            return
        message = f"with this the network has at least {total:,} layers"
        if total <= self.max_nodes:
            message = f"this makes {size.items:,} items to look at, and most are no layers"
        self._too_many(span, message, scope)

    def _expect(self, item: Item, given: Given, entering: Shape | None, node: Node, scope: Scope) -> None:
        from cnncalc.graph.expect import bad_shape, expectation_fault

        self.findings.checked(item)
        try:
            value = self._binder.value(given, entering, scope)
        except Unbound:
            return
        expected = read_shape(value)
        if isinstance(expected, BadShape):
            self.report(bad_shape(expected, given), scope, about=item)
        elif node.shape is not None and (fault := expectation_fault(expected, node, node.shape, given)):
            self.report(fault, scope, about=item, free=True)


def _rename(given: Given, close: str | None) -> Any:
    from cnncalc.diagnostic import Edit, Fix

    return [Fix(f"write `{close}`", (Edit(given.span, close),))] if close and given.constant else []
