"""The graph of a document, and whether a folded document has the same graph as the flat one."""

from collections.abc import Mapping
from typing import Any

from cnncalc.graph import Graph, build
from cnncalc.importers import matching
from cnncalc.spec import read_spec
from cnncalc.text import Source, from_text
from cnncalc.text.data_tree import tree
from cnncalc.text.from_data import written

# The name of a document in diagnostics.
NAME = "<dict>"
MODES = ("inference", "training")


def expanded(document: Mapping[str, Any], mode: str = "inference") -> Graph:
    """The graph of a document, as `cnncalc.load` builds it; its diagnostics have no advice."""
    if (root := tree(document, NAME)) is not None:
        spec = read_spec(Source(NAME, ""), pattern=False, tree=root)
    else:
        spec = read_spec(*from_text(written(document), NAME))
    return build(spec, mode=mode, advise=False)


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
