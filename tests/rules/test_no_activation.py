"""D104: networks that are a linear function."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.no_activation import NoActivation
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def found() -> Found:
    return alone(NoActivation)


NET = "  - conv: {filters: 8, kernel: 3, norm: bn}\n  - avgpool: 2\n  - conv: 16\n  - flatten\n  - fc: 10\n"


def test_tells_how_many_layers_are_one(found: Found) -> None:
    (item,) = found(HEAD + NET)
    assert item.message == (
        "no activation in 6 layers: the 3 with weights from `conv1` to `fc1` are one linear function"
    )
    assert (item.span.line, item.span.column) == (4, 5)
    # 3*3*16*8 + 16, (8 + 1)*16, (15*15*16 + 1)*10
    assert item.notes[0].text == "37,322 parameters; the matrix from 16,384 values to 10 has 163,840"


@pytest.mark.parametrize(
    "layers",
    [
        NET.replace("conv: 16", "conv: {filters: 16, act: relu}"),
        NET.replace("avgpool", "maxpool"),
        NET.replace("norm: bn", "norm: ln2d"),
        # Pieces of a network.
        "  - conv: 8\n  - conv: 16\n",
        "  - concat:\n      - [conv: 8]\n      - [conv: 8]\n      - [conv: 8]\n",
    ],
)
def test_others_are_fine(found: Found, layers: str) -> None:
    assert found(HEAD + layers) == []
