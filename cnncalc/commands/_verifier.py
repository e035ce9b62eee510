"""The process in which PyTorch runs: it verifies one network after another, and says how far it is."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from traceback import format_exception
from typing import TYPE_CHECKING

from cnncalc.commands._run import build_graph, read_spec_argument
from cnncalc.commands._verify_events import Advanced, At, Began, Event, Failed, RefusedNetwork, VerifySettings
from cnncalc.graph import Graph
from cnncalc.pytorch import MissingTorch, require
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.outcome import Follower, Verification

if TYPE_CHECKING:
    pass


class Unfit(Exception):
    """A run that this machine can't do, in one line."""


def serve(connection: Connection, settings: VerifySettings, graph: Graph | None) -> None:
    """Verify the networks that are asked for by name, until there is no more; a `graph` stands for the first one.

    The answer to each is events, the last of which is `RefusedNetwork`, `Failed` or a `Verification`.
    """
    # Of Ctrl-C the process that asks takes care, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if "torch" in sys.modules:
        from cnncalc.pytorch.devices import one_thread

        one_thread()
    # Models are full of cycles: without the collector the memory of all that ran would add up.
    gc.enable()
    while (name := connection.recv()) is not None:
        connection.send(_answer(name, settings, graph, connection.send))
        graph = None
        gc.collect()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


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
        return Failed(name, str(error))
    except Exception as error:
        words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Failed(name, words, "".join(format_exception(error)))


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
    spec = read_spec_argument(reference)
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
    try:
        require()
    except MissingTorch as error:
        raise Unfit(str(error)) from None
    except (ImportError, OSError) as error:
        raise Unfit(f"PyTorch is installed and does not start: {error}") from None
    from cnncalc.pytorch.devices import NoDevice, choose
    from cnncalc.pytorch.run import DeviceOutOfMemory, Stopped
    from cnncalc.pytorch.verify import verify

    device, name = settings.device, name_of(graph)
    try:
        device = choose(settings.device)
        _fits(graph, settings, device)
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
    return f"{whose} does not hold {name} with a batch of {settings.batch}{where}: use a smaller --batch, {other}"


def _fits(graph: Graph, settings: VerifySettings, device: str) -> None:
    """Refuse what the machine's memory surely can't hold, before it is tried."""
    from cnncalc.pytorch.devices import memory
    from cnncalc.render.figures import size

    most = memory() if device == "cpu" else None
    needed = least_bytes(graph, settings)
    if most is not None and needed > most:
        raise Unfit(
            f"{name_of(graph)} needs at least {size(needed)} with a batch of {settings.batch}, and this machine has"
            f" {size(most)}: use a smaller --batch, or --meta"
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
