"""The mappings from PyTorch's functions to layers: one file for each family in `functions`."""

import inspect
import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc import plugins
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from torch import nn

# A mapping: takes the drafting and the function's own arguments, and returns its results.
Mapping: TypeAlias = Callable[..., Any]


class Unmapped(Exception):
    """A call that has no layer, and why."""


class Known(NamedTuple):
    """A mapping with the signature of the function that it maps."""

    map: Mapping
    signature: inspect.Signature
    views: bool
    pending: bool
    # How many arguments it must have, and how many it can have by position, without the drafting.
    least: int
    most: int

    def check(self, arguments: "list[Any]", keywords: "dict[str, Any]") -> None:
        """Raises `Unmapped` for arguments that the mapping does not know."""
        if not keywords and self.least <= len(arguments) <= self.most:
            return
        try:
            self.signature.bind(None, *arguments, **keywords)
        except TypeError as error:
            raise Unmapped(f"called with other arguments: {error}") from None


FUNCTIONS: dict[str, Known] = {}
MODULES: dict[str, Known] = {}


def _known(function: Mapping, *, views: bool = False, pending: bool = False) -> Known:
    signature = inspect.signature(function)
    _, *parameters = signature.parameters.values()
    by_place = [item for item in parameters if item.kind is item.POSITIONAL_OR_KEYWORD]
    needed = [item for item in parameters if item.default is item.empty and item.kind is not item.VAR_KEYWORD]
    has_more = any(item.kind is item.VAR_POSITIONAL for item in parameters)
    least = len([item for item in needed if item.kind is not item.VAR_POSITIONAL])
    return Known(function, signature, views, pending, least, sys.maxsize if has_more else len(by_place))


def maps(*names: str, views: bool = False, pending: bool = False) -> Callable[[Mapping], Mapping]:
    """Says that a function maps the PyTorch functions with these names (`relu`: of any module or of a tensor).

    The function has the parameters of PyTorch's function, after the drafting. It gets a `Value` or an `Own` for each
    tensor, and returns one for each tensor of the result; it raises `Unmapped` where no layer does the same. With
    `views` it can show parameters in another shape too: then its tensor may be an `Own`. With `pending` it also takes
    results that are no layer yet (`Pending`).
    """

    def register(function: Mapping) -> Mapping:
        for name in names:
            FUNCTIONS[name] = _known(function, views=views, pending=pending)
        return function

    return register


def maps_module(*names: str) -> Callable[[Mapping], Mapping]:
    """Says that a function maps whole calls of modules of these classes (`torch.nn.modules.rnn.LSTM`).

    The function gets the drafting, the call of the module, and its inputs.
    """

    def register(function: Mapping) -> Mapping:
        for name in names:
            MODULES[name] = _known(function)
        return function

    return register


@cache
def load() -> None:
    """Imports all mappings."""
    plugins.load_all("cnncalc.pytorch.capture.functions")


def known(name: str) -> Known | None:
    """The mapping for a function by its full name; None if there is none."""
    load()
    short = name.rpartition(".")[2]
    if short == "__get__":
        short = name.rpartition(".")[0].rpartition(".")[2]
    if short.startswith("__") and short.endswith("__"):
        short = short[2:-2]
        short = short[1:] if short.startswith("i") and short[1:] in FUNCTIONS else short
    elif short.endswith("_"):
        short = short[:-1]
    return FUNCTIONS.get(short)


def module(module: "nn.Module") -> Known | None:
    """The mapping for a whole module by its class, or by the own module that it is a copy of; None if none is known."""
    from cnncalc.pytorch.capture.copies import original

    load()
    kind = original(type(module)) or type(module)
    return MODULES.get(f"{kind.__module__}.{kind.__qualname__}")


__all__ = [
    "FUNCTIONS",
    "MODULES",
    "Known",
    "Mapping",
    "Unmapped",
    "known",
    "load",
    "maps",
    "maps_module",
    "module",
]
