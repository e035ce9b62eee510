"""Runs a model once under the recorder: on the meta device where that is possible, else on the CPU."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from cnncalc.pytorch.capture.recording import Recorder, Recording

# Images of the run. An unusual number: a dimension that is a multiple of it is seldom anything else than the batch.
BATCH = 11


def recorded(module: nn.Module, inputs: Mapping[str, tuple[int, ...]], mode: str) -> Recording:
    """One run of a module in a mode, with inputs of these shapes (channels first, without the batch)."""
    tensors = [*module.parameters(), *module.buffers()]
    device = tensors[0].device if tensors else torch.device("meta")
    given = {
        name: torch.randn(BATCH, *shape, device=device) if device.type != "meta" else torch.empty(BATCH, *shape, device=device)
        for name, shape in inputs.items()
    }
    with _in_mode(module, training=mode == "training"):
        return Recorder(module).run(module, given)


@contextmanager
def _in_mode(module: nn.Module, *, training: bool) -> Iterator[None]:
    """Puts all parts of a module in a mode, and each back in its own after that."""
    before = {part: part.training for part in module.modules()}
    module.train(training)
    try:
        yield
    finally:
        for part, was in before.items():
            part.training = was
