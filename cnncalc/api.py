"""The entry points of the library: text or file -> graph -> figures and findings."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc import zoo
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic
from cnncalc.files import is_file
from cnncalc.garbage import uncollected
from cnncalc.graph import MAX_NODES, Graph, build
from cnncalc.pattern import NAME as PATTERN
from cnncalc.pattern import means_pattern
from cnncalc.rules import check
from cnncalc.spec import Spec, read_spec
from cnncalc.text import from_text
from cnncalc.text import read as read_source

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Asked, Wanted
    from cnncalc.memory import Estimate, Setup


# Files with these ends are specs, unless they have the keys of another program.
_YAML = (".yaml", ".yml")


def read_path(reference: "str | os.PathLike[str]", inputs: "Iterable[Wanted]" = ()) -> Spec:
    """The spec in a file, the shipped spec with this name, or the spec that a pattern stands for.

    A file of another program (Darknet, Caffe, Keras, Ultralytics, ONNX) is imported, with `inputs` where there are any.

    A file that cannot be read is a diagnostic. A file has priority over a shipped spec with the same name; a folder
    does not.
    """
    path = os.fspath(reference)
    shipped = None if is_file(path) else zoo.path(path)
    if shipped is not None:
        return read_spec(*read_source(shipped, f"{path}.yaml"))
    if not is_file(path) and means_pattern(path):
        return read_spec(*from_text(path, PATTERN))
    if is_foreign_file(path):
        from cnncalc.folding.foreign import foreign_spec

        return foreign_spec(path, inputs)
    source, faults = read_source(path)
    return read_spec(source, faults if source is not None else map(_hinted, faults))


def is_foreign_file(path: str) -> bool:
    """Whether a path names a file of another program, which is imported."""
    if not _may_be_foreign(path):
        return False
    from cnncalc.folding.foreign import is_foreign

    return is_foreign(path)


def _may_be_foreign(path: str) -> bool:
    """Whether a file may be one of another program: a quick look, so that specs are read as fast as ever."""
    name = os.path.basename(path)
    if not name.lower().endswith(_YAML):
        return "." in name
    if not os.path.isfile(path):
        return not os.path.exists(path)
    try:
        with open(path, "rb") as file:
            start = file.read(65536)
            return b"backbone:" in start or b"head:" in start
    except OSError:
        return False


def _is_text(spec: str) -> bool:
    """Whether a string is a spec, and not where one is: it has several lines, or is in braces, as JSON is."""
    return "\n" in spec or (spec.lstrip().startswith("{") and not is_file(spec))


def _hinted(fault: Diagnostic) -> Diagnostic:
    """A diagnostic for a missing file, with similar names of files nearby and of shipped specs."""
    if fault.code != "Y001" or os.path.exists(fault.span.file):
        return fault
    from cnncalc.spec.known_specs import meant

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
    """The graph of a spec: from a file (also one of another program), the name of a shipped spec, the text itself (of
    several lines, or in braces), a pattern, or a dict.

    A dict has the same content as the text: `{"cnncalc": 1, "input": "32x32x3", "layers": [{"conv": 8}, "relu"]}`. Its
    diagnostics have places in the text that it stands for, which is `graph.sources["<dict>"].text`.

    `mode` is `inference` or `training` (`only:` items differ), `values` are for the spec's `params`, `strict` makes
    every remainder an error. `input` replaces the input of the spec: `"384x384x3"`, `384` for every side, a `Shape`,
    or any of these by the name of the input; an `expect` that was written for another input is then not checked, but
    counted in `graph.unchecked`. Layers past `max_nodes` are not built. Errors in the spec are never raised: they are
    in `graph.diagnostics`, and `graph.ok` is false if one of them is an error.

    Raises `ValueError` for an `input` that does not fit the network and for a dict that contains itself, and
    `TypeError` for a value in a dict that no spec can contain.
    """
    with uncollected():
        if isinstance(spec, Mapping):
            from cnncalc.text.from_data import written

            read = read_spec(*from_text(written(spec), "<dict>"))
        elif isinstance(spec, str) and _is_text(spec):
            read = read_spec(*from_text(spec))
        elif input is not None:
            from cnncalc.graph.other_input import listed

            read = read_path(spec, listed(input))
        else:
            read = read_path(spec)
        if input is not None:
            from cnncalc.graph.other_input import listed, with_inputs

            read = with_inputs(read, listed(input), values or {})
        return build(read, mode=mode, values=values, strict=strict, max_nodes=max_nodes)


def analyse(graph: Graph, *, batch: int = 1, dtype: str = "float32") -> Analysis:
    """The figures of a graph: parameters, work, activations, receptive fields, and all of it in total.

    Bytes are of `batch` images in `dtype`: float32, float64, float16 or bfloat16. Each pass runs when it is first
    needed.
    """
    return Analysis(graph, batch=batch, dtype=dtype)


def estimate(graph: Graph, setup: "Setup | None" = None) -> "Estimate":
    """The device memory that PyTorch needs to run a graph, for any batch: `estimate(graph).peak(32).nbytes`.

    The mode is that of the graph, whatever `setup` says; everything else is PyTorch's default unless `setup` sets it.
    Raises `ValueError` if an error makes shapes unknown, and for options that PyTorch does not accept together.
    """
    from cnncalc.memory import Estimate, Setup, impossible

    if graph.opaque:
        raise ValueError(
            f"`{graph.opaque[0].name}` is an operation without a layer here: its memory is unknown"
        )
    if not graph.whole:
        raise ValueError("not every shape is known: see the graph's diagnostics")
    setup = (setup or Setup())._replace(mode=graph.mode)
    if problem := impossible(setup, graph):
        raise ValueError(problem)
    return Estimate(graph, setup)


def findings(analysis: Analysis, *, advice: bool = True) -> tuple[Diagnostic, ...]:
    """Every diagnostic of a graph: its errors and warnings, and, if there is no error, the findings of the lint rules.

    Without `advice`, design rules (family D) are left out: the figures of a network do not depend on them.
    """
    graph = analysis.graph
    diagnostics = (*graph.diagnostics, *check(analysis, advice=advice))
    if not graph.ok:
        from cnncalc.sizing.advice import with_sizes

        diagnostics = with_sizes(diagnostics, graph)
    return tuple(sorted(diagnostics, key=lambda item: item.order))
