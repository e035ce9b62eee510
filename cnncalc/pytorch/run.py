"""One observed run of a built model: shapes, types, products, what autograd keeps, time and memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, fx
from torch._subclasses.fake_tensor import FakeTensor

from cnncalc.graph import Graph
from cnncalc.pytorch.assemble import INDEX
from cnncalc.pytorch.counting import flop_counter
from cnncalc.pytorch.outcome import SILENT, Follower, MeasuredRun, Seen
from cnncalc.pytorch.peak import watched
from cnncalc.pytorch.saved import Saved


class Stopped(RuntimeError):
    """PyTorch raised an error during a run. `layer` is the name of the layer that was running."""

    def __init__(self, layer: str, error: Exception) -> None:
        words = str(error).strip() or type(error).__name__
        super().__init__(f"PyTorch stopped at `{layer}`: {words.splitlines()[0]}")
        self.layer = layer


class DeviceOutOfMemory(Stopped):
    """There was not enough memory for a layer."""


class _Watching(fx.Interpreter):
    def __init__(self, model: fx.GraphModule, graph: Graph, follower: Follower) -> None:
        super().__init__(model)
        self.extra_traceback = False
        self.graph_of, self.follower = graph, follower
        self.seen: dict[int, Seen] = {}
        self.at = "the input"

    def run_node(self, n: fx.Node) -> Any:
        index = n.meta.get(INDEX)
        self.at = n.name if index is None else self.graph_of.nodes[index].name
        self.follower.at(f"`{self.at}`")
        value = super().run_node(n)
        if index is not None and isinstance(value, Tensor):
            shape = self.graph_of.nodes[index].shape
            batched = shape is None or shape.batched
            self.seen[index] = Seen(tuple(value.shape[batched:]), str(value.dtype).removeprefix("torch."))
            self.follower.done(index)
        return value


def run(
    model: fx.GraphModule,
    graph: Graph,
    *,
    batch: int,
    training: bool,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    seed: int = 0,
    follower: Follower = SILENT,
) -> MeasuredRun:
    """Runs a model once, forward (and backward, in training), on random images.

    By default the images have the device and the type of its parameters.

    The global random state does not change. Raises `Stopped`, or its subclass `DeviceOutOfMemory`.
    """
    first = next(model.parameters(), None)
    device = torch.device(device or (first.device if first is not None else "cpu"))
    dtype = dtype or (first.dtype if first is not None else torch.get_default_dtype())
    model.train(training)
    watching = _Watching(model, graph, follower)
    with ExitStack() as stack:
        stack.enter_context(stopped_at(lambda: watching.at))
        stack.enter_context(seeded(seed, device))
        peak = stack.enter_context(watched(device))
        inputs = [
            torch.randn(batch, *node.shape.torch, device=device, dtype=dtype)
            for node in graph.inputs
            if node.shape is not None
        ]
        _wait_for(device)
        started = time.perf_counter()
        kept = Saved(model)
        outputs, flops = _forward(watching, inputs, kept, training)
        learning = [output for output in outputs if output.requires_grad]
        if learning:
            watching.at = "the backward pass"
            follower.at(watching.at)
            torch.autograd.backward([output.float().mean() for output in learning])
        _wait_for(device)
        seconds = time.perf_counter() - started
        computed = not any(output.is_meta or isinstance(output, FakeTensor) for output in outputs)
        nan = any(bool(output.isnan().any()) for output in outputs) if computed else None
        return MeasuredRun(
            watching.seen,
            _per_image(flops, batch),
            kept.nbytes if training else None,
            kept.overwritten if training else None,
            nan,
            seconds,
            peak(),
        )


def _forward(
    watching: _Watching, inputs: list[Tensor], kept: Saved, training: bool
) -> tuple[tuple[Tensor, ...], int]:
    """The outputs, and the number of floating-point operations."""
    with ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(training))
        stack.enter_context(kept.watched())
        flops = stack.enter_context(flop_counter())
        outputs = watching.run(*inputs, enable_io_processing=False)
    return outputs if isinstance(outputs, tuple) else (outputs,), flops.get_total_flops()


def _per_image(flops: int, batch: int) -> int | float:
    macs, rest = divmod(flops, 2 * batch)
    return flops / (2 * batch) if rest else macs


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextmanager
def stopped_at(layer_name: Callable[[], str]) -> Iterator[None]:
    """Translates errors of PyTorch, with the layer that raised them: what `layer_name` gives at that time."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise DeviceOutOfMemory(layer_name(), error) from error
    except (RuntimeError, ValueError) as error:
        short = "can't allocate memory" in str(error) or "not enough memory" in str(error)
        raise (DeviceOutOfMemory if short else Stopped)(layer_name(), error) from error


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Random numbers from a seed, on the CPU and on a device; restores the global states afterwards."""
    cuda = device.type == "cuda"
    with torch.random.fork_rng(devices=[device] if cuda else ()):
        torch.default_generator.manual_seed(seed)
        if cuda:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield
