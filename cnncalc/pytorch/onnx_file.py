"""A network as an ONNX file, by PyTorch's exporter."""

import contextlib
import io
import logging
import warnings

import torch

from cnncalc.graph import Graph
from cnncalc.pytorch.assemble import build
from cnncalc.pytorch.names import arguments

# One protocol buffer holds less than this many bytes.
LARGEST = 2 * 2**30


class FileTooLarge(Exception):
    """The network does not fit into one file: `size` is that of its parameters, in bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"{size} bytes")


def onnx_file(graph: Graph, *, seed: int = 0) -> bytes:
    """The ONNX model of a graph, for a batch of one image, with PyTorch's initial weights from `seed`.

    Norms stay what they are, and no weight is left out: the file is the network of the spec, not a faster one. Raises
    `Unbuildable` for what PyTorch cannot build, `FileTooLarge` for 2 GiB of weights or more, and `ModuleNotFoundError`
    if `onnx` or `onnxscript` is missing.
    """
    import onnx  # noqa: F401
    import onnxscript  # noqa: F401

    model = build(graph, seed=seed)
    size = sum(value.numel() * value.element_size() for value in model.state_dict().values())
    if size >= LARGEST:
        raise FileTooLarge(size)
    model.eval()
    names = arguments(graph)
    inputs = [(names[node.index], torch.zeros(1, *node.shape.torch)) for node in graph.inputs if node.shape]
    level = logging.getLogger("torch.onnx").level
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                model,
                tuple(tensor for _, tensor in inputs),
                input_names=[name for name, _ in inputs],
                dynamo=True,
                optimize=False,
                verbose=False,
            )
    finally:
        logging.getLogger("torch.onnx").setLevel(level)
    assert program is not None
    proto = program.model_proto
    proto.graph.name = "main_graph"
    content: bytes = proto.SerializeToString(deterministic=True)
    return content
