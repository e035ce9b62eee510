"""A network as the parts that a drawing shows: layers with what follows them, blocks, and runs of equal ones."""

from cnncalc.drawing.parts._count import MOST_BOXES, TooManyBoxes, check_count
from cnncalc.drawing.parts._layers import layer_groups
from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire, nodes_of
from cnncalc.drawing.parts._repeats import Repeats
from cnncalc.drawing.parts._rows import DrawnRow, rows
from cnncalc.drawing.parts._stands_for import TwinBlocks, names_in
from cnncalc.drawing.parts._tree import TreePiece, grown, tree
from cnncalc.drawing.parts._trunk import trunk

__all__ = [
    "IN",
    "MOST_BOXES",
    "OUT",
    "DrawnPart",
    "DrawnRow",
    "Repeats",
    "TooManyBoxes",
    "TreePiece",
    "TwinBlocks",
    "Wire",
    "check_count",
    "grown",
    "layer_groups",
    "names_in",
    "nodes_of",
    "rows",
    "tree",
    "trunk",
]
