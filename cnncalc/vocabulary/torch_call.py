"""The PyTorch call of a layer, as data: nothing here imports torch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from cnncalc.record import NamedTuple


class TorchCall(NamedTuple):
    """The PyTorch call of a layer, as data: a module to build, or a function of the inputs.

    `nn.*` and `own.*` are modules (`torch.nn`; `cnncalc.pytorch.modules`, where PyTorch has no module),
    `torch.*` and `F.*` functions. `operands` says how the inputs are passed: as arguments, as one list, two at a time,
    or only the first one. Python's `operator.*` takes numbers too.
    """

    target: str
    arguments: Mapping[str, Any] = MappingProxyType({})
    operands: Literal["arguments", "list", "fold", "first"] = "arguments"
    # If there are numbers among the operands of a fold: all operands, with None for tensors.
    numbers: tuple[float | None, ...] = ()
    # A function of torch.nn.utils.parametrizations that is applied to the module.
    parametrization: str = ""
    # The shape in which each operand of a fold is viewed first; None: as it is, (): all are.
    views: tuple[tuple[int, ...] | None, ...] = ()


def call_text(call: TorchCall) -> str:
    """A call as PyTorch code, without its operands, unless there are numbers among them."""
    numbers = ["x" if number is None else f"{number!r}" for number in call.numbers]
    arguments = [f"{name}={value!r}" for name, value in call.arguments.items()]
    text = f"{call.target}({', '.join((*numbers, *arguments))})"
    return f"{call.parametrization}({text})" if call.parametrization else text
