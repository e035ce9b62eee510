"""The tree of the boxes: frames of blocks, and runs of boxes with the same change."""

from collections.abc import Hashable, Mapping

from cnncalc.drawing.changes._pieces import BoxPiece
from cnncalc.drawing.changes._union import BOTH, KINDS, Union
from cnncalc.drawing.changes._words import BoxWords, box_words, figure_lines
from cnncalc.drawing.parts import DrawnPart, Repeats, TreePiece, grown
from cnncalc.record import NamedTuple


class ChangeTree(NamedTuple):
    """The parts of both networks. `pieces` and their `words` are by the id of the first node of a box."""

    union: Union
    root: DrawnPart
    pieces: Mapping[int, BoxPiece]
    words: Mapping[int, BoxWords]

    def of(self, part: DrawnPart) -> tuple[BoxPiece, BoxWords]:
        """The piece that a box is, and what it says."""
        key = id(part.nodes[0])
        return self.pieces[key], self.words[key]

    def shown(self, part: DrawnPart) -> BoxWords:
        """What a box says that stands for its run: the figures of each, or of all where they differ."""
        all_words = [self.of(each)[1] for each in part.run]
        own, last = all_words[0], all_words[-1]
        if len(all_words) == 1:
            return own
        if all(words.figures == own.figures for words in all_words):
            return own._replace(figures=tuple(f"{line} each" for line in own.figures))
        changes = [self.union.changes[self.union.place(node)] for node in part.all_nodes()]
        figures = tuple(f"{line} in all" for line in figure_lines(changes))
        about = (*own.about, f"and {len(all_words) - 1} more like it")
        return own._replace(figures=figures, shape=last.shape, about=about)


def tensor(place: int, whose: int) -> int:
    """The number of a tensor in the tree: by the layer that makes it, and the network that has it."""
    return KINDS * place + whose


def place_of(number: int) -> tuple[int, int]:
    """The layer that makes a tensor of the tree, and whose the tensor is."""
    return divmod(number, KINDS)


def change_tree(union: Union, pieces: list[BoxPiece], *, each: bool = False) -> ChangeTree:
    """The tree of pieces; with `each` equal ones are not put together."""
    first = {id(union.nodes[piece.places[0]]): piece for piece in pieces}
    words = {key: box_words(union, piece) for key, piece in first.items()}
    grow = [
        TreePiece(
            tuple(union.nodes[place] for place in piece.places),
            piece.frames[-1] if piece.frames else None,
            tuple(tensor(place, whose) for place in piece.places for whose in range(KINDS)),
        )
        for piece in pieces
    ]
    links = (
        (tensor(reader, BOTH), tensor(place, whose))
        for reader, read in enumerate(union.links)
        for place, whose in read
    )
    outputs = [tensor(place, whose) for place, whose in union.outputs]
    return ChangeTree(union, grown(grow, links, outputs, _SameChange(first, words, each)), first, words)


class _SameChange(Repeats):
    """Boxes are alike if they say the same, apart from the name; of added and removed blocks also from the figures."""

    def __init__(self, pieces: Mapping[int, BoxPiece], words: Mapping[int, BoxWords], each: bool) -> None:
        super().__init__()
        self._pieces, self._words, self._each = pieces, words, each

    def form_of(self, layer: DrawnPart) -> Hashable:
        key = id(layer.nodes[0])
        words = self._words[key]._replace(names=(), about=())
        if self._pieces[key].block is not None and words.kind in ("added", "removed"):
            return words._replace(shape="", figures=())
        return words

    def fewest(self, part: DrawnPart) -> int:
        return 2

    def is_equal(self, part: DrawnPart, following: DrawnPart) -> bool:
        if self._each or part.form != following.form:
            return False
        if part.is_layer:
            return not part.nodes[0].is_input and self._words[id(part.nodes[0])].kind not in (
                "same",
                "renamed",
            )
        return len(part.exits) == len(following.entries) == 1
