"""A spec as the lock file of code: the network that the code makes now, compared with the spec."""

from collections.abc import Sequence

from torch import nn

from cnncalc.api import load
from cnncalc.comparison import Agreement, agreement
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.folding import fold
from cnncalc.graph import Graph
from cnncalc.importers import Draft, document
from cnncalc.pytorch.capture import capture
from cnncalc.shape import Shape


class Incomparable(ValueError):
    """A network that cannot be compared with another, because it has errors; `diagnostics` are these."""

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


def compare_module(module: nn.Module, spec: Graph, *, name: str) -> Agreement:
    """Compare a spec with the module that it should describe, in the mode of the spec and with its inputs.

    The module runs once, without changing. `name` is what it is called in the comparison. Raises `Incomparable` if
    the spec has errors, and what `capture` raises.
    """
    return compare_draft(capture(module, input_shapes(spec), mode=spec.mode, name=name), spec, name=name)


def compare_draft(draft: Draft, spec: Graph, *, name: str) -> Agreement:
    """Compare a spec with the draft of its source. Raises `Incomparable` if one of the two has errors."""
    require_no_errors(spec)
    return agreement(spec, graph_of(draft, spec.mode), source_name=name)


def input_shapes(spec: Graph) -> dict[str, Shape]:
    """The shapes of a spec's inputs by name. Raises `Incomparable` if the spec has errors."""
    require_no_errors(spec)
    return {node.name: node.shape for node in spec.inputs if node.shape is not None}


def require_no_errors(spec: Graph) -> None:
    """Raises `Incomparable` if the spec has errors."""
    if not spec.ok:
        errors = [item for item in spec.diagnostics if item.severity is Severity.ERROR]
        raise Incomparable(f"{spec.spec.file} has errors: {errors[0].message}", errors)


def graph_of(draft: Draft, mode: str) -> Graph:
    """The graph of a draft, with the names that its spec would have. Raises `Incomparable` if it has errors."""
    graph = load(fold(draft), mode=mode)
    if not graph.ok:
        graph = load(document(draft), mode=mode)
    if not graph.ok:
        errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
        raise Incomparable(f"the network of {draft.name} has errors here: {errors[0].message}", errors)
    return graph
