"""The words of the notation against the layers: their keys, and the labels that they give themselves."""

import pytest

from cnncalc import layers
from cnncalc.layers import layer_type
from cnncalc.pattern.words import SHORT, head, joins, key_of
from cnncalc.pattern.writing import Unwritable, written
from tests._each import each
from tests.pattern._graphs import layers as of
from tests.pattern._graphs import loaded

CHAINED = [name for name in layers.names() if layer_type(name).arity == 1]


@each("name", CHAINED)
def test_every_layer_goes_by_its_key(name: str) -> None:
    for word in (name, name.upper(), name.replace("_", ""), name.replace("_", "-").title()):
        assert key_of(word) == name


@pytest.mark.parametrize("name", sorted(set(layers.names()) - set(CHAINED) - set(SHORT)))
def test_what_joins_layers_is_no_part_of_a_chain(name: str) -> None:
    assert key_of(name) is None
    assert joins(name.upper())


@pytest.mark.parametrize(("word", "name"), SHORT.items())
def test_short_words_are_no_keys_and_mean_layers(word: str, name: str) -> None:
    assert word not in CHAINED
    assert name in CHAINED


def test_every_short_word_is_in_the_label_of_its_layer_or_known_from_papers() -> None:
    for word, name in SHORT.items():
        labels = [
            layer_type(name)(**dict(example.fields)).label(example.inputs)
            for example in layer_type(name).examples
        ]
        heads = {head(label.split("/")[0].split("-")[0]) for label in labels}
        named = any(label.replace("-", "").lower().startswith(word) for label in labels)
        assert named or word == "gap", (labels, heads)


@each("name", CHAINED)
def test_every_example_is_written_and_read_back(name: str) -> None:
    """Any layer of the catalogue can be written, and what is written is that layer."""
    layer = layer_type(name)
    for example in layer.examples:
        built = layer(**dict(example.fields))
        (shape,) = example.inputs
        try:
            text = written(built, example.inputs)
        except Unwritable:
            assert any(isinstance(value, tuple) for value in example.fields.values())
            continue
        if name == "fc":
            text += " flatten=false"
        (node,) = loaded(f"INPUT {shape} -> {text}", strict=False).layers
        assert node.fit is not None
        assert node.fit.layer.torch(example.inputs) == built.torch(example.inputs), text
        assert node.fit.layer.weights(example.inputs) == built.weights(example.inputs), text
        assert node.shape == built.output(example.inputs)


def test_the_graphs_of_a_label_and_of_its_layer_agree() -> None:
    assert of(loaded("INPUT 8x8x3 -> CONV3-4")) == of(loaded("INPUT 8x8x3 -> CONV filters=4 kernel=3"))
