"""Darknet's cfg: each section as Darknet's C code computes it."""

import numpy as np
import pytest

from tests.importers.formats._reading import draft_of, faults_of, graph_of, params, place

NET = "[net]\nwidth=8\nheight=8\nchannels=3\n"


def net(width: int, height: int, sections: str) -> str:
    return f"[net]\nwidth={width}\nheight={height}\nchannels=2\n{sections}"


def test_a_normalised_convolution_has_no_bias_and_its_activation() -> None:
    graph = graph_of(
        NET + "[convolutional]\nbatch_normalize=1\nfilters=4\nsize=3\nstride=2\npad=1\nactivation=leaky\n",
        "a.cfg",
    )
    assert [node.kind for node in graph.layers] == ["conv", "bn", "leaky_relu"]
    # 3*3*3*4 weights, a scale and a shift for each filter.
    assert params(graph) == 108 + 8
    assert str(graph.layers[-1].shape) == "4x4x4"


def test_pad_is_a_flag_and_padding_a_number() -> None:
    """`pad=1` of a 5x5 kernel is 2; the activation is logistic if none is named."""
    graph = graph_of(
        NET + "[convolutional]\nfilters=1\nsize=5\npad=1\n[convolutional]\nsize=3\npadding=2\n", "a.cfg"
    )
    assert [str(node.shape) for node in graph.layers] == ["8x8x1", "8x8x1", "10x10x1", "10x10x1"]
    assert graph.layers[1].kind == "sigmoid"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [None, 0, 1])
def test_maxpool_is_that_of_the_c_code(size: int, stride: int, padding: int | None) -> None:
    torch = pytest.importorskip("torch")
    from cnncalc.pytorch import build

    if padding and padding > 2 * (size - 1):
        pytest.skip("the file is refused")
    option = "" if padding is None else f"padding={padding}\n"
    text = net(9, 7, f"[maxpool]\nsize={size}\nstride={stride}\n{option}")
    images = torch.arange(2 * 7 * 9, dtype=torch.float32).reshape(1, 2, 7, 9) * -1
    ours = build(graph_of(text, "a.cfg")).eval()(images)
    total = size - 1 if padding is None else padding
    theirs = _maxpool(images[0].numpy(), size, stride, total)
    assert np.array_equal(ours[0].numpy(), theirs)


