"""Caffe's prototxt: protobuf's text format, and each layer as Caffe computes it."""

import pytest

from cnncalc.shape import Shape
from tests.importers.formats._reading import draft_of, faults_of, graph_of, params, place

INPUT = 'input: "data"\ninput_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'


def layer(name: str, kind: str, bottom: str, more: str = "", top: str = "") -> str:
    return f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{top or name}" {more} }}\n'


CONV = layer("c", "Convolution", "data", "convolution_param { num_output: 4 kernel_size: 3 }")


def test_three_ways_to_state_the_input() -> None:
    texts = (
        INPUT,
        'input: "data"\ninput_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n',
        'layer { name: "d" type: "Input" top: "data" input_param { shape: { dim: [1, 3, 8, 8] } } }\n',
    )
    assert {str(graph_of(text + CONV, "a.prototxt").layers[0].shape) for text in texts} == {"6x6x4"}


def test_what_data_layers_crop_to_is_the_input_and_labels_are_none() -> None:
    text = (
        'layer { name: "d" type: "Data" top: "data" top: "label" transform_param { crop_size: 9 } }\n'
        + CONV
        + 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "c" bottom: "label" top: "loss" }\n'
    )
    draft = draft_of(text, "a.prototxt")
    assert draft.inputs == {"input": Shape(3, (9, 9))}
    assert draft.outputs == ("c",)
    assert [item.code for item in draft.notes] == ["I021", "I020"]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad"),
    [(8, 3, 2, 0), (7, 3, 2, 0), (8, 3, 2, 1), (9, 2, 2, 1), (6, 2, 3, 0), (8, 2, 3, 1)],
)
def test_poolings_round_up_and_no_window_starts_in_the_padding(
    size: int, kernel: int, stride: int, pad: int
) -> None:
    text = f'input: "data"\ninput_shape {{ dim: 1 dim: 2 dim: {size} dim: {size} }}\n' + layer(
        "p",
        "Pooling",
        "data",
        f"pooling_param {{ pool: MAX kernel_size: {kernel} stride: {stride} pad: {pad} }}",
    )
    # `PoolingLayer::Reshape` of Caffe.
    expected = -(-(size + 2 * pad - kernel) // stride) + 1
    if pad and (expected - 1) * stride >= size + pad:
        expected -= 1
    shape = draft_of(text, "a.prototxt").nodes[0].shape
    assert shape == Shape(2, (expected, expected))


def test_a_window_past_the_end_has_no_layer() -> None:
    text = INPUT.replace("8", "9") + layer(
        "p", "Pooling", "data", "pooling_param { kernel_size: 1 stride: 5 }"
    )
    (node,) = draft_of(text, "a.prototxt").unknown
    assert str(node.shape) == "3x3x3"


def test_batch_norm_and_scale_are_one_layer_where_nothing_is_between_them() -> None:
    norm = layer("b", "BatchNorm", "c", top="c") + layer(
        "s", "Scale", "c", "scale_param { bias_term: true }", top="c"
    )
    graph = graph_of(INPUT + CONV + norm, "a.prototxt")
    assert [node.kind for node in graph.layers] == ["conv", "bn"]
    # The convolution keeps its own bias.
    assert params(graph) == 3 * 9 * 4 + 4 + 8


def test_a_norm_that_is_read_elsewhere_stays_without_scale() -> None:
    text = (
        INPUT
        + layer("b", "BatchNorm", "data")
        + layer("s", "Scale", "b", "scale_param { bias_term: true }")
        + layer("e", "Eltwise", "b").replace('bottom: "b"', 'bottom: "b" bottom: "s"')
    )
    graph = graph_of(text, "a.prototxt")
    assert [node.kind for node in graph.layers] == ["bn", "layer_scale", "learned", "add", "add"]
    assert params(graph) == 6


def test_layers_in_place_read_the_latest_of_a_name() -> None:
    text = INPUT + CONV + layer("r", "ReLU", "c", top="c") + layer("d", "Dropout", "c", top="c")
    graph = graph_of(text, "a.prototxt")
    assert [graph.nodes[node.inputs[0]].kind for node in graph.layers] == ["input", "conv", "relu"]


def test_phases_decide_which_layers_are_there() -> None:
    text = INPUT + CONV + layer("t", "Dropout", "c", "include { phase: TRAIN }")
    assert len(draft_of(text, "a.prototxt").nodes) == 1
    assert len(draft_of(text, "a.prototxt", mode="training").nodes) == 2


def test_parameters_of_one_name_are_shared() -> None:
    shared = 'param { name: "w" } param { name: "b" } convolution_param { num_output: 3 kernel_size: 1 }'
    text = INPUT + layer("a", "Convolution", "data", shared) + layer("b", "Convolution", "a", shared)
    assert params(graph_of(text, "a.prototxt")) == 12


def test_slices_split_the_channels() -> None:
    text = (
        INPUT
        + 'layer { name: "s" type: "Slice" bottom: "data" top: "x" top: "y" slice_param { slice_point: 1 } }\n'
    )
    draft = draft_of(text, "a.prototxt")
    assert [str(node.shape) for node in draft.nodes] == ["8x8x1", "8x8x2"]
    assert draft.outputs == ("s_0", "s_1")


def test_normalisation_within_a_channel_is_built_of_layers() -> None:
    torch = pytest.importorskip("torch")
    from cnncalc.pytorch import build

    text = INPUT + layer(
        "n", "LRN", "data", "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 norm_region: WITHIN_CHANNEL }"
    )
    images = torch.randn(1, 3, 8, 8)
    mean = torch.nn.functional.avg_pool2d(images**2, 3, 1, 1)
    expected = images * (1 + 0.5 * mean) ** -0.75
    assert torch.allclose(build(graph_of(text, "a.prototxt")).eval()(images), expected, atol=1e-6)


@pytest.mark.parametrize(("offset", "kinds"), [(1, ["crop_to"]), (2, ["slice", "slice"])])
def test_a_crop_is_in_the_middle_or_at_its_offset(offset: int, kinds: list[str]) -> None:
    text = (
        INPUT
        + CONV
        + (
            'layer { name: "x" type: "Crop" bottom: "data" bottom: "c" top: "x" '
            f"crop_param {{ axis: 2 offset: {offset} }} }}\n"
        )
    )
    graph = graph_of(text, "a.prototxt")
    assert [node.kind for node in graph.layers][1:] == kinds
    assert str(graph.layers[-1].shape) == "6x6x3"


def test_the_older_names_of_2013() -> None:
    text = INPUT + (
        'layers { name: "c" type: CONVOLUTION bottom: "data" top: "c" '
        "convolution_param { num_output: 4 kernel_size: 8 } }\n"
        'layers { name: "f" type: INNER_PRODUCT bottom: "c" top: "f" inner_product_param { num_output: 5 } }\n'
    )
    assert [node.kind for node in graph_of(text, "a.prototxt").layers] == ["conv", "fc"]


def test_input_option_gives_what_the_file_leaves_out() -> None:
    text = 'layer { name: "d" type: "Data" top: "data" }\n' + CONV
    assert [place(item) for item in faults_of(text, "a.prototxt")] == [("I012", 1, 1)]
    assert str(graph_of(text, "a.prototxt", Shape(1, (5, 6))).layers[0].shape) == "3x4x4"


def test_a_number_is_how_many_features_a_file_of_data_has() -> None:
    text = (
        'layer { name: "d" type: "HDF5Data" top: "data" top: "label" }\n'
        'layer { name: "f" type: "InnerProduct" bottom: "data" top: "f" inner_product_param { num_output: 2 } }\n'
    )
    (fault,) = faults_of(text, "a.prototxt")
    assert (fault.code, fault.help) == ("I012", "give it, as in `--input 784`")
    graph = graph_of(text, "a.prototxt", 4)
    assert [str(node.shape) for node in (*graph.inputs, *graph.layers)] == ["4", "2"]


def test_a_solver_is_no_network() -> None:
    (fault,) = faults_of('net: "train.prototxt"\nbase_lr: 0.1\n', "a.prototxt")
    assert fault.code == "I011"
    assert fault.help == "its network is in `train.prototxt`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layer {\n", ("I010", 1, 1)),
        ('layer { name: "a }\n', ("I010", 1, 15)),
        ("layer } \n", ("I010", 1, 7)),
        ("name 5\n", ("I010", 1, 6)),
        ("}\n", ("I010", 1, 1)),
        ("name:\n", ("I010", 1, 1)),
        ("layer {\n" * 100, ("I018", 65, 7)),
        (INPUT + layer("c", "Convolution", "dta"), ("I016", 3, 47)),
        (INPUT + layer("c", "Convolushion", "data"), ("I013", 3, 25)),
        (INPUT + layer("c", "Convolution", "data"), ("I015", 3, 1)),
        (INPUT + CONV.replace("num_output: 4", "num_output: x"), ("I014", 3, 95)),
        (INPUT + CONV.replace("kernel_size: 3", "kernel_size: 30"), ("I017", 3, 1)),
        (INPUT + CONV.replace("num_output: 4", "num_output: 99999999999"), ("I014", 3, 95)),
        (INPUT + layer("p", "Python", "data"), ("I013", 3, 1)),
    ],
)
def test_faults_have_the_place_in_the_file(text: str, expected: tuple[str, int, int]) -> None:
    assert place(faults_of(text, "a.prototxt")[0]) == expected
