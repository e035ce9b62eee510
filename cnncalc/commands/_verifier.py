"""The process in which PyTorch runs: it verifies one network after another, and says how far it is."""

import gc
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from cnncalc.commands._run import build_graph, read_spec_argument
from cnncalc.commands._torch_process import broken, prepare
from cnncalc.commands._verify_events import (
    Advanced,
    At,
    Began,
    Event,
    RefusedNetwork,
    RunFailed,
    Unfit,
    VerifySettings,
)
from cnncalc.graph import Graph
from cnncalc.pytorch import MissingTorch, require
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.outcome import Follower, Verification

LESS_MEMORY = "use a smaller --batch, or --meta"


def serve(connection: Connection, settings: VerifySettings, graph: Graph | None) -> None:
    """Verify the networks that are asked for by name, until there is no more; a `graph` stands for the first one.

    The answer to each is events, the last of which is `RefusedNetwork`, `RunFailed` or a `Verification`.
    """
    prepare()
    while (name := connection.recv()) is not None:
        connection.send(_answer(name, settings, graph, connection.send))
        graph = None
        gc.collect()


def _answer(name: str, settings: VerifySettings, graph: Graph | None, send: Callable[[Event], None]) -> Event:
    try:
        if graph is None:
            graph = graph_of(name, settings)
        name = name_of(graph)
        send(Began(name, sum(weight(graph))))
        return verified(graph, settings, _Sending(graph, send))
    except Unbuildable as error:
        return RefusedNetwork(name, error.diagnostics)
    except Unfit as error:
        return RunFailed(name, str(error))
    except Exception as error:
        return broken(name, error)


class _Sending(Follower):
    """Sends how far a run is."""

    def __init__(self, graph: Graph, send: Callable[[Event], None]) -> None:
        self._weights, self._send = weight(graph), send

    def at(self, where: str) -> None:
        self._send(At(where))

    def done(self, node: int) -> None:
        self._send(Advanced(self._weights[node]))


def weight(graph: Graph) -> list[int]:
    """How much work each node is: its products, its values, and 1 for the call."""
    weights = []
    for node in graph.nodes:
        macs = node.fit.layer.work(node.fit.inputs).macs if node.fit and node.fit.output else 0
        weights.append(0 if node.is_input else macs + (node.shape.size if node.shape else 0) + 1)
    return weights


def name_of(graph: Graph) -> str:
    """What a network is called: the name in its spec, or its file."""
    return graph.spec.name or graph.spec.file


def graph_of(reference: str, settings: VerifySettings, *, quiet: bool = True) -> Graph:
    """The graph of a SPEC argument, in the mode that is asked for; what is not checked is said, unless `quiet`."""
    mode = "training" if settings.training else "inference"
    spec = read_spec_argument(reference, settings.inputs)
    return build_graph(
        spec,
        values=settings.values,
        inputs=settings.inputs,
        mode=mode,
        strict=False,
        max_nodes=None,
        quiet=quiet,
    )


def verified(graph: Graph, settings: VerifySettings, follower: Follower) -> Verification:
    """The verification. Raises `Unbuildable` for what the spec is to blame for, `Unfit` for what the machine is."""
    if diagnostics := faults(graph):
        raise Unbuildable(diagnostics)
    follower.at("the start of PyTorch")
    load_torch()
    from cnncalc.pytorch.devices import NoDevice, choose
    from cnncalc.pytorch.run import DeviceOutOfMemory, Stopped
    from cnncalc.pytorch.verify import verify

    device, name = settings.device, name_of(graph)
    try:
        device = choose(settings.device)
        require_memory((graph,), settings, device, name_of(graph), LESS_MEMORY)
        return verify(
            graph,
            device=device,
            dtype=settings.dtype,
            batch=settings.batch,
            training=settings.training,
            seed=settings.seed,
            follower=follower,
        )
    except NoDevice as error:
        raise Unfit(str(error)) from None
    except DeviceOutOfMemory as error:
        raise Unfit(_short_of_memory(device, name, settings, f" (it ended at {error.layer})")) from None
    except MemoryError:
        raise Unfit(_short_of_memory(device, name, settings, "")) from None
    except Stopped as error:
        raise Unfit(f"{name}: {error}") from None


def _short_of_memory(device: str, name: str, settings: VerifySettings, where: str) -> str:
    whose = "the GPU's memory" if device == "cuda" else "the memory"
    other = "--device cpu, or --meta" if device == "cuda" else "or --meta"
    return f"{whose} is too small for {name} with a batch of {settings.batch}{where}: use a smaller --batch, {other}"


def load_torch() -> None:
    """Import PyTorch. Raises `Unfit` where that is not possible."""
    try:
        require()
    except MissingTorch as error:
        raise Unfit(str(error)) from None
    except (ImportError, OSError) as error:
        raise Unfit(f"PyTorch is installed, but cannot be imported: {error}") from None


def require_memory(
    graphs: Sequence[Graph], settings: VerifySettings, device: str, what: str, help: str
) -> None:
    """Refuse what the machine's memory surely can't hold, all `graphs` at once, before it is tried."""
    from cnncalc.pytorch.devices import memory
    from cnncalc.render.figures import size

    most = memory() if device == "cpu" else None
    needed = sum(least_bytes(graph, settings) for graph in graphs)
    if most is not None and needed > most:
        raise Unfit(
            f"{what} needs at least {size(needed)} with a batch of {settings.batch}, and this machine has"
            f" {size(most)}: {help}"
        )


def least_bytes(graph: Graph, settings: VerifySettings) -> int:
    """What a run needs at least: parameters and the largest value; in training gradients, and what is kept for them."""
    from cnncalc.analysis import Analysis
    from cnncalc.shape import DTYPES

    analysis = Analysis(graph, batch=settings.batch, dtype=settings.dtype)
    parameters = analysis.totals.param_bytes or 0
    if settings.training:
        kept = sum(
            tensor.nbytes(batch=settings.batch, dtype=settings.dtype) for tensor in analysis.kept or ()
        )
        return 2 * parameters + kept
    largest = max(node.shape.size if node.shape else 0 for node in graph.nodes)
    return parameters + largest * settings.batch * DTYPES[settings.dtype]
