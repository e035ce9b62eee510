"""A norm keeps its shift where another norm follows: only other layers leave theirs out by default."""

import pytest

import cnncalc


@pytest.mark.parametrize("first", ["bn", "gn: 1", "ln2d", "instance_norm: {affine: true}"])
def test_a_norm_before_a_norm_has_its_shift(first: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x4\nlayers:\n  - {first}\n  - bn\n"
    assert cnncalc.analyse(cnncalc.load(text)).totals.params == 16
