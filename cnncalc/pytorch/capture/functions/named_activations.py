"""Activations that no other file maps: a layer with the name of a function of `torch.nn.functional` is that function.

So a new activation is known here as soon as it is a layer. Its fields are the function's arguments with their names.
"""

import inspect
from typing import Any

from torch.nn import functional

from cnncalc.layers import Layer, layer_type, names
from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import FUNCTIONS, Unmapped, maps
from cnncalc.pytorch.capture.values import Value
from cnncalc.vocabulary.families import ACTIVATION
from cnncalc.vocabulary.groups import Elementwise

# The argument that changes no value.
INPLACE = "inplace"


def map_by_name(kind: type[Layer]) -> None:
    """Map the function of a layer's name, and the name that PyTorch itself has for it (`logsigmoid`: `log_sigmoid`)."""
    function = getattr(functional, kind.key)
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except ValueError:
        # A function in C++ has no signature: with more arguments than the input it needs a mapping of its own.
        parameters = []

    @maps(kind.key, function.__name__)
    def activation(drafting: Drafting, input: Any, *others: Any, **named: Any) -> Value:
        given = {parameter.name: value for parameter, value in zip(parameters, others, strict=False)} | named
        usual = {parameter.name: parameter.default for parameter in parameters}
        if len(others) > len(parameters) or not isinstance(given.pop(INPLACE, False), bool):
            raise Unmapped("it has other arguments than the layer")
        fields = {name: value for name, value in given.items() if value != usual.get(name)}
        if unknown := [name for name in fields if name not in kind.declared]:
            raise Unmapped(f"the layer has no {', '.join(unknown)}")
        return drafting.elementwise(kind.key, drafting.value(input), **fields)


def _by_name() -> None:
    for kind in map(layer_type, names()):
        simple = kind.family == ACTIVATION and issubclass(kind, Elementwise)
        if simple and kind.key not in FUNCTIONS and hasattr(functional, kind.key):
            map_by_name(kind)


_by_name()
