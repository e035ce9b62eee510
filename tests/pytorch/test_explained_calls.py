"""The PyTorch line of `explain` is what `build` makes, also where the network decides an argument."""

import json
import re
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type, names, stated
from cnncalc.pytorch import build
from cnncalc.pytorch.names import placed
from tests.commands._program import run

# Layers that PyTorch can write over their input, by what the reference says of their fields.
IN_PLACE = [name for name in names() if "inplace" in stated(layer_type(name))]


def spec(layer: str, given: str) -> str:
    """The layer after a convolution; after one that another layer reads too; after an input; after another such."""
    return (
        "cnncalc: 1\ninput: 8x8x4\nlayers:\n"
        f"  - {layer}: {given}\n    name: first\n"
        "  - conv: 4\n"
        f"  - {layer}: {given}\n    name: after_conv\n"
        f"  - {layer}: {given}\n    name: again\n"
        "  - conv: 4\n    name: twice\n"
        f"  - {layer}: {given}\n    name: shared\n"
        "  - add: [prev, twice]\n"
        f"  - {layer}: {given}\n    name: last\n"
    )


def explained(text: str, name: str, mode: str) -> tuple[bool, dict[str, str]]:
    """What the line says of `inplace`, and all lines of the page."""
    ended = run("explain", "-", name, "--mode", mode, "--format", "json", stdin=text)
    facts = {fact["name"]: fact["text"] for fact in json.loads(ended.out)["facts"]}
    inplace = re.search(r"inplace=(True|False)", facts["PyTorch"])
    assert inplace
    return inplace[1] == "True", facts


def module_of(text: str, name: str, mode: str) -> Any:
    """The module that is built for a layer."""
    graph = cnncalc.load(text, mode=mode)
    steps = placed(graph)[graph.by_name[name]]
    return build(graph, seed=0).get_submodule(steps[-1].path)


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("given", ["{}", "{inplace: false}"])
@pytest.mark.parametrize("layer", IN_PLACE)
def test_says_what_is_built_and_how_it_lies_in_memory(layer: str, given: str, mode: str) -> None:
    text = spec(layer, given)
    for name in ("first", "after_conv", "again", "shared", "last"):
        if name not in cnncalc.load(text, mode=mode):
            continue
        inplace, facts = explained(text, name, mode)
        assert inplace == module_of(text, name, mode).inplace, name
        assert ("it overwrites the values of" in facts["memory"]) == inplace, name
        assert facts["inplace"].startswith(
            ("true", "left out = true") if inplace else ("false", "left out = false")
        ), name


def test_some_layer_is_in_place_and_some_is_not() -> None:
    answers = {
        explained(spec("relu", "{}"), name, "inference")[0] for name in ("first", "after_conv", "shared")
    }
    assert answers == {True, False}


@pytest.mark.parametrize("name", ["vgg16", "resnet18"])
def test_of_a_shipped_network_is_what_is_built(name: str) -> None:
    graph = cnncalc.load(name)
    model = build(graph, device="meta")
    steps = placed(graph)
    relus = [node for node in graph.layers if node.kind == "relu"][:6]
    for node in relus:
        ended = run("explain", name, node.name)
        module = model.get_submodule(steps[node.index][-1].path)
        assert f"nn.ReLU(inplace={module.inplace})" in ended.out
