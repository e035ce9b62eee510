"""Sentences of the pages of the spec language, each with a spec that shows it.

Whoever changes a sentence checks it again.
"""

from pathlib import Path

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from tests._each import each

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = " ".join(
    word
    for path in (DOCS / "spec.md", *sorted((DOCS / "spec").glob("*.md")))
    for word in path.read_text(encoding="utf-8").split()
)
HEAD = "cnncalc: 1\ninput: 32x32x8\n"
BLOCK = (
    "blocks:\n  unit:\n    params: {filters: $in.channels, stride: 1}\n    layers:\n      - conv: $filters\n"
)


def codes(text: str, mode: str = "inference") -> set[str]:
    diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(text, mode=mode)))
    return {item.code for item in diagnostics if item.severity > Severity.INFO}


# A sentence, a spec that holds to it (its `expect` says so), and the codes it gives.
STATEMENTS = [
    (
        "The kernel of a convolution defaults to 1",
        "layers:\n  - conv: {filters: 8}\n    expect: 32x32x8\n",
        set(),
    ),
    ("`maxpool: 2` is a 2x2 window with stride 2", "layers:\n  - maxpool: 2\n    expect: 16x16x8\n", set()),
    ("a number is neither", "layers:\n  - relu:\n    when: 1\n", {"L003"}),
    (
        "the next item reads the item before it",
        "layers:\n  - conv: 3\n    repeat: 0\n  - conv: 5\n    when: false\n  - relu:\n    expect: 32x32x8\n",
        set(),
    ),
    (
        "A reference to `conv1` means the last of them",
        "layers:\n  - conv: {filters: 8, norm: bn, act: relu}\n  - mul: [conv1, conv1.relu]\n",
        set(),
    ),
    (
        "`conv1` before its norm cannot",
        "layers:\n  - conv: {filters: 8, norm: bn}\n  - add: [prev, conv1.conv]\n",
        {"L011"},
    ),
    (
        "The numbering skips a name that an item of the scope has as its `name`",
        "layers:\n  - conv: 8\n    name: conv2\n  - conv: 8\n  - conv: 8\n"
        "  - add: [conv1, conv3]\n  - add: [prev, conv2]\n",
        set(),
    ),
    (
        "A structure is not a scope",
        "layers:\n  - residual: [conv: 8]\n  - residual: [conv: 8]\n  - add: [conv1, conv2]\n  - add: [prev, add2]\n",
        set(),
    ),
    (
        "`unit` means the last",
        "layers:\n  - conv: 8\n    name: unit\n    repeat: 3\n  - mul: [unit, unit_3]\n",
        set(),
    ),
    (
        "Only earlier names can be used",
        "layers:\n  - add: [prev, later]\n  - relu:\n    name: later\n",
        {"L011"},
    ),
    ("`prev` and [`in`](#in) cannot be given as names", "layers:\n  - relu:\n    name: prev\n", {"L017"}),
    ("An item or an input cannot be called `in`", "layers:\n  - relu:\n    name: in\n", {"L017"}),
    (
        "In a repetition it is the input of that repetition",
        "blocks:\n  b:\n    layers:\n      - conv: 4\n      - concat: [prev, in]\nlayers:\n  - b:\n    repeat: 2\n"
        "    expect: {height: 32, width: 32, channels: 16}\n",
        set(),
    ),
    (
        "Two layers of one scope cannot have the same name",
        "layers:\n  - relu:\n    name: one\n  - relu:\n    name: one\n",
        {"L012"},
    ),
    (
        "unless `when` or `only` at the later one leaves only one in the network",
        "layers:\n  - relu:\n    name: one\n    when: true\n  - relu:\n    name: one\n    when: false\n",
        set(),
    ),
    (
        "`defaults` do not apply to it",
        "defaults: {conv: {kernel: 3, padding: half, act: relu}}\n"
        "layers:\n  - residual: [conv: 16]\n    shortcut: project\n  - add: [project1, add1]\n",
        set(),
    ),
    (
        "the output of the item is then the output of the body",
        "layers:\n  - residual: [conv: 16]\n    shortcut: optional\n    expect: 32x32x16\n",
        set(),
    ),
    (
        "An axis of size 1, or one channel, fits any size",
        "layers:\n  - mul: [[], [global_avgpool]]\n  - add: [prev, [max: channels]]\n",
        set(),
    ),
    (
        "If no operand has the shape of the result, that is a warning",
        "layers:\n  - mul: [[max: channels], [global_avgpool]]\n",
        {"S026"},
    ),
    ("A `residual` never broadcasts", "layers:\n  - residual: [global_avgpool, conv: 3]\n", {"S008"}),
    ("One operand at least is a layer", "layers:\n  - mul: [2, 3]\n", {"L021"}),
    ("The channels are never removed", "layers:\n  - max: channels\n    expect: 32x32x1\n", set()),
    ("both together are an error", "layers:\n  - mean: {axis: height, over: width}\n", {"L003"}),
    ("cannot use itself", "blocks:\n  unit:\n    layers: [unit]\nlayers: [unit]\n", {"L013"}),
    ("A block that nothing uses is reported", "blocks: {unit: {layers: [relu]}}\nlayers: [relu]\n", {"L015"}),
    ("a parameter that no expression uses", "params: {width: 8}\nlayers: [relu]\n", {"L016"}),
    (
        "It is not known inside a block",
        "blocks:\n  unit:\n    layers:\n      - conv: $i + 1\nlayers:\n  - unit:\n    repeat: 2\n",
        {"L009"},
    ),
    (
        "an empty value means the layer's own default",
        "defaults: {conv: {kernel: 3, padding: 1}}\nlayers:\n  - conv: {filters: 8, padding: }\n    expect: 30x30x8\n",
        set(),
    ),
    (
        "also where a block has one of the same name",
        "params: {size: 3}\ndefaults: {conv: {kernel: $size}}\n"
        "blocks:\n  unit:\n    params: {size: 1}\n    layers:\n      - conv: $size\n"
        "layers:\n  - unit:\n    expect: 30x30x1\n",
        set(),
    ),
    ("The mapping form is always meant literally", "layers: [relu]\n", set()),
    (
        "`1x1x512` and 512 features are the same here",
        "layers:\n  - global_avgpool\n  - fc: 10\n    expect: 1x1x10\n",
        set(),
    ),
    ("`2 + 2` is a text", "layers:\n  - conv: 2 + 2\n", {"L003"}),
    ("they do not chain", "params: {a: 1}\nlayers:\n  - relu:\n    when: 0 < $a < 2\n", {"L008"}),
    (
        "a power with a whole exponent from 0 to 64",
        "params: {a: 3}\nlayers:\n  - conv: 2 ** $a\n    expect: 32x32x8\n",
        set(),
    ),
    (
        "A `-` may stand before a value, a `+` may not",
        "params: {a: 3}\nlayers:\n  - conv: -$a + 6\n    expect: 32x32x3\n  - conv: +$a\n",
        {"L008"},
    ),
    (
        "As keys `yes`, `no`, `on`, `off`, `y` and `n` are words",
        "params: {n: 3}\nlayers:\n  - conv: $n\n",
        set(),
    ),
    (
        "the result of `/` must be whole where an integer is needed",
        "layers:\n  - conv: $in.channels / 3\n",
        {"L003"},
    ),
    (
        "Names cannot use `$in`",
        "layers:\n  - relu:\n    from: $in.channels\n",
        {"L009"},
    ),
    (
        "the `norm` that follows it keeps weights of its own",
        "layers:\n  - conv: {filters: 8, norm: bn}\n    name: one\n  - conv: {filters: 8, norm: bn}\n    share: one\n",
        set(),
    ),
    (
        "at everything inside it",
        "layers:\n  - concat:\n      - [conv: {filters: 8, kernel: 3, stride: 2}]\n"
        "      - [maxpool: {kernel: 3, stride: 2}]\n    allow: {S001: shown here}\n",
        set(),
    ),
    (
        "An error that leaves a shape unknown cannot be allowed",
        "layers:\n  - residual: [conv: 9]\n    allow: {S008: shown here}\n",
        {"S008"},
    ),
    (
        "The first item of a branch, or of a residual's body or shortcut, says what the branch reads",
        "layers:\n  - conv: 8\n    name: a\n  - conv: 4\n  - concat: [prev, [{avgpool: 2, from: a, when: false}]]\n"
        "    expect: 32x32x12\n",
        set(),
    ),
    (
        "Two operands that are one value are reported",
        "layers:\n  - add: [prev, prev]\n  - mul: [prev, prev]\n",
        {"G007"},
    ),
    (
        "The name means the layer of that name where the block is used",
        "blocks:\n  b:\n    params: {p: required}\n    layers:\n      - {conv: 3, name: x}\n"
        "      - {relu: , from: $p}\noutputs: [b1, b1.x]\n"
        "layers:\n  - conv: 5\n    name: x\n  - b: x\n    expect: 32x32x5\n",
        set(),
    ),
    (
        "as long as another is left",
        "outputs: [late]\nlayers:\n  - conv: 3\n  - relu:\n    name: late\n    only: training\n",
        {"L026"},
    ),
    ("Each code needs a reason", "layers:\n  - relu:\n    allow: {S001: }\n", {"L022"}),
    (
        "A quoted number is a text, and `8.0` is a decimal",
        'layers:\n  - conv: "8"\n  - conv: 8.0\n',
        {"L003"},
    ),
    ("Lines indented with tabs are errors", "layers:\n\t- relu\n", {"Y020"}),
    ("a tab between words is a space", "layers:\n  - conv:\t8\n", set()),
]


