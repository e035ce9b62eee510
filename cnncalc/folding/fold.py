"""From a draft to a document with structure, by small passes, each in its own file."""

from collections.abc import Callable
from typing import Any

from cnncalc.folding.blocks import Block, blocks
from cnncalc.folding.calls import grouped
from cnncalc.folding.concats import nested
from cnncalc.folding.expanding import MODES, expanded, proven
from cnncalc.folding.items import Scope
from cnncalc.folding.majority import with_defaults
from cnncalc.folding.plain import plain
from cnncalc.folding.suggestions import suggestions
from cnncalc.folding.sugar import sugared
from cnncalc.graph import Graph
from cnncalc.importers import Draft, document


def fold(draft: Draft) -> dict[str, Any]:
    """The document of a draft, folded. It expands to the same graph as the flat one (`importers.matching`)."""
    flat = document(draft)
    modes = MODES if any("only" in node.controls for node in draft.nodes) else MODES[:1]
    graphs = {mode: expanded(flat, mode) for mode in modes}
    if not draft.nodes or not graphs[modes[0]].ok:
        return flat
    folded = _folded(draft, graphs[modes[0]], lambda kind: False)
    return folded if proven(folded, graphs) else flat


def _folded(draft: Draft, flat: Graph, refused: Callable[[str], bool]) -> dict[str, Any]:
    layers = plain(draft, flat)
    shapes = {node.name: node.shape for node in flat.nodes}
    layers = sugared(nested(layers), draft.outputs)
    names = suggestions(layers, draft)
    elements, used = blocks(grouped(layers, draft.outputs, shapes), refused)
    head = {key: value for key, value in document(draft).items() if key not in ("outputs", "layers")}
    single = next(iter(draft.inputs)) if len(draft.inputs) == 1 else None
    by_use = {id(use): block for block in used for use in block.uses}
    known = {name: "in" if single else name for name in draft.inputs}
    last = elements[-1].value
    wanted = draft.outputs if draft.outputs != (last,) else ()
    scope = Scope(elements, single, by_use, names, known=known, wanted=wanted)
    if wanted:
        head["outputs"] = [scope.names[value] for value in wanted]
    written = {block.name: _block(block, by_use, names) for block in used}
    if written:
        head["blocks"] = written
    return with_defaults({**head, "layers": scope.items()})


def _block(block: Block, by_use: dict[int, Block], names: dict[str, str]) -> dict[str, Any]:
    example = block.example
    items = Scope(example.body, example.entry, by_use, names, block=block).items()
    params = block.parameters.declared()
    return {"params": params, "layers": items} if params else {"layers": items}
