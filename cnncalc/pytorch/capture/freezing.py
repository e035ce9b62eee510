"""Parameters that the code does not train (`requires_grad_(False)`): `freeze` beside their layers."""

from collections.abc import Mapping, Sequence

from cnncalc.importers import DraftNode
from cnncalc.pytorch.capture.notes import Notes
from cnncalc.pytorch.capture.recording import Stored


def freeze(nodes: Sequence[DraftNode], named: Mapping[str, Stored], notes: Notes) -> None:
    """Says of each layer whether its parameters are trained; a layer of which only some are is noted."""
    for node in nodes:
        own = [named[taken.name] for taken in node.weights.values() if taken.name in named]
        frozen = [stored.frozen for stored in own if stored.learned]
        if frozen and all(frozen):
            node.controls["freeze"] = True
        elif any(frozen):
            names = ", ".join(stored.name for stored in own if stored.frozen)
            notes.partly_frozen(node.place, names)
