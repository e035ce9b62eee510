"""Graph -> `torch.fx.GraphModule`: a plain module, with submodules named as in the spec and a readable forward."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import fx, nn

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage, TorchCall
from cnncalc.pytorch import modules
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.names import module_paths

# Where a step of the forward says which node of the graph its result is.
INDEX = "cnncalc_node"


def build(
    graph: Graph, *, seed: int | None = None, device: Any = None, dtype: torch.dtype | None = None
) -> fx.GraphModule:
    """The network of a graph as a PyTorch module, in the mode the graph was expanded for (`model.train()` is yours).

    Submodules and state_dict are named as in the spec (`stage1.conv2.weight`; what follows a layer by sugar as
    `conv1_bn`), parameters come in the order of the layers, and shared ones are one module. `model.code` is its
    forward: inputs in the order of the spec, one output or a tuple of them. Parameters have PyTorch's own
    initialisation; `seed` makes it repeatable without touching the global state. Raises `Unbuildable` with the
    diagnostics of everything that PyTorch cannot do, before anything is allocated.
    """
    if found := faults(graph):
        raise Unbuildable(found)
    with torch.random.fork_rng(devices=(), enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        with torch.device(device if device is not None else "cpu"):
            model = _assembled(graph)
            return model if dtype is None else model.to(dtype=dtype)


def _assembled(graph: Graph) -> fx.GraphModule:
    root, code = nn.Module(), fx.Graph()
    paths = module_paths(graph)
    stored = Analysis(graph).storage
    values: list[fx.Node] = []
    for node in graph.nodes:
        if node.is_input:
            values.append(code.placeholder(node.name.replace(".", "_").replace("-", "_")))
            values[-1].meta[INDEX] = node.index
            continue
        stored_at = stored[node.index]
        in_place = stored_at is not None and stored_at.storage is Storage.IN_PLACE
        operands = tuple(values[at] for at in node.inputs)
        for path, call in _placed(node, paths):
            operands = (_step(code, root, node, path, call, operands, in_place=in_place),)
        operands[0].meta[INDEX] = node.index
        values.append(operands[0])
    outputs = tuple(values[at] for at in graph.outputs)
    code.output(outputs[0] if len(outputs) == 1 else outputs)
    code.lint()
    return fx.GraphModule(root, code, class_name="Network")


def _placed(node: Node, paths: dict[int, str]) -> Iterator[tuple[str, TorchCall]]:
    """The calls of a node with the path of each: the one with its weights (or the last) has the node's own."""
    assert node.fit is not None
    calls = node.fit.layer.torch(node.fit.inputs)
    own = _own(calls)
    for at, call in enumerate(calls):
        suffix = "" if at == own else f"_{call.target.rpartition('.')[2].lower()}"
        # A node that uses another's weights is the same module; its padding is, too.
        yield paths[node.owner] + suffix, call


def _own(calls: tuple[TorchCall, ...]) -> int:
    """Which of a layer's calls has its weights: not the flattening or padding around it."""
    around = ("nn.Flatten", "nn.ZeroPad", "nn.ConstantPad")
    inner = [at for at, call in enumerate(calls) if not call.target.startswith(around)]
    return inner[0] if inner else len(calls) - 1


def _step(
    code: fx.Graph,
    root: nn.Module,
    node: Node,
    path: str,
    call: TorchCall,
    operands: tuple[fx.Node, ...],
    *,
    in_place: bool,
) -> fx.Node:
    """One call in the forward; a module is made when it is first called."""
    room, _, name = call.target.rpartition(".")
    if room in ("nn", "own"):
        arguments = dict(call.arguments)
        if "inplace" in arguments:
            arguments["inplace"] = in_place or arguments["inplace"]
        if not _has(root, path):
            _put(root, path, getattr(nn if room == "nn" else modules, name)(**arguments))
        return code.call_module(path, operands[:1] if call.operands == "first" else operands)
    function = getattr(torch if room == "torch" else nn.functional, name)
    if call.operands == "first":
        operands = operands[:1]
    if call.operands == "list":
        return code.call_function(function, (list(operands),), dict(call.arguments))
    if call.operands in ("arguments", "first"):
        return code.call_function(function, operands, dict(call.arguments))
    value = operands[0]
    for operand in operands[1:]:
        value = code.call_function(function, (value, operand), dict(call.arguments))
    return value


def _has(root: nn.Module, path: str) -> bool:
    try:
        root.get_submodule(path)
    except AttributeError:
        return False
    return True


def _put(root: nn.Module, path: str, module: nn.Module) -> None:
    """Put a module at its path; blocks on the way become plain modules."""
    *blocks, name = path.split(".")
    at = root
    for block in blocks:
        if block not in dict(at.named_children()):
            at.add_module(block, nn.Module())
        at = at.get_submodule(block)
    at.add_module(name, module)
