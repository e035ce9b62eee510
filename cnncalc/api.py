"""The library's way in: text or file -> graph -> figures and findings."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnncalc import zoo
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import MAX_NODES, Graph, build
from cnncalc.pattern import NAME as PATTERN
from cnncalc.pattern import means_pattern
from cnncalc.rules import check
from cnncalc.spec import Spec, read_spec
from cnncalc.spec.known_specs import is_file, meant
from cnncalc.text import from_text
from cnncalc.text import read as read_source

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Asked
    from cnncalc.memory.estimate import Estimate
    from cnncalc.memory.setup import Setup


def read_path(reference: "str | os.PathLike[str]") -> Spec:
    """The spec in a file, the shipped one of that name, or the one that a pattern says.

    A file that can't be read is a diagnostic of it. A file comes before the shipped spec of its name, a folder
    doesn't.
    """
    path = os.fspath(reference)
    shipped = None if is_file(path) else zoo.path(path)
    if shipped is not None:
        return read_spec(*read_source(shipped, f"{path}.yaml"))
    if not is_file(path) and means_pattern(path):
        return read_spec(*from_text(path, PATTERN))
    source, faults = read_source(path)
    return read_spec(source, faults if source is not None else map(_hinted, faults))


def _hinted(fault: Diagnostic) -> Diagnostic:
    """A file that is not there, with the names that may be meant: of files nearby, and of shipped specs."""
    if fault.code != "Y001" or os.path.exists(fault.span.file):
        return fault
    help = meant(fault.span.file)
    return fault._replace(help=help) if help else fault


def load(
    spec: "str | os.PathLike[str] | Mapping[str, Any]",
    *,
    mode: str = "inference",
    values: Mapping[str, Any] | None = None,
    input: "Asked | None" = None,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
) -> Graph:
    """The graph of a spec: from a file, a shipped spec's name, the text itself (a string of several lines), a pattern,
    or a dict.

    A dict has what the text would have: `{"cnncalc": 1, "input": "32x32x3", "layers": [{"conv": 8}, "relu"]}`. Its
    diagnostics have their places in the text that it would be, which is `graph.sources["<dict>"].text`.

    `mode` is `inference` or `training` (`only:` items differ), `values` are for the spec's `params`, `strict` makes
    every remainder an error. `input` takes the place of the spec's own: `"384x384x3"`, `384` for every side, a `Shape`,
    or any of these by the name of the input; `expect` that was written for another input is then not checked, and
    counted in `graph.unchecked`. Layers past `max_nodes` are not built. What is wrong with the spec is never raised: it
    is in the graph's `diagnostics`, and `graph.ok` says whether there is an error among them.

    Raises `ValueError` for an `input` that the network can't have and for a dict that holds itself, and `TypeError` for
    a value in a dict that no spec can hold.
    """
    with _uncollected():
        if isinstance(spec, Mapping):
            from cnncalc.text.from_data import written

            read = read_spec(*from_text(written(spec), "<dict>"))
        elif isinstance(spec, str) and "\n" in spec:
            read = read_spec(*from_text(spec))
        else:
            read = read_path(spec)
        if input is not None:
            from cnncalc.graph.other_input import listed, with_inputs

            read = with_inputs(read, listed(input), values or {})
        return build(read, mode=mode, values=values, strict=strict, max_nodes=max_nodes)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector: it would go over a growing tree and graph, in which nothing is free yet."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def analyse(graph: Graph, *, batch: int = 1, dtype: str = "float32") -> Analysis:
    """The figures of a graph: parameters, work, activations, receptive fields, and all of it in total.

    Bytes are of `batch` images in `dtype`: float32, float64, float16 or bfloat16. Each pass runs when asked for.
    """
    return Analysis(graph, batch=batch, dtype=dtype)


def estimate(graph: Graph, setup: "Setup | None" = None) -> "Estimate":
    """What PyTorch takes of a device's memory to run a graph, for any batch: `estimate(graph).peak(32).nbytes`.

    The mode is the graph's own, whatever `setup` says; everything else is PyTorch's default unless `setup` tells it.
    Raises `ValueError` where a fault leaves shapes unknown, and for options that PyTorch does not take together.
    """
    from cnncalc.memory.estimate import Estimate
    from cnncalc.memory.setup import Setup
    from cnncalc.memory.validate_setup import impossible

    if not graph.whole:
        raise ValueError("not every shape is known: see the graph's diagnostics")
    setup = (setup or Setup())._replace(mode=graph.mode)
    if problem := impossible(setup):
        raise ValueError(problem)
    return Estimate(graph, setup)


def findings(analysis: Analysis, *, advice: bool = True) -> tuple[Diagnostic, ...]:
    """Every diagnostic of a graph: its faults, and where there is no error what the lint rules find.

    Without `advice` design rules are left out (family D): what a network is does not hang on them.
    """
    graph = analysis.graph
    found = (*graph.diagnostics, *check(analysis, advice=advice))
    if not graph.ok:
        from cnncalc.sizing.advice import with_sizes

        found = with_sizes(found, graph)
    return tuple(sorted(found, key=lambda item: item.order))
