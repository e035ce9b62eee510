"""From a draft to a document with structure, by small passes, each in its own file."""

from collections import Counter
from typing import Any

from cnncalc.folding.agreed import agreed
from cnncalc.folding.blocks import Block, blocks
from cnncalc.folding.calls import SEVERAL_INPUTS, grouped
from cnncalc.folding.concats import nested
from cnncalc.folding.elements import Join, inside
from cnncalc.folding.expanding import MODES, expanded, proven
from cnncalc.folding.items import Scope
from cnncalc.folding.majority import with_defaults
from cnncalc.folding.module_calls import stated
from cnncalc.folding.permits import Permits, largest
from cnncalc.folding.plain import plain
from cnncalc.folding.single_uses import without_single_uses
from cnncalc.folding.sugar import sugared
from cnncalc.folding.suggestions import suggestions
from cnncalc.folding.units import with_units
from cnncalc.garbage import uncollected
from cnncalc.graph import Graph
from cnncalc.importers import Draft, document, text


@uncollected()
def fold(draft: Draft, *, modules: bool = False) -> dict[str, Any]:
    """The document of a draft, folded. It expands to the same graph as the flat one (`importers.matching`).

    Folds that would give another graph are left out, and all others are made. With `modules`, the module calls of the
    source are stated (`module: true`): memory at inference is then held as these calls hold it. Where a folded document
    cannot state them, the flat one does.
    """
    if modules:
        folded = _fold(draft, modules=True)
        with_calls = stated(folded, draft)
        if with_calls is not None and proven(with_calls, _flat(draft)):
            return with_calls
        return document(draft, modules=True)
    return _fold(draft, modules=False)


def _flat(draft: Draft) -> dict[str, Graph]:
    """The graphs of the flat document, by the modes in which they may differ."""
    flat = document(draft)
    modes = MODES if any("only" in node.controls for node in draft.nodes) else MODES[:1]
    return {mode: expanded(flat, mode) for mode in modes}


def _fold(draft: Draft, *, modules: bool) -> dict[str, Any]:
    graphs = _flat(draft)
    graph = graphs[MODES[0]]
    if not draft.nodes or not graph.ok:
        return document(draft)
    folded, permits = _shortest(draft, graph, modules=modules)
    if proven(folded, graphs):
        return folded

    def proves(names: frozenset[str]) -> bool:
        return proven(with_folds(draft, graph, Permits(names), modules=modules), graphs)

    if not proves(frozenset()):
        return document(draft)
    return with_folds(draft, graph, Permits(largest(list(permits.asked), proves)), modules=modules)


def _shortest(draft: Draft, graph: Graph, *, modules: bool) -> tuple[dict[str, Any], Permits]:
    """The document with all folds, but for those that make it longer: a block with several inputs needs names."""
    permits = Permits()
    folded = with_folds(draft, graph, permits, modules=modules)
    lines = len(text(folded).splitlines())
    refused: frozenset[str] = frozenset()
    for name in [name for name in permits.asked if name.startswith(SEVERAL_INPUTS)]:
        others = Permits(refused=refused | {name})
        without = with_folds(draft, graph, others, modules=modules)
        if (shorter := len(text(without).splitlines())) <= lines:
            folded, lines, refused, permits = without, shorter, refused | {name}, others
    for name in refused:
        permits.asked.pop(name, None)
    return folded, permits


def with_folds(draft: Draft, flat: Graph, permits: Permits, *, modules: bool = False) -> dict[str, Any]:
    """The document with all folds that are permitted. `flat` is the graph of the flat one."""
    layers = plain(draft, flat)
    # What a concatenation reads is in memory until then: calls are stated for that.
    if not modules and permits("concatenations"):
        layers = nested(layers)
    shared = agreed(layers) if permits("agreed") else {}
    layers = sugared(layers, draft.outputs, permits)
    shapes = {node.name: node.shape for node in flat.nodes}
    names = suggestions(layers, draft)
    readers = Counter(value for layer in layers for value in layer.reads)
    readers.update(draft.outputs)
    elements = with_units(grouped(layers, draft.outputs, shapes, permits), readers)
    if modules:
        for element in inside(elements):
            if isinstance(element, Join):
                element.keeps_order = True
    elements, used = blocks(elements, permits)
    head = {key: value for key, value in document(draft).items() if key not in ("outputs", "layers")}
    single = next(iter(draft.inputs)) if len(draft.inputs) == 1 else None
    by_use = {id(use): block for block in used for use in block.uses}
    known = {name: "in" if single else name for name in draft.inputs}
    wanted = draft.outputs if draft.outputs != (elements[-1].value,) else ()
    scope = Scope(elements, single, by_use, names, known=known, wanted=wanted, modules=modules)
    if wanted:
        head["outputs"] = [scope.names[value] for value in wanted]
    written = {block.name: _block(block, by_use, names, modules) for block in used}
    if written:
        head["blocks"] = written
    document_of_blocks = without_single_uses({**head, "layers": scope.items()}, permits)
    return with_defaults(document_of_blocks, shared, permits)


def _block(block: Block, by_use: dict[int, Block], names: dict[str, str], modules: bool) -> Any:
    if block.shipped:
        return block.shipped
    example = block.example
    known = {value: f"${name}" for value, name in zip(example.others, block.others, strict=True)}
    scope = Scope(example.body, example.entry, by_use, names, block=block, known=known, modules=modules)
    items = scope.items()
    params = block.declared()
    return {"params": params, "layers": items} if params else {"layers": items}
