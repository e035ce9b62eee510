"""A named tuple of ours is one of Python's, except when its function is compiled."""

import copy
import pickle
from typing import Any
from typing import NamedTuple as Theirs

import pytest

from cnncalc.record import NamedTuple as Ours
from cnncalc.shape import Shape
from tests._each import each


class OurPoint(Ours):
    """A point."""

    x: int
    y: "int | str" = 2
    names: tuple[str, ...] = ()

    @property
    def both(self) -> tuple[Any, ...]:
        """Two of three."""
        return self[:2]

    def __str__(self) -> str:
        return f"{self.x}/{self.y}"


class TheirPoint(Theirs):
    """A point."""

    x: int
    y: "int | str" = 2
    names: tuple[str, ...] = ()

    @property
    def both(self) -> tuple[Any, ...]:
        """Two of three."""
        return self[:2]

    def __str__(self) -> str:
        return f"{self.x}/{self.y}"


class Nearer(OurPoint):
    """A class of a class."""

    __slots__ = ()


KINDS = (OurPoint, TheirPoint)


def outcome(act: Any, kind: Any) -> Any:
    """What an act gives, or the type of what it raises."""
    try:
        return repr(act(kind)).replace(kind.__name__, "Point")
    except Exception as error:
        return type(error)


ACTS = [
    lambda kind: kind(1),
    lambda kind: kind(1, "a", ("b",)),
    lambda kind: kind(y=3, x=4),
    lambda kind: kind(),
    lambda kind: kind(1, 2, (), 4),
    lambda kind: kind(1, x=1),
    lambda kind: kind(1, colour=1),
    lambda kind: kind._make([1, 2, ()]),
    lambda kind: kind._make([1]),
    lambda kind: kind(1)._replace(y=5),
    lambda kind: kind(1)._replace(colour=5),
    lambda kind: kind(1)._asdict(),
    lambda kind: kind(1) == (1, 2, ()),
    lambda kind: hash(kind(1)) == hash((1, 2, ())),
    lambda kind: kind(1) < kind(2),
    lambda kind: kind(1).both,
    lambda kind: str(kind(1)),
    lambda kind: kind._fields,
    lambda kind: kind._field_defaults,
    lambda kind: kind.__match_args__,
    lambda kind: kind.__doc__,
    lambda kind: isinstance(kind(1), tuple),
    lambda kind: copy.copy(kind(1)),
    lambda kind: copy.deepcopy(kind(1)),
    lambda kind: pickle.loads(pickle.dumps(kind(1))),
    lambda kind: setattr(kind(1), "x", 2),
    lambda kind: setattr(kind(1), "z", 2),
    lambda kind: hasattr(kind(1), "__dict__"),
]


@each("act", ACTS)
def test_does_what_pythons_does(act: Any) -> None:
    ours, theirs = (outcome(act, kind) for kind in KINDS)
    assert ours == theirs


def test_can_be_matched() -> None:
    match OurPoint(1, "a"):
        case OurPoint(x, y=y):
            assert (x, y) == (1, "a")


def test_a_class_of_it_makes_its_own() -> None:
    assert type(Nearer(1)) is Nearer
    assert type(Nearer(1)._replace(x=2)) is Nearer


def test_is_compiled_when_the_first_is_made() -> None:
    class Late(Ours):
        x: int

    assert "__new__" not in vars(Late)
    assert Late(1) == (1,)
    assert "__new__" in vars(Late)
    assert Late(2).x == 2


def test_a_field_without_a_default_comes_first() -> None:
    with pytest.raises(TypeError, match="without a default"):
        exec("class Wrong(Ours):\n    x: int = 1\n    y: int", {"Ours": Ours, "__name__": __name__})


def test_the_project_uses_it() -> None:
    assert Shape(3, (2, 2)) == Shape._make((3, (2, 2), True))
    assert Shape.__mro__[1].__name__ == "_Record"
