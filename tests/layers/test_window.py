"""The window arithmetic is PyTorch's, and every suggested change removes its problem."""

from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnncalc.diagnostic import Severity
from cnncalc.layers import Layer, layer_type, names, problems
from cnncalc.shape import Window, same_padding
from cnncalc.vocabulary.field import stated
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.window import Windowed
from tests._depth import cases
from tests._each import each

COUNT = cases(8, 200, of=5)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

windows = st.builds(
    Window,
    size=st.integers(1, 20),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 6),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    dilation=st.integers(1, 3),
    ceil=st.just(False),
)


@pytest.mark.fuzz
@given(window=windows)
@settings(max_examples=COUNT * 2)
def test_as_many_windows_as_pytorch_s_convolution(torch: ModuleType, window: Window) -> None:
    signal = torch.nn.functional.pad(torch.zeros(1, 1, window.size), (window.before, window.after))
    filters = torch.zeros(1, 1, window.kernel)
    if window.output:
        got = torch.nn.functional.conv1d(signal, filters, stride=window.stride, dilation=window.dilation)
        assert window.output == got.shape[-1]
    else:
        with pytest.raises(RuntimeError, match="Kernel size can't be greater"):
            torch.nn.functional.conv1d(signal, filters, stride=window.stride, dilation=window.dilation)


@pytest.mark.fuzz
@given(window=windows, ceil=st.booleans())
@settings(max_examples=COUNT * 2, suppress_health_check=LAX)
def test_as_many_windows_as_pytorch_s_pooling(torch: ModuleType, window: Window, ceil: bool) -> None:
    window = window._replace(after=window.before, ceil=ceil)
    assume(window.before <= window.kernel // 2)
    pool = torch.nn.MaxPool1d(window.kernel, window.stride, window.before, window.dilation, ceil_mode=ceil)
    if window.output:
        assert window.output == pool(torch.zeros(1, 1, window.size)).shape[-1]
    else:
        with pytest.raises(RuntimeError, match="Invalid computed output size"):
            pool(torch.zeros(1, 1, window.size))


@pytest.mark.fuzz
@given(window=windows)
@settings(max_examples=COUNT * 2)
def test_unread_positions_are_those_that_no_window_covers(window: Window) -> None:
    assume(window.output)
    starts = [index * window.stride - window.before for index in range(window.output)]
    covered = starts[-1] + window.extent
    assert window.unread == window.size - min(window.size, max(0, covered))


@given(window=windows.map(lambda window: window._replace(ceil=True)))
def test_overhang_is_how_far_the_last_window_reaches_out(window: Window) -> None:
    assume(window.output)
    end = (window.output - 1) * window.stride - window.before + window.extent
    assert window.overhang == max(0, end - window.size - window.after)


@given(window=windows)
def test_same_gives_one_window_for_every_stride(window: Window) -> None:
    before, after = same_padding(window.size, window.kernel, window.stride, window.dilation)
    assert 0 <= after - before <= 1
    assert window._replace(before=before, after=after).output == -(-window.size // window.stride)


@pytest.mark.fuzz
@given(window=windows)
@settings(max_examples=COUNT * 2)
def test_exact_alternatives_are_exact_and_change_one_number(window: Window) -> None:
    for name, changed in window.exact():
        assert changed.span >= 0
        assert changed.remainder == 0
        differing = {field for field in Window._fields if getattr(changed, field) != getattr(window, field)}
        assert differing == ({"before", "after"} if name == "padding" else {name})


def changed(layer: Layer, inputs: Inputs, field: str, value: Any, operand: int) -> tuple[Layer, Inputs]:
    if field == "input":
        return layer, (*inputs[:operand], value, *inputs[operand + 1 :])
    # A padding of sides is said as a mapping.
    read = stated(type(layer))[field][0].kind.read(value)
    assert read == value or isinstance(value, dict), "a value that a spec could not say"
    return layer.with_fields(**{field: read}), inputs


@pytest.mark.fuzz
@pytest.mark.parametrize("name", names())
@given(data=st.data())
@settings(max_examples=COUNT, suppress_health_check=LAX)
def test_every_change_removes_its_problem(random_case: Any, name: str, data: st.DataObject) -> None:
    layer, inputs = data.draw(random_case(name, sound=False))
    for problem in problems(layer, inputs):
        changes = ((change.field, change.value) for change in problem.changes)
        for field, value in changes:
            after = list(problems(*changed(layer, inputs, field, value, problem.operand)))
            left = [other for other in after if other.fault == problem.fault]
            assert not left, f"{field} = {value} leaves {left}"


@each("stride", range(1, 9))
@each("kernel", range(1, 9))
def test_a_lost_row_is_always_reported_with_an_alternative(kernel: int, stride: int) -> None:
    type_: Any = layer_type("conv")
    conv = type_(filters=1, kernel=kernel, stride=stride)
    assert isinstance(conv, Windowed)
    for size in range(1, 30):
        shape = conv.examples[0].inputs[0]._replace(spatial=(size, size))
        (window, _) = conv.windows(shape)
        selected = [
            problem for problem in problems(conv, (shape,)) if problem.fault.severity is Severity.ERROR
        ]
        assert bool(selected) == (window.span < 0 or (window.unread > 0 and kernel >= stride))
        assert all(problem.changes for problem in selected)
