"""What autograd keeps from the forward pass to the backward pass in training: each tensor once."""

from collections.abc import Sequence

from cnncalc.analysis.storage import Stored, lying_of
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Tensor, stored_type
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.pool import INDICES


class KeptTensor(NamedTuple):
    """One tensor kept for the backward pass: the output of `node`, or another of its tensors, for one image."""

    node: int
    name: str
    values: int
    dtype: str | None
    batched: bool

    def nbytes(self, *, batch: int, dtype: str) -> int:
        """Its bytes in a batch, if the model has type `dtype`."""
        return self.values * DTYPES[stored_type(self.dtype, dtype)] * (batch if self.batched else 1)


def kept(
    graph: Graph,
    stored: Sequence[Stored | None],
    *,
    backend: str = "cpu",
    alone: bool = False,
    dtype: str = "float32",
) -> list[KeptTensor] | None:
    """Every tensor that autograd keeps, without parameters and buffers; None if a shape is unknown.

    Layers state what they keep on a CPU; on another `backend` (`cuda`) it differs as in PyTorch's source.
    `alone`: for a batch of one image. `dtype` is the type of the model.
    """
    kept_tensors: dict[tuple[int, str], KeptTensor] = {}
    passes = gradient_passes(graph)
    for node in graph.nodes:
        call = Call(dtype=dtype)
        tensors = keeps(graph, stored, passes, node, backend=backend, alone=alone, call=call)
        if tensors is None:
            return None
        kept_tensors.update(((tensor.node, tensor.name), tensor) for _, tensor in tensors if tensor.values)
    return list(kept_tensors.values())


def gradient_passes(graph: Graph, *, frozen: int = 0) -> list[bool]:
    """For every node, whether a gradient passes through it: from the first layer with trainable parameters on.

    The parameters of the first `frozen` nodes are not trained, nor those of nodes that the spec freezes.
    """
    passes = [False] * len(graph.nodes)
    for node in graph.nodes:
        fit = node.fit
        if node.is_input or fit is None:
            continue
        passes[node.index] = any(passes[source] for source in differentiable(node)) or (
            # A layer that does not fit its input has no weights that can be counted.
            node.shape is not None
            and node.owner >= frozen
            and not node.frozen
            and any(weight.trainable for weight in fit.layer.weights(fit.inputs))
        )
    return passes


def differentiable(node: Node) -> tuple[int, ...]:
    """The nodes that get a gradient from a node: not those of which it reads only the size."""
    return node.values_of


def keeps(
    graph: Graph,
    stored: Sequence[Stored | None],
    passes: Sequence[bool],
    node: Node,
    *,
    backend: str = "cpu",
    alone: bool = False,
    call: Call | None = None,
) -> list[tuple[int | str, KeptTensor]] | None:
    """What autograd keeps of one layer, under the layer's own names; None if a shape is unknown.

    `call` says how PyTorch runs the layer; without it nothing is cast, and the type is float32.
    """
    if node.is_input:
        return []
    fit = node.fit
    if fit is None or node.shape is None:
        return None
    if not passes[node.index]:
        return []
    layer = fit.layer.as_frozen() if node.frozen else fit.layer
    unneeded = spared(passes, node, frozen=node.frozen)
    kept_tensors: list[tuple[int | str, KeptTensor]] = []
    call = (call or Call())._replace(
        device=backend,
        lying=lying_of(stored, node),
        alone=alone,
        frozen=node.frozen,
        wanted=tuple(passes[source] for source in node.inputs),
    )
    for item in layer.keeps_of(fit.inputs, call):
        name = item.name if isinstance(item, Tensor) else item
        if name in unneeded:
            continue
        if isinstance(item, Tensor):
            kind = own_dtype(fit, item, stored[node.index], backend)
            batched = item.batched and node.shape.batched
            kept_tensors.append((name, KeptTensor(node.index, item.name, item.size, kind, batched)))
            continue
        if item != "output" and item >= len(node.reads):
            # The indices of a pooling, which may keep them too.
            shape = fit.inputs[item]
            kept_tensors.append((name, KeptTensor(node.inputs[item], INDICES, shape.size, "int64", True)))
            continue
        holder = node.index if item == "output" else node.inputs[int(item)]
        tensor = _held(graph, stored, graph.nodes[holder])
        if tensor is None:
            return None
        kept_tensors.append((name, tensor))
    return kept_tensors


def spared(passes: Sequence[bool], node: Node, *, frozen: bool) -> set[int | str]:
    """What a layer would keep, but does not need for the gradients that are wanted: under the layer's own names."""
    assert node.fit is not None  # Only layers keep anything.
    layer = node.fit.layer.as_frozen() if frozen else node.fit.layer
    unneeded = set(layer.spared(node.fit.inputs, tuple(passes[source] for source in node.inputs)))
    if frozen:
        unneeded |= set(layer.only_for_weights)
    if not any(passes[source] for source in node.inputs):
        unneeded |= set(layer.only_for_inputs)
    return unneeded


def _held(graph: Graph, stored: Sequence[Stored | None], node: Node) -> KeptTensor | None:
    """The tensor that contains the output of a node."""
    here = stored[node.index]
    if here is None or (shape := graph.nodes[here.root].shape) is None:
        return None
    root = graph.nodes[here.root].fit
    if root is not None and root.layer.gives_parameter:
        # The parameter is there anyway.
        return KeptTensor(here.root, "", 0, None, False)
    return KeptTensor(here.root, "", shape.size, None, shape.batched)


def own_dtype(fit: BoundLayer, item: Tensor, here: Stored | None, backend: str) -> str | None:
    """The type of one of a layer's own tensors on a backend."""
    return item.dtype if here is None else fit.layer.dtype_of(item, here.storage, backend)
