"""The entry point of the library for PyTorch code: a module as a graph."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from cnncalc.graph import Graph
from cnncalc.pytorch import require
from cnncalc.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor, nn

Sizes: TypeAlias = "Shape | Tensor | tuple[int, ...]"


def from_torch(
    module: "nn.Module",
    inputs: "Sequence[Sizes] | Mapping[str, Sizes]",
    *,
    mode: str = "inference",
    name: str | None = None,
) -> Graph:
    """The graph of a PyTorch module: what one run of it does, in layers.

    `inputs` are its inputs in order, or by name: a `Shape`, channels first without the batch (`(3, 224, 224)`), or a
    tensor with the batch. `mode` is `inference` or `training`. The module is not changed, and runs without values
    where its code reads none. An operation without a layer is an `unknown` node: `graph.opaque` has them, and figures
    of the network are then at least what the others have.

    Raises `cnncalc.pytorch.MissingTorch` without PyTorch, and `cnncalc.pytorch.capture.Failed` if the module's own
    code raises an error.
    """
    require()
    from cnncalc.api import load
    from cnncalc.importers import document
    from cnncalc.pytorch.capture import capture

    return load(document(capture(module, inputs, mode=mode, name=name)), mode=mode)
