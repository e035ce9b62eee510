"""What is told of a network's memory: figures that fit together, and those of small networks by hand."""

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


def told(
    text: str = SMALL, mode: str = "inference", batch: int = 1, backend: str = "cpu", **options: Any
) -> Figures:
    graph = cnncalc.load(text, mode=mode)
    setup = Setup(backend=BACKENDS[backend], **options)
    return figures(cnncalc.estimate(graph, setup), batch)


def row(found: Figures, name: str) -> LayerRow:
    return next(row for row in found.layers if row.name == name)


class TestPeak:
    @pytest.mark.parametrize("name", ["lenet5", "resnet18", "googlenet", "unet", "vit_b_32"])
    @pytest.mark.parametrize("mode", ["inference", "training"])
    @pytest.mark.parametrize("backend", ["cpu", "cuda"])
    def test_figures_fit_together(self, name: str, mode: str, backend: str) -> None:
        found = told(name, mode, 3, backend)
        assert tuple(found.breakdown) == CATEGORIES
        assert sum(found.breakdown.values()) == found.peak
        assert max(moment.most for moment in found.timeline) == found.peak
        assert found.peak in [moment.most for moment in found.timeline if moment[:2] == found.peak_place]
        assert sum(tensor.nbytes for tensor in found.largest) <= found.peak
        worked = [most for row in found.layers for most in (row.forward, row.backward) if most]
        assert found.peak >= max(worked)
        if found.peak_place.layer is not None:
            assert found.peak == max(worked)

    def test_of_a_prediction_by_hand(self) -> None:
        """Input, convolution, and what the pooling makes: 768 + 1,024 + 256 and the indices, over all parameters."""
        found = told()
        assert found.peak_place == PeakPlace("forward", "maxpool1")
        assert found.breakdown["params"] == 448 + 2_600
        assert found.breakdown["input"] == 768
        assert found.breakdown["grads"] == found.breakdown["optimizer"] == 0
        assert found.peak >= 448 + 2_600 + 768 + 1_024 + 256

    def test_the_largest_come_first_and_are_as_many_as_asked(self) -> None:
        estimate = cnncalc.estimate(cnncalc.load("resnet18"))
        for count in (0, 1, 5, 10_000):
            sizes = [one.nbytes for one in figures(estimate, 2, largest=count).largest]
            assert sizes == sorted(sizes, reverse=True)
            assert len(sizes) == min(count, len(estimate.alive(2)))

    def test_tensors_have_their_layers_name_and_pytorchs(self) -> None:
        found = {(one.layer, one.tensor, one.category) for one in told().largest}
        assert ("fc1", "weight", "params") in found
        assert ("conv1", "output", "activations") in found
        assert ("input", "input", "input") in found

    def test_of_a_batch_on_several_devices(self) -> None:
        found = told(batch=7, devices=2)
        assert found.share == 4
        assert found.breakdown["input"] == 4 * 768
        assert found.textbook.course.input_bytes == 4 * 768


class TestAllocator:
    def test_cuda_reserves_whole_segments(self) -> None:
        found = told(backend="cuda")
        assert found.reserved is not None
        assert found.allocated is not None
        assert found.peak <= found.allocated <= found.reserved
        assert found.reserved % 2**21 == 0

    def test_a_cpu_has_none(self) -> None:
        found = told()
        assert (found.allocated, found.reserved, found.unknown) == (None, None, ())


class TestUnknown:
    def names(self, text: str, **options: Any) -> list[str]:
        return [held.name for held in told(text, backend="cuda", **options).unknown]

    def test_the_context_always_and_cudnn_for_convolutions(self) -> None:
        fc = "cnncalc: 1\ninput: 8\nlayers:\n  - relu\n"
        assert self.names(fc) == ["CUDA context"]
        conv = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n"
        assert self.names(conv) == ["cuDNN workspace", "CUDA context"]

    def test_cublas_where_no_gpu_is_told(self) -> None:
        assert self.names(SMALL)[0] == "cuBLAS workspace"
        assert "cuBLAS workspace" not in self.names(SMALL, capability=(8, 6))

    def test_each_is_counted_with_its_least(self) -> None:
        found = told(backend="cuda")
        assert [held.size.low for held in found.unknown][1:] == [0, 0]
        assert found.breakdown["workspace"] == found.unknown[0].size.low


class TestLayers:
    def test_outputs(self) -> None:
        found = told(batch=2)
        assert [(row.name, row.output_bytes) for row in found.layers] == [
            ("conv1", 2_048), ("conv1.relu", 0), ("maxpool1", 512), ("flatten1", 0), ("fc1", 80),
        ]  # fmt: skip

    def test_inference_keeps_nothing_and_goes_forward_only(self) -> None:
        for row in told().layers:
            assert (row.kept_bytes, row.backward) == (None, None)

    def test_what_training_keeps(self) -> None:
        """The pooling its output, which the fc reads, and a 64-bit index for each of its values."""
        found = told(mode="training")
        assert row(found, "conv1").kept_bytes == 1_024
        assert row(found, "conv1.relu").kept_bytes == 0
        assert row(found, "maxpool1").kept_bytes == 256 + 512
        assert row(found, "fc1").kept_bytes == 40

    def test_all_that_is_kept_is_there_when_the_loss_is_made(self) -> None:
        found = told("resnet18", "training")
        kept = sum(row.kept_bytes or 0 for row in found.layers)
        forward = [moment for moment in found.timeline if moment.phase == "forward" and moment.layer]
        assert forward[-1].nbytes == found.timeline[0].nbytes + kept

    def test_a_checkpointed_block_keeps_less(self) -> None:
        kept = []
        for checkpoint in ((), ((1, 4),)):
            found = told(BLOCKS, "training", checkpoint=checkpoint)
            kept.append(sum(row.kept_bytes or 0 for row in found.layers))
        assert kept[1] < kept[0]

    def test_frozen_layers_do_not_go_backward(self) -> None:
        found = told(mode="training", frozen=3)
        assert row(found, "conv1").backward is None
        assert row(found, "fc1").backward is not None


class TestFolded:
    def test_blocks_are_one_row_and_what_makes_nothing_none(self) -> None:
        found = told(BLOCKS, "training")
        rows = {row.name: row for row in folded(found.layers)}
        assert list(rows) == ["unit1", "unit2", "fc1"]
        inside = [row for row in found.layers if row.block == "unit2"]
        assert rows["unit2"].output_bytes == sum(row.output_bytes for row in inside)
        assert rows["unit2"].kept_bytes == sum(row.kept_bytes or 0 for row in inside)
        assert str(rows["unit2"].output) == "8x8x4"

    @pytest.mark.parametrize("name", ["resnet18", "alexnet", "vgg11", "googlenet"])
    @pytest.mark.parametrize("mode", ["inference", "training"])
    def test_nothing_is_lost(self, name: str, mode: str) -> None:
        layers = told(name, mode).layers
        rows = folded(layers)
        assert sum(row.output_bytes for row in rows) == sum(row.output_bytes for row in layers)
        for figure in ("forward", "backward"):
            most = [max((getattr(row, figure) or 0 for row in some), default=0) for some in (rows, layers)]
            assert most[0] == most[1]
