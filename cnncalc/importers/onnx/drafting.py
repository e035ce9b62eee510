"""From the bytes of an ONNX file to a draft."""

from collections.abc import Mapping
from os import path
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.importers.draft import Draft, DraftNode, Taken
from cnncalc.importers.faults import UNKNOWN_OPERATION
from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.counting import count
from cnncalc.importers.onnx.faults import diagnostic
from cnncalc.importers.onnx.inputs import named, shapes_of
from cnncalc.importers.onnx.model import Model
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.sharing import share
from cnncalc.importers.onnx.values import NoLayer, Values, plain
from cnncalc.importers.onnx.without_layer import nodes_of, roots_of
from cnncalc.shape import Shape


def draft(content: bytes, file: str, inputs: "Mapping[str, Shape | int]", name: str | None = None) -> Draft:
    """The draft of an ONNX model. `inputs` are sizes that the user gives. Raises `Unreadable`."""
    model = Model(content, file)
    given = shapes_of(model, inputs)
    batch = given[0].batch
    reading = OnnxReading(model, batch)
    names = named([item.name for item in given])
    for item, own in zip(given, names, strict=True):
        reading.shapes[own] = item.shape
        reading.inference.set(item.name, item.element, item.sizes)
        reading.known[item.name] = plain(own, item.shape, batch, item.order)
    reading.walk(model.graph.node)
    outputs = [_output(reading, output.name) for output in model.graph.output]
    kept = _living(reading.nodes, outputs)
    merged = share(reading, kept)
    count(reading, kept)
    return Draft(
        name=name or _title(model, file),
        inputs={own: item.shape for item, own in zip(given, names, strict=True)},
        nodes=kept,
        outputs=tuple(dict.fromkeys(outputs)),
        origin=f"{path.basename(file)} (ONNX{_producer(model)})",
        notes=tuple(_notes(reading, kept, merged)),
    )


def _output(reading: OnnxReading, name: str) -> str:
    """The layer that gives an output."""
    entry = reading.entry(name)
    reading.scopes, reading.place = (), f"{reading.model.file}: {name}"
    if isinstance(entry, Values):
        try:
            return reading.settled(entry).node
        except NoLayer as reason:
            why = str(reason)
    else:
        why = "it depends on no input" if entry is None or not nodes_of(entry) else ""
    sizes = reading.inference.sizes(name) or (1,)
    values = 1
    for size in sizes[1:]:
        values *= size
    weights = {root: Taken(root, reading.sizes_of(root)) for root in roots_of(entry)}
    return reading.unknown("output", nodes_of(entry), Shape(max(1, values)), weights, note=why)


def _living(nodes: dict[str, DraftNode], outputs: list[str]) -> list[DraftNode]:
    """The layers that outputs depend on, in their order."""
    needed = set(outputs)
    for name in reversed(nodes):
        if name in needed:
            node = nodes[name]
            needed.update(node.sources)
    return [node for name, node in nodes.items() if name in needed]


def _title(model: Model, file: str) -> str:
    is_usual = model.graph.name in ("", "main_graph", "torch_jit", "torch-jit-export", "main", "graph")
    return path.splitext(path.basename(file))[0] if is_usual else str(model.graph.name)


def _producer(model: Model) -> str:
    proto = model.proto
    return f" of {proto.producer_name} {proto.producer_version}".rstrip() if proto.producer_name else ""


def _notes(reading: OnnxReading, kept: list[DraftNode], merged: int) -> list[Diagnostic]:
    file = reading.model.file
    notes = []
    if reading.folds_norms:
        notes.append(diagnostic(faults.NORMS_FOLDED, file, "norms are folded into convolutions in this file"))
    if reading.removes_biases and any(
        node.type in ("conv", "conv_transpose") and not node.fields.get("bias") for node in kept
    ):
        notes.append(
            diagnostic(
                faults.BIASES_REMOVED,
                file,
                "biases of convolutions whose values were all zero are not in this file",
            )
        )
    if merged:
        notes.append(
            diagnostic(
                faults.TENSORS_MERGED,
                file,
                f"{merged} weights have equal values and are one tensor in this file; they are counted as weights "
                "of each layer, because the layers are different modules or share no other weight",
            )
        )
    grouped: dict[tuple[Any, Any], list[DraftNode]] = {}
    for node in kept:
        if node.type == "unknown":
            grouped.setdefault((node.fields["op"], node.fields.get("note", "")), []).append(node)
    for (op, why), nodes in grouped.items():
        times = f" ({len(nodes)} times)" if len(nodes) > 1 else ""
        reason = f": {why}" if why else ""
        notes.append(
            diagnostic(
                UNKNOWN_OPERATION, file, f"`{op}` has no layer{reason}{times}; the first is {nodes[0].name}"
            )
        )
    return notes
