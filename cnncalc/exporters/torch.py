"""PyTorch source code that needs no cnncalc."""

from cnncalc.exporters._exporter import Exporter
from cnncalc.graph import Graph


class Torch(Exporter):
    """One class for each block; the network is the last class of the file."""

    title = "PyTorch source code"
    suffixes = (".py",)

    @classmethod
    def write(cls, graph: Graph) -> str:
        from cnncalc.exporters.torch_source import written

        return written(graph).text
