"""The numbers of the course (CS231n notes, lecture and exercises), through the public commands and the library."""

import json
from math import prod
from typing import Any

import pytest
from click.testing import CliRunner

import cnncalc
from cnncalc.cli import cli
from cnncalc.diagnostic import edited
from cnncalc.graph import Graph, Node


def run(*arguments: str) -> tuple[int, str]:
    """Exit status and standard output of a command."""
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value or 0, result.stdout


def command_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON of a command."""
    status, output = run(*arguments, "--format", "json")
    return status, json.loads(output)


def network(layers: str, input: str) -> Graph:
    """A sound network of a few lines."""
    graph = cnncalc.load(f"cnncalc: 1\ninput: {input}\nlayers:\n{layers}\n")
    assert graph.ok, [item.message for item in graph.diagnostics]
    return graph


def node(graph: Graph, name: str) -> Node:
    return graph.nodes[graph.by_name[name]]


def field(graph: Graph, name: str) -> tuple[int, int]:
    """Size and stride of the receptive field, alike in height and width."""
    fields = cnncalc.analyse(graph).receptive_fields[graph.by_name[name]]
    assert fields is not None
    ((size, stride),) = {(axis.size, axis.stride) for axis in fields}
    return size, int(stride)


def depth(graph: Graph) -> int:
    """Layers with weights on the longest way to the output, as papers count them."""
    deep: list[int] = []
    for node in graph.nodes:
        weighs = node.fit is not None and node.fit.layer.family in ("convolution", "linear")
        deep.append(max((deep[source] for source in node.inputs), default=0) + weighs)
    return deep[graph.outputs[0]]


class TestWindowArithmetic:
    @pytest.mark.parametrize(
        ("size", "kernel", "stride", "padding", "output"),
        [
            (7, 3, 1, 0, 5),
            (7, 3, 2, 0, 3),
            (5, 3, 1, 1, 5),
            (5, 3, 2, 1, 3),
            (227, 11, 4, 0, 55),
            (224, 2, 2, 0, 112),
            (55, 3, 2, 0, 27),
            (11, 5, 2, 0, 4),
        ],
    )
    @pytest.mark.parametrize("strict", [False, True])
    def test_windows_that_fit(
        self, size: int, kernel: int, stride: int, padding: int, output: int, strict: bool
    ) -> None:
        status, window = command_json(
            "window", f"{size}", f"-k{kernel}", f"-s{stride}", f"-p{padding}", *["--strict"] * strict
        )
        assert (status, window["output"], window["remainder"]) == (0, output, 0)

    @pytest.mark.parametrize(
        ("size", "kernel", "stride", "value"), [(10, 3, 2, "4.5"), (224, 11, 4, "54.25")]
    )
    def test_windows_that_lose_input_are_rejected(
        self, size: int, kernel: int, stride: int, value: str
    ) -> None:
        status, window = command_json("window", f"{size}", f"-k{kernel}", f"-s{stride}")
        assert (status, window["value"]) == (1, value)
        assert [item["code"] for item in window["diagnostics"]] == ["S001"]
        graph = cnncalc.load(
            f"cnncalc: 1\ninput: {size}x{size}x3\nlayers:\n"
            f"  - conv: {{filters: 8, kernel: {kernel}, stride: {stride}}}\n"
        )
        assert not graph.ok

    def test_what_leaves_only_padding_unread_is_rejected_under_strict(self) -> None:
        """4 is not divisible by 3."""
        window = ("window", "5", "-k3", "-s3", "-p1")
        assert command_json(*window)[0] == 0
        assert command_json(*window, "--strict")[0] == 1
        assert [item["code"] for item in command_json(*window)[1]["diagnostics"]] == ["S002"]

    def test_ten_by_ten_loses_a_row(self) -> None:
        assert "the last position of the input is never read" in " ".join(
            run("window", "10", "-k3", "-s2")[1].split()
        )

    def test_pooling_drops_three_quarters(self) -> None:
        graph = network("  - maxpool: {kernel: 2, stride: 2}", "224x224x64")
        before, after = (node.shape.size for node in graph.nodes if node.shape)
        assert str(graph.nodes[-1].shape) == "112x112x64"
        assert 1 - after / before == 0.75

    def test_the_convolution_demo(self) -> None:
        assert str(cnncalc.load("conv_demo").nodes[-1].shape) == "3x3x2"

    def test_the_numpy_example(self) -> None:
        graph = network("  - conv: {filters: 2, kernel: 5, stride: 2}", "11x11x4")
        assert str(graph.nodes[-1].shape) == "4x4x2"


class TestParameters:
    @pytest.mark.parametrize(
        ("layer", "input", "weights", "params"),
        [
            ("conv: {filters: 1, kernel: 5}", "32x32x3", 75, 76),
            ("conv: {filters: 1, kernel: 3}", "16x16x20", 180, 181),
            ("fc: 1", "3072", 3_072, 3_073),
            ("fc: 1", "120000", 120_000, 120_001),
            ("maxpool: 2", "224x224x64", 0, 0),
            ("relu:", "224x224x64", 0, 0),
            ("conv: {filters: 96, kernel: 11, stride: 4}", "227x227x3", 34_848, 34_944),
            (
                "locally_connected: {filters: 96, kernel: 11, stride: 4}",
                "227x227x3",
                105_415_200,
                105_705_600,
            ),
        ],
    )
    def test_of_one_layer(self, layer: str, input: str, weights: int, params: int) -> None:
        totals = cnncalc.analyse(network(f"  - {layer}", input)).totals
        assert (totals.weights, totals.params) == (weights, params)

    @pytest.mark.parametrize(("input", "weights"), [("32x32x3", 3_072), ("200x200x3", 120_000)])
    def test_of_a_fully_connected_neuron(self, input: str, weights: int) -> None:
        assert cnncalc.analyse(network("  - flatten\n  - fc: 1", input)).totals.weights == weights

    def test_alexnets_first_layer(self) -> None:
        first = node(cnncalc.load("alexnet"), "conv1")
        assert str(first.shape) == "55x55x96"
        assert first.shape is not None
        assert first.shape.size == 290_400
        assert 290_400 * 364 == 105_705_600

    def test_im2col_of_alexnets_first_layer(self) -> None:
        lines = [" ".join(line.split()) for line in run("explain", "alexnet", "conv1")[1].splitlines()]
        assert "im2col X_col (11*11*3) x (55*55) = 363 x 3025" in lines
        assert "im2col W_row 96 x 363" in lines
        assert "im2col product 96 x 3025" in lines

    @pytest.mark.parametrize("channels", [1, 64, 100])
    @pytest.mark.parametrize(
        ("kernel", "count", "weights", "size"), [(3, 3, 27, 7), (7, 1, 49, 7), (3, 2, 18, 5)]
    )
    def test_stacks_of_small_filters(
        self, channels: int, kernel: int, count: int, weights: int, size: int
    ) -> None:
        layers = f"  - conv: {{filters: {channels}, kernel: {kernel}, padding: half}}\n    repeat: {count}"
        graph = network(layers, f"32x32x{channels}")
        assert cnncalc.analyse(graph).totals.weights == weights * channels**2
        assert field(graph, f"conv{count}") == (size, 1)


class TestAlexNet:
    def test_volumes(self) -> None:
        graph = cnncalc.load("alexnet")
        shown = [str(node.shape) for node in graph.nodes if node.kind not in ("relu", "dropout", "flatten")]
        assert shown == [
            "227x227x3", "55x55x96", "27x27x96", "27x27x96", "27x27x256", "13x13x256", "13x13x256",
            "13x13x384", "13x13x384", "13x13x256", "6x6x256", "4096", "4096", "1000",
        ]  # fmt: skip

    @pytest.mark.parametrize(("name", "params"), [("alexnet", 62_378_344), ("alexnet_groups", 60_965_224)])
    def test_parameters(self, name: str, params: int) -> None:
        assert command_json("inspect", name)[1]["totals"]["params"] == params

    def test_at_224_is_rejected_and_fixed(self) -> None:
        source = next(iter(cnncalc.load("alexnet").sources.values())).text
        text = source.replace("input: 227x227x3", "input: 224x224x3")
        diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))
        (fault,) = [item for item in diagnostics if item.code == "S001"]
        assert fault.message == "(W - F + 2P)/S + 1 = (224 - 11 + 0)/4 + 1 = 54.25"
        assert fault.help == (
            "padding 2 leaves only padding unread; "
            "nothing is left over with padding {bottom: 3, right: 3}, or kernel 8 or 12, or "
            "stride 3; the whole network fits an input of 195x195 or 227x227 (height and width: 32n + 3, from 67 on)"
        )
        corrected = {fix.text: edited(text, fix) for fix in fault.fixes}
        assert corrected["input: 227x227x3"] == source
        for after in corrected.values():
            left = cnncalc.load(after).diagnostics
            assert (fault.code, fault.span.start) not in [(item.code, item.span.start) for item in left]


# Label, volume, memory (values), weights (without biases).
VGG16 = [
    ("INPUT", "224x224x3", 150_528, 0),
    ("CONV3-64", "224x224x64", 3_211_264, 1_728),
    ("CONV3-64", "224x224x64", 3_211_264, 36_864),
    ("POOL2", "112x112x64", 802_816, 0),
    ("CONV3-128", "112x112x128", 1_605_632, 73_728),
    ("CONV3-128", "112x112x128", 1_605_632, 147_456),
    ("POOL2", "56x56x128", 401_408, 0),
    ("CONV3-256", "56x56x256", 802_816, 294_912),
    ("CONV3-256", "56x56x256", 802_816, 589_824),
    ("CONV3-256", "56x56x256", 802_816, 589_824),
    ("POOL2", "28x28x256", 200_704, 0),
    ("CONV3-512", "28x28x512", 401_408, 1_179_648),
    ("CONV3-512", "28x28x512", 401_408, 2_359_296),
    ("CONV3-512", "28x28x512", 401_408, 2_359_296),
    ("POOL2", "14x14x512", 100_352, 0),
    ("CONV3-512", "14x14x512", 100_352, 2_359_296),
    ("CONV3-512", "14x14x512", 100_352, 2_359_296),
    ("CONV3-512", "14x14x512", 100_352, 2_359_296),
    ("POOL2", "7x7x512", 25_088, 0),
    ("FC", "1x1x4096", 4_096, 102_760_448),
    ("FC", "1x1x4096", 4_096, 16_777_216),
    ("FC", "1x1x1000", 1_000, 4_096_000),
]


class TestVGG16:
    def test_layer_by_layer(self) -> None:
        status, report = command_json("inspect", "vgg16")
        rows = []
        for row in report["rows"]:
            if row["type"] in ("relu", "dropout", "flatten"):
                assert row["weights"] == 0
                assert row["activations"] == 0
                continue
            output = row["output"]
            if "features" in output:
                output = {"channels": output["features"], "height": 1, "width": 1}
            volume = "{height}x{width}x{channels}".format(**output)
            rows.append((row["label"], volume, row["activations"], row["weights"]))
        assert (status, rows) == (0, VGG16)

    def test_the_table_prints_the_rows(self) -> None:
        lines = run("inspect", "vgg16", "--columns", "layer,volume,memory,weights")[1].splitlines()
        shown = [tuple(line.split()[:2]) for line in lines if "[" in line]
        assert shown == [(label, f"[{volume}]") for label, volume, _, _ in VGG16]
        first = next(line for line in lines if "CONV3-64" in line)
        assert " ".join(first.split()) == "CONV3-64 [224x224x64] 224*224*64 = 3.2M (3*3*3)*64 = 1,728"

    def test_totals(self) -> None:
        totals = command_json("inspect", "vgg16")[1]["totals"]
        assert totals["weights"] == sum(weights for *_, weights in VGG16) == 138_344_128
        assert totals["params"] == 138_357_544
        assert totals["macs"] == 15_470_264_320
        assert totals["activations"] == sum(memory for _, _, memory, _ in VGG16) == 15_237_608
        assert totals["activation_bytes"] == 60_950_432

    def test_the_table_prints_what_its_rows_sum_to(self) -> None:
        """The notes print 24M * 4 bytes ~= 93MB, which no sum of their rows gives."""
        text = run("inspect", "vgg16")[1]
        for figure in ("15,237,608", "58.13 MiB", "138,344,128", "138,357,544"):
            assert figure in text

    def test_where_memory_and_parameters_are(self) -> None:
        sentences = command_json("inspect", "vgg16")[1]["sentences"]
        assert "63% of the activations are in the first 4 of 13 convs" in sentences
        assert "74% of the parameters are in fc1" in sentences


class TestVolumesInBytes:
    def test_three_convolutions_on_a_large_image(self) -> None:
        layers = "  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n    repeat: 3"
        graph = network(layers, "224x224x3")
        totals = cnncalc.analyse(graph).totals
        image = graph.nodes[0].shape
        assert totals.activations is not None
        assert image is not None
        activations = totals.activations - image.size
        assert activations == 9_633_792
        assert activations * 2 * 4 / 1024**2 == 73.5

    @pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("float64", 8), ("float16", 2)])
    def test_bytes_of_a_type(self, dtype: str, size: int) -> None:
        totals = cnncalc.analyse(cnncalc.load("vgg16"), dtype=dtype, batch=3).totals
        assert totals.activation_bytes == 15_237_608 * size * 3
        assert totals.param_bytes == 138_357_544 * size

    def test_the_exercise(self) -> None:
        graph = cnncalc.load("three_convs")
        report = command_json("inspect", "three_convs")[1]
        convs = [row for row in report["rows"] if row["type"] == "conv"]
        assert [row["params"] for row in convs] == [2_800, 180_200, 720_400]
        assert report["totals"]["params"] == 903_400
        assert report["totals"]["param_bytes"] == 3_613_600
        assert [str(node.shape) for node in graph.layers if node.kind == "conv"] == [
            "100x150x100", "50x75x200", "25x38x400",
        ]  # fmt: skip
        assert [row["activations"] * 4 for row in convs] == [6_000_000, 3_000_000, 1_520_000]


class TestModulesAndNetworks:
    @pytest.mark.parametrize(
        ("name", "channels", "macs"),
        [("inception_naive", 672, 854_196_224), ("inception_bottleneck", 480, 271_351_808)],
    )
    def test_inception(self, name: str, channels: int, macs: int) -> None:
        graph = cnncalc.load(name)
        assert str(graph.nodes[-1].shape) == f"28x28x{channels}"
        assert command_json("inspect", name)[1]["totals"]["macs"] == macs

    def test_the_notes_count_one_convolution_twice(self) -> None:
        """They print 358M for the module with bottlenecks."""
        graph = cnncalc.load("inception_bottleneck")
        analysis = cnncalc.analyse(graph)
        twice = [
            done.macs
            for node, done in zip(graph.nodes, analysis.work, strict=True)
            if done and node.shape and node.kind == "conv" and node.shape.channels == 192
        ]
        assert round((271_351_808 + sum(twice)) / 10**6) == 358

    def test_googlenet(self) -> None:
        graph = cnncalc.load("googlenet")
        params = cnncalc.analyse(graph).totals.params
        assert params is not None
        assert depth(graph) == 22
        assert 5e6 < params < 7e6
        assert params * 8 < 62_378_344
        kinds = [node.kind for node in graph.layers]
        assert kinds.count("fc") == 1
        assert kinds.count("global_avgpool") == 1
        assert "avgpool" not in kinds
        assert [node.kind for node in cnncalc.load("googlenet", mode="training").layers].count("avgpool") == 2

    @pytest.mark.parametrize("layers", [18, 34, 50, 101, 152])
    def test_resnets(self, layers: int) -> None:
        graph = cnncalc.load(f"resnet{layers}")
        assert depth(graph) == layers
        kinds = [node.kind for node in graph.layers]
        assert kinds.count("fc") == 1
        assert kinds[-1] == "fc"
        after = [graph.nodes[node.index + 1].kind for node in graph.layers if node.kind == "conv"]
        assert set(after) == {"bn"}

    @pytest.mark.parametrize("layers", [11, 13, 16, 19])
    def test_vgg_is_named_by_its_depth(self, layers: int) -> None:
        assert depth(cnncalc.load(f"vgg{layers}")) == layers

    def test_a_bottleneck_is_1x1_3x3_1x1(self) -> None:
        graph = cnncalc.load("resnet50")
        convs = [node(graph, f"bottleneck2.conv{count}") for count in (1, 2, 3)]
        assert [node.fit.layer.label(node.fit.inputs) for node in convs if node.fit] == [
            "CONV1-64", "CONV3-64", "CONV1-256",
        ]  # fmt: skip

    def test_the_pattern(self) -> None:
        """INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC."""
        graph = network(
            "  - sequence:\n      - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n        repeat: 2\n"
            "      - maxpool: 2\n    repeat: 3\n  - flatten\n"
            "  - fc: {units: 16, act: relu}\n    repeat: 2\n  - fc: 10",
            "32x32x3",
        )
        kinds = [node.kind for node in graph.nodes]
        assert kinds == [
            "input",
            *(["conv", "relu"] * 2 + ["maxpool"]) * 3,
            "flatten",
            *["fc", "relu"] * 2,
            "fc",
        ]


STAGES = "".join(
    f"  - conv: {{filters: {filters}, kernel: 3, padding: 1, act: relu}}\n    repeat: {convs}\n"
    "  - maxpool: {kernel: 2, stride: 2}\n"
    for filters, convs in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
)
# VGG-16 with its fully-connected layers as convolutions.
CONVERTED = STAGES + (
    "  - conv: {filters: 4096, kernel: 7, act: relu}\n"
    "  - conv: {filters: 4096, kernel: 1, act: relu}\n"
    "  - conv: {filters: 1000, kernel: 1}"
)


class TestFullyConnectedAsConvolutions:
    def test_the_weights_are_the_same_numbers(self) -> None:
        graph = network(CONVERTED, "224x224x3")
        assert str(graph.nodes[-1].shape) == "1x1x1000"
        totals, original = (cnncalc.analyse(graph).totals for graph in (graph, cnncalc.load("vgg16")))
        assert (totals.weights, totals.params, totals.macs) == (
            original.weights, original.params, original.macs,
        )  # fmt: skip
        fits = [node.fit for node in graph.layers if node.kind == "conv" and node.fit][-3:]
        weights = [fit.layer.weights(fit.inputs)[0].shape for fit in fits]
        assert weights == [(4096, 512, 7, 7), (4096, 4096, 1, 1), (1000, 4096, 1, 1)]
        assert prod(weights[0]) == 102_760_448

    def test_a_larger_image_has_a_score_for_each_crop(self) -> None:
        graph = network(CONVERTED, "384x384x3")
        volumes = [str(node.shape) for node in graph.layers if node.kind == "maxpool"]
        assert volumes[-1] == "12x12x512"
        assert str(graph.nodes[-1].shape) == "6x6x1000"
        # A score's neighbour is the score of the crop 32 pixels on: (384 - 224)/32 + 1 = 6.
        assert field(graph, "conv16")[1] == 32
        assert (384 - 224) // 32 + 1 == 6


def resnet(stride_first: bool, blocks: tuple[int, int, int, int]) -> Graph:
    """A ResNet of bottlenecks with the stride in the first 1x1, as the paper has it, or in the 3x3."""
    first, three = ("$stride", "1") if stride_first else ("1", "$stride")
    stages = "".join(
        f"  - bottleneck: {{width: {width}}}\n    repeat: {count}\n"
        + (f"    first: {{stride: {2 if width > 64 else 1}}}\n")
        for width, count in zip((64, 128, 256, 512), blocks, strict=True)
    )
    return cnncalc.load(f"""cnncalc: 1
