import pytest

from cnncalc.memory.device import CUDNN, Interval, cublas, cuda_context

MIB = 2**20


@pytest.mark.parametrize(
    ("capability", "low", "high"),
    [
        pytest.param((3, 5), 8_519_680, 8_519_680, id="Kepler"),
        pytest.param((8, 6), 8_519_680, 8_519_680, id="Ampere"),
        pytest.param((8, 9), 8_519_680, 8_519_680, id="Ada"),
        pytest.param((9, 0), 32 * MIB, 32 * MIB, id="Hopper"),
        pytest.param((10, 3), 32 * MIB, 32 * MIB, id="Blackwell of the data centre"),
        pytest.param((12, 0), 32 * MIB, 32 * MIB, id="Blackwell of the desk"),
        pytest.param((11, 0), 8_519_680, 32 * MIB, id="Thor differs by version"),
        pytest.param((13, 0), 8_519_680, 32 * MIB, id="not out yet"),
        pytest.param(None, 8_519_680, 32 * MIB, id="no GPU named"),
    ],
)
def test_the_workspace_of_cublas_follows_the_architecture(
    capability: tuple[int, int] | None, low: int, high: int
) -> None:
    held = cublas(capability)
    assert held.size == Interval(low, high)
    assert held.size.exact == (low if low == high else None)
    assert held.counted


def test_unknown_is_not_nothing() -> None:
    for held in (CUDNN, cuda_context().workspace):
        assert held.size.high is None
        assert held.size.exact is None
    assert CUDNN.counted
    assert not cuda_context().workspace.counted
    assert cuda_context().nbytes > 0
    assert Interval(0, 0).exact == 0


def test_everything_held_has_its_source() -> None:
    for held in (cublas(None), CUDNN, cuda_context().workspace):
        assert held.name
        assert held.source
