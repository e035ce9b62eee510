"""The factor of the parameters is what PyTorch's optimizers store, counted on a real step."""

from importlib import import_module
from typing import Any

import pytest
import torch

from benchmarks._step import OF_TIMM
from cnncalc.memory import Setup
from cnncalc.memory.allocated import optimizers
from cnncalc.memory.report import factors, learning_of

# For each optimizer: its defaults, and each of its options alone.
CASES: list[tuple[str, dict[str, Any]]] = [
    (name, options)
    for name in optimizers.names()
    if optimizers.optimizer_type(name).state_width is None
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
def test_is_that_of_the_optimizer_after_a_step(timm: Any, name: str, options: dict[str, Any]) -> None:
    weight = torch.nn.Parameter(torch.ones(3, 5))
    library = import_module(f"{timm.__name__}.optim") if name in OF_TIMM else torch.optim
    (kind,) = [item for item in vars(library).values() if getattr(item, "__name__", "").lower() == name]
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


def test_a_state_of_8_bits_is_a_part_of_a_value() -> None:
    assert learning_of(Setup(optimizer="adam8bit")).factor == 2.5
    assert learning_of(Setup(optimizer="adam8bit", dtype="bfloat16")).factor == 3
    assert factors()["adam8bit"] == 2.5


def test_every_optimizer_is_listed_with_what_makes_it_larger() -> None:
    listed = factors()
    assert {name for name in listed if " " not in name} == set(optimizers.names())
    assert (listed["sgd"], listed["sgd with momentum"], listed["adam"]) == (2, 3, 4)
    assert "sgd with weight_decay" not in listed