@each(("sentence", "text", "expected"), STATEMENTS, ids=[statement[0] for statement in STATEMENTS])
def test_a_statement_is_on_the_page_and_holds(sentence: str, text: str, expected: set[str]) -> None:
    assert sentence in PAGE
    assert codes(HEAD + text) == expected


def test_mapping_form_is_literal() -> None:
    text = "cnncalc: 1\ninput: {height: 3, width: 224, channels: 224}\nlayers: [relu]\n"
    assert codes(text) == set()
    assert codes(text.replace("{height: 3, width: 224, channels: 224}", "3x224x224")) == {"S101"}
    assert codes(text.replace("{height: 3, width: 224, channels: 224}", "4x4x4")) == set()


def test_byte_order_mark_and_crlf_are_read_with_a_warning() -> None:
    assert "are read, with a warning" in PAGE
    assert codes("\ufeff" + HEAD + "layers: [relu]\n") == {"Y019"}
    assert codes((HEAD + "layers: [relu]\n").replace("\n", "\r\n")) == {"Y018"}


def test_an_output_that_is_left_out_is_not_an_error_and_a_reference_is() -> None:
    head = "cnncalc: 1\ninput: 8x8x8\noutputs: [main, aux]\n"
    text = head + "layers:\n  - relu:\n    name: main\n  - tanh:\n    name: aux\n    only: training\n"
    assert codes(text) == codes(text, "training") == set()
    assert codes(text + "  - add: [aux, main]\n    name: sum\n") >= {"L011"}


