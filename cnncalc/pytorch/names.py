"""Names in the module: submodules as the spec names its layers, inputs as arguments of the forward."""

from keyword import iskeyword
from typing import NamedTuple

from torch import fx, nn

from cnncalc.graph import Graph, Node
from cnncalc.layers import TorchCall

# What a module is called by already: `train`, `type`, `half`, `graph` and the like. (A step's variable is named as its
# module, and `self` would be no module any more.)
TAKEN = frozenset({"self", *dir(fx.GraphModule(nn.Module(), fx.Graph()))})
# What only prepares an input: of several calls, the first other one has the layer's own name.
AROUND = ("nn.Flatten", "nn.ZeroPad", "nn.ConstantPad")


class Placed(NamedTuple):
    """One call of a layer: the path of its module ("" for a function), and that of the weights it borrows."""

    call: TorchCall
    path: str
    weights_of: str = ""


def calls(node: Node) -> tuple[TorchCall, ...]:
    """The PyTorch calls that are a layer."""
    assert node.fit is not None
    return node.fit.layer.torch(node.fit.inputs)


def own(told: tuple[TorchCall, ...]) -> int:
    """Which of a layer's calls is named as the layer: the one with its weights, or the last."""
    inner = [at for at, call in enumerate(told) if not call.target.startswith(AROUND)]
    return inner[0] if inner else len(told) - 1


def placed(graph: Graph) -> dict[int, tuple[Placed, ...]]:
    """Of every layer its calls, each with a path.

    `stage1.conv2` is itself, its `stage1.conv2.bn` beside it `stage1.conv2_bn`: a layer's module contains no other.
    A name that a module has a use for, or that another layer has, takes an underscore at its end. A layer that uses
    another's weights is the same module where it is called alike, and else one of its own with the same parameters.
    """
    names = _Names({node.name for node in graph.nodes})
    found: dict[int, tuple[Placed, ...]] = {}
    # First every layer's own name, then what goes with it: padding never takes a name that the spec gives.
    main = {node.index: names.take(node.name) for node in graph.layers if _modular(calls(node))}
    for node in graph.layers:
        told = calls(node)
        theirs = found[node.owner] if node.owner != node.index else ()
        mine = []
        for at, call in enumerate(told):
            if not _is_module(call):
                mine.append(Placed(call, ""))
            elif at != own(told):
                same = next((one for one in theirs if one.call == call), None)
                name = f"{node.name}_{call.target.rpartition('.')[2].lower()}"
                mine.append(same or Placed(call, names.take(name)))
            elif not theirs:
                mine.append(Placed(call, main[node.index]))
            else:
                lender = theirs[own(tuple(one.call for one in theirs))]
                same = lender if lender.call == call and not lender.weights_of else None
                mine.append(same or Placed(call, main[node.index], lender.weights_of or lender.path))
        found[node.index] = tuple(mine)
    return found


def _is_module(call: TorchCall) -> bool:
    return call.target.partition(".")[0] in ("nn", "own")


def _modular(told: tuple[TorchCall, ...]) -> bool:
    return bool(told) and _is_module(told[own(told)])


class _Names:
    """Paths given out so far: of modules, and of the blocks around them."""

    def __init__(self, layers: set[str]) -> None:
        self._layers = layers
        self._modules: set[str] = set()
        self._blocks: set[str] = set()

    def take(self, name: str) -> str:
        parts = name.split(".")
        path = _usable(parts[0])
        for at in range(1, len(parts)):
            below = ".".join(parts[:at]) in self._layers or path in self._modules
            path = f"{path}_{parts[at]}" if below else f"{path}.{_usable(parts[at])}"
        while path in self._modules or path in self._blocks:
            path += "_"
        self._modules.add(path)
        steps = path.split(".")
        self._blocks.update(".".join(steps[:at]) for at in range(1, len(steps)))
        return path


def _usable(name: str) -> str:
    """A word that can be an attribute of a module."""
    name = name or "_"
    return f"{name}_" if name in TAKEN or iskeyword(name) else name


def arguments(graph: Graph) -> dict[int, str]:
    """The name of each input as an argument of the forward."""
    found: dict[int, str] = {}
    for node in graph.inputs:
        name = node.name.replace(".", "_").replace("-", "_")
        name = f"input_{name}" if not name.isidentifier() else name
        while name in found.values() or iskeyword(name) or name in ("self", "torch"):
            name += "_"
        found[node.index] = name
    return found
