"""What a folded network is made of: layers, joins of branches, and module calls, in lists.

Every element gives one value. It is named after the node of the draft that computes it, so a reference is the same
before and after a fold: `reads` of an element are names of values.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.importers import Scope
from cnncalc.shape import Shape

# A layer that follows another as `norm:` or `act:`: its type and its fields.
Sugar: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(slots=True, eq=False)
class Layer:
    """One layer, with the norm and the activation written inside it.

    `entering` is the shape of its first operand, `leaving` of its value. `bias` is whether it has a bias, None for
    a type without that field. `shares` is the value of the layer whose weights it uses. `nodes` are the nodes of
    the draft that it stands for. `strides` are those along the axes of its first operand; `weighted`
    says that it has weights or buffers. `absent` says that other uses of its block have it, and this one does not: then
    its value is the one that it would read.
    """

    value: str
    type: str
    fields: dict[str, Any]
    reads: tuple[str, ...]
    entering: Shape | None
    leaving: Shape | None
    scopes: tuple[Scope, ...]
    position: int
    nodes: tuple[str, ...]
    strides: tuple[Fraction, ...] = ()
    weighted: bool = False
    bias: bool | None = None
    norm: Sugar | None = None
    act: Sugar | None = None
    shares: str | None = None
    controls: dict[str, Any] = field(default_factory=dict)
    absent: bool = False


@dataclass(slots=True, eq=False)
class Join:
    """A merge whose operands are branches over one value; an empty branch is that value itself.

    `layer` is the merge. `alone` says that the body of a residual is not added to anything in this use, though it is
    in others. With `keeps_order` its branches are written in the order in which the source computes them.
    """

    layer: Layer
    branches: list[list["Element"]]
    entry: str
    alone: bool = False
    keeps_order: bool = False

    @property
    def value(self) -> str:
        return self.layer.value

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.entry,)

    @property
    def position(self) -> int:
        return next((branch[0].position for branch in self.branches if branch), self.layer.position)

    @property
    def entering(self) -> Shape | None:
        first = next((branch[0] for branch in self.branches if branch and branch[0].reads), None)
        return first.entering if first else self.layer.entering

    @property
    def leaving(self) -> Shape | None:
        return self.layer.leaving


@dataclass(slots=True, eq=False)
class Call:
    """One call of a module, or a part of the network that looks like one: a list of elements over one value.

    `others` are further values from outside that it reads. `absent` is that of `Layer`.
    """

    kind: str
    path: str
    body: list["Element"]
    entry: str
    value: str
    position: int
    entering: Shape | None
    leaving: Shape | None
    shares: "Call | None" = None
    absent: bool = False
    others: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.entry, *self.others)


Element: TypeAlias = Layer | Join | Call


def is_absent(element: Element) -> bool:
    """Whether this use of a block does not have the element."""
    return not isinstance(element, Join) and element.absent


def lacking(call: Call) -> int:
    """How many elements of its block a call does not have."""
    return sum(map(is_absent, inside(call.body)))


def inside(elements: Sequence[Element]) -> Iterator[Element]:
    """Every element of a list with all those in its branches and calls, outer ones first.

    Of a call that is absent only the call itself: what is in it is part of another one.
    """
    # What is still to come, the next one last: generators in generators would pass each element through all of them.
    waiting = list(reversed(elements))
    while waiting:
        element = waiting.pop()
        yield element
        if isinstance(element, Join):
            for branch in reversed(element.branches):
                waiting += reversed(branch)
        elif isinstance(element, Call) and not element.absent:
            waiting += reversed(element.body)


def layers_of(elements: Sequence[Element]) -> Iterator[Layer]:
    """Every layer in a list of elements, with the layers that join branches; none that is absent."""
    for element in inside(elements):
        if isinstance(element, Layer):
            if not element.absent:
                yield element
        elif isinstance(element, Join) and not element.alone:
            yield element.layer
