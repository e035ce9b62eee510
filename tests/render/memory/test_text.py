"""The report for a terminal: what it begins with, what it leaves out, how it fits."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest

Rendered: TypeAlias = Callable[..., str]
NET = """\
cnncalc: 1
name: Net
input: 8x8x3
blocks:
  unit:
    params: {filters: required}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1, act: relu}
layers:
  - unit: 4
    repeat: 2
  - flatten
  - fc: 10
"""
MANY = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 1}\n    repeat: 40\n"


class TestHeading:
    def test_says_what_is_run_and_how(self, rendered: Rendered) -> None:
        line = rendered(NET, "text", mode="training", batch=2, width=200).splitlines()[0]
        assert line == "Net · input 8x8x3 · batch 2 · training · float32 · sgd · CUDA"

    def test_is_broken_between_its_parts(self, rendered: Rendered) -> None:
        lines = rendered(NET, "text", mode="training", batch=2, width=40).split("\n\n")[0].splitlines()
        assert lines == ["Net · input 8x8x3 · batch 2 · training", "float32 · sgd · CUDA"]

    def test_says_what_a_device_gets(self, rendered: Rendered) -> None:
        assert "batch 7 (4 on a device)" in rendered(NET, "text", batch=7, devices=2)


class TestPeak:
    def test_comes_first_with_its_bytes_and_its_place(self, rendered: Rendered) -> None:
        line = rendered(NET, "text", backend="cpu").split("\n\n")[1].splitlines()[0]
        assert re.fullmatch(r"  \d+\.\d\d KiB at the peak = [\d,]+ bytes, forward of \S+", line)

    def test_the_gpu_says_its_share(self, rendered: Rendered) -> None:
        assert re.search(
            r"\n  \d+\.\d% of the 23\.99 GiB of GeForce RTX 4090\n", rendered(NET, "text", gpu="4090")
        )

    def test_more_than_the_gpu_has_points_to_fit(self, rendered: Rendered) -> None:
        text = rendered("vgg16", "text", gpu="4090", mode="training", batch=512)
        assert re.search(
            r"\n  \d{3}\.\d% of the 23\.99 GiB .*; use `cnncalc fit` to find a batch that fits\n", text
        )
        assert "cnncalc fit" not in rendered(NET, "text", gpu="4090")

    @pytest.mark.parametrize(
        ("holders", "line"),
        [
            ("graph", "where module calls hold their input (--holders modules)"),
            ("modules", "where only readers hold a tensor (--holders graph)"),
        ],
    )
    def test_the_other_holders_stand_beside_it(self, rendered: Rendered, holders: str, line: str) -> None:
        text = rendered(NET, "text", backend="cpu", holders=holders)
        assert re.search(rf"\n  \d+\.\d\d KiB {re.escape(line)}\n", text)
        assert "--holders" not in rendered(NET, "text", mode="training", holders=holders)

    def test_a_cpu_reserves_nothing_and_has_nothing_unknown(self, rendered: Rendered) -> None:
        text = rendered(NET, "text", backend="cpu")
        for word in ("reserved", "counted", "not known from the network alone", "CUDA"):
            assert word not in text

    @pytest.mark.parametrize("mode", ["inference", "training"])
    def test_what_is_unknown_is_reported(self, rendered: Rendered, mode: str) -> None:
        text = rendered(NET, "text", mode=mode)
        lines = [" ".join(line.split()) for line in text.splitlines()]
        whole = " ".join(lines)
        assert re.search(r"cuDNN workspace 0 bytes to [\d.]+ \wiB in the upper figures", whole)
        assert "CUDA context about 512.00 MiB not part of the reserved memory" in whole

    def test_each_figure_has_the_name_that_people_read_it_by(self, rendered: Rendered) -> None:
        lines = rendered("resnet18", "text", batch=8).split("\n\n")[1].splitlines()
        for line, name in zip(lines, ("max_memory_allocated", "max_memory_reserved"), strict=False):
            assert re.fullmatch(rf"  [\d.]+ to [\d.]+ \wiB \w+ \(torch\.cuda\.{name}\)", line)
        assert "in nvidia-smi, with 512.00 MiB assumed for the CUDA" in lines[2]

    def test_a_network_without_convolutions_has_single_figures(self, rendered: Rendered) -> None:
        net = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - flatten\n  - fc: 10\n"
        first = rendered(net, "text", capability=(8, 9)).split("\n\n")[1].splitlines()[0]
        assert re.fullmatch(r"  [\d.]+ MiB allocated \(torch\.cuda\.max_memory_allocated\)", first)


class TestBreakdown:
    def test_shows_what_is_there(self, rendered: Rendered) -> None:
        text = rendered(NET, "text", backend="cpu")
        assert "parameters" in text
        assert "gradients " not in text.partition("the largest")[0]


class TestLayers:
    def section(self, text: str) -> list[str]:
        return text.partition("layer by layer")[2].split("\n\n")[0].splitlines()[1:]

    def test_blocks_are_rows(self, rendered: Rendered) -> None:
        lines = self.section(rendered(NET, "text", mode="training"))
        assert lines[0].split() == ["layer", "volume", "output", "kept", "forward", "backward"]
        assert [line.split()[0] for line in lines[1:]] == ["unit1", "unit2", "fc1"]

    def test_every_layer_is_a_row_when_asked_for(self, rendered: Rendered) -> None:
        lines = self.section(rendered(NET, "text", layers=True))
        assert [line.split()[0] for line in lines[1:]] == [
            "unit1.conv1", "unit1.conv1.relu", "unit2.conv1", "unit2.conv1.relu", "flatten1", "fc1",
        ]  # fmt: skip

    def test_inference_has_no_columns_of_training(self, rendered: Rendered) -> None:
        assert self.section(rendered(NET, "text"))[0].split() == ["layer", "volume", "output", "forward"]

    def test_of_many_rows_those_that_hold_most_are_shown(self, rendered: Rendered) -> None:
        lines = self.section(rendered(MANY, "text", mode="training"))
        assert len(lines) == 1 + 24 + 1
        assert lines[-1] == "  (16 more keep less; --layers shows every layer)"

    def test_a_narrow_page_has_fewer_columns(self, rendered: Rendered) -> None:
        lines = self.section(rendered(NET, "text", mode="training", width=50))
        # The title goes on below itself.
        (titles,) = [line.split() for line in lines if line.startswith("  layer ")]
        assert titles == ["layer", "kept", "forward", "backward"]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("name", ["vgg16", "resnet50", "densenet121", "vit_b_16", "alexnet"])
def test_fits_the_page(rendered: Rendered, name: str, mode: str, width: int, ascii: bool) -> None:
    text = rendered(name, "text", mode=mode, batch=32, width=width, ascii=ascii)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert text.isascii() == ascii


def test_nothing_is_said_where_shapes_are_unknown(rendered: Rendered) -> None:
    assert rendered("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n", "text") == ""
