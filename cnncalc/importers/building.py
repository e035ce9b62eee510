"""Builds a draft, layer by layer, with the shape of each: what does not fit is reported at its place in the file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Note, Severity, Span
from cnncalc.graph.node import BoundLayer
from cnncalc.graph.shared import fit_of, layer_with
from cnncalc.importers import faults
from cnncalc.importers.draft import UNKNOWN, Draft, DraftNode, Scope, Taken
from cnncalc.importers.plain_fields import leave_out_biases, plain_fields
from cnncalc.importers.unreadable import Unreadable
from cnncalc.layers import Refused, layer_type, stated
from cnncalc.shape import Shape
from cnncalc.spec.reading import RESERVED
from cnncalc.text import Source, escaped

MOST_LAYERS = 20_000
"""The most layers of a draft that is read from data."""
MOST_FAULTS = 20
"""The most errors that are reported for one file."""


class Building:
    """A draft that grows. A layer whose shape is unknown after an error has the shape None, and so has all after it.

    `format` is the name of the format, for messages.
    """

    def __init__(self, source: Source, format: str) -> None:
        self.source, self.format = source, format
        self.inputs: dict[str, Shape] = {}
        self.nodes: list[DraftNode] = []
        self.shapes: dict[str, Shape | None] = {}
        self.faults: list[Diagnostic] = []
        self.notes: list[Diagnostic] = []
        # Each layer with the shapes of what it reads, by its name.
        self.fits: dict[str, BoundLayer] = {}
        self.start = Span(source.name, 1, 1, 1, 1)

    def input(self, name: str, shape: Shape) -> str:
        """Add an input."""
        self.inputs[name] = self.shapes[name] = shape
        return name

    def name(self, wanted: str) -> str:
        """A name that a spec accepts and that no other layer has, as close as possible to the one in the file."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted)[:90].strip("-") or "layer"
        if name in RESERVED:
            name += "_1"
        unique, count = name, 1
        while unique in self.shapes:
            count += 1
            unique = f"{name}_{count}"
        return unique

    def add(
        self,
        type: str,
        fields: Mapping[str, Any],
        sources: Iterable[str],
        *,
        name: str,
        span: Span,
        scopes: tuple[Scope, ...] = (),
        shares: str | None = None,
        controls: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a layer. Returns the name that it got. What its type does not accept is reported at `span`."""
        name, sources = self.name(name), tuple(sources)
        self._limit(span)
        type, fields = self._depthwise(type, plain_fields(type, fields), sources)
        node = DraftNode(
            name,
            type,
            fields,
            sources,
            scopes=scopes,
            controls=dict(controls or {}),
            place=f"{span.file}:{span.line}",
        )
        self.nodes.append(node)
        node.shape = self.shapes[name] = self._shape(node, span)
        if shares is not None:
            self.share(name, shares, span)
        return name

    def unknown(
        self,
        op: str,
        sources: Iterable[str],
        shape: Shape | None,
        *,
        name: str,
        span: Span,
        params: int | None = None,
        macs: int | None = None,
        scopes: tuple[Scope, ...] = (),
        why: str = "",
    ) -> str:
        """Add an operation that has no layer: its shape, and its figures where they are known."""
        name, sources = self.name(name), tuple(sources)
        self._limit(span)
        if any(self.shapes[source] is None for source in sources):
            shape = None
        elif shape is None:
            self.fault(
                faults.UNKNOWN_KIND,
                span,
                f"`{escaped(op)}` has no layer in cnncalc, and the file does not say the shape of its output",
                help="import the part of the network before it, or write the rest as a spec",
            )
        fields: dict[str, Any] = {"op": op}
        if shape is not None:
            fields["shape"] = dict(shape.asdict())
        if params is not None:
            fields |= {"params": params, "buffers": 0}
        if macs is not None:
            fields["macs"] = macs
        node = DraftNode(
            name, UNKNOWN, fields, sources, shape, scopes=scopes, place=f"{span.file}:{span.line}"
        )
        self.nodes.append(node)
        self.shapes[name] = shape
        known = "its parameters are known" if params is not None else "its parameters are not known"
        message = f"`{escaped(op)}` has no layer in cnncalc: it is `unknown`, with its shape; {why or known}"
        self.notes.append(faults.UNKNOWN_OPERATION.at(span, message))
        return name

    def share(self, name: str, owner: str, span: Span) -> None:
        """Let a layer use the weights of an earlier one, which must have the same shapes."""
        node = next(node for node in reversed(self.nodes) if node.name == name)
        node.shares = owner
        ours, theirs = self.fits.get(name), self.fits.get(owner)
        if ours is None or theirs is None or _weights(ours) == _weights(theirs):
            return
        notes = [
            f"`{layer}`: {', '.join(map(str, _weights(fit)))}"
            for layer, fit in ((name, ours), (owner, theirs))
        ]
        message = f"`{name}` shares the weights of `{owner}`, which have other shapes"
        self.fault(faults.DOES_NOT_FIT, span, message, notes=notes)

    def some_shared(self, name: str, shared: Sequence[bool], span: Span) -> None:
        """Make a layer `unknown` that has some parameters of others (`shared`, in order), and some of its own.

        No layer of a spec has that. Its shape, its MACs and the number of its own parameters are known.
        """
        node = next(node for node in reversed(self.nodes) if node.name == name)
        fit = self.fits.pop(name, None)
        op, taken = node.type, [*shared, *[False] * 8]
        node.type, node.fields = UNKNOWN, {"op": op}
        if node.shape is not None:
            node.fields["shape"] = dict(node.shape.asdict())
        if fit is not None:
            weights = fit.layer.weights(fit.inputs)
            own = sum(prod(weight.shape) for weight, used in zip(weights, taken, strict=False) if not used)
            node.fields |= {"params": own, "buffers": 0, "macs": fit.layer.work(fit.inputs).macs}
        message = (
            f"`{name}` has some of the parameters of another layer, and others of its own, which no layer of a spec "
            f"has: it is `unknown`, with its shape, its MACs, and the parameters that are its own"
        )
        self.notes.append(faults.UNKNOWN_OPERATION.at(span, message))

    def take(self, name: str, module: str) -> None:
        """Note that the weights and buffers of a layer are those of a module of the source, by their names in it."""
        fit = self.fits.get(name)
        if fit is None or self.nodes[-1].name != name:
            return
        shapes = {weight.name: weight.shape for weight in fit.layer.weights(fit.inputs)}
        shapes |= {tensor.name: tensor.shape for tensor in fit.layer.buffers(fit.inputs)}
        self.nodes[-1].weights = {
            own: Taken(f"{module}.{own}", tuple(shape)) for own, shape in shapes.items()
        }

    def lost(self, name: str) -> str:
        """A layer that could not be read, which has been reported: what reads it is not checked."""
        name = self.name(name)
        self.shapes[name] = None
        return name

    def fault(
        self,
        kind: DiagnosticKind,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        notes: Iterable[Note | str] = (),
    ) -> None:
        """Report an error of the file. Raises `Unreadable` where there are many."""
        self.faults.append(kind.at(span, message, help=help, notes=notes))
        if len(self.faults) >= MOST_FAULTS:
            raise Unreadable(self.faults, self.source)

    def note(self, kind: DiagnosticKind, span: Span, message: str, *, help: str | None = None) -> None:
        """Report a fact about the import."""
        self.notes.append(kind.at(span, message, help=help))

    def draft(self, name: str, outputs: Iterable[str]) -> Draft:
        """The draft. Raises `Unreadable` with every error of the file."""
        if self.faults:
            raise Unreadable(self.faults, self.source)
        leave_out_biases(self.nodes)
        return Draft(
            name,
            self.inputs,
            self.nodes,
            tuple(dict.fromkeys(outputs)),
            f"{self.source.name.replace(chr(92), '/').rpartition('/')[2]} ({self.format})",
            tuple(self.notes),
        )

    def _depthwise(
        self, type: str, fields: dict[str, Any], sources: tuple[str, ...]
    ) -> tuple[str, dict[str, Any]]:
        """A convolution with a group for each channel, and as many filters, by its own name."""
        shape = self.shapes[sources[0]] if type == "conv" else None
        groups = fields.get("groups", 1)
        if shape is None or groups == 1 or not groups == shape.channels == fields.get("filters"):
            return type, fields
        return "depthwise_conv", {
            name: value for name, value in fields.items() if name not in ("filters", "groups")
        }

    def _limit(self, span: Span) -> None:
        if len(self.nodes) >= MOST_LAYERS:
            self.faults.append(
                faults.TOO_LARGE.at(span, f"the file stands for more than {MOST_LAYERS:,} layers")
            )
            raise Unreadable(self.faults, self.source)

    def _shape(self, node: DraftNode, span: Span) -> Shape | None:
        """The output of a layer; its fields and its problems are checked. None after an error."""
        kind = layer_type(node.type)
        given = stated(kind)
        read = {}
        for field, value in node.fields.items():
            if field == "numbers":
                read[field] = _frozen(value)
                continue
            try:
                read[field] = given[field][0].kind.read(_frozen(value))
            except Refused as error:
                words = given[field][0].kind.words
                message = (
                    f"`{node.name}` would be `{node.type}` with `{field}` {error}, which must be {words}"
                )
                self.fault(faults.BAD_VALUE, span, message)
                return None
        shapes = []
        for source in node.sources:
            if (shape := self.shapes[source]) is None:
                return None
            shapes.append(shape)
        fit = fit_of(layer_with(kind, read), tuple(shapes))
        self.fits[node.name] = fit
        for problem in fit.problems:
            severity = problem.fault.severity if problem.severity is None else problem.severity
            if problem.blocking:
                entering = " and ".join(map(str, shapes))
                message = f"`{node.name}` ({node.type}) does not fit {entering}: {problem.message}"
                self.fault(faults.DOES_NOT_FIT, span, message, notes=problem.notes)
                return None
            if severity is Severity.ERROR:
                # The other program rounds down, and so does the layer: it is meant.
                allowed = node.controls.setdefault("allow", {})
                allowed[problem.fault.code] = f"as {self.format} rounds"
        return fit.output


def _weights(fit: BoundLayer) -> list[tuple[int, ...]]:
    """The shapes of a layer's weights."""
    return [weight.shape for weight in fit.layer.weights(fit.inputs)]


def _frozen(value: Any) -> Any:
    """A value of a draft as a field reads it: lists are tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
