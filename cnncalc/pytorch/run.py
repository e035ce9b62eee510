"""One run of a built model, watched: shapes, types, products, what autograd keeps, time and memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.graph import Graph
from cnncalc.pytorch.assemble import INDEX
from cnncalc.pytorch.peak import Peak, watched
from cnncalc.pytorch.saved import Saved


class Seen(NamedTuple):
    """What came out of one node: shape without the batch, and type."""

    shape: tuple[int, ...]
    dtype: str


class Run(NamedTuple):
    """What a run showed. `kept_bytes` is None where nothing was trained; `nan` where nothing was computed.

    `overwritten` counts tensors that were kept for the backward pass and written over before it.

    `macs` are of one image: a float where the counter's sum is no whole number of them. `seconds` are of the watched
    run, which is slower than one that nobody watches.
    """

    seen: dict[int, Seen]
    macs: int | float
    kept_bytes: int | None
    overwritten: int | None
    nan: bool | None
    seconds: float
    peak: Peak | None


class Stopped(RuntimeError):
    """PyTorch raised an error in the middle of a run. `layer` is the name of the layer that it was at."""

    def __init__(self, layer: str, error: Exception) -> None:
        words = str(error).strip() or type(error).__name__
        super().__init__(f"PyTorch stopped at `{layer}`: {words.splitlines()[0]}")
        self.layer = layer


class OutOfMemory(Stopped):
    """There was not enough memory for a layer."""


class _Watching(fx.Interpreter):
    def __init__(self, model: fx.GraphModule, graph: Graph, step: Callable[[], None]) -> None:
        super().__init__(model)
        self.extra_traceback = False
        self.graph_of, self.step = graph, step
        self.seen: dict[int, Seen] = {}
        self.at = "the input"

    def run_node(self, n: fx.Node) -> Any:
        self.at = n.name
        value = super().run_node(n)
        if (index := n.meta.get(INDEX)) is not None and isinstance(value, Tensor):
            self.at = self.graph_of.nodes[index].name
            self.seen[index] = Seen(tuple(value.shape[1:]), str(value.dtype).removeprefix("torch."))
            self.step()
        return value


def run(
    model: fx.GraphModule,
    graph: Graph,
    *,
    batch: int,
    training: bool,
    seed: int = 0,
    step: Callable[[], None] = lambda: None,
) -> Run:
    """Run a model once, forward (and backward, in training), on random images where its parameters are.

    `step` is called after every layer. The global state of random numbers is left as it was. Raises `Stopped`, and
    `OutOfMemory` of it.
    """
    first = next(model.parameters(), None)
    device = first.device if first is not None else torch.device("cpu")
    dtype = first.dtype if first is not None else torch.get_default_dtype()
    model.train(training)
    watching = _Watching(model, graph, step)
    with ExitStack() as stack:
        stack.enter_context(_named(watching))
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
            torch.autograd.backward([output.float().mean() for output in learning])
        _wait_for(device)
        seconds = time.perf_counter() - started
        computed = not any(output.is_meta or isinstance(output, FakeTensor) for output in outputs)
        nan = any(bool(output.isnan().any()) for output in outputs) if computed else None
        return Run(
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
    """Outputs, and how many floating-point operations there were."""
    with ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(training))
        stack.enter_context(kept.watched())
        flops = stack.enter_context(FlopCounterMode(display=False))
        outputs = watching.run(*inputs, enable_io_processing=False)
    return outputs if isinstance(outputs, tuple) else (outputs,), flops.get_total_flops()


def _per_image(flops: int, batch: int) -> int | float:
    macs, rest = divmod(flops, 2 * batch)
    return flops / (2 * batch) if rest else macs


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@contextmanager
def _named(watching: _Watching) -> Iterator[None]:
    """Errors of PyTorch, with the layer that they came from."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(watching.at, error) from error
    except (RuntimeError, ValueError) as error:
        short = "can't allocate memory" in str(error) or "not enough memory" in str(error)
        raise (OutOfMemory if short else Stopped)(watching.at, error) from error


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Random numbers from a seed, on the CPU and on a device; afterwards the global states are as they were."""
    cuda = device.type == "cuda"
    with torch.random.fork_rng(devices=[device] if cuda else ()):
        torch.default_generator.manual_seed(seed)
        if cuda:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield
