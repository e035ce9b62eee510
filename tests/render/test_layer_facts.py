"""The facts of a layer can be shown for every layer there is, in every format."""

import json

import pytest

from cnncalc.analysis.layer_facts import LayerFacts, Place
from cnncalc.graph import BoundLayer
from cnncalc.layers import layer_type, names
from cnncalc.render.layer_facts import LayerPage, markdown, text
from cnncalc.render.layer_facts import json as json_format
from cnncalc.vocabulary.layer import Example
from tests._each import each

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name in names()
    for number, example in enumerate(layer_type(name).examples)
]


@each(("name", "example"), EXAMPLES)
def test_of_every_layers_examples(name: str, example: Example) -> None:
    fit = BoundLayer(layer_type(name)(**example.fields), example.inputs)
    assert fit.output is not None
    facts = LayerFacts(fit, batch=2, dtype="float16")
    if facts.tells_reads:
        last = tuple(size - 1 for size in fit.output.spatial)
        facts = LayerFacts(fit, places=[Place(last, fit.output.channels - 1)])
    page = LayerPage(facts, name, fit.problems, width=80)
    lines = "".join(text.render(page)).splitlines()
    assert lines[0] == name
    assert max(map(len, lines)) <= 120
    table = "".join(markdown.render(page)).splitlines()
    assert {line.count(" | ") for line in table if line.startswith("|")} == {1}
    content = json.loads(json_format.render(page))
    assert content["type"] == name
    assert content["layer_facts"]["values"]["output"] == fit.output.size


def test_without_an_output_only_what_is_wrong_is_shown() -> None:
    (shape,) = layer_type("conv").examples[0].inputs
    fields = {"filters": 1, "kernel": 99}
    fit = BoundLayer(layer_type("conv")(**fields), (shape,))
    page = LayerPage(None, "conv", fit.problems)
    assert "".join(text.render(page)).startswith("conv\n\nerror[S005] window-too-large: ")
    content = json.loads(json_format.render(page))
    assert list(content) == ["version", "explains", "title", "diagnostics"]
    assert "- error S005 window-too-large: " in "".join(markdown.render(page))
