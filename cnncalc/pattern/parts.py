"""What a pattern is made of: layers, and parts in brackets, each with how often it is there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.text import Node, Scalar


@dataclass
class PartControls:
    """How often a part is there: what stands after `*`, and whether `?` lets it be left out."""

    repeat: Scalar | None = None
    optional: Span | None = None

    @property
    def free(self) -> bool:
        """Whether the part is there once, and always."""
        return self.repeat is None and self.optional is None


@dataclass
class LayerPart:
    """A layer: its key as a spec has it (or the unknown word), and its fields as they are written."""

    key: Scalar
    span: Span
    # The word of the pattern, in lower case and without what is written onto it.
    word: str
    fields: dict[str, Node] = field(default_factory=dict)
    # Where the fields are named, those that are.
    names: dict[str, Span] = field(default_factory=dict)
    known: bool = True
    # Whether it has been reported that nobody can tell what it is.
    reported: bool = False
    # Whether the pattern leaves out the `flatten` that an fc needs before it.
    flattened: bool = True
    controls: PartControls = field(default_factory=PartControls)


@dataclass
class GroupPart:
    """A part in brackets."""

    parts: "list[Part]"
    span: Span
    controls: PartControls = field(default_factory=PartControls)


Part: TypeAlias = LayerPart | GroupPart


def each_layer(parts: list[Part]) -> Iterator[LayerPart]:
    """Every layer, those in brackets too, in the order of the text."""
    waiting: list[Part] = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        if isinstance(part, GroupPart):
            waiting += reversed(part.parts)
        else:
            yield part
