"""The layers that a part of a picture stands for: for a page where a layer is selected by its name."""

from collections.abc import Iterable, Iterator

from cnncalc.drawing.parts._part import DrawnPart


def names_in(parts: Iterable[DrawnPart]) -> Iterator[str]:
    """The names of parts: of a layer those of its nodes, of a block its own, of parts without one those inside."""
    for part in parts:
        if part.is_layer:
            yield from (node.name for node in part.nodes)
        elif part.use is not None:
            yield part.use.name
        else:
            yield from names_in(use for child in part.parts for use in child.run)


class TwinBlocks:
    """For each block those that a drawing of its inside stands for too.

    The inside of a run of equal blocks is drawn once, and so is that of all blocks of one form in a panel.
    """

    def __init__(self, root: DrawnPart) -> None:
        self._root = root
        self._positions: dict[int, int] = {}
        self._of_form: dict[int, list[DrawnPart]] = {}
        waiting = [root]
        while waiting:
            block = waiting.pop()
            for position, part in enumerate(block.parts):
                self._positions[id(part)] = position
                if not part.is_layer:
                    self._of_form.setdefault(part.form, []).extend(part.run)
                    waiting += part.run

    def names(self, part: DrawnPart, block: DrawnPart, *, in_panel: bool) -> list[str]:
        """The names that a part of a block stands for, where the block's inside is drawn in a panel or in its place."""
        position = self._positions[id(part)]
        blocks = self._of_form[block.form] if in_panel else self._in_place(block)
        return list(dict.fromkeys(names_in(use for twin in blocks for use in twin.parts[position].run)))

    def _in_place(self, block: DrawnPart) -> list[DrawnPart]:
        if block is self._root:
            return [block]
        assert block.up is not None
        position = self._positions[id(block)]
        return [use for twin in self._in_place(block.up) for use in twin.parts[position].run]