def _maxpool(image: "np.ndarray", size: int, stride: int, padding: int) -> "np.ndarray":
    """`forward_maxpool_layer` of Darknet, loop by loop."""
    channels, height, width = image.shape
    rows, columns = ((side + padding - size) // stride + 1 for side in (height, width))
    output = np.full((channels, rows, columns), -np.inf, np.float32)
    for row in range(rows):
        for column in range(columns):
            for y in range(size):
                for x in range(size):
                    here = row * stride - padding // 2 + y, column * stride - padding // 2 + x
                    if 0 <= here[0] < height and 0 <= here[1] < width:
                        output[:, row, column] = np.maximum(
                            output[:, row, column], image[:, here[0], here[1]]
                        )
    return output


def test_routes_count_back_from_here_and_can_take_one_group() -> None:
    text = NET + (
        "[convolutional]\nfilters=4\nactivation=linear\n"
        "[convolutional]\nfilters=6\nactivation=linear\n"
        "[route]\nlayers=-1,0\n"
        "[route]\nlayers=1\ngroups=2\ngroup_id=1\n"
    )
    graph = graph_of(text, "a.cfg")
    assert [str(node.shape) for node in graph.layers] == ["8x8x4", "8x8x6", "8x8x10", "8x8x3"]
    assert [graph.nodes[index].name for index in graph["route_2"].inputs] == ["conv_1", "conv_0"]


@pytest.mark.parametrize(("own", "other"), [(4, 4), (4, 6), (6, 4)])
def test_a_shortcut_adds_the_first_channels_of_both_and_keeps_its_shape(own: int, other: int) -> None:
    torch = pytest.importorskip("torch")
    from cnncalc.pytorch import build

    text = NET + (
        f"[convolutional]\nfilters={other}\nactivation=linear\n"
        f"[convolutional]\nfilters={own}\nactivation=linear\n"
        "[shortcut]\nfrom=-2\nactivation=linear\n"
    )
    graph = graph_of(text, "a.cfg")
    module = build(graph).eval()
    images = torch.randn(1, 3, 8, 8)
    convs = [layer for layer in module.modules() if isinstance(layer, torch.nn.Conv2d)]
    first = convs[0](images)
    expected = convs[1](first)
    least = min(own, other)
    expected[:, :least] += first[:, :least]
    assert torch.allclose(module(images), expected)


def test_a_shortcut_to_a_larger_image_takes_every_second_position() -> None:
    text = NET + (
        "[convolutional]\nfilters=4\nactivation=linear\n"
        "[convolutional]\nfilters=4\nsize=1\nstride=2\nactivation=linear\n"
        "[shortcut]\nfrom=-2\nactivation=relu\n"
    )
    graph = graph_of(text, "a.cfg")
    assert [node.kind for node in graph.layers][2:] == ["slice", "slice", "add", "relu"]
    assert str(graph.layers[-1].shape) == "4x4x4"


def test_yolo_ends_the_network_and_is_noted() -> None:
    text = NET + "[convolutional]\nfilters=18\nactivation=linear\n[yolo]\nmask=0,1,2\n[upsample]\n"
    draft = draft_of(text + "[convolutional]\nfilters=2\n[yolo]\n", "a.cfg")
    assert draft.outputs == ("conv_0", "conv_3_logistic")
    assert {item.code for item in draft.notes} == {"I020"}


def test_connected_layers_read_all_values() -> None:
    graph = graph_of(NET + "[connected]\noutput=10\nactivation=linear\n[softmax]\n", "a.cfg")
    assert [node.kind for node in graph.layers] == ["flatten", "fc", "softmax"]
    assert params(graph) == 8 * 8 * 3 * 10 + 10


def test_local_layers_with_pad_keep_the_size() -> None:
    graph = graph_of(NET + "[local]\nfilters=2\nsize=3\nstride=1\npad=1\nactivation=linear\n", "a.cfg")
    assert str(graph.layers[0].shape) == "8x8x2"
    assert params(graph) == 64 * 2 * 27 + 64 * 2


def test_recurrent_sections_are_unknown_with_their_parameters() -> None:
    text = "[net]\ninputs=10\n[rnn]\nhidden=4\noutput=6\nbatch_normalize=1\n[gru]\noutput=5\n[connected]\noutput=2\n"
    draft = draft_of(text, "a.cfg")
    rnn, gru = draft.unknown
    assert rnn.fields["params"] == 10 * 4 + 4 * 4 + 4 * 6 + 2 * (4 + 4 + 6)
    assert gru.fields["params"] == 3 * (6 * 5 + 5 * 5) + 6 * 5
    assert {item.code for item in draft.notes} == {"I001"}


def test_stacked_layers_of_crnn() -> None:
    draft = draft_of(NET + "[crnn]\nhidden=4\noutput=5\nsize=3\npad=1\n", "a.cfg")
    (node,) = draft.unknown
    assert node.fields["params"] == 27 * 4 + 36 * 4 + 36 * 5 + 4 + 4 + 5
    assert str(node.shape) == "8x8x5"


def test_shared_filters() -> None:
    text = NET + "[convolutional]\nfilters=3\n[convolutional]\nfilters=3\nshare_index=0\n"
    assert params(graph_of(text, "a.cfg")) == 3 * 3 + 3


def test_comments_and_white_space_are_as_in_darknet() -> None:
    text = "# a\n; b\n [ net ] \n width = 8 # eight\nheight=8\nchannels=3\n\n[conv]\nfilters = 4\n"
    text += "activation = li near\n"
    assert str(graph_of(text, "a.cfg").layers[0].shape) == "8x8x4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[convolutional]\nfilters=3\n", ("I011", 1, 1)),
        ("filters=3\n", ("I011", 1, 1)),
        ("[net]\nwidth=8\n[convolutional]\n", ("I012", 1, 1)),
        (NET, ("I011", 1, 1)),
        (NET + "[convolutional\n", ("I010", 5, 1)),
        (NET + "[convolutional]\n  filters 3\n", ("I010", 6, 3)),
        (NET + "[convolutinal]\n", ("I013", 5, 1)),
        (NET + "[convolutional]\nfilters=x\n", ("I014", 6, 1)),
        (NET + "[convolutional]\nfilters=-1\n", ("I014", 6, 1)),
        (NET + "[convolutional]\nfilters=99999999999999999999999\n", ("I014", 6, 1)),
        (NET + "[convolutional]\nactivation=leeky\n", ("I014", 6, 1)),
        (NET + "[convolutional]\n[route]\nlayers=5\n", ("I016", 7, 1)),
        (NET + "[convolutional]\n[route]\nlayers=-2\n", ("I016", 7, 1)),
        (NET + "[convolutional]\n[route]\n", ("I015", 6, 1)),
        (NET + "[convolutional]\nsize=11\n", ("I017", 5, 1)),
        (NET + "[connected]\n[convolutional]\n", ("I017", 6, 1)),
    ],
)
def test_faults_have_the_line_of_the_file(text: str, expected: tuple[str, int, int]) -> None:
    assert expected in [place(item) for item in faults_of(text, "a.cfg")]


def test_several_faults_are_reported_at_once_and_what_follows_them_is_not() -> None:
    text = (
        NET + "[convolutional]\nfilters=x\n[maxpool]\n[convolutional]\nactivation=no\n[route]\nlayers=-1,99\n"
    )
    assert [item.code for item in faults_of(text, "a.cfg")] == ["I014", "I014", "I016"]


def test_a_misspelled_section_gets_the_nearest_one() -> None:
    (fault,) = faults_of(NET + "[maxpol]\n", "a.cfg")
    assert fault.help == "did you mean `[maxpool]`?"
