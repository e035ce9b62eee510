"""One run of a built model, watched: shapes, types, products, what autograd keeps, time and memory."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.graph import Graph
from cnncalc.pytorch.assemble import INDEX


class Seen(NamedTuple):
    """What came out of one node: shape without the batch, and type."""

    shape: tuple[int, ...]
    dtype: str


class Run(NamedTuple):
    """What a run showed. `kept_bytes` is None where nothing was trained; `finite` where nothing was computed."""

    seen: dict[int, Seen]
    macs: int
    kept_bytes: int | None
    finite: bool | None
    seconds: float
    peak_bytes: int | None


class _Watching(fx.Interpreter):
    def __init__(self, model: fx.GraphModule, seen: dict[int, Seen]) -> None:
        super().__init__(model)
        self.seen = seen

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if (index := n.meta.get(INDEX)) is not None and isinstance(value, Tensor):
            self.seen[index] = Seen(tuple(value.shape[1:]), str(value.dtype).removeprefix("torch."))
        return value


def run(model: fx.GraphModule, graph: Graph, *, batch: int, training: bool) -> Run:
    """Run a model once, forward (and backward, in training), on random images where its parameters are."""
    first = next(model.parameters(), None)
    device = first.device if first is not None else torch.device("cpu")
    dtype = first.dtype if first is not None else torch.get_default_dtype()
    inputs = [
        torch.randn(batch, *node.shape.torch, device=device, dtype=dtype)
        for node in graph.inputs
        if node.shape is not None
    ]
    model.train(training)
    seen: dict[int, Seen] = {}
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(device)
    started = time.perf_counter()
    with ExitStack() as stack:
        kept = stack.enter_context(_kept(model)) if training else None
        if not training:
            stack.enter_context(torch.no_grad())
        flops = stack.enter_context(FlopCounterMode(display=False))
        outputs = _Watching(model, seen).run(*inputs, enable_io_processing=False)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    kept_bytes = sum(kept.values()) if kept is not None else None
    if training and outputs[0].requires_grad:
        sum(output.float().mean() for output in outputs if output.requires_grad).backward()
    finite = None if device.type == "meta" else all(bool(output.isfinite().all()) for output in outputs)
    if cuda:
        torch.cuda.synchronize(device)
    return Run(
        seen,
        flops.get_total_flops() // 2 // batch,
        kept_bytes,
        finite,
        time.perf_counter() - started,
        torch.cuda.max_memory_allocated(device) if cuda else None,
    )


@contextmanager
def _kept(model: torch.nn.Module) -> Iterator[dict[int, int]]:
    """Bytes of every storage autograd saves, by its identity; parameters and buffers left out."""
    own = {_storage(tensor) for tensor in (*model.parameters(), *model.buffers())}
    found: dict[int, int] = {}
    # Kept alive, so that no storage can take the identity of one that is gone.
    alive: list[Tensor] = []

    def pack(tensor: Tensor) -> Tensor:
        if _storage(tensor) not in own:
            found[_storage(tensor)] = tensor.untyped_storage().nbytes()
            alive.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield found
    alive.clear()


def _storage(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)
