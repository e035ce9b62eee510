"""A pattern is the spec that somebody would write by hand."""

from pathlib import Path

import cnncalc
from tests._each import each
from tests.pattern._graphs import layers, loaded

HEAD = "cnncalc: 1\ninput: 32x32x3\n"


def same(pattern: str, items: str, head: str = HEAD) -> None:
    spec = head + "layers:\n" + "".join(f"  - {item}\n" for item in items.split(" / "))
    assert layers(loaded(pattern)) == layers(loaded(spec))


@each(
    "pattern",
    [
        "INPUT 32x32x3 -> CONV 12 -> RELU -> POOL -> FC 10",
        "INPUT 32x32x3 → CONV 12 → RELU → POOL → FC 10",
        "INPUT 32x32x3 => CONV 12 --> RELU ⇒ POOL -> FC 10",
        "[INPUT 32x32x3 - CONV 12 - RELU - POOL - FC 10]",
        "[INPUT 32×32×3]-[CONV 12]-(RELU)-[[POOL]]-FC 10",
        "INPUT [32x32x3] -> CONV3-12-RELU-POOL2-FC-10",
        "input 32x32x3 -> conv 12 -> relu -> maxpool -> fc 10",
        "INPUT 32x32x3\n  -> CONV 12   # twelve filters\n  -> RELU -> POOL\n  -> FC 10\n",
        "# a comment\n\nINPUT 32x32x3 -> [CONV 12 -> RELU]*1 -> POOL -> FC 10",
        "INPUT 32x32x3 -> CONV3-12 -> RELU -> POOL 2x2/2 -> FLATTEN -> FC10",
        "CONV 12 -> RELU -> POOL -> FC 10",
    ],
)
def test_the_notes_example_in_many_spellings(pattern: str) -> None:
    same(pattern, "conv: {filters: 12, kernel: 3, padding: 1} / relu / maxpool: 2 / flatten / fc: 10")


@each(
    ("pattern", "item"),
    [
        ("CONV 64", "conv: {filters: 64, kernel: 3, padding: 1}"),
        ("CONV 64 5x5/2", "conv: {filters: 64, kernel: 5, stride: 2, padding: 2}"),
        ("CONV5-64", "conv: {filters: 64, kernel: 5, padding: 2}"),
        ("CONV5/2-64", "conv: {filters: 64, kernel: 5, stride: 2, padding: 2}"),
        ("CONV3x1-64", "conv: {filters: 64, kernel: [3, 1], padding: [1, 0]}"),
        ("CONV-64", "conv: {filters: 64, kernel: 3, padding: 1}"),
        ("CONV 3x3x64 stride 2 pad 1", "conv: {filters: 64, kernel: 3, stride: 2, padding: 1}"),
        ("CONV 64 kernel=5 stride=2", "conv: {filters: 64, kernel: 5, stride: 2, padding: 2}"),
        ("CONV K=64, F=5, S=3, P=0", "conv: {filters: 64, kernel: 5, stride: 3}"),
        ("CONV K=64,F=5,S=3,P=0", "conv: {filters: 64, kernel: 5, stride: 3}"),
        ("CONV 64 4x4/4", "conv: {filters: 64, kernel: 4, stride: 4}"),
        ("CONV 64 1x1", "conv: {filters: 64}"),
        ("CONV 64 same stride 2", "conv: {filters: 64, kernel: 3, stride: 2, padding: same}"),
        ("CONV 64 VALID", "conv: {filters: 64, kernel: 3}"),
        ("CONV 64 bias=false", "conv: {filters: 64, kernel: 3, padding: 1, bias: false}"),
        ("CONV 6 groups=3", "conv: {filters: 6, kernel: 3, padding: 1, groups: 3}"),
        (
            "CONV 6 padding=top:1,bottom:2",
            "conv: {filters: 6, kernel: 3, padding: {top: 1, bottom: 2}}",
        ),
        ("POOL", "maxpool: 2"),
        ("MAXPOOL 4/2", "maxpool: {kernel: 4, stride: 2}"),
        ("POOL4/2", "maxpool: {kernel: 4, stride: 2}"),
        ("POOL F=4, S=2", "maxpool: {kernel: 4, stride: 2}"),
        ("AVGPOOL 2", "avgpool: 2"),
        ("AVGPOOL 2x4", "avgpool: [2, 4]"),
        ("GAP", "global_avgpool"),
        ("GLOBAL-AVGPOOL", "global_avgpool"),
        ("BN", "bn"),
        ("DROPOUT 0.5", "dropout: 0.5"),
        ("LEAKY-RELU 0.1", "leaky_relu: 0.1"),
        ("LeakyReLU 0.1", "leaky_relu: 0.1"),
        ("RELU6", "relu6"),
        ("HARDTANH min_val=-2", "hardtanh: {min_val: -2}"),
        ("PERMUTE order=channels,height,width", "permute: [channels, height, width]"),
        ("CROP sides=top:1,left:2", "crop: {sides: {top: 1, left: 2}}"),
        ("LRN 5 alpha=1e-05", "lrn: {size: 5, alpha: 0.00001}"),
        ("CONV 8 pad {bottom: 1, right: 1}", "conv: {filters: 8, kernel: 3, padding: {bottom: 1, right: 1}}"),
        ("CONV 8 padding: {top:1,left:2}", "conv: {filters: 8, kernel: 3, padding: {top: 1, left: 2}}"),
        ("POOL 3/2 rounding: ceil", "maxpool: {kernel: 3, stride: 2, rounding: ceil}"),
        ("DWCONV5", "depthwise_conv: {kernel: 5, padding: 2}"),
        ("RESHAPE channels=48 height=8 width=8", "reshape: {channels: 48, height: 8, width: 8}"),
        ("UPSAMPLE2 mode=bilinear", "upsample: {scale: 2, mode: bilinear}"),
        ("FC 4096", "flatten / fc: 4096"),
        ("FC-4096 -> SOFTMAX", "flatten / fc: 4096 / softmax"),
    ],
)
def test_every_way_to_write_a_layer(pattern: str, item: str) -> None:
    same(f"INPUT 32x32x3 -> {pattern}", item)


