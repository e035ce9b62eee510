"""Keras' JSON: Keras 2 and 3, nested models, layers that are called twice, and padding as TensorFlow has it."""

import json
from typing import Any

import pytest

from cnncalc.shape import Shape
from tests.importers.formats._reading import draft_of, faults_of, graph_of, params, place

Json = dict[str, Any]


def layer(kind: str, name: str, inbound: Any = None, **config: Any) -> Json:
    built: Json = {"class_name": kind, "config": {"name": name, **config}, "name": name}
    if inbound is not None:
        built["inbound_nodes"] = inbound
    return built


def sequential(*layers: Json, shape: Any = (None, 8, 8, 3)) -> str:
    first = layer("InputLayer", "input_1", batch_input_shape=shape)
    return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [first, *layers]}})


def functional(layers: list[Json], inputs: list[str], outputs: list[str], name: str = "f") -> Json:
    ends = {
        "input_layers": [[item, 0, 0] for item in inputs],
        "output_layers": [[item, 0, 0] for item in outputs],
    }
    return {"class_name": "Functional", "config": {"name": name, "layers": layers, **ends}, "name": name}


def reads(*names: str) -> Any:
    """One call in Keras 2."""
    return [[[name, 0, 0, {}] for name in names]]


def test_same_is_one_sided_on_even_strides() -> None:
    """TensorFlow puts the odd position at the end: the values are those of a convolution padded there."""
    torch = pytest.importorskip("torch")
    from cnncalc.pytorch import build

    graph = graph_of(
        sequential(layer("Conv2D", "c", filters=4, kernel_size=[3, 3], strides=[2, 2], padding="same")),
        "a.json",
    )
    module = build(graph).eval()
    images = torch.randn(1, 3, 8, 8)
    (conv,) = (item for item in module.modules() if isinstance(item, torch.nn.Conv2d))
    padded = torch.nn.functional.pad(images, (0, 1, 0, 1))
    expected = torch.nn.functional.conv2d(padded, conv.weight, conv.bias, stride=2)
    assert torch.allclose(module(images), expected, atol=1e-6)


def test_a_mean_with_same_padding_counts_no_padding() -> None:
    draft = draft_of(
        sequential(layer("AveragePooling2D", "p", pool_size=3, strides=2, padding="same")), "a.json"
    )
    assert draft.nodes[0].fields["count_include_pad"] is False


@pytest.mark.parametrize(
    ("built", "shape", "count"),
    [
        (layer("Conv2D", "a", filters=4, kernel_size=3, use_bias=False), "6x6x4", 108),
        (layer("DepthwiseConv2D", "a", kernel_size=3, depth_multiplier=2), "6x6x6", 54 + 6),
        (layer("SeparableConv2D", "a", filters=5, kernel_size=3), "6x6x5", 27 + 15 + 5),
        (layer("Conv2DTranspose", "a", filters=4, kernel_size=3, strides=2, padding="same"), "16x16x4", 112),
        (layer("Conv2DTranspose", "a", filters=4, kernel_size=2, strides=3), "24x24x4", 52),
        (layer("Dense", "a", units=7), "8x8x7", 28),
        (layer("BatchNormalization", "a", axis=[3]), "8x8x3", 6),
        (layer("BatchNormalization", "a", scale=False), "8x8x3", 3),
        (layer("ZeroPadding2D", "a", padding=[[0, 1], [2, 3]]), "9x13x3", 0),
        (layer("Cropping2D", "a", cropping=[[0, 1], [2, 3]]), "7x3x3", 0),
        (layer("UpSampling2D", "a", size=[2, 3]), "16x24x3", 0),
        (layer("GlobalAveragePooling2D", "a"), "3", 0),
        (layer("GlobalMaxPooling2D", "a", keepdims=True), "1x1x3", 0),
        (layer("Reshape", "a", target_shape=[64, -1]), "64x3", 0),
        (layer("Permute", "a", dims=[3, 1, 2]), "3x8x8", 0),
        (layer("Flatten", "a"), "192", 0),
    ],
)
def test_layers_have_the_shape_and_the_parameters_of_keras(built: Json, shape: str, count: int) -> None:
    graph = graph_of(sequential(built), "a.json")
    assert str(graph.layers[-1].shape) == shape
    assert params(graph) == count


