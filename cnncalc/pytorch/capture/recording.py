"""What a run of a model does: every call of a PyTorch function, with its tensors, its module calls and its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.importers import Scope

# Functions whose result is a Python value that depends on the values of a tensor.
READS_VALUES = frozenset(
    ("item", "__bool__", "__int__", "__float__", "__index__", "__complex__", "tolist", "numpy", "__array__")
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor at one moment of the run: a tensor that is written into becomes another one."""

    number: int
    shape: tuple[int, ...]


@dataclass(slots=True)
class Call:
    """One call of a function.

    `name` is the function (`torch.nn.functional.relu`), `arguments` and `keywords` are what it was called with, with a
    `Ref` for each tensor, and `reads` are all of these in order. `outputs` has a `Ref` for each tensor of its result,
    None for what is no tensor. `writes`: its result is the tensor that it has changed. `scopes` are the module calls
    around it. `place` is the line of code that is not PyTorch's. `function` is the function itself, None where it is
    unknown. `short` is the last part of its name: `relu`; of a property its own name: `real`.
    """

    name: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    reads: tuple[Ref, ...]
    outputs: tuple[Ref | None, ...]
    several: bool
    writes: bool
    scopes: tuple[Scope, ...]
    place: str
    function: Any = None
    short: str = field(init=False)

    def __post_init__(self) -> None:
        rest, _, last = self.name.rpartition(".")
        self.short = rest.rpartition(".")[2] if last == "__get__" else last


@dataclass(slots=True)
class ModuleCall:
    """One call of a module: its scope, the class's full name, the calls in it (`start` to `stop`), inputs, outputs."""

    scope: Scope
    module: nn.Module
    start: int
    inputs: Any
    stop: int = -1
    outputs: Any = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A parameter (`learned`; `frozen` if it is not trained) or a buffer of the model."""

    name: str
    learned: bool
    shape: tuple[int, ...]
    frozen: bool = False

    @property
    def size(self) -> int:
        """The number of its values."""
        return prod(self.shape)


@dataclass(slots=True)
class Recording:
    """A whole run. `owned` are parameters and buffers by the tensor's number, `named` the same by their names."""

    calls: list[Call] = field(default_factory=list)
    modules: list[ModuleCall] = field(default_factory=list)
    inputs: dict[str, Ref] = field(default_factory=dict)
    output: Any = None
    owned: dict[int, Stored] = field(default_factory=dict)
    named: dict[str, Stored] = field(default_factory=dict)
    types: dict[int, torch.dtype] = field(default_factory=dict)
    # The numbers of parameters and buffers by each of their names: others stand in for them while a model runs.
    numbers: dict[str, int] = field(default_factory=dict)
    # Numbers of tensors that no recorded call has made.
    strangers: dict[int, str] = field(default_factory=dict)
    # The values of buffers by their names, as far as they are known.
    values: Mapping[str, Tensor] = field(default_factory=dict)


def refs(value: Any) -> Iterator[Ref]:
    """The tensors in a value, at any depth."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from refs(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from refs(inside)
    elif isinstance(value, slice):
        yield from refs((value.start, value.stop, value.step))
