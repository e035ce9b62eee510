"""Input positions that windows read are counted in closed form: the same as one by one, at any size."""

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.shape import Window
from cnncalc.vocabulary.connections import Connections, inside, reads
from cnncalc.vocabulary.flipped import gradient_windows


@given(
    st.integers(0, 9),
    st.integers(1, 7),
    st.integers(1, 6),
    st.integers(-12, 9),
    st.integers(1, 6),
    st.integers(1, 20),
)
def test_are_those_of_every_tap(
    count: int, kernel: int, stride: int, start: int, dilation: int, size: int
) -> None:
    taps = [start + window * stride + tap * dilation for window in range(count) for tap in range(kernel)]
    assert inside(count, kernel, stride, start, dilation, size=size) == sum(0 <= tap < size for tap in taps)


def test_of_the_largest_axes_take_no_time() -> None:
    size, kernel = 10**18 - 1, 10**9
    # Every window lies within: as many as there are windows times taps.
    assert inside(10**17, kernel, 3, 0, 1, size=size) == 10**17 * kernel
    # Half a kernel of padding at both ends loses half a kernel's triangle at each.
    lost = 2 * sum(range(1, 500))
    assert inside(size, 999, 1, -499, 1, size=size) == size * 999 - lost


def test_of_several_axes_multiply() -> None:
    rows, columns = Window(5, 3, 1, 1, 1), Window(4, 2, 2)
    assert reads([rows, columns]) == reads([rows]) * reads([columns]) == 13 * 4


def test_matrix_has_as_many_zeros_as_are_left() -> None:
    matrix = Connections(32, 484, 3200)
    assert (matrix.entries, matrix.zeros) == (15_488, 12_288)


@given(
    st.integers(1, 20),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 3),
)
def test_windows_of_the_gradient_give_the_input_again(
    size: int, kernel: int, stride: int, before: int, after: int, dilation: int
) -> None:
    window = Window(size, kernel, stride, before, after, dilation)
    if window.output:
        (back,) = gradient_windows([window])
        assert (back.output, back.remainder, back.stride) == (size, 0, 1)
