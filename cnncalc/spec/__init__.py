"""The spec language: from the parsed text to a `Spec`, with every word checked."""

from cnncalc.spec.budget import Budget, Limit
from cnncalc.spec.cycles import own_names
from cnncalc.spec.item_types import (
    IDENTITY,
    OPTIONAL,
    PROJECT,
    Allowed,
    BlockItem,
    BrokenItem,
    Ignore,
    Item,
    LayerCall,
    LayerItem,
    MergeItem,
    Operand,
    ResidualItem,
    SequenceItem,
    Sugar,
    UnknownItem,
)
from cnncalc.spec.layer_item import sugar_layer
from cnncalc.spec.model import Block, Parameter, Spec
from cnncalc.spec.read import read_spec
from cnncalc.spec.reading import Reading, nearest
from cnncalc.spec.shapes import BadShape, read_shape
from cnncalc.spec.values import NOTHING, UNREADABLE, UnreadableValue, ValueExpr

__all__ = [
    "IDENTITY",
    "NOTHING",
    "OPTIONAL",
    "PROJECT",
    "UNREADABLE",
    "Allowed",
    "BadShape",
    "Block",
    "BlockItem",
    "BrokenItem",
    "Budget",
    "Ignore",
    "Item",
    "LayerCall",
    "LayerItem",
    "Limit",
    "MergeItem",
    "Operand",
    "Parameter",
    "Reading",
    "ResidualItem",
    "SequenceItem",
    "Spec",
    "Sugar",
    "UnknownItem",
    "UnreadableValue",
    "ValueExpr",
    "nearest",
    "own_names",
    "read_shape",
    "read_spec",
    "sugar_layer",
]
