"""PyTorch source code of a network: one class for each block, one `nn.Sequential` for each run of modules."""

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.graph import Graph

__all__ = ["Written", "written"]


class Written(NamedTuple):
    """A file, the name of the network's class in it, and where each module is.

    `paths` are by the index of a node and the number of the call among those of its layer: the path of the module in
    the network's class, as in `get_submodule`.
    """

    text: str
    network: str
    paths: Mapping[tuple[int, int], str]


def written(graph: Graph) -> Written:
    """The source code of a network. The graph has no errors.

    Raises `NotExported` for layers that PyTorch cannot build.
    """
    from cnncalc.exporters.torch_source.compose import composed

    return composed(graph)
