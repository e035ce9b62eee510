"""What a recorded step allocates beside what the replay knows, and how much of it is workspaces of convolutions."""

from difflib import SequenceMatcher
from typing import Any, NamedTuple

from cnncalc.memory import Estimate


class ConvolutionWorkspace(NamedTuple):
    """The most that one pass of a convolution holds beside the tensors that the replay knows, in bytes."""

    path: str
    phase: str
    nbytes: int


class Leftovers(NamedTuple):
    """`known`: allocations that the replay has too; `elsewhere`: bytes of others, outside of convolutions.

    `missing`: bytes of allocations that only the replay has. `workspaces` has every pass of every convolution, those
    that need none too.
    """

    known: int
    elsewhere: list[int]
    missing: list[int]
    workspaces: list[ConvolutionWorkspace]


def replayed(estimate: Estimate, batch: int) -> list[int]:
    """The bytes that a step asks the allocator for, in order, as the replay has them."""
    trace = estimate.trace_of(batch)
    begin = next(mark.event for mark in trace.marks if mark.phase != "start")
    asked: list[int] = []
    for number in trace.events[begin:]:
        tensor = trace.tensors[number] if number >= 0 else None
        # Workspaces of cuBLAS stay from the first step on.
        if tensor is not None and tensor.category != "workspace" and tensor.nbytes(batch):
            asked += [tensor.nbytes(batch) // tensor.copies] * tensor.copies
    return asked


def bounds(most: Estimate, batch: int) -> dict[tuple[str, str], int]:
    """The most that each pass of a layer's convolution may take for its workspace, in bytes, by layer and phase."""
    trace = most.trace_of(batch)
    limits: dict[tuple[str, str], int] = {}
    ends = [mark.event for mark in trace.marks[1:]] + [len(trace.events)]
    for mark, end in zip(trace.marks, ends, strict=True):
        for number in trace.events[mark.event : end]:
            tensor = trace.tensors[number] if number >= 0 else None
            if tensor is not None and tensor.category == "workspace" and tensor.node is not None:
                key = (most.graph.nodes[tensor.node].name, mark.phase)
                limits[key] = max(limits.get(key, 0), tensor.nbytes(batch))
    return limits


def leftovers(measured: dict[str, Any], asked: list[int]) -> Leftovers:
    """Matches a history with the replay by size and order."""
    events: list[int] = measured["events"]
    places = [place for place, event in enumerate(events) if event >= 0]
    matcher = SequenceMatcher(None, [events[place] for place in places], asked, autojunk=False)
    known: set[int] = set()
    matched: set[int] = set()
    for block in matcher.get_matching_blocks():
        known.update(range(block.a, block.a + block.size))
        matched.update(range(block.b, block.b + block.size))
    unknown = {places[index]: index for index in range(len(places)) if index not in known}
    workspaces, inside = _workspaces(measured, unknown)
    return Leftovers(
        len(known),
        [events[place] for place in unknown if place not in inside],
        [nbytes for index, nbytes in enumerate(asked) if index not in matched],
        workspaces,
    )


def _workspaces(
    measured: dict[str, Any], unknown: dict[int, int]
) -> tuple[list[ConvolutionWorkspace], set[int]]:
    """The workspaces of each pass, and the places of their allocations.

    A workspace is what a pass allocates and frees again: what it leaves is a tensor.
    """
    events = measured["events"]
    workspaces: list[ConvolutionWorkspace] = []
    inside: set[int] = set()
    begins: dict[tuple[str, str], int] = {}
    for place, path, phase, end in measured["marks"]:
        if not end:
            begins[path, phase] = place
            continue
        begin = begins.pop((path, phase))
        freed = {~event for event in events[begin:place] if event < 0}
        held = most = 0
        alive: dict[int, int] = {}
        for index in range(begin, place):
            event = events[index]
            if index in unknown and unknown[index] in freed:
                alive[unknown[index]] = event
                inside.add(index)
                held += event
                most = max(most, held)
            elif event < 0:
                held -= alive.pop(~event, 0)
        workspaces.append(ConvolutionWorkspace(path, phase, most))
    return workspaces, inside
