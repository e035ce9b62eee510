"""Without any one mapping of a network no figure of it is wrong: what is not known is unknown, and is not left out.

The networks are one layer each, of every layer type, built by cnncalc: so every family of functions is among them. The
figures to compare with are those of the spec that the network was built from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.importers import Draft, document
from cnncalc.layers import layer_type, names
from tests._each import each
from tests.pytorch.test_verify_layers import LARGE, spec


def examples(name: str) -> list[Graph]:
    """The networks of a layer type's examples that are small."""
    return [
        cnncalc.load(spec(name, example))
        for example in layer_type(name).examples
        if max((shape.size for shape in example.inputs), default=0) <= LARGE
    ]


def drafted(graph: Graph, model: Any) -> Draft:
    from cnncalc.pytorch.capture import capture

    return capture(model, {node.name: node.shape for node in graph.inputs if node.shape is not None})


@contextmanager
def watched() -> Iterator[set[tuple[str, str]]]:
    """Which mappings are asked for, by the kind of the mapping and its name."""
    from cnncalc.pytorch.capture import mapping

    seen: set[tuple[str, str]] = set()
    before = mapping.known, mapping.module

    def known(name: str) -> Any:
        result = before[0](name)
        seen.update(("FUNCTIONS", key) for key, item in mapping.FUNCTIONS.items() if item is result)
        return result

    def module(part: Any) -> Any:
        result = before[1](part)
        seen.update(("MODULES", key) for key, item in mapping.MODULES.items() if item is result)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapping, "known", known)
        patch.setattr(mapping, "module", module)
        yield seen


@contextmanager
def without(kind: str, name: str) -> Iterator[None]:
    from cnncalc.pytorch.capture import mapping

    table = getattr(mapping, kind)
    removed = table.pop(name)
    try:
        yield
    finally:
        table[name] = removed


def compare(graph: Graph, draft: Draft, case: object) -> None:
    """The figures of an imported network are those of its spec, or unknown; its parameters and shapes are known."""
    back = cnncalc.load(document(draft))
    assert back.ok, (case, back.diagnostics)
    ours, theirs = cnncalc.analyse(graph).totals, cnncalc.analyse(back).totals
    assert theirs.params == ours.params, case
    assert theirs.macs in (None, ours.macs), case
    if not draft.unknown:
        assert theirs.buffers == ours.buffers, case
    assert sizes(graph) == sizes(back), case


def sizes(graph: Graph) -> list[list[int]]:
    """The sizes of each output but for those that are 1, in one order: code may have the channels last."""
    shapes = [graph.nodes[index].shape for index in graph.outputs]
    return [sorted(size for size in shape.torch if size > 1) for shape in shapes if shape is not None]


def check(graph: Graph) -> set[tuple[str, str]]:
    """Removes every mapping that the network asks for, one after another; returns them."""
    from cnncalc.pytorch import build

    model = build(graph).to("meta")
    with watched() as asked:
        draft = drafted(graph, model)
    if not draft.nodes:
        # A layer that does nothing at inference: there is no spec without layers.
        return set()
    compare(graph, draft, "nothing removed")
    for kind, name in sorted(asked):
        with without(kind, name):
            compare(graph, drafted(graph, model), f"without {name}")
    return asked


@each("name", names())
def test_without_any_one_mapping_no_figure_of_a_layer_is_wrong(torch: ModuleType, name: str) -> None:
    for graph in examples(name)[:1]:
        check(graph)


@pytest.mark.long
@each("name", names())
def test_without_any_one_mapping_no_figure_of_any_example_is_wrong(torch: ModuleType, name: str) -> None:
    for graph in examples(name)[1:]:
        check(graph)
