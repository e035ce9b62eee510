"""Weights, parameters, buffers: what each node owns."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.analysis import Analysis, Parameters

Figures: TypeAlias = Callable[..., Analysis]


def of(analysis: Analysis, name: str) -> Parameters:
    owned = analysis.parameters[analysis.graph.by_name[name]]
    assert owned is not None
    return owned


def test_weights_leave_biases_out(figures: Figures) -> None:
    conv = of(figures("- conv: {filters: 4, kernel: 3}"), "conv1")
    assert (conv.weights, conv.params, conv.trainable) == (108, 112, 112)


def test_an_input_and_a_layer_without_parameters_own_nothing(figures: Figures) -> None:
    analysis = figures("- relu\n- maxpool: 2")
    assert [owned and owned.params for owned in analysis.parameters] == [0, 0, 0]


class TestShared:
    SHARED = "- conv: {filters: 3, kernel: 3, padding: 1}\n- conv: {filters: 3, kernel: 3, padding: 1}\n  share: conv1"

    def test_weights_are_counted_once(self, figures: Figures) -> None:
        analysis = figures(self.SHARED)
        assert (of(analysis, "conv1").params, of(analysis, "conv2").params) == (84, 0)
        assert analysis.totals.params == 84

    def test_work_and_memory_are_not_shared(self, figures: Figures) -> None:
        analysis = figures(self.SHARED)
        assert analysis.totals.macs == 2 * 64 * 81
        assert analysis.totals.activations == 3 * 192

    def test_of_a_share_of_a_share(self, figures: Figures) -> None:
        analysis = figures(f"{self.SHARED}\n- conv: {{filters: 3, kernel: 3, padding: 1}}\n  share: conv2")
        assert analysis.totals.params == 84

    def test_a_norm_keeps_its_own(self, figures: Figures) -> None:
        conv = "- conv: {filters: 3, kernel: 3, padding: 1, norm: bn}"
        analysis = figures(f"{conv}\n{conv}\n  share: conv1")
        assert (of(analysis, "conv1.bn").params, of(analysis, "conv2.bn").params) == (6, 6)
        assert (analysis.totals.params, analysis.totals.buffers) == (81 + 12, 14)


class TestBuffers:
    def test_are_counted_as_pytorch_counts_them(self, figures: Figures) -> None:
        bn = of(figures("- bn", input="8x8x16"), "bn1")
        assert (bn.buffers, bn.counters, bn.counter_bytes) == (33, 1, 8)

    @pytest.mark.parametrize(
        ("dtype", "size"), [("float32", 32 * 4 + 8), ("float64", 32 * 8 + 8), ("float16", 32 * 2 + 8)]
    )
    def test_bytes_are_of_the_models_type_but_the_counters(
        self, figures: Figures, dtype: str, size: int
    ) -> None:
        assert figures("- bn", input="8x8x16", dtype=dtype).totals.buffer_bytes == size

    def test_are_no_parameters(self, figures: Figures) -> None:
        totals = figures("- bn", input="8x8x16").totals
        assert (totals.params, totals.trainable_params, totals.buffers) == (32, 32, 33)


def test_unknown_where_the_shapes_are(figures: Figures) -> None:
    analysis = figures("- conv: {filters: 4, kernel: 9}\n- conv: 4\n- relu", sound=False)
    assert analysis.parameters == [Parameters(), None, None, None]
