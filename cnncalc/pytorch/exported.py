"""The weights of a built module in the module that an exported file defines."""

from collections.abc import Mapping

from torch import nn

from cnncalc.graph import Graph
from cnncalc.pytorch.names import placed


def state_names(graph: Graph, paths: Mapping[tuple[int, int], str], model: nn.Module) -> dict[str, str]:
    """The name of each entry in the state_dict of a built `model`: its name in the exported one.

    `paths` are those of `cnncalc.exporters.torch_source.Written`. An entry that several layers share is there once.
    """
    modules = {
        step.path: paths[index, number]
        for index, steps in placed(graph).items()
        for number, step in reversed(list(enumerate(steps)))
        if step.path and (index, number) in paths and not step.weights_of
    }
    names = {}
    for name in model.state_dict():
        path = max((path for path in modules if name.startswith(f"{path}.")), key=len, default=None)
        if path is not None:
            names[name] = modules[path] + name[len(path) :]
    return names
