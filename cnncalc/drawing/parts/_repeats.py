"""Runs of equal parts: what is equal is for the kind of drawing to say."""

from abc import ABC, abstractmethod
from collections.abc import Hashable

from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire


class Repeats(ABC):
    """Gives parts their forms, as numbers, and makes runs of equal ones. Parts of one form are drawn alike."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    @abstractmethod
    def form_of(self, layer: DrawnPart) -> Hashable:
        """What layers are drawn alike by."""

    @abstractmethod
    def is_equal(self, part: DrawnPart, following: DrawnPart) -> bool:
        """Whether a part and the next one, which alone reads it, are one and the same again."""

    @abstractmethod
    def fewest(self, part: DrawnPart) -> int:
        """As many equal parts are a run at least."""

    def fold(self, block: DrawnPart) -> None:
        """Give the layers of a block and then itself their forms, and make runs of its parts. (Inner blocks first.)"""
        for part in block.parts:
            if part.is_layer:
                part.form = self._number(self.form_of(part))
        self.make_runs(block)
        self.give(block)

    def give(self, block: DrawnPart) -> None:
        """Give a block its form, from those of its parts and the wires between them."""
        entries = {tensor: number for number, tensor in enumerate(block.entries)}
        exits = {tensor: number for number, tensor in enumerate(block.exits)}
        wires = tuple(
            (
                wire.source,
                wire.target,
                entries[wire.tensor] if wire.source == IN else -1,
                exits[wire.tensor] if wire.target == OUT else -1,
            )
            for wire in block.wires
        )
        parts = tuple((part.form, part.times) for part in block.parts)
        key = block.use.item.block if block.use is not None else None
        block.form = self._number((key, parts, wires, len(entries), len(exits)))

    def _number(self, form: Hashable) -> int:
        return self._numbers.setdefault(form, len(self._numbers))

    def make_runs(self, block: DrawnPart) -> None:
        """Parts that repeat become one, and the wires go to it."""
        ahead = self._steps(block)
        kept: list[DrawnPart] = []
        position: list[int] = []
        index = 0
        while index < len(block.parts):
            end = index
            while ahead[end]:
                end += 1
            part = block.parts[index]
            count = end - index + 1
            if count >= self.fewest(part):
                part.run = tuple(block.parts[index : end + 1])
                position += [len(kept)] * count
                kept.append(part)
            else:
                position += range(len(kept), len(kept) + count)
                kept += block.parts[index : end + 1]
            index = end + 1
        if len(kept) == len(block.parts):
            return
        block.parts = kept
        moved = [
            Wire(wire.tensor, *(end if end < 0 else position[end] for end in (wire.source, wire.target)))
            for wire in block.wires
        ]
        block.wires = [wire for wire in moved if wire.source != wire.target]

    def _steps(self, block: DrawnPart) -> list[bool]:
        """For each part, whether the next one is equal, reads this one and nothing else, and is its only reader."""
        count = len(block.parts)
        readers: list[set[int]] = [set() for _ in range(count)]
        sources: list[set[int]] = [set() for _ in range(count)]
        for wire in block.wires:
            if wire.source >= 0:
                readers[wire.source].add(wire.target)
            if wire.target >= 0:
                sources[wire.target].add(wire.source)
        return [
            index + 1 < count
            and readers[index] == {index + 1}
            and sources[index + 1] == {index}
            and block.parts[index].times == block.parts[index + 1].times == 1
            and self.is_equal(block.parts[index], block.parts[index + 1])
            for index in range(count)
        ]
