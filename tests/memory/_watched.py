"""What PyTorch allocates for a network: the peaks of both passes, and what is left after them."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NamedTuple

from cnncalc.graph import Graph

BATCH = 3


class Held(NamedTuple):
    """Bytes: the most in the forward pass; in training also what is left of it, and the same of the backward pass."""

    forward: int
    kept: int = 0
    backward: int = 0
    end: int = 0


def pytorch(
    torch: ModuleType,
    graph: Graph,
    log: Callable[[str], object] = str,
    *,
    batch: int = BATCH,
    autocast: str | None = None,
    dtype: str = "float32",
    device: str = "cpu",
    change: Callable[[Any], Any] = lambda model: model,
) -> Held:
    """What PyTorch's own tensors take, from a run on fake ones: all is dispatched, nothing computed.

    `dtype` is the type of the model; `change` brings it to a `device` that is not the CPU.
    """
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build

    training = graph.mode == "training"
    with FakeTensorMode(allow_non_fake_inputs=True):
        usual = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            model = change(build(graph).train(training))
            images = [
                torch.empty(batch, *node.shape.torch, device=device) for node in graph.inputs if node.shape
            ]
        finally:
            torch.set_default_dtype(usual)
        with watched(torch, [*model.parameters(), *model.buffers(), *images], log) as tally:
            lower = torch.autocast(
                device, getattr(torch, autocast or "bfloat16"), enabled=autocast is not None
            )
            with torch.set_grad_enabled(training), lower:
                outputs = model(*images)
            top = tally[1]
            if not training:
                return Held(top)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            log("backward")
            kept = tally[1] = tally[0]
            ends = [(output, torch.ones_like(output)) for output in outputs if output.requires_grad]
            if ends:
                torch.autograd.backward(*zip(*ends, strict=True))
            return Held(top, kept, tally[1], tally[0])


@contextmanager
def watched(torch: ModuleType, known: list[Any], log: Callable[[str], object]) -> Iterator[list[int]]:
    """Bytes of storages alive at once, beginning with those of known tensors: [now, the most so far]."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    seen: set[int] = set()
    tally = [0, 0]

    def freed(address: int, size: int) -> None:
        seen.discard(address)
        tally[0] -= size
        log(f"  - {size}")

    def meet(tensor: Any) -> None:
        storage = tensor.untyped_storage()
        address, size = storage._cdata, storage.nbytes()
        if address not in seen:
            seen.add(address)
            tally[0] += size
            tally[1] = max(tally)
            weakref.finalize(storage, freed, address, size)
            log(f"  + {size}")

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            log(f"{function} at {tally[0]}")
            result = function(*args, **(kwargs or {}))
            for tensor in tree_leaves(result):
                if isinstance(tensor, torch.Tensor):
                    meet(tensor)
            return result

    for tensor in known:
        meet(tensor)
    with Watch():
        yield tally