def biases(text: str) -> list[bool]:
    """Of each convolution, whether it has a bias."""
    graph = cnncalc.load(HEAD + text)
    return [
        len(node.fit.layer.weights(node.fit.inputs)) == 2
        for node in graph.nodes
        if node.fit is not None and node.kind == "conv"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layers:\n  - conv: {filters: 8, norm: bn}\n", [False]),
        ("layers:\n  - conv: 8\n  - bn\n", [False]),
        ("layers:\n  - conv: 8\n  - relu\n  - bn\n", [True]),
        ("layers:\n  - conv: {filters: 8, act: relu}\n  - bn\n", [True]),
        ("layers:\n  - conv: {filters: 8, bias: true, norm: bn}\n", [True]),
        ("layers:\n  - conv: 8\n  - bn:\n    when: true\n", [True]),
        ("layers:\n  - sequence: [conv: 8]\n  - bn\n", [True]),
        ("layers:\n  - conv: 8\n    repeat: 3\n  - bn\n", [True, True, False]),
    ],
)
def test_bias_is_as_the_page_says(text: str, expected: list[bool]) -> None:
    assert "unless a normalisation follows: by `norm`, or as the very next item of the list" in PAGE
    assert "the last repetition stands before the next item" in PAGE
    assert biases(text) == expected


def test_a_projection_is_as_the_page_says() -> None:
    assert "the product of the body's strides as stride" in PAGE
    body = "conv: {filters: 16, kernel: 3, stride: 2, padding: 1, norm: bn}"
    graph = cnncalc.load(
        HEAD + f"layers:\n  - residual:\n      - {body}\n      - {body}\n    shortcut: project\n"
    )
    project = graph.nodes[graph.by_name["project1"]]
    assert project.fit is not None
    fields = vars(project.fit.layer)
    assert (fields["filters"], fields["kernel"], fields["stride"], fields["bias"]) == (16, 1, 4, False)
    assert "project1.bn" in graph.by_name


def test_specs_extend_each_other_within_their_folder(tmp_path: Path) -> None:
    assert "The other file is in the same folder or below it" in PAGE
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "base.yaml").write_text(HEAD + "layers: [relu]\n", encoding="utf-8")
    for target, expected in (("below/base.yaml", set()), ("../base.yaml", {"L019"})):
        path = tmp_path / "net.yaml"
        path.write_text(f"cnncalc: 1\nextends: {target}\nname: Other\n", encoding="utf-8")
        graph = cnncalc.load(path)
        assert {item.code for item in graph.diagnostics} == expected
