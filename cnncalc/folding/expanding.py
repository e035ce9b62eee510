"""The graph of a document, and whether a folded document has the same graph as the flat one."""

from collections.abc import Mapping
from typing import Any

from cnncalc.graph import Graph, build
from cnncalc.importers import matching
from cnncalc.spec import read_spec
from cnncalc.text import from_text
from cnncalc.text.from_data import written

MODES = ("inference", "training")


def expanded(document: Mapping[str, Any], mode: str = "inference") -> Graph:
    """The graph of a document, as `cnncalc.load` builds it."""
    return build(read_spec(*from_text(written(document), "<dict>")), mode=mode)


def proven(folded: Mapping[str, Any], flat: Mapping[str, Graph]) -> bool:
    """Whether a folded document expands to the flat graphs, given by their modes."""
    try:
        graphs = {mode: expanded(folded, mode) for mode in flat}
    except TypeError:
        return False
    return all(
        (graph.ok or not flat[mode].ok) and matching(flat[mode], graph) is not None
        for mode, graph in graphs.items()
    )
