"""The report of a network's memory: figures that agree, and those of small networks by hand."""

from typing import Any

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, CATEGORIES, Setup
from cnncalc.memory.report import Figures, LayerRow, PeakPlace, figures, folded

# In bytes: input 768, conv 1,024, pool 256 (its indices 512), fc 40; parameters 448 and 2,600.
SMALL = """\
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
  - maxpool: 2
  - flatten
  - fc: 10
"""
BLOCKS = """\
cnncalc: 1
input: 8x8x3
blocks:
  unit:
    params: {filters: required}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1, act: relu}
      - conv: {filters: $filters, kernel: 3, padding: 1}
layers:
  - unit: 4
    repeat: 2
  - relu
  - flatten
  - fc: 10
"""


def figures_of(
    text: str = SMALL, mode: str = "inference", batch: int = 1, backend: str = "cpu", **options: Any
) -> Figures:
    graph = cnncalc.load(text, mode=mode)
    setup = Setup(backend=BACKENDS[backend], **options)
    return figures(cnncalc.estimate(graph, setup), batch)


def row(report: Figures, name: str) -> LayerRow:
    return next(row for row in report.layers if row.name == name)


class TestPeak:
    @pytest.mark.parametrize("name", ["lenet5", "resnet18", "googlenet", "unet", "vit_b_32"])
    @pytest.mark.parametrize("mode", ["inference", "training"])
    @pytest.mark.parametrize("backend", ["cpu", "cuda"])
    def test_figures_fit_together(self, name: str, mode: str, backend: str) -> None:
        report = figures_of(name, mode, 3, backend)
        assert tuple(report.breakdown) == CATEGORIES
        assert sum(report.breakdown.values()) == report.peak
        assert max(moment.most for moment in report.timeline) == report.peak
        assert report.peak in [moment.most for moment in report.timeline if moment[:2] == report.peak_place]
        assert sum(tensor.nbytes for tensor in report.largest) <= report.peak
        worked = [most for row in report.layers for most in (row.forward, row.backward) if most]
        assert report.peak >= max(worked)
        if report.peak_place.layer is not None:
            assert report.peak == max(worked)

    def test_of_a_prediction_by_hand(self) -> None:
        """Input, convolution, and what the pooling makes: 768 + 1,024 + 256 and the indices, over all parameters."""
        report = figures_of()
        assert report.peak_place == PeakPlace("forward", "maxpool1")
        assert report.breakdown["params"] == 448 + 2_600
        assert report.breakdown["input"] == 768
        assert report.breakdown["grads"] == report.breakdown["optimizer"] == 0
        assert report.peak >= 448 + 2_600 + 768 + 1_024 + 256

    def test_the_largest_come_first_and_are_as_many_as_asked(self) -> None:
        estimate = cnncalc.estimate(cnncalc.load("resnet18"))
        for count in (0, 1, 5, 10_000):
            sizes = [tensor.nbytes for tensor in figures(estimate, 2, largest=count).largest]
            assert sizes == sorted(sizes, reverse=True)
            assert len(sizes) == min(count, len(estimate.alive(2)))

    def test_tensors_have_their_layers_name_and_pytorchs(self) -> None:
        largest = {(tensor.layer, tensor.tensor, tensor.category) for tensor in figures_of().largest}
        assert ("fc1", "weight", "params") in largest
        assert ("conv1", "output", "activations") in largest
        assert ("input", "input", "input") in largest

    def test_of_a_batch_on_several_devices(self) -> None:
        report = figures_of(batch=7, devices=2)
        assert report.share == 4
        assert report.breakdown["input"] == 4 * 768
        assert report.textbook.course.input_bytes == 4 * 768


class TestAllocator:
    def test_cuda_reserves_whole_segments(self) -> None:
        report = figures_of(backend="cuda")
        assert report.reserved is not None
        assert report.allocated is not None
        assert report.peak <= report.allocated <= report.reserved
        assert report.reserved % 2**21 == 0

    def test_a_cpu_has_none(self) -> None:
        report = figures_of()
        assert (report.allocated, report.reserved, report.unknown) == (None, None, ())


