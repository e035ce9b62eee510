"""How a class becomes a layer type: a frozen dataclass that states every fact."""

from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar, TypeVar, dataclass_transform, get_origin

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def layer(cls: type[T]) -> type[T]:
    """Turns a class into a layer type: a dataclass. (`Frozen` defines comparison, repr and immutability for all.)

    Raises `TypeError` with the names of all missing facts if the class does not state every fact.
    """
    annotated = [item for base in cls.__mro__ for item in getattr(base, "__annotations__", {}).items()]
    facts = [name for name, kind in annotated if get_origin(kind) is ClassVar and not hasattr(cls, name)]
    if missing := [*facts, *sorted(getattr(cls, "__abstractmethods__", ()))]:
        raise TypeError(f"the layer type {cls.__name__} does not state: {', '.join(missing)}")
    return dataclass(eq=False, repr=False)(cls)


class Frozen:
    """A frozen dataclass, equal to one of the same type with equal fields.

    `dataclass` itself would compile two functions for every type at start-up.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in vars(self) or name not in getattr(self, "__dataclass_fields__", ()):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )
