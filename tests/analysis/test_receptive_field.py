"""What of the input a value sees, by hand. (tests/pytorch/test_field_property.py: against gradients.)"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import Analysis, Field, Fields, Inexact

Figures: TypeAlias = Callable[..., Analysis]
# The size of a field, as one number or from least to most, the step from value to value, and the first pixel seen.
Summary: TypeAlias = tuple[Any, Any, int]


def fields(analysis: Analysis, name: str) -> Fields:
    fields_of_name = analysis.receptive_fields[analysis.graph.by_name[name]]
    assert fields_of_name is not None
    return fields_of_name


def summary(field: Field) -> Summary:
    least, most = field.sizes
    return (least if least == most else f"{least}-{most}"), field.stride, field.start


def field(analysis: Analysis, name: str) -> tuple[Summary, ...]:
    return tuple(map(summary, fields(analysis, name)))


def inexact(analysis: Analysis, name: str) -> Inexact | None:
    return analysis.field_exactness[analysis.graph.by_name[name]]


class TestByHand:
    def test_an_input_sees_itself(self, figures: Figures) -> None:
        assert field(figures("- relu"), "input") == ((1, 1, 0),) * 2
        assert field(figures("- relu"), "relu1") == ((1, 1, 0),) * 2

    def test_features_have_no_axis_to_see_along(self, figures: Figures) -> None:
        assert field(figures("- fc: 10", input="100"), "fc1") == ()

    def test_features_of_one_position_can_be_merged(self, figures: Figures) -> None:
        analysis = figures("- fc: 8\n- residual: [bn]\n", input="1x1x8")
        assert [field.size for field in fields(analysis, "add1") or ()] == [1, 1]

    def test_of_araujos_first_example(self, figures: Figures) -> None:
        """Two convolutions of kernel 3 see 5, the second one's stride does not widen its own field."""
        analysis = figures(
            "- conv: {filters: 1, kernel: 3}\n- conv: {filters: 1, kernel: 3, stride: 2}", input="9x9x1"
        )
        assert field(analysis, "conv2") == ((5, 2, 0),) * 2

    def test_by_axis(self, figures: Figures) -> None:
        layers = "- conv: {filters: 1, kernel: [3, 5], stride: [1, 2], padding: {left: 2, right: 1, top: 1}}"
        assert field(figures(layers, input="8x8x1"), "conv1") == ((3, 1, -1), (5, 2, -2))

    def test_of_dilation(self, figures: Figures) -> None:
        assert field(figures("- conv: {filters: 1, kernel: 3, dilation: 3}"), "conv1") == ((7, 1, 0),) * 2

    def test_over_branches_is_the_union(self, figures: Figures) -> None:
        layers = (
            "- concat:\n    - [conv: 1]\n    - [conv: {filters: 1, kernel: 3, padding: 1}]\n"
            "    - [conv: {filters: 1, kernel: 5, padding: {left: 4, top: 2, bottom: 2}}]"
        )
        assert field(figures(layers), "concat1") == ((5, 1, -2), (6, 1, -4))

    def test_of_what_enlarges(self, figures: Figures) -> None:
        assert field(figures("- upsample: 2"), "upsample1") == ((1, Fraction(1, 2), 0),) * 2
        assert field(figures("- upsample: 2\n- maxpool: 2"), "maxpool1") == ((1, 1, 0),) * 2

    def test_global_pooling_sees_all(self, figures: Figures) -> None:
        assert field(figures("- global_avgpool", input="9x7x1"), "global_avgpool1") == (
            (9, 9, 0),
            (7, 7, 0),
        )

    @pytest.mark.parametrize(
        "moves",
        [
            "permute: [channels, height, width]",
            "reshape: {channels: 4, height: 16, width: 16}",
            "reshape: {channels: 16, depth: 4, height: 4, width: 4}",
        ],
    )
    def test_is_unknown_where_axes_have_moved(self, figures: Figures, moves: str) -> None:
        analysis = figures(f"- conv: {{filters: 16, kernel: 3, padding: 1}}\n- {moves}\n- relu")
        assert field(analysis, "conv1") == ((3, 1, -1),) * 2
        assert analysis.receptive_fields[2:] == [None, None]
        name = moves.partition(":")[0] + "1"
        assert analysis.field_exactness == [None, None, *[Inexact("unknown", name)] * 2]

    @pytest.mark.parametrize(
        "stays", ["permute: [height, width, channels]", "reshape: {channels: 3, height: 8, width: 8}"]
    )
    def test_is_known_where_axes_stay(self, figures: Figures, stays: str) -> None:
        assert field(figures(f"- {stays}\n- maxpool: 2"), "maxpool1") == ((2, 2, 0),) * 2

    def test_is_unknown_after_an_error(self, figures: Figures) -> None:
        analysis = figures("- conv: {filters: 4, kernel: 9}\n- relu", sound=False)
        assert analysis.receptive_fields[1:] == [None, None]


