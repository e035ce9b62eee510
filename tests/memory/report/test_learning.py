"""The factor of the parameters is what PyTorch's optimizers store, counted on a real step."""

from typing import Any

import pytest
import torch

from cnncalc.memory import Setup
from cnncalc.memory.allocated import optimizers
from cnncalc.memory.report import factors, learning_of

# For each optimizer: its defaults, and each of its options alone.
CASES: list[tuple[str, dict[str, Any]]] = [
    (name, options)
    for name in optimizers.names()
    for options in (
        {},
        *(
            {option: True if isinstance(default, bool) else 0.9}
            for option, default in optimizers.optimizer_type(name).options.items()
        ),
    )
    # PyTorch has no Nesterov without momentum.
    if "nesterov" not in options
] + [("sgd", {"momentum": 0.9, "nesterov": True}), ("rmsprop", {"momentum": 0.9, "centered": True})]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_is_that_of_the_optimizer_after_a_step(name: str, options: dict[str, Any]) -> None:
    weight = torch.nn.Parameter(torch.ones(3, 5))
    (kind,) = [item for item in vars(torch.optim).values() if getattr(item, "__name__", "").lower() == name]
    optimizer = kind([weight], lr=0.1, **options)
    weight.sum().backward()
    optimizer.step()
    assert weight.grad is not None
    held = [
        key
        for key, value in optimizer.state[weight].items()
        if isinstance(value, torch.Tensor) and value.shape == weight.shape
    ]
    learning = learning_of(Setup(optimizer=name, options=options))
    assert learning.factor == 2 + len(held)
    assert sorted(learning.state) == sorted(held)


def test_every_optimizer_is_listed_with_what_makes_it_larger() -> None:
    listed = factors()
    assert {name for name in listed if " " not in name} == set(optimizers.names())
    assert (listed["sgd"], listed["sgd with momentum"], listed["adam"]) == (2, 3, 4)
    assert "sgd with weight_decay" not in listed