def test_recurrent_layers_are_unknown_with_their_parameters() -> None:
    text = sequential(
        layer("LSTM", "a", units=5, return_sequences=True), layer("GRU", "b", units=2), shape=(None, 7, 3)
    )
    lstm, gru = draft_of(text, "a.json").unknown
    assert lstm.fields["params"] == 4 * (5 * (3 + 5) + 5)
    # Keras 2: one bias. Shapes: a sequence, then its last state.
    assert gru.fields["params"] == 3 * (2 * (5 + 2) + 2)
    assert [str(lstm.shape), str(gru.shape)] == ["7x5", "2"]


def test_layers_may_be_listed_in_any_order() -> None:
    layers = [
        layer("Add", "sum", reads("a", "b")),
        layer("Conv2D", "b", reads("a"), filters=4, kernel_size=1),
        layer("Conv2D", "a", reads("x"), filters=4, kernel_size=1, activation="relu"),
        layer("InputLayer", "x", [], batch_input_shape=[None, 8, 8, 3]),
    ]
    graph = graph_of(json.dumps(functional(layers, ["x"], ["sum"])), "a.json")
    assert [node.kind for node in graph.layers] == ["conv", "relu", "conv", "add"]


def test_a_layer_that_is_called_twice_shares_its_weights() -> None:
    layers = [
        layer("InputLayer", "x", [], batch_input_shape=[None, 8, 8, 3]),
        layer("Conv2D", "c", [*reads("x"), [["c", 0, 0, {}]]], filters=3, kernel_size=1),
        layer("Activation", "r", [[["c", 1, 0, {}]]], activation="relu"),
    ]
    assert params(graph_of(json.dumps(functional(layers, ["x"], ["r"])), "a.json")) == 12


def test_an_unknown_layer_that_is_called_twice_has_its_weights_once() -> None:
    layers = [
        layer("InputLayer", "x", [], batch_input_shape=[None, 7, 3]),
        layer("LSTM", "a", [*reads("x"), [["a", 0, 0, {}]]], units=3, return_sequences=True),
        layer("Activation", "r", [[["a", 1, 0, {}]]], activation="relu"),
    ]
    assert params(graph_of(json.dumps(functional(layers, ["x"], ["r"])), "a.json")) == 4 * (3 * (3 + 3) + 3)


def _twice(inner: Json) -> str:
    layers = [
        layer("InputLayer", "x", [], batch_input_shape=[None, 8, 8, 3]),
        {**inner, "inbound_nodes": [*reads("x"), [["inner", 0, 0, {}]]]},
        layer("Flatten", "flat", [[["inner", 1, 0, {}]]]),
    ]
    return json.dumps(functional(layers, ["x"], ["flat"]))


def test_a_model_inside_is_a_scope_and_shares_all_its_weights_if_it_is_called_twice() -> None:
    inner = functional(
        [
            layer("InputLayer", "y", [], batch_input_shape=[None, 8, 8, 3]),
            layer("Conv2D", "c", reads("y"), filters=3, kernel_size=1),
            layer("BatchNormalization", "n", reads("c")),
        ],
        ["y"],
        ["n"],
        "inner",
    )
    draft = draft_of(_twice(inner), "a.json")
    assert [node.shares for node in draft.nodes] == [None, None, "c", "n", None]
    first, second = draft.nodes[0].scopes, draft.nodes[2].scopes
    assert [(scope.path, scope.kind) for scope in first] == [("inner", "Functional")]
    assert first != second
    assert params(graph_of(_twice(inner), "a.json")) == 12 + 6


def tensor(name: str, shape: list[int | None], call: int = 0) -> Json:
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": shape, "dtype": "float32", "keras_history": [name, call, 0]},
    }


def keras_3(layers: list[Json], inputs: list[str], outputs: list[str]) -> str:
    config = {
        "name": "f",
        "layers": layers,
        "input_layers": [inputs[0], 0, 0],
        "output_layers": [outputs[0], 0, 0],
    }
    return json.dumps({"module": "keras", "class_name": "Functional", "config": config})


def call(*tensors: Any, **more: Any) -> list[Json]:
    return [{"args": list(tensors), "kwargs": more}]