class TestDisagreement:
    LAYERS = (
        "- add:\n    - [conv: {filters: 1, kernel: 3, stride: 2}]\n    - [conv: {filters: 1, kernel: [3, 6]}]"
    )

    def test_is_reported_for_each_axis(self, figures: Figures) -> None:
        (disagreement,) = figures(
            self.LAYERS.replace("[3, 6]", "[3, 6], stride: [2, 1]"), input="9x9x1"
        ).disagreements
        assert (disagreement.axis, disagreement.strides) == ("width", (2, 1))

    def test_of_one_position_there_is_none(self, figures: Figures) -> None:
        """A single value is spread over all: squeeze-and-excitation."""
        layers = "- mul:\n    - []\n    - [global_avgpool, conv: {filters: 3, act: sigmoid}]"
        assert figures(layers).disagreements == []

    def test_none_where_paths_agree(self) -> None:
        for name in ("resnet50", "googlenet"):
            assert cnncalc.analyse(cnncalc.load(name)).disagreements == []

    def test_halves_that_aligned_corners_double_agree(self, figures: Figures) -> None:
        """Steps of 1 and 62/63: over 64 positions one pixel, half of the step that was doubled."""
        layers = (
            "- conv: {filters: 4, kernel: 3, padding: 1}\n  name: skip\n- maxpool: 2\n- conv: 4\n"
            "- upsample: {scale: 2, mode: bilinear, align_corners: true}\n- concat: [skip, prev]"
        )
        analysis = figures(layers, input="64x64x3")
        assert field(analysis, "upsample1")[0][1] == Fraction(62, 63)
        assert analysis.disagreements == []

    @pytest.mark.parametrize("size", [31, 33, 63, 65, 67])
    def test_odd_sizes_that_are_halved_and_brought_back_agree(self, figures: Figures, size: int) -> None:
        layers = (
            "- conv: {filters: 4, kernel: 3, padding: 1}\n  name: skip\n"
            "- maxpool: {kernel: 3, stride: 2, padding: 1, rounding: ceil}\n  repeat: 3\n"
            "- resize_to: [prev, skip]\n- concat: [skip, prev]"
        )
        assert figures(layers, input=f"{size}x{size}x3").disagreements == []

    def test_inputs_of_several_strides_agree(self, figures: Figures) -> None:
        head = "inputs: {c4: 40x40x64, c5: 20x20x64}\n"
        analysis = figures("- {upsample: 2, from: c5}\n- add: [prev, c4]", input="", head=head)
        assert analysis.disagreements == []

    def test_a_stride_that_is_not_undone_disagrees(self, figures: Figures) -> None:
        layers = "- identity:\n  name: skip\n- maxpool: 2\n- upsample: 4\n- crop_to: [prev, skip]\n- add: [prev, skip]"
        assert len(figures(layers, input="32x32x3").disagreements) == 2


