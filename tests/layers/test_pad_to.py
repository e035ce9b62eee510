"""pad_to: where the zeros are, and what is refused."""

from types import ModuleType

from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from tests.layers._twin import twin


def test_the_odd_zero_is_at_the_end(torch: ModuleType) -> None:
    inputs = (Shape(1, (2, 1)), Shape(3, (5, 4)))
    padded = twin(torch, layer_type("pad_to")(), inputs)(torch.ones(1, 1, 2, 1), torch.ones(1, 3, 5, 4))
    assert tuple(padded.shape) == (1, 1, 5, 4)
    assert padded[0, 0].nonzero().tolist() == [[1, 1], [2, 1]]


def test_a_smaller_size_is_a_fault_with_its_numbers() -> None:
    (problem,) = problems(layer_type("pad_to")(), (Shape(4, (8, 9)), Shape(3, (8, 7))))
    assert problem.message == "width: 8x7x3 has 7 positions, but 8x9x4 has 9"
    assert problem.help == "`crop_to` cuts"