def test_keras_3_has_its_tensors_in_arguments() -> None:
    image: list[int | None] = [None, 8, 8, 3]
    layers = [
        layer("InputLayer", "x", [], batch_shape=image),
        layer("Conv2D", "a", call(tensor("x", image)), filters=3, kernel_size=1),
        layer("Concatenate", "j", call([tensor("a", image), tensor("x", image)]), axis=-1),
    ]
    graph = graph_of(keras_3(layers, ["x"], ["j"]), "a.json")
    assert [graph.nodes[index].name for index in graph["j"].inputs] == ["a", "input"]
    assert str(graph["j"].shape) == "8x8x6"


def test_an_own_layer_is_unknown_with_the_shape_that_its_reader_states() -> None:
    image: list[int | None] = [None, 8, 8, 3]
    layers = [
        layer("InputLayer", "x", [], batch_shape=image),
        layer("MyOwnThing", "m", call(tensor("x", image))),
        layer("Flatten", "f", call(tensor("m", [None, 4, 4, 5]))),
    ]
    draft = draft_of(keras_3(layers, ["x"], ["f"]), "a.json")
    assert [str(node.shape) for node in draft.nodes] == ["4x4x5", "80"]
    last = keras_3(layers[:2], ["x"], ["m"])
    assert [item.code for item in faults_of(last, "a.json")] == ["I013"]


def test_attention_reads_queries_values_and_keys() -> None:
    words: list[int | None] = [None, 6, 8]
    layers = [
        layer("InputLayer", "x", [], batch_shape=words),
        layer(
            "MultiHeadAttention", "m", call(tensor("x", words), tensor("x", words)), num_heads=2, key_dim=3
        ),
    ]
    graph = graph_of(keras_3(layers, ["x"], ["m"]), "a.json")
    assert params(graph) == 3 * (8 * 6 + 6) + 6 * 8 + 8


def test_channels_first() -> None:
    text = sequential(
        layer("Conv2D", "c", filters=4, kernel_size=3, data_format="channels_first"),
        layer("BatchNormalization", "n", axis=1),
        shape=(None, 3, 9, 8),
    )
    graph = graph_of(text, "a.json")
    assert str(graph.layers[-1].shape) == "7x6x4"
    assert params(graph) == 112 + 8


def test_hard_sigmoid_of_keras_2_is_another_function() -> None:
    built = layer("Activation", "h", activation="hard_sigmoid")
    assert [node.type for node in draft_of(sequential(built), "a.json").nodes] == ["scale", "add", "clamp"]
    text = json.dumps({**json.loads(sequential(built)), "keras_version": "3.1.0"})
    assert [node.type for node in draft_of(text, "a.json").nodes] == ["hardsigmoid"]


@pytest.mark.parametrize("size", [Shape(3, (16, 16)), 16])
def test_an_open_size_is_asked_for(size: Shape | int) -> None:
    text = sequential(layer("Conv2D", "c", filters=4, kernel_size=1), shape=(None, None, None, 3))
    (fault,) = faults_of(text, "a.json")
    assert (fault.code, fault.help) == ("I012", "give it, as in `--input 224x224x3`")
    assert str(graph_of(text, "a.json", size).layers[0].shape) == "16x16x4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"class_name": "Sequential"', ("I010", 1, 1)),
        ('{"class_name": "Sequential",\n "config": {"layers": [}}', ("I010", 2, 24)),
        ('{"class_name": "Sequential",\n "config": "abc', ("I010", 2, 12)),
        ('{"class_name": "Sequential"} x', ("I010", 1, 30)),
        ('{"class_name": "Custom", "config": {}}', ("I011", 1, 1)),
        ('{"class_name": "Sequential",\n "config": {}}', ("I011", 2, 12)),
        (sequential(layer("Conv2D", "c", filters=-1)), ("I014", 1, 243)),
        (sequential(layer("Conv2D", "c")), ("I015", 1, 198)),
        (sequential(layer("Conv2DD", "c")), ("I013", 1, 198)),
        (sequential(layer("Activation", "c", activation="rulu")), ("I014", 1, 250)),
        (sequential(layer("Conv2D", "c", filters=1, kernel_size=30)), ("I017", 1, 198)),
        (json.dumps(functional([layer("Flatten", "a", reads("b"))], [], ["a"])), ("I016", 1, 80)),
    ],
)
def test_faults_have_the_place_in_the_file(text: str, expected: tuple[str, int, int]) -> None:
    assert place(faults_of(text, "a.json")[0]) == expected
