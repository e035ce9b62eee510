"""Specs with a layer of any type between others: what a rule asks of a layer it asks of all of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cnncalc.layers import Layer, layer_type, names
from cnncalc.vocabulary.field import stated
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.values import Mapped


def item(layer: Layer) -> str:
    """A layer as an item of a spec."""
    # What has its default is left out: two words for one thing may not both be there.
    defaults = {name: default for name, (_, default) in stated(type(layer)).items()}
    fields = {
        name: value
        for name, value in vars(layer).items()
        if value is not None and name in defaults and value != defaults[name]
    }
    return f"{layer.key}: {json.dumps(fields, default=_plain)}"


def _plain(value: Mapped) -> dict[str, Any]:
    return value.asdict()


def spec(inputs: Inputs, *items: str) -> str:
    return f"cnncalc: 1\ninput: {inputs[0]}\nlayers:\n" + "".join(f"  - {item}\n" for item in items)


def of_one_operand() -> Iterator[Any]:
    """Every layer type of one operand, over a small volume or features, as its examples have it."""
    for name in names():
        for index, example in enumerate(layer_type(name).examples):
            if layer_type(name).arity == 1 and example.inputs[0].size < 20_000:
                yield pytest.param(layer_type(name)(**example.fields), example.inputs, id=f"{name}-{index}")


each_layer = pytest.mark.parametrize(("layer", "inputs"), list(of_one_operand()))
