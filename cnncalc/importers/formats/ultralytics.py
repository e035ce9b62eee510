"""Ultralytics' model files: `backbone` and `head`, a row `[from, number, module, args]` for each module."""

import re
from typing import Any, ClassVar

from cnncalc.diagnostic import Severity
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Draft
from cnncalc.importers.foreign_text import source_of
from cnncalc.importers.formats._format import ForeignFormat, ImportRequest
from cnncalc.importers.formats._ultralytics import model as models
from cnncalc.importers.formats._ultralytics.rows import BadRow, activation, entry, plain, row
from cnncalc.importers.formats._ultralytics.tracing import Tracing
from cnncalc.importers.formats._ultralytics.walking import UltralyticsWalk
from cnncalc.importers.unreadable import Unreadable
from cnncalc.shape import Shape
from cnncalc.text import Mapping, Sequence, load


class Ultralytics(ForeignFormat):
    """YOLOv5's own files, and those of the ultralytics package (YOLOv3 to YOLO26)."""

    title = "Ultralytics"
    suffixes: ClassVar[tuple[str, ...]] = (".yaml", ".yml")

    @classmethod
    def file_of(cls, name: str) -> str | None:
        """That without the letter of the scale."""
        base = re.sub(r"(\d+)([nslmx])([^/\\]*\.ya?ml)$", r"\1\3", name)
        return base if base != name else None

    @classmethod
    def recognises(cls, start: bytes) -> bool:
        """The keys `backbone` and `head`, or one of them, and no key of a spec: a spec is never mistaken."""
        keys = {bytes(match) for match in re.findall(rb"(?m)^([a-z_]+)\s*:", start)}
        return bool(keys & {b"backbone", b"head"}) and not keys & {b"cnncalc", b"layers"}

    @classmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        building = Building(source_of(content, file), "Ultralytics")
        root, problems = load(building.source)
        errors = [item for item in problems if item.severity is Severity.ERROR]
        if errors or not isinstance(root, Mapping):
            errors = errors or [
                faults.NO_NETWORK.at(building.start, "the file is no mapping with `backbone` and `head`")
            ]
            raise Unreadable(errors, building.source)
        try:
            return _read(building, root, file, asked)
        except BadRow:
            raise Unreadable(building.faults, building.source) from None


def _read(building: Building, root: Mapping, file: str, asked: ImportRequest) -> Draft:
    numbers = models.read(building, root, file)
    rows = []
    for name in ("backbone", "head"):
        part = entry(root, name)
        if not isinstance(part, Sequence):
            place = building.start if part is None else part.span
            building.fault(
                faults.NO_NETWORK, place, f"`{name}` is a list of rows `[from, number, module, args]`"
            )
            raise BadRow
        rows += part.items
    usual = activation(building, entry(root, "activation"), ("silu", {}))
    tracing = Tracing(building, usual, old=numbers.old)
    names = _names(building, root, numbers)
    channels = int(models.number(building, root, "ch", 3, low=1))
    classifies = any("Classify" in building.source.line(node.span.line) for node in rows)
    side = models.CLASSIFYING_SIDE if classifies else models.SIDE
    shape = asked.shape("input", Shape(channels, (side, side)))
    assert shape is not None
    if not asked.inputs:
        message = f"the file does not say the size of its input: {shape} is taken, Ultralytics' usual one"
        building.note(faults.ASSUMED, building.start, message, help="`--input` gives another one")
    building.input("input", shape)
    walk = UltralyticsWalk(tracing, numbers, names, asked.mode == "training")
    for node in rows:
        try:
            walk.add(row(building, node, names))
        except BadRow:
            walk.lost()
    stem = re.sub(r"\.ya?ml$", "", re.split(r"[\\/]", file)[-1])
    draft = building.draft(asked.name or stem, walk.outputs())
    draft.unused = walk.unused
    return draft


def _names(building: Building, root: Mapping, numbers: models.Numbers) -> dict[str, Any]:
    """What arguments can name: the numbers of the file."""
    names: dict[str, Any] = {"nc": numbers.classes, "reg_max": 16}
    for item in root:
        if item.name in ("nc", "kpt_shape", "reg_max", "anchors", "ch", "ne", "end2end"):
            names[item.name] = plain(building, item.value, {})
    return names
