"""What comes last in the network's constructor: weights that modules share, and parameters that are not trained."""

from collections.abc import Mapping

from cnncalc.exporters.torch_source.network import Network
from cnncalc.graph import Graph

INDENT = " " * 8


def after_construction(graph: Graph, network: Network, paths: Mapping[tuple[int, int], str]) -> list[str]:
    """Lines for weights that are shared by modules in different places, and for frozen parameters."""
    lines = []
    for node in graph.layers:
        if node.owner == node.index:
            continue
        for number, call in enumerate(network.calls[node.index]):
            here, there = paths.get((node.index, number)), paths.get((node.owner, number))
            if here is None or there is None or here == there:
                continue
            if call == network.calls[node.owner][number]:
                lines.append(f"{INDENT}{_access(here)} = {_access(there)}")
    frozen = [
        path for (index, _), path in paths.items() if graph.nodes[index].frozen and _has_weights(graph, index)
    ]
    lines += [f"{INDENT}{_access(path)}.requires_grad_(False)" for path in _whole(frozen, graph, paths)]
    return lines


def _has_weights(graph: Graph, index: int) -> bool:
    fit = graph.nodes[index].fit
    return fit is not None and bool(fit.layer.weights(fit.inputs))


def _whole(frozen: list[str], graph: Graph, paths: Mapping[tuple[int, int], str]) -> list[str]:
    """The modules around those that are frozen, where all inside are."""
    learned = [path for (index, _), path in paths.items() if _has_weights(graph, index)]
    result: list[str] = []
    for path in frozen:
        steps = path.split(".")
        for count in range(1, len(steps) + 1):
            around = ".".join(steps[:count])
            inside = [other for other in learned if other == around or other.startswith(f"{around}.")]
            if all(other in frozen for other in inside):
                if around not in result:
                    result.append(around)
                break
    return result


def _access(path: str) -> str:
    """The path of a module as code: `self.stage1[0].conv`."""
    steps = ["self"]
    for step in path.split("."):
        if step.isdigit():
            steps[-1] += f"[{step}]"
        else:
            steps.append(step)
    return ".".join(steps)
