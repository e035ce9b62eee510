"""How a class becomes a layer type: a frozen record of declared fields that states every fact.

It is much like a dataclass, which would take longer to make for every type than all else about the type.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, dataclass_transform, get_origin

from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from cnncalc.vocabulary.field import Stated

T = TypeVar("T")
REQUIRED = object()


class LayerField(NamedTuple):
    """A field of a layer type: its default (or `REQUIRED`), and what is stated of it if a spec may have it."""

    default: Any
    stated: "Stated | None" = None


def unwritten(default: Any) -> Any:
    """A field that no spec has: what the network says of a layer."""
    return LayerField(default)


def base(cls: type[T]) -> type[T]:
    """Turns a class into one with fields: those of its bases, then its own."""
    fields: dict[str, LayerField] = {}
    for above in reversed(cls.__mro__[1:]):
        fields.update(vars(above).get("declared", {}))
    for name, field in list(vars(cls).items()):
        if isinstance(field, LayerField):
            fields[name] = field
            # Without a default a layer has the field only from when it is made.
            if field.default is REQUIRED:
                delattr(cls, name)
            else:
                setattr(cls, name, field.default)
    kind: Any = cls
    kind.declared = MappingProxyType(fields)
    return cls


@dataclass_transform(frozen_default=True, kw_only_default=True)
def layer(cls: type[T]) -> type[T]:
    """Turns a class into a layer type. (`Frozen` makes its instances, and compares them.)

    Raises `TypeError` with the names of all missing facts if the class does not state every fact.
    """
    annotated = [item for above in cls.__mro__ for item in getattr(above, "__annotations__", {}).items()]
    facts = [name for name, kind in annotated if not hasattr(cls, name) and get_origin(kind) is ClassVar]
    if missing := [*facts, *sorted(getattr(cls, "__abstractmethods__", ()))]:
        raise TypeError(f"the layer type {cls.__name__} does not state: {', '.join(missing)}")
    return base(cls)


class Frozen:
    """A value with the fields that its class declares, equal to one of the same type with equal fields."""

    declared: ClassVar[Mapping[str, LayerField]] = MappingProxyType({})

    def __init__(self, **given: Any) -> None:
        """The fields by name. Raises `TypeError` for a field that is missing, and for one that there is not."""
        values = {name: given.pop(name, field.default) for name, field in self.declared.items()}
        if wrong := [*given, *(name for name, value in values.items() if value is REQUIRED)]:
            raise TypeError(f"{type(self).__name__} has other fields: {', '.join(wrong)}")
        vars(self).update(values)

    def with_fields(self, **changes: Any) -> Self:
        """The same with other values of some fields. Raises `TypeError` for a field that there is not."""
        return type(self)(**{name: getattr(self, name) for name in self.declared} | changes)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )
