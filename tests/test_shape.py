"""Volumes, and the one window arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.shape import DTYPES, Shape, Window, half_padding, same_padding

SIZES = st.integers(1, 60)
WINDOWS = st.builds(
    Window, SIZES, st.integers(1, 9), st.integers(1, 9), st.integers(0, 6), st.integers(0, 6), st.integers(1, 4),
    st.booleans(),
)  # fmt: skip


class TestShape:
    @pytest.mark.parametrize(
        ("shape", "text", "size", "torch", "values"),
        [
            (
                Shape(3, (224, 200)),
                "224x200x3",
                134_400,
                (3, 224, 200),
                {"channels": 3, "height": 224, "width": 200},
            ),
            (Shape(2, (100,)), "100x2", 200, (2, 100), {"channels": 2, "length": 100}),
            (
                Shape(1, (8, 9, 7)),
                "8x9x7x1",
                504,
                (1, 8, 9, 7),
                {"channels": 1, "depth": 8, "height": 9, "width": 7},
            ),
            (Shape(1000), "1000", 1000, (1000,), {"features": 1000}),
        ],
    )
    def test_is_written_in_every_form(
        self, shape: Shape, text: str, size: int, torch: tuple[int, ...], values: dict[str, int]
    ) -> None:
        assert (str(shape), shape.size, shape.torch, shape.asdict()) == (text, size, torch, values)
        assert shape.rank == len(shape.axes) == len(shape.spatial)
        assert shape.positions * shape.channels == shape.size


def test_types_have_pytorchs_sizes() -> None:
    assert DTYPES == {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int64": 8, "bool": 1}


def starts(window: Window) -> list[int]:
    """Where windows start, by walking along the padded input as PyTorch does."""
    padded = window.before + window.size + window.after
    starts_found = [start for start in range(0, padded, window.stride) if start + window.extent <= padded]
    if window.ceil and window.extent - padded < window.stride:
        following = len(starts_found) * window.stride
        # One more, where it reaches past the end; but none that starts in the padding at the end.
        if window.span % window.stride and following < window.size + window.before:
            starts_found.append(following)
    return starts_found


class TestWindow:
    @given(WINDOWS)
    def test_output_is_the_number_of_windows(self, window: Window) -> None:
        assert window.output == len(starts(window))

    @given(WINDOWS)
    def test_formula_and_quotient_are_the_courses(self, window: Window) -> None:
        left, right = window.formula.split("/")
        size, minus, extent, plus, padding = left.strip("()").split()
        assert (minus, plus, right) == ("-", "+", f"{window.stride} + 1")
        value = Fraction(int(size) - int(extent) + int(padding), window.stride) + 1
        assert window.quotient == str(value) if value.denominator == 1 else "." in window.quotient
        assert abs(Fraction(window.quotient) - value) <= Fraction(1, 1000)
        if not window.ceil and window.span >= 0:
            assert window.output == value // 1

    @pytest.mark.parametrize(
        ("size", "kernel", "stride", "quotient"),
        [
            (10, 3, 2, "4.5"),
            (224, 11, 4, "54.25"),
            (227, 11, 4, "55"),
            (16_000, 3, 2, "7999.5"),
            (10**18 - 1, 3, 2, "499999999999999999"),
            (10**18 - 2, 3, 2, "499999999999999998.5"),
            (10_000, 1, 9_999, "2"),
            (10_000, 2, 9_999, "1.999"),
            (3, 2, 9_999, "1.001"),
            (2, 5, 2, "-0.5"),
            (2, 5, 1, "-2"),
            (5, 9, 3, "-0.333"),
        ],
    )
    def test_a_remainder_never_reads_like_a_whole_number(
        self, size: int, kernel: int, stride: int, quotient: str
    ) -> None:
        assert Window(size, kernel, stride).quotient == quotient

    @given(WINDOWS)
    def test_unread_are_the_real_positions_after_the_last_window(self, window: Window) -> None:
        assume(starts(window))
        last = starts(window)[-1] + window.extent
        real = range(window.before, window.before + window.size)
        assert window.unread == len([position for position in real if position >= last])

    @given(WINDOWS)
    def test_overhang_is_what_the_last_window_reaches_past_the_padded_input(self, window: Window) -> None:
        assume(starts(window))
        padded = window.before + window.size + window.after
        assert window.overhang == max(0, starts(window)[-1] + window.extent - padded)

    @given(WINDOWS)
    def test_remainder_is_what_floor_leaves(self, window: Window) -> None:
        assume(window.span >= 0)
        assert (
            window.remainder == (window.size - window.extent + window.before + window.after) % window.stride
        )
        assert (window.remainder == 0) is (Fraction(window.span, window.stride).denominator == 1)

    @given(WINDOWS)
    def test_alternatives_leave_no_remainder(self, window: Window) -> None:
        for name, changed in window.exact():
            assert changed.span >= 0
            assert changed.remainder == 0
            assert changed != window
            different = {
                field for field in window._fields if getattr(window, field) != getattr(changed, field)
            }
            assert different == ({"before", "after"} if name == "padding" else {name})


@given(SIZES, st.integers(0, 4), st.integers(1, 4))
def test_half_padding_keeps_the_size_under_stride_1(size: int, half: int, dilation: int) -> None:
    kernel = 2 * half + 1
    padding = half_padding(kernel, dilation)
    assert Window(size, kernel, 1, padding, padding, dilation).output == size


@given(SIZES, st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_same_padding_gives_the_size_over_the_stride_rounded_up(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    before, after = same_padding(size, kernel, stride, dilation)
    assert after - before in (0, 1)
    assert before >= 0
    assert Window(size, kernel, stride, before, after, dilation).output == -(-size // stride)