class TestUnknown:
    def names(self, text: str, **options: Any) -> list[str]:
        return [held.name for held in figures_of(text, backend="cuda", **options).unknown]

    def test_the_context_always_and_cudnn_for_convolutions(self) -> None:
        fc = "cnncalc: 1\ninput: 8\nlayers:\n  - relu\n"
        assert self.names(fc) == ["CUDA context"]
        conv = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n"
        assert self.names(conv) == ["cuDNN workspace", "CUDA context"]

    def test_cublas_where_no_gpu_is_given(self) -> None:
        assert self.names(SMALL)[0] == "cuBLAS workspace"
        assert "cuBLAS workspace" not in self.names(SMALL, capability=(8, 6))

    def test_each_is_counted_with_its_least(self) -> None:
        report = figures_of(backend="cuda")
        cudnn, context = report.unknown[1:]
        assert cudnn.size.low == 0
        assert report.context is not None
        assert context.size.low == report.context.nbytes
        assert report.breakdown["workspace"] == report.unknown[0].size.low


class TestLayers:
    def test_outputs(self) -> None:
        report = figures_of(batch=2)
        assert [(row.name, row.output_bytes) for row in report.layers] == [
            ("conv1", 2_048), ("conv1.relu", 0), ("maxpool1", 512), ("flatten1", 0), ("fc1", 80),
        ]  # fmt: skip

    def test_inference_keeps_nothing_and_goes_forward_only(self) -> None:
        for row in figures_of().layers:
            assert (row.kept_bytes, row.backward) == (None, None)

    def test_what_training_keeps(self) -> None:
        """The pooling its output, which the fc reads, and a 64-bit index for each of its values."""
        report = figures_of(mode="training")
        assert row(report, "conv1").kept_bytes == 1_024
        assert row(report, "conv1.relu").kept_bytes == 0
        assert row(report, "maxpool1").kept_bytes == 256 + 512
        assert row(report, "fc1").kept_bytes == 40

    def test_all_that_is_kept_is_there_when_the_loss_is_made(self) -> None:
        report = figures_of("resnet18", "training")
        kept = sum(row.kept_bytes or 0 for row in report.layers)
        forward = [moment for moment in report.timeline if moment.phase == "forward" and moment.layer]
        assert forward[-1].nbytes == report.timeline[0].nbytes + kept

    def test_a_checkpointed_block_keeps_less(self) -> None:
        kept = []
        for checkpoint in ((), ((1, 4),)):
            report = figures_of(BLOCKS, "training", checkpoint=checkpoint)
            kept.append(sum(row.kept_bytes or 0 for row in report.layers))
        assert kept[1] < kept[0]

    def test_frozen_layers_do_not_go_backward(self) -> None:
        report = figures_of(mode="training", frozen=3)
        assert row(report, "conv1").backward is None
        assert row(report, "fc1").backward is not None


class TestFolded:
    def test_blocks_are_one_row_and_what_makes_nothing_none(self) -> None:
        report = figures_of(BLOCKS, "training")
        rows = {row.name: row for row in folded(report.layers)}
        assert list(rows) == ["unit1", "unit2", "fc1"]
        inside = [row for row in report.layers if row.block == "unit2"]
        assert rows["unit2"].output_bytes == sum(row.output_bytes for row in inside)
        assert rows["unit2"].kept_bytes == sum(row.kept_bytes or 0 for row in inside)
        assert str(rows["unit2"].output) == "8x8x4"

    @pytest.mark.parametrize("name", ["resnet18", "alexnet", "vgg11", "googlenet"])
    @pytest.mark.parametrize("mode", ["inference", "training"])
    def test_nothing_is_lost(self, name: str, mode: str) -> None:
        layers = figures_of(name, mode).layers
        rows = folded(layers)
        assert sum(row.output_bytes for row in rows) == sum(row.output_bytes for row in layers)
        for figure in ("forward", "backward"):
            most = [max((getattr(row, figure) or 0 for row in some), default=0) for some in (rows, layers)]
            assert most[0] == most[1]