input: 224x224x3
defaults: {{conv: {{padding: half, norm: bn, act: relu}}}}
blocks:
  bottleneck:
    params: {{width: required, stride: 1}}
    layers:
      - residual:
          - conv: {{filters: $width, stride: {first}}}
          - conv: {{filters: $width, kernel: 3, stride: {three}}}
          - conv: {{filters: $width * 4, act: none}}
        shortcut: project
      - relu
layers:
  - conv: {{filters: 64, kernel: 7, stride: 2}}
  - maxpool: {{kernel: 3, stride: 2, padding: 1}}
{stages}  - identity:
    name: features
  - global_avgpool
  - fc: 1000
""")


class TestReceptiveFields:
    @pytest.mark.parametrize(
        ("name", "layer", "size"),
        [
            ("alexnet", "maxpool3", 195),
            ("vgg16", "stage5.maxpool1", 212),
            ("vgg16", "stage5.conv3", 196),
            ("mobilenet_v1", "separable13.conv1", 315),
            ("resnet50", "bottleneck16.add1", 427),
            ("resnet101", "bottleneck33.add1", 971),
            ("resnet152", "bottleneck50.add1", 1451),
        ],
    )
    def test_of_the_last_volume(self, name: str, layer: str, size: int) -> None:
        assert field(cnncalc.load(name), layer)[0] == size

    @pytest.mark.parametrize(
        ("blocks", "paper", "torchvision"),
        [((3, 4, 6, 3), 483, 427), ((3, 4, 23, 3), 1027, 971), ((3, 8, 36, 3), 1507, 1451)],
    )
    def test_of_resnets_by_the_place_of_the_stride(
        self, blocks: tuple[int, int, int, int], paper: int, torchvision: int
    ) -> None:
        assert field(resnet(True, blocks), "features") == (paper, 32)
        assert field(resnet(False, blocks), "features") == (torchvision, 32)

    def test_the_place_of_the_stride_changes_work_and_not_parameters(self) -> None:
        ours = cnncalc.analyse(cnncalc.load("resnet50")).totals
        paper = cnncalc.analyse(resnet(True, (3, 4, 6, 3))).totals
        same = cnncalc.analyse(resnet(False, (3, 4, 6, 3))).totals
        assert ours.params == paper.params == same.params == 25_557_032
        assert ours.macs == same.macs == 4_089_184_256
        assert paper.macs is not None
        assert paper.macs < 4_089_184_256
