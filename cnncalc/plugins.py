"""Packages whose modules are their members: a new layer, rule, format or command is one new file.

The name of a member is the name of its file. Files that begin with an underscore are private to the package.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from os import listdir, path
from types import ModuleType
from typing import Any, TypeVar

Kind = TypeVar("Kind")


@cache
def names(package: str) -> tuple[str, ...]:
    """The names of the members of `package` (dotted), sorted. Reads the folder and imports no member."""
    parent, _, last = package.rpartition(".")
    # For a package inside another, only the outer one is imported.
    folder = path.join(import_module(parent).__path__[0], last) if parent else import_module(last).__path__[0]
    if not path.isdir(folder):
        raise ModuleNotFoundError(package)
    files = listdir(folder)
    return tuple(sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """Imports one member. Raises `ModuleNotFoundError` if there is none with this name."""
    if name not in names(package):
        raise ModuleNotFoundError(f"{package} has no {name}")
    return import_module(f"{package}.{name}")


def only(module: ModuleType, base: type[Kind]) -> type[Kind]:
    """The only class of a kind that a member's module defines. Raises `TypeError` if it defines none or several."""
    own = [
        item
        for item in vars(module).values()
        # `issubclass` of an abstract base is slow for other classes: imported classes are not checked.
        if isinstance(item, type) and item.__module__ == module.__name__ and issubclass(item, base)
    ]
    if len(own) != 1:
        raise TypeError(f"{module.__name__} must define one {base.__name__.lower()} class, not {len(own)}")
    return own[0]


def load_all(package: str) -> dict[str, ModuleType]:
    """Imports every member: name -> module."""
    return {name: load(package, name) for name in names(package)}


def offered(package: str, modules: Mapping[str, str], name: str) -> Any:
    """What a package exports under a name, from that of its `modules` that has it: loaded when it is first asked for.

    For a package's `__getattr__`. Raises `AttributeError` for a name that is not exported.
    """
    if name not in modules:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(f"{package}.{modules[name]}"), name)
