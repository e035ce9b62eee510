"""The table for a terminal: heading, alignment, totals."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.render.piece import Piece
from cnncalc.render.report import ReportPage
from cnncalc.render.report.table import table
from cnncalc.report import Report

Rendered: TypeAlias = Callable[..., str]
NET = """\
cnncalc: 1
name: Net
source: Somebody 2020
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3}
  - flatten
  - fc: 10
"""


class TestHeading:
    def test_has_the_source_at_the_right_where_there_is_room(self, rendered: Rendered) -> None:
        left, right = "Net · input 8x8x3 · float32 · batch 1", "Somebody 2020"
        for width in (len(left) + len(right) + 3, 120):
            line = rendered(NET, "text", width=width).splitlines()[0]
            assert (line[: len(left)], line[-len(right) :], len(line)) == (left, right, width)

    def test_has_the_source_below_where_there_is_none(self, rendered: Rendered) -> None:
        lines = rendered(NET, "text", width=52).splitlines()
        assert lines[:3] == ["Net · input 8x8x3 · float32 · batch 1", "Somebody 2020", ""]

    def test_is_not_split_on_a_very_wide_page(self, rendered: Rendered) -> None:
        assert rendered(NET, "text", width=400).splitlines()[0].endswith("Somebody 2020")
        assert len(rendered(NET, "text", width=400).splitlines()[0]) == 120

    def test_is_broken_with_an_indent_where_it_is_long(self, rendered: Rendered) -> None:
        text = NET.replace("Somebody", "Somebody with a name that goes on and on for more than a line has")
        lines = rendered(text, "text", width=50).split("\n\n")[0].splitlines()
        assert max(map(len, lines)) <= 50
        assert lines[1].startswith("Somebody")
        assert all(line.startswith("  ") for line in lines[2:])

    def test_without_a_name_has_the_file(self, rendered: Rendered) -> None:
        text = rendered(NET.replace("name: Net\n", ""), "text", width=120)
        assert text.startswith("<text> · input 8x8x3")

    def test_names_every_input(self, rendered: Rendered) -> None:
        text = "cnncalc: 1\ninputs: {left: 8x8x3, right: 100x2}\nlayers:\n  - relu:\n    from: left\n"
        assert "left 8x8x3, right 100x2" in rendered(text, "text").splitlines()[0]

    def test_escapes_control_sequences(self, rendered: Rendered) -> None:
        text = rendered(NET.replace("Net", '"a\\u202eb"'), "text")
        assert text.startswith("a\\u202eb ·")

    def test_shows_markup_as_it_is(self, rendered: Rendered) -> None:
        assert rendered(NET.replace("Net", '"[/red] x"'), "text").startswith("[/red] x ·")


class TestTable:
    def test_is_aligned(self, rendered: Rendered) -> None:
        table = rendered(NET, "text").split("\n\n")[1].splitlines()
        assert table == [
            "  name   layer    volume    memory       weights             MACs  field",
            "  input  INPUT    [8x8x3]   8*8*3 = 192                  0      0      1",
            "  conv1  CONV3-4  [6x6x4]   6*6*4 = 144  (3*3*3)*4 =   108  3,888      3",
            "  fc1    FC       [1x1x10]           10  6*6*4*10  = 1,440  1,440      8",
        ]

    def test_has_no_blank_at_the_end_of_a_line(self, rendered: Rendered) -> None:
        for width in (40, 80, 200):
            for line in rendered(NET, "text", width=width).splitlines():
                assert line == line.rstrip()

    def test_of_shared_weights_names_their_layer(self, rendered: Rendered) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n  - conv: 3\n    share: conv1\n"
        assert "shared with conv1" in rendered(text, "text")


class TestHeavyFigures:
    """What holds a tenth of its column's sum is a piece with a style; the text stays the same."""

    def bold(self, text: str, width: int | None = None) -> list[str]:
        analysis = cnncalc.analyse(cnncalc.load(text))
        pieces = table(Report(analysis), ReportPage(width))
        return [piece for piece in pieces if isinstance(piece, Piece) and piece.style == "bold"]

    @pytest.mark.parametrize("width", [None, 80, 40])
    def test_are_bold_without_their_products(self, width: int | None) -> None:
        shown = self.bold(NET, width)
        assert shown == (["1,440"] if width == 40 else ["192", "144", "3,888", "1,440", "1,440"])

    def test_are_those_of_a_tenth_and_more(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x1\nlayers:\n" + "".join(
            f"  - conv: {{filters: {filters}, kernel: 1, bias: false}}\n" for filters in (1, 9, 1)
        )
        # Of the second layer its values, its weights and its MACs; of the third the latter two.
        shown = self.bold(text, 200)
        assert [piece for piece in shown if piece != "64"] == ["576", "9", "576", "9", "576"]

    def test_are_none_where_all_is_zero_or_unknown(self) -> None:
        assert "0" not in self.bold("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - maxpool\n")
        assert not self.bold("cnncalc: 1\nlayers:\n  - relu\n")


