"""Which kernels of attention a run uses, and whether PyTorch has the one that was asked for."""

from collections import Counter
from collections.abc import Iterator

from cnncalc.exact import counted
from cnncalc.graph import Graph, Node
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.attention_kernels import ASSUMED, AUTO, KERNELS, kernel, refusal
from cnncalc.vocabulary.layer import Call


class AttentionKernels(NamedTuple):
    """How many layers each kernel computes, and for which compute capability of a GPU (None: on a CPU).

    `assumed`: nobody named the GPU.
    """

    layers: dict[str, int]
    capability: tuple[int, int] | None
    assumed: bool


def attention_kernels(graph: Graph, setup: Setup) -> AttentionKernels | None:
    """The kernels of the layers that ask for the fused function; None if no layer does, or a shape is unknown."""
    names = (
        node.fit.layer.attention_kernel(node.fit.inputs, call)
        for node, call in _attending(graph, setup)
        if node.fit is not None
    )
    layers = Counter(name for name in names if name is not None)
    if not layers:
        return None
    on_gpu = setup.backend.name != "cpu"
    capability = (setup.capability or ASSUMED) if on_gpu else None
    return AttentionKernels(dict(layers), capability, on_gpu and setup.capability is None)


def refused_kernel(graph: Graph | None, setup: Setup) -> str | None:
    """Why PyTorch cannot run the kernel that was asked for, and what it runs instead; None if it can."""
    if setup.attention not in KERNELS:
        return f"there is no kernel {setup.attention} of attention; there are {', '.join(KERNELS)}"
    if setup.attention == AUTO or graph is None:
        return None
    for node, call in _attending(graph, setup):
        asked = node.fit.layer.fused_attention(node.fit.inputs, call) if node.fit is not None else None
        why = None if asked is None else refusal(setup.attention, asked, call)
        if asked is not None and why is not None:
            runs = kernel(asked, call._replace(attention=AUTO))
            return f"`{node.name}`: {setup.attention} {why}; PyTorch runs {runs} there (`--attention {runs}`)"
    return None


def kernels_in_words(kernels: AttentionKernels) -> str:
    """In words: `attention by flash in 12 layers (capability 8.0 is assumed)`."""
    several = len(kernels.layers) > 1
    parts = [
        f"{name} in {counted(count, 'layer')}" if several else name for name, count in kernels.layers.items()
    ]
    words = f"attention by {' and '.join(parts)}"
    if kernels.assumed and kernels.capability is not None:
        words += f" (capability {'.'.join(map(str, kernels.capability))} is assumed)"
    return words


def _attending(graph: Graph, setup: Setup) -> Iterator[tuple[Node, Call]]:
    """The layers that ask for the fused function, and how PyTorch runs each."""
    if any(node.shape is None for node in graph.nodes):
        return
    asking = [
        node
        for node in graph.layers
        if node.fit is not None and node.fit.layer.fused_attention(node.fit.inputs, Call()) is not None
    ]
    if asking:
        run = Run(graph, setup)
        yield from ((node, run.call(node)) for node in asking)
