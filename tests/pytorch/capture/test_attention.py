"""Attention in windows and with tables is one layer, if what is added to its scores is what the layer adds."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.importers import Draft, document
from tests._depth import long_but

# Each network with the shape of its input, and how often it has each kind of attention.
KNOWN: dict[str, tuple[dict[str, Any], tuple[int, ...], str]] = {
    **{
        f"windows {way}": ({"way": way}, (8, 6, 9), "window_attention")
        for way in ("products", "einsum", "function")
    },
    **{
        f"shifted {way}": ({"shift": 1, "way": way}, (8, 6, 9), "window_attention")
        for way in ("products", "einsum", "function")
    },
    "spread": ({"grid": True}, (8, 6, 9), "window_attention"),
    "one window": ({}, (8, 3, 3), "attention"),
    "offsets": ({"kind": "offsets"}, (8, 4, 5), "attention"),
    "distances": ({"kind": "distances", "way": "function"}, (8, 4, 5), "attention"),
}
FAULTS = ("roll", "mask", "table", "scale", "reused")


def maker(name: str) -> Callable[[], Any]:
    from tests.pytorch.capture._attention import Tables, Windows

    arguments = KNOWN[name][0]
    return lambda: Tables(**arguments) if "kind" in arguments else Windows(**arguments)


def drafted(make: Callable[[], Any], shape: tuple[int, ...]) -> Draft:
    from cnncalc.pytorch.capture import capture
    from cnncalc.pytorch.capture.building import on_meta

    return capture(on_meta(make), [shape])


def macs(torch: ModuleType, module: Any, shape: tuple[int, ...]) -> int:
    """What PyTorch's counter counts, with attention as its two products."""
    from cnncalc.pytorch.proof.running import count_macs

    counted = count_macs(module.eval(), [torch.zeros(1, *shape)])
    assert isinstance(counted, int)
    return counted


@pytest.mark.parametrize("name", KNOWN)
def test_it_is_one_layer_with_the_outputs_of_the_model(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch.proof.prove import prove

    make, (_, shape, kind) = maker(name), KNOWN[name]
    draft = drafted(make, shape)
    assert not draft.unknown, [node.fields for node in draft.unknown]
    assert [node.type for node in draft.nodes].count(kind) == 1
    graph = cnncalc.load(document(draft))
    assert graph.ok, graph.diagnostics
    proof = prove(draft, graph, lambda device: make().to(device))
    assert proof.ok, proof.summary


def test_a_module_with_values_is_read_as_one_without(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import capture

    make, (_, shape, kind) = maker("shifted products"), KNOWN["shifted products"]
    assert kind in [node.type for node in capture(make(), [shape]).nodes]


@pytest.mark.parametrize("fault", FAULTS)
def test_another_network_keeps_its_operations_and_its_figures(torch: ModuleType, fault: str) -> None:
    from tests.pytorch.capture._attention import Windows

    def make() -> Any:
        return Windows(shift=1, fault=fault)

    draft = drafted(make, (8, 6, 9))
    types = {node.type for node in draft.nodes}
    assert "unknown" in types
    assert "window_attention" not in types
    graph = cnncalc.load(document(draft))
    assert graph.ok, graph.diagnostics
    totals = cnncalc.analyse(graph).totals
    assert totals.params == sum(weight.numel() for weight in make().parameters())
    assert totals.macs == macs(torch, make(), (8, 6, 9))


@pytest.mark.parametrize("name", long_but((), ("shifted products", "spread", "distances")))
def test_without_any_one_mapping_no_figure_is_wrong(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch.capture import mapping

    mapping.load()
    make, (_, shape, _) = maker(name), KNOWN[name]
    params, products = sum(weight.numel() for weight in make().parameters()), macs(torch, make(), shape)
    for removed in list(mapping.FUNCTIONS):
        before = mapping.FUNCTIONS.pop(removed)
        try:
            totals = cnncalc.analyse(cnncalc.load(document(drafted(make, shape)))).totals
        finally:
            mapping.FUNCTIONS[removed] = before
        assert totals.params == params, removed
        assert totals.macs in (None, products), removed


def test_weights_that_are_transposed_before_the_product(torch: ModuleType) -> None:
    from cnncalc.pytorch.proof.prove import prove
    from tests.pytorch.capture._attention import Turned

    draft = drafted(Turned, (24, 3, 5))
    assert not draft.unknown, [node.fields for node in draft.unknown]
    proof = prove(draft, cnncalc.load(document(draft)), lambda device: Turned().to(device))
    assert proof.ok, proof.summary


def test_squares_after_windows_are_patch_merging(torch: ModuleType) -> None:
    from cnncalc.pytorch.proof.prove import prove
    from tests.pytorch.capture._attention import Merging

    draft = drafted(Merging, (3, 8, 12))
    assert [node.type for node in draft.nodes] == ["relu", "patch_merging", "ln2d", "linear"]
    proof = prove(draft, cnncalc.load(document(draft)), lambda device: Merging().to(device))
    assert proof.ok, proof.summary
