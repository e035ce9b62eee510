"""G005: activations of what they leave as it is."""

from collections.abc import Callable
from types import ModuleType
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.layers import Layer
from cnncalc.rules.activation_without_effect import ActivationWithoutEffect
from cnncalc.vocabulary.layer import Inputs
from tests.rules._alone import alone
from tests.rules._between import each_layer, item, spec

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(ActivationWithoutEffect)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (
            "  - conv: {filters: 8, act: relu}\n  - relu\n",
            "`relu1` changes none of its 8,192 values: they are already limited by `conv1.relu`",
        ),
        (
            "  - sigmoid\n  - maxpool: 2\n  - dropout: 0.5\n  - relu\n",
            "`relu1` changes none of its 4,096 values",
        ),
        (
            "  - softmax\n  - relu6\n",
            "`relu61` changes none of its 16,384 values: they are already limited by `softmax1`",
        ),
        (
            "  - relu6\n  - global_avgpool\n  - leaky_relu\n",
            "`leaky_relu1` changes none of its 16 values: they are already limited by `relu61`",
        ),
        (
            "  - relu\n  - flatten\n  - prelu\n",
            "`prelu1` changes none of its 16,384 values: they are already limited by `relu1`",
        ),
        (
            "  - relu\n  - avgpool: 2\n  - elu\n",
            "`elu1` changes none of its 4,096 values: they are already limited by `relu1`",
        ),
    ],
)
def test_names_both(diagnose: Found, layers: str, says: str) -> None:
    (item,) = diagnose(HEAD + layers)
    assert item.message.startswith(says)


@pytest.mark.parametrize(
    "layers",
    [
        "  - relu\n  - conv: {filters: 8, act: relu}\n",
        "  - relu\n  - bn\n  - relu\n",
        "  - relu\n  - relu6\n",
        "  - tanh\n  - relu\n",
        "  - leaky_relu\n  - relu\n",
        "  - relu\n  - sigmoid\n",
        "  - sigmoid\n  - sigmoid\n",
        # Dropout scales what it leaves.
        "  - relu6\n  - dropout: 0.5\n  - relu6\n",
        "  - residual: [relu, conv: 16]\n  - relu\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


def test_its_fix_takes_the_line_out(diagnose: Found) -> None:
    text = HEAD + "  - conv: {filters: 8, act: relu}\n  - relu  # again\n  - conv: 8\n"
    (item,) = diagnose(text)
    (fix,) = item.fixes
    assert edited(text, fix) == HEAD + "  - conv: {filters: 8, act: relu}\n  - conv: 8\n"


@pytest.mark.parametrize(
    "layers",
    [
        "  - relu\n  - relu:\n    name: again\n",
        "  - sequence: [relu, relu]\n",
        "  - relu\n  - residual:\n      - relu\n    shortcut: [conv: 16]\n",
        "  - sequence:\n      - relu\n    repeat: 2\n",
    ],
)
def test_no_line_is_removed_that_others_need(diagnose: Found, layers: str) -> None:
    (item,) = diagnose(HEAD + layers)
    assert item.fixes == ()


def test_of_several_the_last_is_taken_out_first(diagnose: Found) -> None:
    diagnostics = diagnose(HEAD + "  - relu\n  - relu\n  - relu\n  - conv: 8\n")
    assert [(item.span.line, len(item.fixes)) for item in diagnostics] == [(5, 0), (6, 1)]


def test_is_allowed_where_it_says_why(diagnose: Found) -> None:
    assert diagnose(HEAD + "  - relu\n  - relu:\n    allow: {G005: a figure of the paper has both}\n") == []


@pytest.mark.parametrize(
    "between",
    [
        "zero_pad: 1",
        "reflection_pad: 1",
        "replication_pad: 1",
        "upsample: 2",
        "upsample: {scale: 2, mode: bilinear}",
        "fractional_maxpool: {kernel: 2, output_size: 5}",
        "lppool: 2",
        "lrn: 5",
        "l2_norm",
        "scale: 2",
        "tanh",
        "add: [[], [sigmoid]]",
        "concat: [[], [dropout]]",
        "mul: [[], [global_avgpool, sigmoid]]",
        "chunk: {of: 2, index: 1}",
    ],
)
def test_what_makes_nothing_negative_may_be_between(diagnose: Found, between: str) -> None:
    assert len(diagnose(HEAD + f"  - relu\n  - {between}\n  - relu\n")) == 1


@pytest.mark.parametrize(
    "between",
    [
        "upsample: {scale: 2, mode: bicubic}",
        "scale: -1",
        "layer_scale",
        "add: [[], [bn]]",
        "concat: [[], [bn]]",
        "log_softmax",
        "separable_conv: 16",
    ],
)
def test_what_makes_something_negative_may_not(diagnose: Found, between: str) -> None:
    assert diagnose(HEAD + f"  - relu\n  - {between}\n  - relu\n") == []


def test_of_a_merge_each_source_is_named(diagnose: Found) -> None:
    text = HEAD + "  - concat: [[relu], [sigmoid]]\n  - relu\n"
    (item,) = diagnose(text)
    assert item.message.endswith("they are already limited by `sigmoid1` and `relu1`")
    assert [note.text for note in item.notes[:2]] == [
        "`sigmoid1` is here (line 4)",
        "`relu1` is here (line 4)",
    ]
    (item,) = diagnose(text.replace("[sigmoid]", "[sigmoid], [relu6], [softmax]"))
    assert "already limited by `softmax1`, `relu61` and 2 more" in item.message


def test_limits_of_the_activation_count(diagnose: Found) -> None:
    text = HEAD + "  - tanh\n  - hardtanh\n"
    assert len(diagnose(text)) == 1
    assert diagnose(text.replace("hardtanh", "hardtanh: {max_val: 0.5}")) == []


@each_layer
def test_every_layer_between_is_judged_as_pytorch_computes(
    torch: ModuleType, diagnose: Found, layer: Layer, inputs: Inputs
) -> None:
    from cnncalc.pytorch import build

    if diagnose(spec(inputs, "relu", item(layer), "relu")):
        model = build(cnncalc.load(spec(inputs, "relu", item(layer))))
        for training in (True, False):
            with torch.no_grad():
                values = model.train(training)(torch.randn(4, *inputs[0].torch))
            assert bool((values >= 0).all())
