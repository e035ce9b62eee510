"""The chart over time: heights, labels, phases, in blocks and in ASCII."""

import pytest

from cnncalc.memory.report import ReportedMoment
from cnncalc.render.bars import ASCII, BLOCKS, Ink
from cnncalc.render.memory._plot import chart
from tests._each import each

MIB = 2**20


def moments(*levels: int, phase: str = "forward") -> list[ReportedMoment]:
    """One for each level, in MiB."""
    return [
        ReportedMoment(phase, f"layer{index}", level * MIB, level * MIB) for index, level in enumerate(levels)
    ]


class TestChart:
    def test_heights(self) -> None:
        """16 eighths in two rows, one more in every column."""
        lines = chart(moments(*range(17)), 0, 17 + len("16.0") + 2 + 1 + len("forward"), 2, BLOCKS)
        assert lines[:3] == [
            "16.0 ┤         ▁▂▃▄▅▆▇█",
            " 8.0 ┤ ▁▂▃▄▅▆▇█████████",
            " 0.0 ┼─────────────────",
        ]

    def test_has_axis_labels_in_mib(self) -> None:
        lines = chart(moments(100, 150, 300), 100 * MIB, 60, 8, BLOCKS)
        assert [line.split()[0] for line in lines if "┤" in line or "┼" in line] == [
            "300.0",
            "200.0",
            "100.0",
        ]

    @pytest.mark.parametrize(("peak", "label"), [(2_000, "2,000"), (300, "300.0"), (5, "5.0"), (1, "1.0")])
    def test_labels_have_as_many_digits_as_they_need(self, peak: int, label: str) -> None:
        assert chart(moments(peak), 0, 60, 8, BLOCKS)[0].split()[0].startswith(label)

    def test_the_fullest_column_is_at_the_peak(self) -> None:
        lines = chart(moments(1, 9, 3), 0, 60, 8, BLOCKS)
        assert "█" in lines[0]
        body = [line.partition("┤")[2] or line.partition("│")[2] for line in lines[:8]]
        assert max(map(len, body[1:4])) == len(body[0])

    def test_many_moments_share_a_column_and_the_most_is_shown(self) -> None:
        levels = [1] * 1000
        levels[500] = 50
        assert "█" in chart(moments(*levels), 0, 60, 8, BLOCKS)[0]

    @each("ink", [BLOCKS, ASCII])
    @each("count", [1, 2, 50, 999])
    @each("width", [40, 80, 120, 300])
    def test_fits_the_width(self, ink: Ink, count: int, width: int) -> None:
        some = [
            *moments(*range(1, count + 1)),
            *moments(*range(count, 0, -1), phase="backward"),
            *moments(1, phase="step"),
        ]
        lines = chart(some, 0, width, 8, ink)
        assert len(lines) in (10, 11)
        assert max(map(len, lines)) <= width
        assert all(line == line.rstrip() for line in lines)

    def test_without_activity_there_is_no_chart(self) -> None:
        assert chart(moments(5, 5), 5 * MIB, 60, 8, BLOCKS) == []
        assert chart([], 5, 60, 8, BLOCKS) == []

    def test_ascii_is_ascii(self) -> None:
        lines = chart([*moments(1, 5, 3), *moments(4, 2, phase="backward")], 0, 60, 8, ASCII)
        assert all(line.isascii() for line in lines)
        assert "#" in lines[0]


class TestPhases:
    def test_are_named_where_they_begin(self) -> None:
        some = [*moments(1, 2), *moments(3, 1, phase="backward"), *moments(1, phase="step")]
        line = chart(some, 0, 60, 8, BLOCKS)[-1]
        assert [word.strip() for word in line.split("│")] == ["", "forward", "backward", "step"]

    def test_are_letters_where_words_have_no_room(self) -> None:
        some = []
        for _ in range(20):
            some += [*moments(2), *moments(3, phase="backward")]
        letters, labels = chart(some, 0, 60, 8, BLOCKS)[-2:]
        assert set(letters.strip()) == {"f", "b"}
        assert labels.strip() == "f forward, b backward"
