"""Graph -> `torch.fx.GraphModule`: a plain module, with submodules named as in the spec and a readable forward."""

from operator import getitem
from typing import Any

import torch
from torch import fx, nn
from torch.nn.utils import parametrizations

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from cnncalc.layers import Storage, TorchCall
from cnncalc.pytorch import modules
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.folding import folded
from cnncalc.pytorch.names import Placed, arguments, placed

# The key under which a step of the forward pass has the index of its node.
INDEX = "cnncalc_node"


def build(
    graph: Graph,
    *,
    seed: int | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> fx.GraphModule:
    """The network of a graph as a PyTorch module, in the mode of the graph (you can call `model.train()`).

    Submodules and state_dict have the names of the spec (`stage1.conv2.weight`; `norm:` and `act:` of a layer as
    `conv1_bn`). Parameters are in the order of the layers, and shared ones are there once. `model.code` is its
    forward: inputs in the order of the spec, one output or a tuple of outputs.

    Parameters have PyTorch's own initialisation, computed on the CPU: a `seed` gives the same values on every device,
    and does not change the global random state. On the device `meta` nothing is allocated. Raises `Unbuildable` with
    diagnostics for everything that PyTorch cannot do, before anything is allocated.
    """
    if diagnostics := faults(graph):
        raise Unbuildable(diagnostics)
    target = torch.device("cpu" if device is None else device)
    with torch.random.fork_rng(devices=(), enabled=seed is not None):
        if seed is not None:
            # Only that of the CPU: torch.manual_seed also seeds other devices, which fork_rng does not restore.
            torch.default_generator.manual_seed(seed)
        with torch.device("meta" if target.type == "meta" else "cpu"):
            model = _assembled(graph)
    # If nothing changes, parameters are not moved: fake tensors cannot be moved.
    return model if target.type in ("cpu", "meta") and dtype is None else model.to(device=target, dtype=dtype)


def _assembled(graph: Graph) -> fx.GraphModule:
    root, code = nn.Module(), fx.Graph()
    stored, steps, names = Analysis(graph).storage, placed(graph), arguments(graph)
    values: list[fx.Node] = []
    indices: dict[int, fx.Node] = {}
    for node in graph.nodes:
        if node.is_input:
            value = code.placeholder(names[node.index])
        else:
            storage = stored[node.index]
            in_place = storage is not None and storage.storage is Storage.IN_PLACE
            operands = tuple(values[source] for source in node.reads)
            operands += tuple(indices[source] for source in node.indices_of)
            for step in steps[node.index]:
                operands = (append(code, root, step, operands, in_place=in_place),)
                if node.frozen and step.path:
                    root.get_submodule(step.path).requires_grad_(False)
            value = operands[0]
            if node.fit is not None and node.fit.layer.returns_indices:
                both = value
                value, indices[node.index] = (code.call_function(getitem, (both, index)) for index in (0, 1))
        value.meta[INDEX] = node.index
        values.append(value)
    outputs = tuple(values[output] for output in graph.outputs)
    code.output(outputs[0] if len(outputs) == 1 else outputs)
    code.lint()
    return fx.GraphModule(root, code, class_name="Network")


def append(
    code: fx.Graph, root: nn.Module, step: Placed, operands: tuple[fx.Node, ...], *, in_place: bool
) -> fx.Node:
    """One call in the forward; a module is created when it is first called."""
    call = step.call
    if call.operands == "first":
        operands = operands[:1]
    if step.path:
        if not _has(root, step.path):
            _put(root, step.path, _module(root, step, in_place=in_place))
        return code.call_module(step.path, operands)
    if call.operands == "fold":

        def apply(function: Any, *operands: Any, **arguments: Any) -> fx.Node:
            return code.call_function(function, operands, arguments)

        value: fx.Node = folded(call, operands, apply)
        return value
    function = _function(call)
    if call.operands == "list":
        return code.call_function(function, (list(operands),), dict(call.arguments))
    return code.call_function(function, operands, dict(call.arguments))


def _function(call: TorchCall) -> Any:
    room, _, name = call.target.rpartition(".")
    return getattr(torch if room == "torch" else nn.functional, name)


def _module(root: nn.Module, step: Placed, *, in_place: bool) -> nn.Module:
    """The module of a call. Shared weights are the same parameter objects as those of the other module."""
    room, _, name = step.call.target.rpartition(".")
    arguments = dict(step.call.arguments)
    if "inplace" in arguments:
        arguments["inplace"] = in_place or arguments["inplace"]
    module: nn.Module = getattr(nn if room == "nn" else modules, name)(**arguments)
    if step.call.parametrization:
        module = getattr(parametrizations, step.call.parametrization)(module)
    if step.weights_of:
        for of, parameter in root.get_submodule(step.weights_of).named_parameters():
            inside, _, own = of.rpartition(".")
            setattr(module.get_submodule(inside), own, parameter)
    return module


def _has(root: nn.Module, path: str) -> bool:
    try:
        root.get_submodule(path)
    except AttributeError:
        return False
    return True


def _put(root: nn.Module, path: str, module: nn.Module) -> None:
    """Adds a module at its path; blocks on the way become plain modules."""
    *blocks, name = path.split(".")
    parent = root
    for block in blocks:
        if block not in dict(parent.named_children()):
            parent.add_module(block, nn.Module())
        parent = parent.get_submodule(block)
    parent.add_module(name, module)
