"""`in`: the model of a network that uses it equals that of the same network with names."""

import pytest

import cnncalc
from cnncalc.pytorch import build

torch = pytest.importorskip("torch")

WITH_IN = """\
cnncalc: 1
input: 6x6x4
blocks:
  unit:
    layers:
      - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
      - mul: [prev, in]
      - residual:
          - conv: 4
          - add: [prev, in]
layers:
  - conv: 4
  - unit:
    repeat: 2
  - concat: [in, prev]
"""
WITH_NAMES = """\
cnncalc: 1
input: 6x6x4
layers:
  - conv: 4
    name: a
  - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
  - mul: [prev, a]
    name: p
  - conv: 4
  - add: [prev, a]
  - add: [prev, p]
    name: b
  - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
  - mul: [prev, b]
    name: q
  - conv: 4
  - add: [prev, b]
  - add: [prev, q]
  - concat: [input, prev]
"""


def test_computes_the_same() -> None:
    model, other = (build(cnncalc.load(text), seed=3) for text in (WITH_IN, WITH_NAMES))
    image = torch.randn(2, 4, 6, 6)
    with torch.no_grad():
        assert torch.equal(model(image), other(image))