class TestByPosition:
    """What is enlarged, then read by several taps: which pixels these meet depends on the position."""

    @pytest.mark.parametrize(
        ("layers", "size"),
        [
            ("- conv: {filters: 1, kernel: 3, stride: 2}\n- conv_transpose: {filters: 1, kernel: 2, stride: 2}\n"
             "- conv: {filters: 1, kernel: 2}", "3-5"),
            ("- conv: {filters: 1, kernel: 3, stride: 2}\n  repeat: 2\n- upsample: 4\n- conv: {filters: 1, kernel: 4}",
             "7-11"),
            # Taps two positions apart meet every second one: the same phase of each.
            ("- conv: {filters: 1, kernel: 3, stride: 2}\n- upsample: 2\n"
             "- conv: {filters: 1, kernel: 2, dilation: 2}", 5),
            ("- avgpool: {kernel: 1, stride: 3}\n- upsample: 2\n- conv: {filters: 1, kernel: 2}", "1-4"),
            ("- conv: {filters: 1, kernel: 3}\n- upsample: {scale: 2, mode: bilinear}", 4),
            ("- pixel_shuffle: 2\n- conv: {filters: 1, kernel: 2}", "1-2"),
        ],
    )  # fmt: skip
    def test_sizes(self, figures: Figures, layers: str, size: Any) -> None:
        analysis = figures(layers, input="67x67x4", strict=False)
        last = analysis.receptive_fields[-1]
        assert last is not None
        assert [summary(field)[0] for field in last] == [size] * 2

    def test_of_the_u_net(self) -> None:
        assert [summary(field)[0] for field in fields(cnncalc.analyse(cnncalc.load("unet")), "conv1")] == [
            "188-204"
        ] * 2

    def test_the_pixels_of_each(self, figures: Figures) -> None:
        layers = "- upsample: 2\n- conv: {filters: 1, kernel: 2}"
        (field, _) = fields(figures(layers), "conv1")
        assert [field.at(position) for position in range(4)] == [(0, 0), (0, 1), (1, 1), (1, 2)]

    def test_taps_between_strides_read_nothing(self, figures: Figures) -> None:
        (field,) = fields(
            figures("- conv_transpose: {filters: 1, kernel: 1, stride: 2}", input="8x1"), "conv_transpose1"
        )
        assert [field.at(position) for position in range(4)] == [(0, 0), None, (1, 1), None]
        assert field.sizes == (0, 1)

    def test_grows_to_one_side_of_padding_on_one_side(self, figures: Figures) -> None:
        """The layers of WaveNet: padding before, none after; here by a layer of its own, and by cutting off after."""
        before = "- zero_pad: {padding: {left: 2}}\n- conv: {filters: 1, kernel: [1, 2], dilation: 2}"
        assert field(figures(before), "conv1") == ((1, 1, 0), (3, 1, -2))
        cut = "- conv: {filters: 1, kernel: [1, 3], padding: [0, 2]}\n- crop: {sides: {right: 2}}"
        assert field(figures(cut), "crop1") == ((1, 1, 0), (3, 1, -2))

    def test_windows_that_are_not_alike(self, figures: Figures) -> None:
        (field,) = fields(figures("- adaptive_avgpool: 4", input="10x1"), "adaptive_avgpool1")
        assert [field.at(position) for position in range(4)] == [(0, 2), (2, 4), (5, 7), (7, 9)]

    def test_sizes_that_do_not_divide(self, figures: Figures) -> None:
        (field,) = fields(figures("- resize: 5", input="8x1"), "resize1")
        assert [field.at(position) for position in range(5)] == [(0, 0), (1, 1), (3, 3), (4, 4), (6, 6)]

    def test_shifted_windows(self, figures: Figures) -> None:
        layers = "- window_attention: {heads: 1, window: 4, shift: 2}"
        (field, _) = fields(figures(layers, input="8x8x3"), "window_attention1")
        assert [field.at(position) for position in (0, 1, 2, 5, 6)] == [
            (-2, 1),
            (-2, 1),
            (2, 5),
            (2, 5),
            (6, 9),
        ]

    def test_axes_that_change_places(self, figures: Figures) -> None:
        layers = "- maxpool: [1, 2]\n- permute: [width, height, channels]\n- maxpool: [3, 1]"
        # Of the image's height and width, whatever they are called now.
        assert field(figures(layers, input="8x24x1"), "maxpool2") == ((1, 1, 0), (6, 6, 0))

    def test_positions_in_one_row(self, figures: Figures) -> None:
        for layer in ("patch_embed: {filters: 4, patch: 1}", "reshape: {channels: 4, length: 12}"):
            name = layer.partition(":")[0] + "1"
            height, width = fields(figures(f"- {layer}", input="3x4x4"), name)
            assert [height.at(position) for position in (0, 3, 4, 11)] == [(0, 0), (0, 0), (1, 1), (2, 2)]
            assert [width.at(position) for position in (0, 3, 4, 11)] == [(0, 0), (3, 3), (0, 0), (3, 3)]

    def test_more_phases_than_positions_are_a_table(self, figures: Figures) -> None:
        """Strides that never agree: each position by itself."""
        layers = (
            "- add:\n    - [conv: {filters: 1, kernel: 3, stride: 2}]\n    - [conv: {filters: 1, kernel: 6}]"
        )
        (field, _) = fields(figures(layers, input="9x9x1"), "add1")
        assert [field.at(position) for position in range(4)] == [(0, 5), (1, 6), (2, 7), (3, 8)]


