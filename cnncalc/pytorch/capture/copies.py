"""Copies of cnncalc's own modules: `cnncalc export --to torch` writes their source into the files that need them."""

from types import CodeType, FunctionType, ModuleType
from typing import Any

from torch import nn

# Bases and methods of our own modules that an exported file leaves out.
_BASES = "cnncalc.pytorch.reads"
_LEFT_OUT = frozenset(("averaged", "unread", "extra_repr"))

_OF_PROPERTY = ("fget", "fset", "fdel")


def original(kind: type[nn.Module]) -> type[nn.Module] | None:
    """The own module that a class is, or has the code of; None for other classes.

    A class with the same name is a copy only if all of its methods, and the functions and classes that they use, have
    the same code: then it computes the same.
    """
    from cnncalc.pytorch import modules

    name = kind.__name__
    if name not in modules.__all__:
        return None
    own: type[nn.Module] = getattr(modules, name)
    return own if kind is own or _same_class(own, kind, set()) else None


def _same_class(ours: type, theirs: type, compared: set[tuple[int, int]]) -> bool:
    pair = (id(ours), id(theirs))
    if ours is theirs or pair in compared:
        return True
    compared.add(pair)
    bases = [base for base in ours.__bases__ if base.__module__ != _BASES] or [nn.Module]
    if len(bases) != len(theirs.__bases__):
        return False
    if not all(_same_class(*both, compared) for both in zip(bases, theirs.__bases__, strict=True)):
        return False
    methods, others = _members(ours), _members(theirs)
    return methods.keys() == others.keys() and all(
        _same(method, others[name], compared) for name, method in methods.items()
    )


def _members(kind: type) -> dict[str, Any]:
    """What a class defines, without what Python adds to each and what exported files leave out."""
    return {
        name: value
        for name, value in vars(kind).items()
        if (isinstance(value, FunctionType | staticmethod | classmethod | property) and name not in _LEFT_OUT)
        or (not name.startswith("_") and not callable(value))
    }


def _same(ours: Any, theirs: Any, compared: set[tuple[int, int]]) -> bool:
    """Whether two values that code reads are the same, or are functions and classes of the same code."""
    if type(ours) is not type(theirs):
        return _same_object(ours, theirs, compared)
    if isinstance(ours, property):
        return all(_same(getattr(ours, way), getattr(theirs, way), compared) for way in _OF_PROPERTY)
    if isinstance(ours, staticmethod | classmethod):
        return _same(ours.__func__, theirs.__func__, compared)
    if isinstance(ours, FunctionType):
        return _same_function(ours, theirs, compared)
    if isinstance(ours, ModuleType):
        return ours is theirs
    if isinstance(ours, type):
        return _same_class(ours, theirs, compared)
    return bool(ours is theirs or ours == theirs)


def _same_object(ours: Any, theirs: Any, compared: set[tuple[int, int]]) -> bool:
    """Whether two objects of own classes are the same: their classes have the same code, and they the same values."""
    kinds = type(ours), type(theirs)
    if any(kind.__module__ == "builtins" for kind in kinds) or not _same_class(*kinds, compared):
        return False
    left, right = (getattr(value, "__dict__", {}) for value in (ours, theirs))
    return left.keys() == right.keys() and all(_same(left[name], right[name], compared) for name in left)


def _same_function(ours: FunctionType, theirs: FunctionType, compared: set[tuple[int, int]]) -> bool:
    pair = (id(ours), id(theirs))
    if ours is theirs or pair in compared:
        return True
    compared.add(pair)
    if not _same_code(ours.__code__, theirs.__code__):
        return False
    if (ours.__defaults__, ours.__kwdefaults__) != (theirs.__defaults__, theirs.__kwdefaults__):
        return False
    names = [name for name in _names(ours.__code__) if name in ours.__globals__]
    return all(
        name in theirs.__globals__ and _same(ours.__globals__[name], theirs.__globals__[name], compared)
        for name in names
    )


def _same_code(ours: CodeType, theirs: CodeType) -> bool:
    """Whether code does the same with the same names: where it is written, and how lines break, is no difference."""
    parts = [(code.co_code, code.co_names, code.co_varnames, code.co_freevars) for code in (ours, theirs)]
    if parts[0] != parts[1] or len(ours.co_consts) != len(theirs.co_consts):
        return False
    return all(
        _same_code(mine, other)
        if isinstance(mine, CodeType) and isinstance(other, CodeType)
        else (type(mine), mine) == (type(other), other)
        for mine, other in zip(ours.co_consts, theirs.co_consts, strict=True)
    )


def _names(code: CodeType) -> set[str]:
    """The names that code reads, also in the functions inside it."""
    inside = (const for const in code.co_consts if isinstance(const, CodeType))
    return set(code.co_names).union(*map(_names, inside))
