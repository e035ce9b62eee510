"""The PyTorch calls of every layer of a graph."""

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from cnncalc.layers import Storage, TorchCall


def torch_calls(graph: Graph) -> dict[int, tuple[TorchCall, ...]]:
    """The PyTorch calls of every layer; in place where the network allows it in both modes."""
    stored = [Analysis(graph.with_(mode=mode)).storage for mode in ("inference", "training")]
    result: dict[int, tuple[TorchCall, ...]] = {}
    for node in graph.layers:
        assert node.fit is not None
        safe = all(
            (mine := each[node.index]) is not None and mine.storage is Storage.IN_PLACE for each in stored
        )
        result[node.index] = tuple(
            call._replace(arguments={**call.arguments, "inplace": safe or call.arguments["inplace"]})
            if "inplace" in call.arguments
            else call
            for call in node.fit.layer.torch(node.fit.inputs)
        )
    return result
