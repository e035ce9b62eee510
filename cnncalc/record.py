"""Named tuples that are cheap until the first one is created: like `typing.NamedTuple`, also for a type checker.

Python compiles a function for each class of named tuples. A run of `inspect` has about eighty classes, which took a
tenth of its start-up, and uses half of them. Here a function is created with the first tuple, and compiled for a number
of fields, not for their names.
"""

import sys
from _collections import _tuplegetter  # type: ignore[import-not-found]  # as in the library's collections
from collections.abc import Iterable
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING or sys.version_info >= (3, 14):
    # From Python 3.14 on a class body no longer contains its annotations: the library knows where they are.
    from typing import NamedTuple as NamedTuple


# The globals of these functions: only what creates a tuple.
_NAMES = {"_new": tuple.__new__, "__builtins__": {}}


@cache
def _maker(count: int) -> CodeType:
    """The code of a function that creates a tuple with this number of fields."""
    names = "".join(f"_{number}, " for number in range(count))
    code: CodeType = eval(f"lambda _cls, {names}: _new(_cls, ({names}))", _NAMES).__code__
    return code


class _Record(tuple[Any, ...]):
    """What all named tuples have, as in `collections.namedtuple`."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _field_defaults: dict[str, Any] = {}  # noqa: RUF012 (each class has its own)

    def __new__(cls, *values: Any, **named: Any) -> Self:
        """Creates the first tuple: compiles the function that creates the others."""
        owner: type[_Record] = next(kind for kind in cls.__mro__ if "_fields" in vars(kind))
        # The function for this number of fields, with these names.
        code = _maker(len(owner._fields)).replace(co_varnames=("_cls", *owner._fields), co_name="__new__")
        constructor = FunctionType(code, _NAMES, "__new__", tuple(owner._field_defaults.values()))
        constructor.__qualname__ = f"{owner.__qualname__}.__new__"
        owner.__new__ = constructor  # type: ignore[method-assign]
        record: Self = constructor(cls, *values, **named)
        return record

    @classmethod
    def _make(cls, values: Iterable[Any]) -> Self:
        record = tuple.__new__(cls, values)
        if len(record) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(record)}")
        return record

    def _replace(self, **changes: Any) -> Self:
        replaced = self._make(map(changes.pop, self._fields, self))
        if changes:
            # As in the library, which has changed it.
            kind = TypeError if sys.version_info >= (3, 13) else ValueError
            raise kind(f"Got unexpected field names: {list(changes)!r}")
        return replaced

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({facts})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


class _Maker(type):
    """Makes a class of named tuples from the body of `class ...(NamedTuple)`."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        fields = tuple(body.get("__annotations__", ()))
        defaults = {field: body.pop(field) for field in fields if field in body}
        if tuple(defaults) != fields[len(fields) - len(defaults) :]:
            raise TypeError(f"{name}: a field without a default follows one that has one")
        getters = {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
        own = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields, "__slots__": ()}
        return type(name, (_Record,), {**getters, **own, **body})


if not TYPE_CHECKING and sys.version_info < (3, 14):

    class _Base:
        """A placeholder in a class statement, which `_Maker` replaces."""

        def __mro_entries__(self, bases):
            return (_TEMPLATE,)

    _TEMPLATE = type.__new__(_Maker, "NamedTuple", (), {})
    NamedTuple = _Base()
