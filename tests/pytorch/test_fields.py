"""The receptive fields that `verify` compares: at every position that differs; every wrong field is found."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.layers import Reach, layer_type
from cnncalc.vocabulary.reach import Taps

HEAD = "cnncalc: 1\ninput: 33x33x4\ndefaults: {conv: {filters: 4, kernel: 3}}\nlayers:\n"
RANDOM = "fractional_maxpool1 reads more in some runs or places"
ENLARGED = (
    "  - conv: {stride: 2}\n  - conv_transpose: {filters: 4, kernel: 2, stride: 2}\n  - conv: {kernel: 2}\n"
)


def compared(text: str) -> list[Any]:
    from cnncalc.pytorch import build
    from cnncalc.pytorch.fields import fields

    graph = cnncalc.load(text)
    assert graph.ok, graph.diagnostics
    return fields(Analysis(graph), build(graph, seed=0))


def test_every_phase_is_checked(torch: ModuleType) -> None:
    (figure,) = compared(HEAD + ENLARGED)
    assert (figure.ok, figure.note) == (True, "of conv2 at 14, 14; all of 2 positions")
    assert figure.actual == [(14, 16), (14, 16)]


@pytest.mark.parametrize(
    "layers",
    [
        ENLARGED + "  - mul: [[], [global_avgpool]]\n",
        "  - mul: [[], [flatten, {fc: 4}, {reshape: {channels: 4, height: 1, width: 1}}]]\n  - conv: {stride: 2}\n",
        "  - mul:\n    - []\n    - [{conv: {kernel: 1, stride: 4}}, global_avgpool]\n",
        "  - avgpool: {kernel: 1, stride: 4}\n  - upsample: 2\n  - conv: {kernel: 2}\n",
        "  - resize: {size: 11, mode: bilinear}\n",
        "  - resize: {size: 50, mode: bilinear, align_corners: true}\n  - conv: {dilation: 2}\n",
        "  - patch_embed: {filters: 4, patch: 11}\n  - class_token\n  - self_attention: {heads: 1}\n",
        "  - patch_embed: {filters: 4, patch: 3}\n  - conv: {padding: 1}\n",
        "  - permute: [width, height, channels]\n  - conv: {kernel: [3, 1]}\n",
        "  - crop: {sides: {left: 3}}\n  - zero_pad: {padding: {left: 3}}\n  - conv: {kernel: [1, 4]}\n",
        "  - conv: {stride: 2}\n  - upsample: 4\n  - conv: {kernel: 4}\n  - crop: 20\n",
        "  - window_attention: {heads: 1, window: 4, shift: 2}\n  - conv: {kernel: 2}\n",
    ],
)  # fmt: skip
def test_what_is_printed_is_what_gradients_reach(torch: ModuleType, layers: str) -> None:
    figures = compared(HEAD + layers)
    assert figures
    assert [figure for figure in figures if figure.ok is not True] == []


def test_of_one_axis(torch: ModuleType) -> None:
    layers = "  - patch_embed: {filters: 5, patch: 2}\n"
    assert [figure.ok for figure in compared(f"cnncalc: 1\ninput: 16x8\nlayers:\n{layers}")] == [True]


def test_padding_before_and_none_after(torch: ModuleType) -> None:
    """The layers of WaveNet: fields grow to one side."""
    layers = "".join(
        f"  - zero_pad: {{padding: {{left: {dilation}}}}}\n  - conv: {{kernel: [1, 2], dilation: {dilation}}}\n"
        for dilation in (1, 2, 4)
    )
    (figure,) = compared(HEAD + layers)
    assert (figure.ok, figure.actual) == (True, [(16, 16), (9, 16)])


@pytest.mark.usefixtures("nothing_shared")
def test_a_phase_that_is_wrong_is_caught(torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right in one phase, and in the other a pixel beside it."""
    wrong = Reach((Taps(0), Taps(1)))
    monkeypatch.setattr(layer_type("conv_transpose"), "reach", lambda self, inputs: (wrong,) * 2)
    figures = compared(HEAD + ENLARGED)
    assert any(figure.ok is False for figure in figures)
    assert "positions differ from the prediction" in figures[0].note


def test_why_nothing_is_compared(torch: ModuleType) -> None:
    for layers, note in (
        (
            "  - fractional_maxpool: {kernel: 2, output_size: 14}\n",
            "fractional_maxpool1 reads more in some runs or places",
        ),
        ("  - permute: [channels, height, width]\n", "the field is unknown from permute1 on"),
        ("  - flatten\n", "there is no volume with more than one position"),
    ):
        (figure,) = compared(HEAD + layers)
        assert (figure.ok, figure.note) == (None, note)