class TestWholeInput:
    """One position that scales or shifts all of a volume, and attention."""

    GATES = (
        "[global_avgpool, {conv: {filters: 4, act: sigmoid}}]",
        "[global_avgpool, {reshape: {channels: 4}}, {fc: 4}, {reshape: {channels: 4, height: 1, width: 1}}]",
        "[flatten, {fc: 4}, {reshape: {channels: 4, height: 1, width: 1}}]",
    )

    @pytest.mark.parametrize("gate", GATES)
    def test_after_a_gate_every_position_sees_all(self, figures: Figures, gate: str) -> None:
        layers = (
            f"- conv: {{filters: 4, kernel: 3, padding: 1}}\n- mul: [[], {gate}]\n- maxpool: 2\n- conv: 4"
        )
        analysis = figures(layers)
        assert all(field.whole for field in fields(analysis, "conv2" if "conv" not in gate else "conv3"))
        last = analysis.receptive_fields[-1]
        assert last is not None
        # No padding is counted, and steps are still known.
        assert [summary(field) for field in last] == [(8, 2, 0)] * 2
        assert analysis.field_exactness[-1] is None

    def test_what_a_gate_leaves_out(self, figures: Figures) -> None:
        """The last pixel is read by no window of the gate: the last position sees it by itself."""
        layers = "- mul:\n    - []\n    - [{conv: {filters: 3, kernel: 1, stride: 2}}, global_avgpool]"
        (field, _) = fields(figures(layers, input="8x8x3"), "mul1")
        assert (field.fixed, field.whole, field.sizes) == ((0, 6), False, (7, 8))
        assert [field.at(position) for position in (0, 6, 7)] == [(0, 6), (0, 6), (0, 7)]

    def test_attention_sees_all_tokens(self) -> None:
        analysis = cnncalc.analyse(cnncalc.load("vit_b_16"))
        last = analysis.receptive_fields[analysis.graph.by_name["ln1"]]
        assert last is not None
        assert all(field.whole for field in last)

    def test_features_that_are_mixed_see_all_wherever_they_go(self, figures: Figures) -> None:
        volume = "reshape: {channels: 4, height: 2, width: 2}"
        analysis = figures(
            f"- flatten\n- fc: 16\n- {volume}\n- conv_transpose: {{filters: 1, kernel: 2, stride: 2}}"
        )
        assert field(analysis, "conv_transpose1")[0][0] == 8
        # Without the layer that mixes them each position has some of the pixels: which, is not known.
        parts = figures(f"- flatten\n- {volume}", input="4x4x1")
        assert inexact(parts, "reshape1") == Inexact("unknown", "reshape1")

    def test_every_shipped_network_is_known(self) -> None:
        for name in ("se_resnet50", "efficientnet_b0", "mobilenet_v3_small", "swin_t", "deeplabv3_resnet50"):
            analysis = cnncalc.analyse(cnncalc.load(name))
            assert not any(analysis.field_exactness), name


def test_what_is_read_at_random_is_a_bound(figures: Figures) -> None:
    analysis = figures("- fractional_maxpool: {kernel: 2, output_size: 5}\n- relu\n- maxpool: 5")
    assert inexact(analysis, "relu1") == Inexact("bound", "fractional_maxpool1", at_most=3)
    assert inexact(analysis, "maxpool1") == Inexact("bound", "fractional_maxpool1", at_most=8)


def test_of_inputs_of_one_size_all_is_seen_together(figures: Figures) -> None:
    head = "inputs: {left: 8x8x3, right: 8x8x3}\n"
    layers = "- {conv: {filters: 3, kernel: 3, padding: 1}, from: left}\n- add: [prev, right]"
    assert field(figures(layers, input="", head=head), "add1") == ((3, 1, -1),) * 2


@pytest.mark.parametrize(
    ("layers", "input", "name"),
    [
        # A gate over more positions than are followed one by one.
        ("- mul: [[], [global_avgpool]]", "1000000000x1", "mul1"),
        # More phases than are listed.
        ("- conv_transpose: {filters: 1, kernel: 5000, stride: 5000}", "8x1", "conv_transpose1"),
        # Phases without order, each of them met by thousands of taps.
        (
            "- conv_transpose: {filters: 1, kernel: 4000, stride: 4001}\n- conv: {filters: 1, kernel: 4001}",
            "9x1",
            "conv1",
        ),
    ],
)
def test_what_would_take_too_long_is_unknown(figures: Figures, layers: str, input: str, name: str) -> None:
    assert inexact(figures(layers, input=input), name) == Inexact("unknown", name)
