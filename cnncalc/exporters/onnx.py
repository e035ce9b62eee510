"""ONNX models."""

from cnncalc.exporters._exporter import Exporter, NotExported
from cnncalc.figure_words import size
from cnncalc.graph import Graph


class Onnx(Exporter):
    """The network of the built PyTorch module, with PyTorch's initial weights, for a batch of one image."""

    title = "ONNX model"
    suffixes = (".onnx",)
    extra = "onnx"
    binary = True
    needs_torch = True

    @classmethod
    def write(cls, graph: Graph) -> bytes:
        from cnncalc.diagnostic import Span
        from cnncalc.importers.faults import NO_FORM
        from cnncalc.pytorch.fitness import Unbuildable
        from cnncalc.pytorch.onnx_file import FileTooLarge, onnx_file

        try:
            return onnx_file(graph)
        except Unbuildable as refused:
            raise NotExported(refused.diagnostics) from None
        except FileTooLarge as large:
            message = f"the weights have {size(large.size)}; one ONNX file holds less than 2 GiB"
            raise NotExported([NO_FORM.at(Span(graph.spec.file, 1, 1, 1, 1), message)]) from None