def test_a_norm_leaves_out_the_bias_before_it() -> None:
    same("INPUT 32x32x3 -> CONV 8 -> BN -> RELU", "conv: {filters: 8, kernel: 3, padding: 1} / bn / relu")


class TestRepeats:
    def test_of_parts_of_parts(self) -> None:
        graph = loaded("INPUT 32x32x3 -> [[CONV 32 -> RELU]*2 -> POOL]*3 -> FC 10")
        kinds = " ".join(node.kind for node in graph.layers)
        assert kinds == "conv relu conv relu maxpool " * 3 + "flatten fc"

    def test_of_one_layer(self) -> None:
        assert [node.kind for node in loaded("INPUT 32x32x3 -> CONV 8*3 -> [POOL]*2").layers] == [
            *["conv"] * 3,
            *["maxpool"] * 2,
        ]

    def test_with_letters(self) -> None:
        text = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
        graph = loaded(text, values={"N": 2, "M": 3, "K": 1})
        kinds = " ".join(node.kind for node in graph.layers)
        assert kinds == "conv relu conv relu maxpool " * 3 + "flatten fc relu fc"
        assert str(graph.nodes[-1].shape) == "10"

    def test_none_at_all(self) -> None:
        text = "INPUT 8x8x3 -> [CONV 4 -> RELU]*N -> [FC 5]*K -> FC 10"
        graph = loaded(text, values={"N": 0, "K": 0})
        assert [node.kind for node in graph.layers] == ["flatten", "fc"]

    def test_what_may_be_left_out(self) -> None:
        text = "INPUT 8x8x3 -> [CONV 4 -> POOL?]*2 -> [BN -> RELU]? -> FC 10"
        assert [node.kind for node in loaded(text, values={"pool": False, "bn_relu": False}).layers] == [
            "conv",
            "conv",
            "flatten",
            "fc",
        ]
        assert len(loaded(text).layers) == 8

    def test_a_star_without_a_count_is_once(self) -> None:
        graph = loaded("[INPUT]-([CONV]-[RELU]-[POOL])*-[FC]")
        assert len(graph.layers) == 5
        assert len(loaded("[INPUT]-([CONV]-[RELU]-[POOL])*-[FC]", values={"repeat": 2}).layers) == 8


class TestLetters:
    def test_for_every_size(self) -> None:
        text = "INPUT WxWxD -> CONV K FxF/S pad=P -> FC C"
        values = {"W": 227, "D": 3, "K": 96, "F": 11, "S": 4, "P": 0, "C": 10}
        assert [str(node.shape) for node in loaded(text, values=values).nodes] == [
            "227x227x3",
            "55x55x96",
            "290400",
            "10",
        ]

    def test_one_letter_is_one_parameter(self) -> None:
        graph = loaded("INPUT 32x32x3 -> [CONV K -> RELU]*N -> CONV K", values={"K": 7, "N": 2})
        assert set(graph.spec.parameters) == {"K", "N"}

    @each("letter", "NnYyMKC")
    def test_a_letter_that_yaml_reads_as_a_flag_is_a_letter(self, letter: str) -> None:
        assert len(loaded(f"INPUT 8x8x3 -> [CONV 4]*{letter}", values={letter: 3}).layers) == 3


class TestLeftOut:
    def test_sizes_are_those_of_the_notes_and_are_said(self) -> None:
        graph = loaded("[INPUT-CONV-RELU-POOL-FC-RELU-FC]")
        assert [str(node.shape) for node in graph.nodes] == [
            *("32x32x3", "32x32x12", "32x32x12", "16x16x12", "3072"),
            *("128", "128", "10"),
        ]
        said = [(item.code, item.severity.word, item.message) for item in graph.diagnostics]
        assert [code for code, _, _ in said] == ["P003"] * 4
        assert {word for _, word, _ in said} == {"info"}
        assert [message.split(":")[0] for _, _, message in said] == [
            "the pattern has no size of its input",
            "`CONV` does not say how many filters",
            "`FC` does not say how many units",
            "`FC` does not say how many classes",
        ]

    def test_what_is_given_is_not_said(self) -> None:
        values = {"filters": 16, "classes": 100}
        graph = loaded("INPUT -> CONV -> FC", values=values, input="64x64x1")
        assert graph.diagnostics == ()
        assert [str(node.shape) for node in graph.nodes] == ["64x64x1", "64x64x16", "65536", "100"]

    def test_a_repeated_last_fc_has_units(self) -> None:
        assert set(loaded("INPUT 8x8x3 -> [FC -> RELU]*2").spec.parameters) == {"units"}


def test_a_pattern_in_a_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("INPUT 32x32x3 -> CONV 8\n")
    assert len(cnncalc.load(path).layers) == 1


def test_its_name_is_the_pattern() -> None:
    assert loaded("INPUT 8x8x3\n  -> CONV 4").spec.name == "INPUT 8x8x3 -> CONV 4"
