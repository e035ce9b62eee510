"""roll: values by hand, and that of Swin transformers."""

from types import ModuleType
from typing import Any

from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from tests.layers._twin import twin

KIND: Any = layer_type("roll")


def test_values_move_to_the_end_and_come_back_at_the_start(torch: ModuleType) -> None:
    row = torch.arange(5.0).view(1, 1, 5)
    assert twin(torch, KIND(shift=2), (Shape(1, (5,)),))(row).flatten().tolist() == [3, 4, 0, 1, 2]


def test_one_axis_can_stay(torch: ModuleType) -> None:
    batch = torch.randn(2, 3, 4, 6)
    rolled = twin(torch, KIND(shift=(0, 2)), (Shape(3, (4, 6)),))(batch)
    torch.testing.assert_close(rolled, batch.roll(2, 3), rtol=0, atol=0)


def test_rolls_back_as_swin_does(torch: ModuleType) -> None:
    batch = torch.randn(2, 3, 7, 7)
    rolled = twin(torch, KIND(shift=7 - 3), (Shape(3, (7, 7)),))(batch)
    torch.testing.assert_close(rolled, batch.roll((-3, -3), (2, 3)), rtol=0, atol=0)
