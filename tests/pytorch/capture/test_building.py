"""A model is built without its random values, and with all that is computed from others."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn

from cnncalc.pytorch.capture.building import buffer_values, on_meta


class Random(nn.Module):
    """A network with weights that are truncated to a range, and with a table that is computed."""

    def __init__(self, *, reads_values: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(300, 300))
        with torch.no_grad():
            self.given = self.weight.uniform_(-1, 1).erfinv_().clamp_(min=-2, max=2)
        self.register_buffer("steps", torch.linspace(0, 1, 5).clamp_(max=0.5))
        if reads_values:
            assert bool(torch.empty(3).fill_(1.0).sum() > 0)
            self.register_buffer("small", torch.zeros(4).clamp_(min=1.0))


def test_random_values_are_left_out_and_the_tensor_is_the_same() -> None:
    module = on_meta(Random)
    assert isinstance(module, Random)
    assert module.weight.is_meta
    assert module.given is module.weight


def test_computed_values_are_kept() -> None:
    for reads_values in (False, True):
        values = buffer_values(on_meta(partial(Random, reads_values=reads_values)))
        assert values["steps"].tolist() == [0.0, 0.25, 0.5, 0.5, 0.5]
        if reads_values:
            assert values["small"].tolist() == [1.0] * 4


def test_bounds_that_are_tensors_are_checked_by_pytorch() -> None:
    def wrong() -> nn.Module:
        Tensor.clamp_(torch.empty(3), torch.empty(4))
        return nn.Identity()

    with pytest.raises(RuntimeError, match="size"):
        on_meta(wrong)
