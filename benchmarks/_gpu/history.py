"""The allocations of one training step, one by one, with marks around each convolution's passes.

`torch.cuda.memory._record_memory_history` notes each allocation with the bytes that were requested. Marks are
allocations too, of 1 byte for the first mark, 5 for the second, 9 for the third. Sizes of tensors are multiples of
their type's, so that only a tensor of single bytes could be mistaken for a mark, and only where that mark is next.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import nn

from benchmarks._gpu.hardware import Hardware
from benchmarks._gpu.networks import prepared

MOST_ENTRIES = 500_000


class Followed(NamedTuple):
    """`events`: bytes where something is allocated, `~number` where the allocation of that number is freed.

    `marks`: the number of the event before which a pass of a convolution begins or ends: place, path, pass, end.
    """

    events: list[int]
    marks: list[tuple[int, str, str, bool]]


class Marks:
    """Marks around the passes of the convolutions of a model, in the order in which they were made."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.on = False
        self.notes: list[tuple[str, str, bool]] = []
        self.convolutions: dict[str, dict[str, Any]] = {}

    def around(self, model: nn.Module) -> None:
        """From now on every pass of a convolution has a mark before and after it, while `on`."""
        for path, module in model.named_modules():
            if isinstance(module, nn.modules.conv._ConvNd):
                module.register_forward_pre_hook(
                    lambda module, inputs, path=path: self._put(path, "forward", False)
                )
                module.register_forward_hook(self._after(path))

    def _after(self, path: str) -> Any:
        def after(module: Any, inputs: tuple[Any, ...], output: Any) -> None:
            self._put(path, "forward", True)
            self.convolutions[path] = {
                "input": list(inputs[0].shape),
                "weight": list(module.weight.shape),
                "stride": list(module.stride),
                "padding": module.padding if isinstance(module.padding, str) else list(module.padding),
                "dilation": list(module.dilation),
                "groups": module.groups,
                "transposed": module.transposed,
                "dtype": str(output.dtype).removeprefix("torch."),
            }
            node = output.grad_fn
            if node is not None:
                node.register_prehook(lambda gradients: self._put(path, "backward", False))
                node.register_hook(lambda inputs, outputs: self._put(path, "backward", True))

        return after

    def _put(self, path: str, name: str, end: bool) -> None:
        if self.on:
            torch.empty(nbytes(len(self.notes)), dtype=torch.uint8, device=self.device)
            self.notes.append((path, name, end))


def nbytes(mark: int) -> int:
    """The bytes of a mark, by its number."""
    return 4 * mark + 1


def followed(entries: Iterable[dict[str, Any]], notes: list[tuple[str, str, bool]]) -> Followed:
    """A trace of PyTorch's allocator, with the marks taken out."""
    events: list[int] = []
    marks: list[tuple[int, str, str, bool]] = []
    numbers: dict[int, int | None] = {}
    count = 0
    for entry in entries:
        if entry["action"] == "alloc":
            if len(marks) < len(notes) and entry["size"] == nbytes(len(marks)):
                marks.append((len(events), *notes[len(marks)]))
                numbers[entry["addr"]] = None
            else:
                events.append(entry["size"])
                numbers[entry["addr"]] = count
                count += 1
        elif entry["action"] == "free_requested":
            # What was allocated before the trace began has no number.
            number = numbers.pop(entry["addr"], None)
            if number is not None:
                events.append(~number)
    return Followed(events, marks)


def history(hardware: Hardware, network: str, way: str, batch: int) -> dict[str, Any]:
    """The events of the second of two training steps, and the convolutions with their shapes."""
    ready = prepared(hardware, network, "training", batch, way)
    marks = Marks(hardware.type)
    marks.around(ready.model)
    ready.step()
    hardware.wait()
    marks.on = True
    entries: list[dict[str, Any]] = []
    if hardware.counted:
        record = torch.cuda.memory._record_memory_history
        record(enabled="all", context=None, max_entries=MOST_ENTRIES)
        try:
            ready.step()
            hardware.wait()
            entries = torch.cuda.memory._snapshot()["device_traces"][torch.cuda.current_device()]
        finally:
            record(enabled=None)
    else:
        ready.step()
    trace = followed(entries, marks.notes)
    if hardware.counted and len(trace.marks) != len(marks.notes):
        raise RuntimeError(f"{len(trace.marks)} of {len(marks.notes)} marks were seen in the trace")
    return {
        "events": trace.events,
        "marks": trace.marks or [[0, *note] for note in marks.notes],
        "convolutions": marks.convolutions,
        "allocated": hardware.peak_allocated(),
    }