class TestBars:
    def test_are_beside_their_figures(self, rendered: Rendered) -> None:
        lines = rendered(NET, "text", bars=True, width=100).split("\n\n")[1].splitlines()
        assert lines == [
            "  name   layer    volume    values              weights               MACs",
            "  input  INPUT    [8x8x3]      192  ██████████        0                  0",
            "  conv1  CONV3-4  [6x6x4]      144  ███████▌        108  ▊           3,888  ██████████",
            "  fc1    FC       [1x1x10]      10  ▋             1,440  ██████████  1,440  ███▊",
            "  a whole bar is the largest figure of its column",
        ]

    def test_stay_where_a_narrow_page_has_no_room_for_figures(self, rendered: Rendered) -> None:
        lines = rendered(NET, "text", bars=True, width=50).split("\n\n")[1].splitlines()
        assert lines[0] == "  name   values      weights     MACs"
        assert lines[2] == "  conv1  ███████▌    ▊           ██████████"

    def test_are_not_drawn_of_what_is_unknown(self, rendered: Rendered) -> None:
        text = NET.replace("  - flatten", "  - unknown: {op: odd}\n  - flatten")
        lines = rendered(text, "text", bars=True, width=80).splitlines()
        (line,) = [line for line in lines if line.startswith("  unknown1")]
        assert line.split() == ["unknown1", "[6x6x4]", "144", "███████▌", "?", "?"]


class TestTotals:
    def test_say_their_units(self, rendered: Rendered) -> None:
        assert rendered(NET, "text").split("\n\n")[2].splitlines() == [
            "  activations   346 values = 1.35 KiB an image, forward; 2.70 KiB with their gradients",
            "  weights       1,548; parameters 1,562 = 6.10 KiB, x3 with momentum 18.30 KiB",
            "  MACs          5,328 an image (products of conv, fc and matmul; 1 MAC = 2 FLOPs)",
            "  depth         2 layers with weights on the longest path (1 conv, 1 fc)",
        ]

    def test_name_buffers_where_there_are_any(self, rendered: Rendered) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, norm: bn}\n"
        assert "  buffers       9 values = 40 bytes (saved, not learned)\n" in rendered(text, "text")

    @pytest.mark.parametrize(
        ("layers", "says"),
        [
            ("  - conv: {filters: 4, kernel: 9}\n", "conv1 is unknown, because of an error"),
            (
                "  - conv: 0\n  - relu\n  - relu\n",
                "3 layers are unknown, from conv1 on, because of an error",
            ),
        ],
    )
    def test_of_what_is_unknown_say_so(self, rendered: Rendered, layers: str, says: str) -> None:
        text = rendered("cnncalc: 1\ninput: 8x8x3\nlayers:\n" + layers, "text")
        assert f"  unknown       {says}\n" in text
        assert "  activations   ? (at least 192) values an image\n" in text
        assert "  weights       ?; parameters ?\n" in text


class TestSentences:
    def test_are_as_many_to_a_line_as_fit(self, rendered: Rendered) -> None:
        first, two = (rendered("vgg16_bn", "text", width=width).split("\n\n")[-1] for width in (400, 72))
        assert len(first.splitlines()) == 1
        assert len(two.splitlines()) > 1
        assert first.count(".") == 1
        assert first.replace("; ", ".\n  ") == two
