"""A reader of the record of runs, written from its description alone: it computes what the page computes."""

import json
from itertools import accumulate
from typing import Any, NamedTuple

from cnncalc.memory.compact import CompactRecord


class ReadTensor(NamedTuple):
    """A tensor of the record; its layer by name, None for no layer's."""

    fixed: int
    each: int
    category: str
    name: str
    layer: str | None
    copies: int


class ReadTrace(NamedTuple):
    """Tensors, events (a tensor's number, `~number` where it is freed), and for each mark event, phase and layer."""

    tensors: list[ReadTensor]
    events: list[int]
    marks: list[tuple[int, str, str | None]]


def as_json(record: CompactRecord) -> Any:
    """What a browser reads."""
    return json.loads(json.dumps(record.asdict(), allow_nan=False))


def read_trace(data: Any, phases: list[int]) -> ReadTrace:
    """A trace out of its phases."""
    layers = [None, *data["layers"]]
    tensors: list[ReadTensor] = []
    events: list[int] = []
    marks: list[tuple[int, str, str | None]] = []
    for phase, pairs in (data["phases"][number] for number in phases):
        layer = 0
        for moment, steps in zip(pairs[::2], pairs[1::2], strict=True):
            layer += steps
            marks.append((len(events), phase, layers[layer]))
            near = layer
            for code in data["moments"][moment]:
                if code % 2:
                    events.append(~(len(tensors) - 1 - code // 2))
                    continue
                size, category, name, step, copies = data["kinds"][code // 2 * 5 : code // 2 * 5 + 5]
                near += step
                events.append(len(tensors))
                fixed, each = data["sizes"][2 * size : 2 * size + 2]
                words = data["categories"][category], data["names"][name]
                tensors.append(ReadTensor(fixed, each, *words, layers[near], copies))
    return ReadTrace(tensors, events, marks)


def read_traces(data: Any, run: Any, batch: int) -> list[ReadTrace]:
    """The traces of a batch, one for each device."""
    images = -(-batch // run["share"])
    alone = images == 1 and run["alone"] is not None
    return [read_trace(data, phases) for phases in (run["alone"] if alone else run["traces"])]


def peak_of(data: Any, run: Any, batch: int) -> tuple[int, dict[str, int]]:
    """The peak of a batch, and what it is of by category: on the device where it is highest."""
    return max(
        (_peak(trace, run, batch) for trace in read_traces(data, run, batch)), key=lambda pair: pair[0]
    )


def _peak(trace: ReadTrace, run: Any, batch: int) -> tuple[int, dict[str, int]]:
    images, rounding = -(-batch // run["share"]), run["rounding"]
    sizes = [
        -(-(tensor.fixed + tensor.each * images) // rounding) * rounding * tensor.copies
        for tensor in trace.tensors
    ]
    held = list(accumulate(sizes[event] if event >= 0 else -sizes[~event] for event in trace.events))
    most = max(held, default=0)
    alive: dict[int, None] = {}
    for event in trace.events[: held.index(most) + 1] if held else ():
        if event < 0:
            del alive[~event]
        else:
            alive[event] = None
    by_category: dict[str, int] = {}
    for number in alive:
        category = trace.tensors[number].category
        by_category[category] = by_category.get(category, 0) + sizes[number]
    return most, by_category
