"""Memory snapshots for PyTorch's memory viewer (pytorch.org/memory_viz, `torch.cuda._memory_viz`)."""

import pickle
from typing import Any

from cnncalc.exporters._exporter import Exporter
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Replay, Setup
from cnncalc.memory.device import CachingAllocator, MemoryBlock

# The version of pickle that every supported Python reads.
PROTOCOL = 4


class MemoryViz(Exporter):
    """One step (in training) or one prediction, through the simulated caching allocator of CUDA, as a snapshot.

    It has the format of `torch.cuda.memory._snapshot()`: segments with their blocks at the end, and every allocation
    and its end in order. Each names the layer and the tensor. The batch is the smallest that PyTorch runs.
    """

    title = "memory snapshot for PyTorch's memory viewer"
    suffixes = (".pickle", ".pkl")
    binary = True

    @classmethod
    def write(cls, graph: Graph) -> bytes:
        estimate = Estimate(graph, Setup(mode=graph.mode))
        replays = estimate.replays(estimate.least_batch or 1)
        segments: list[dict[str, Any]] = []
        traces = []
        for device, replay in enumerate(replays):
            recording = Recording(graph, replay, device)
            traces.append(recording.run())
            segments += recording.segments()
        snapshot = {"segments": segments, "device_traces": traces, "allocator_settings": {}}
        return pickle.dumps(snapshot, protocol=PROTOCOL)


class Recording:
    """A replay through the allocator, and what it does on the way."""

    def __init__(self, graph: Graph, replay: Replay, device: int) -> None:
        self._graph = graph
        self._replay = replay
        self._device = device
        self._allocator = CachingAllocator()
        # Address and size of each segment, in the order of addresses, and whether it is for small tensors.
        self._segments: list[tuple[int, int, bool]] = []
        # Blocks that are in use: by address, the block, what was asked for, and the frames.
        self._used: dict[int, tuple[MemoryBlock, int, list[dict[str, Any]]]] = {}
        self._events: list[dict[str, Any]] = []

    def run(self) -> list[dict[str, Any]]:
        """Every event in order."""
        trace = self._replay.trace
        marks = list(trace.marks)
        blocks: dict[int, list[MemoryBlock]] = {}
        phase = marks[0].phase if marks else ""
        for event, number in enumerate(trace.events):
            while marks and marks[0].event <= event:
                phase = marks.pop(0).phase
            if number < 0:
                for block in blocks.pop(~number):
                    self._free(block)
                continue
            tensor = trace.tensors[number]
            nbytes = tensor.nbytes(self._replay.images) // tensor.copies
            frames = self._frames(tensor.node, tensor.name, tensor.category, phase)
            allocated = [self._allocate(nbytes, frames, tensor.category) for _ in range(tensor.copies)]
            blocks[number] = [block for block in allocated if block is not None]
        return self._events

    def _frames(self, node: int | None, name: str, category: str, phase: str) -> list[dict[str, Any]]:
        """What allocates a tensor, in place of the lines of a program: the tensor, the layer, the phase."""
        file = self._graph.spec.file
        line = (self._graph.line(self._graph.nodes[node]) or 0) if node is not None else 0
        layer = self._graph.nodes[node].name if node is not None else self._graph.title
        return [
            {"filename": file, "line": line, "name": f"{name} ({category})"},
            {"filename": file, "line": line, "name": layer},
            {"filename": file, "line": 0, "name": phase},
        ]

    def _allocate(self, nbytes: int, frames: list[dict[str, Any]], category: str) -> MemoryBlock | None:
        if nbytes <= 0:
            return None
        before = self._allocator.reserved
        block = self._allocator.allocate(nbytes)
        if (more := self._allocator.reserved - before) > 0:
            address = sum(self._segments[-1][:2]) if self._segments else 0
            self._segments.append((address, more, block.small))
            self._event("segment_alloc", address, more, frames)
        self._event("alloc", block.address, block.size, frames, category=category)
        self._used[block.address] = (block, nbytes, frames)
        return block

    def _free(self, block: MemoryBlock) -> None:
        address, size = block.address, block.size
        _, _, frames = self._used.pop(address)
        self._event("free_requested", address, size, frames)
        self._event("free_completed", address, size, frames)
        self._allocator.free(block)

    def _event(self, action: str, address: int, size: int, frames: list[dict[str, Any]], **more: Any) -> None:
        event = {
            "action": action,
            "addr": address,
            "size": size,
            "stream": 0,
            "time_us": len(self._events),
            "frames": frames,
            **more,
        }
        self._events.append(event)

    def segments(self) -> list[dict[str, Any]]:
        """The segments at the end: blocks in use, and what is free between them."""
        return [self._segment(address, size, small) for address, size, small in self._segments]

    def _segment(self, address: int, size: int, small: bool) -> dict[str, Any]:
        blocks: list[dict[str, Any]] = []
        place = address
        inside = sorted(start for start in self._used if address <= start < address + size)
        for start in inside:
            block, asked, frames = self._used[start]
            if start > place:
                blocks.append(_block(place, start - place, 0, "inactive", []))
            blocks.append(_block(start, block.size, asked, "active_allocated", frames))
            place = start + block.size
        if place < address + size:
            blocks.append(_block(place, address + size - place, 0, "inactive", []))
        used = sum(block["size"] for block in blocks if block["state"] != "inactive")
        return {
            "device": self._device,
            "address": address,
            "total_size": size,
            "allocated_size": used,
            "active_size": used,
            "requested_size": sum(block["requested_size"] for block in blocks),
            "stream": 0,
            "segment_type": "small" if small else "large",
            "segment_pool_id": (0, 0),
            "is_expandable": False,
            "frames": [],
            "blocks": blocks,
        }


def _block(address: int, size: int, asked: int, state: str, frames: list[dict[str, Any]]) -> dict[str, Any]:
    return {"address": address, "size": size, "requested_size": asked, "state": state, "frames": frames}
