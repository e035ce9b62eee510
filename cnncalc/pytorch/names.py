"""Names in the module: submodules have the names of layers, inputs are arguments of the forward."""

from keyword import iskeyword
from typing import NamedTuple

from torch import fx, nn

from cnncalc.graph import Graph, Node
from cnncalc.layers import TorchCall
from cnncalc.vocabulary.edges import EDGES

# Names that a module already uses: `train`, `type`, `half`, `graph` and so on. (A step's variable has the name of its
# module, so `self` would no longer be the module.)
TAKEN = frozenset({"self", *dir(fx.GraphModule(nn.Module(), fx.Graph()))})
# Calls that only prepare an input: the first other call has the name of the layer.
AROUND = ("nn.Flatten", "nn.ZeroPad", "nn.ConstantPad", *(edges.module for edges in EDGES.values()))


class Placed(NamedTuple):
    """One call of a layer: the path of its module ("" for a function), and of the module whose weights it uses."""

    call: TorchCall
    path: str
    weights_of: str = ""


def calls(node: Node) -> tuple[TorchCall, ...]:
    """The PyTorch calls of a layer."""
    assert node.fit is not None
    return node.fit.layer.torch(node.fit.inputs)


def own(calls: tuple[TorchCall, ...]) -> int:
    """Which call of a layer has the name of the layer: the one with its weights, or the last one."""
    inner = [index for index, call in enumerate(calls) if not call.target.startswith(AROUND)]
    return inner[0] if inner else len(calls) - 1


def placed(graph: Graph) -> dict[int, tuple[Placed, ...]]:
    """The calls of every layer, each with a path.

    `stage1.conv2` keeps its name, and its `stage1.conv2.bn` is `stage1.conv2_bn`: the module of a layer contains no
    other. A name that modules already use, or that another layer has, gets an underscore at the end. A layer that
    shares weights is the same module if it has the same arguments, else a separate module with the same parameters.
    """
    names = _Names({node.name for node in graph.nodes})
    placed: dict[int, tuple[Placed, ...]] = {}
    # First the names of all layers, then the additional calls: padding never takes a name from the spec.
    main = {node.index: names.take(node.name) for node in graph.layers if _modular(calls(node))}
    for node in graph.layers:
        node_calls = calls(node)
        theirs = placed[node.owner] if node.owner != node.index else ()
        mine = []
        for index, call in enumerate(node_calls):
            if not _is_module(call):
                mine.append(Placed(call, ""))
            elif index != own(node_calls):
                same = next((step for step in theirs if step.call == call), None)
                name = f"{node.name}_{call.target.rpartition('.')[2].lower()}"
                mine.append(same or Placed(call, names.take(name)))
            elif not theirs:
                mine.append(Placed(call, main[node.index]))
            else:
                lender = theirs[own(tuple(step.call for step in theirs))]
                same = lender if lender.call == call and not lender.weights_of else None
                mine.append(same or Placed(call, main[node.index], lender.weights_of or lender.path))
        placed[node.index] = tuple(mine)
    return placed


def _is_module(call: TorchCall) -> bool:
    return call.target.partition(".")[0] in ("nn", "own")


def _modular(calls: tuple[TorchCall, ...]) -> bool:
    return bool(calls) and _is_module(calls[own(calls)])


class _Names:
    """The paths in use: of modules, and of the blocks around them."""

    def __init__(self, layers: set[str]) -> None:
        self._layers = layers
        self._modules: set[str] = set()
        self._blocks: set[str] = set()

    def take(self, name: str) -> str:
        parts = name.split(".")
        path = _usable(parts[0])
        for index in range(1, len(parts)):
            below = ".".join(parts[:index]) in self._layers or path in self._modules
            path = f"{path}_{parts[index]}" if below else f"{path}.{_usable(parts[index])}"
        while path in self._modules or path in self._blocks:
            path += "_"
        self._modules.add(path)
        steps = path.split(".")
        self._blocks.update(".".join(steps[:index]) for index in range(1, len(steps)))
        return path


def _usable(name: str) -> str:
    """A name that can be an attribute of a module."""
    name = name or "_"
    return f"{name}_" if name in TAKEN or iskeyword(name) else name


def arguments(graph: Graph) -> dict[int, str]:
    """The name of each input as an argument of the forward."""
    names: dict[int, str] = {}
    for node in graph.inputs:
        name = node.name.replace(".", "_").replace("-", "_")
        name = f"input_{name}" if not name.isidentifier() else name
        while name in names.values() or iskeyword(name) or name in ("self", "torch"):
            name += "_"
        names[node.index] = name
    return names
