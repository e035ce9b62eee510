"""Single layers of attention, as PyTorch's CUDA build runs them: the kernel and the bytes are those that layers say."""

import pytest

from benchmarks.fake_cuda import attention
from benchmarks.fake_cuda.cases import CAPABILITIES
from tests._depth import DEEP

ROWS = attention.read()


@pytest.mark.parametrize("layer", attention.LAYERS)
def test_every_kernel_and_figure_is_predicted(layer: str) -> None:
    """Without the deep profile PyTorch's own choice for every other capability, and every kernel for one."""
    some = CAPABILITIES if DEEP else CAPABILITIES[1::2]
    rows = [row for row in ROWS if row["layer"] == layer and row["capability"] in some]
    assert [difference for row in rows for difference in attention.differences(row)] == []


def test_the_rows_are_the_cases_of_now() -> None:
    measured = {(row["layer"], row["kernel"], row["capability"]) for row in ROWS}
    assert measured == {tuple(case) for capability in CAPABILITIES for case in attention.cases(capability)}


def test_every_kernel_ran() -> None:
    ran = {
        run["kernel"]
        for row in ROWS
        for runs in row["runs"].values()
        for run in runs.values()
        if run is not None
    }
    assert ran == {"math", *attention.OPERATIONS}
