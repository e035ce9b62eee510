"""What an operation gives that is no layer: it reads weights alone, or there is no layer for it."""

from math import prod

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.call import OnnxCall
from cnncalc.importers.onnx.counting import indices
from cnncalc.importers.onnx.known import KnownTensors
from cnncalc.importers.onnx.values import BATCH, CHANNELS, Entry, Lost, OnnxScores, OnnxWeight, Pieces, Values
from cnncalc.shape import Shape

# Operations that only show a tensor in another shape.
VIEWS = ("Identity", "Cast", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Transpose", "Expand")


def of_weights(reading: KnownTensors, call: OnnxCall) -> list[Entry]:
    """Results that depend on weights alone."""
    tensors = [entry for entry in call.inputs if isinstance(entry, OnnxWeight)]
    results: list[Entry] = []
    for known in call.sizes:
        sizes = known or ()
        if not tensors:
            results.append(Lost((), sizes, (), (call.op,)))
            continue
        (first, *more) = tensors
        roots = tuple(dict.fromkeys(root for tensor in tensors for root in tensor.roots))
        if more or not first.is_view or call.op not in VIEWS or prod(sizes) != prod(first.sizes):
            results.append(OnnxWeight(roots, sizes, False))
        elif call.op == "Identity" and call.outputs[0] not in reading.model.initializers:
            # A tensor that is written once for several layers is copied by name: each copy is a weight of its own.
            reading.model.initializers[call.outputs[0]] = reading.model.initializers[roots[0]]
            results.append(OnnxWeight((call.outputs[0],), sizes, True, first.steps))
        elif call.op == "Transpose":
            order = tuple(call.attributes.get("perm") or range(len(sizes))[::-1])
            results.append(OnnxWeight(roots, sizes, True, (*first.steps, ("permute", order))))
        elif sizes != first.sizes:
            results.append(OnnxWeight(roots, sizes, True, (*first.steps, ("reshape", sizes))))
        else:
            results.append(first)
    return results


def unknown(reading: KnownTensors, call: OnnxCall, why: str) -> list[Entry]:
    """What an operation without a layer gives: `unknown` where its result is a volume."""
    sources = list(dict.fromkeys(node for entry in call.inputs for node in nodes_of(entry)))
    earlier = tuple(name for entry in call.inputs if isinstance(entry, Lost) for name in entry.operations)
    operations = tuple(dict.fromkeys((*earlier, call.op)))
    roots = tuple(
        dict.fromkeys((*(root for entry in call.inputs for root in roots_of(entry)), *indices(reading, call)))
    )
    results: list[Entry] = []
    for index, sizes in enumerate(call.sizes[: max(1, sum(map(bool, call.outputs)))]):
        own = roots if index == 0 else ()
        if sizes is None or not 1 <= len(sizes) <= 5 or sizes[0] != reading.batch or 0 in sizes:
            results.append(Lost(tuple(sources), sizes or (), own, operations))
            continue
        axes = list(range(1, len(sizes)))
        channel = next(
            (
                entry.channel_dim
                for entry in call.inputs
                if isinstance(entry, Values) and len(entry.dims) == len(sizes) and entry.channel_dim
            ),
            1,
        )
        ordered = [channel, *(axis for axis in axes if axis != channel)] if axes else []
        shape = Shape(sizes[channel], tuple(sizes[axis] for axis in ordered[1:])) if axes else Shape(1)
        name = reading.unknown(
            call.op if len(operations) == 1 else "+".join(operations[:4]),
            sources,
            shape,
            {root: Taken(root, reading.sizes_of(root)) for root in own},
            note=why,
        )
        order = [BATCH] * len(sizes)
        for place, axis in enumerate(ordered):
            order[axis] = CHANNELS + place
        results.append(reading.plain(name, tuple(order)))
    return results


def nodes_of(entry: Entry | None) -> tuple[str, ...]:
    """The layers that a tensor is computed from."""
    if isinstance(entry, Values):
        return (entry.node,)
    if isinstance(entry, OnnxScores):
        return entry.queries.node, entry.keys.node
    if isinstance(entry, Pieces):
        return (entry.whole.node,)
    return entry.nodes if isinstance(entry, Lost) else ()


def roots_of(entry: Entry | None) -> tuple[str, ...]:
    """The weights that a tensor is computed from directly."""
    if isinstance(entry, OnnxWeight | Lost):
        return entry.roots
    if isinstance(entry, OnnxScores):
        return tuple(root for tensor in entry.biases for root in tensor.roots)
    return ()
