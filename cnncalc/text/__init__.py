"""Spec text: reading it safely into a tree with places, and the expressions in its scalars."""

from cnncalc.text.expression import Expression, ExpressionError, is_expression
from cnncalc.text.expression import parse as parse_expression
from cnncalc.text.loader import load
from cnncalc.text.resolve import scalar_value
from cnncalc.text.source import Source, escaped, from_bytes, from_text, read
from cnncalc.text.tree import Entry, Mapping, Node, Scalar, Sequence

__all__ = [
    "Entry",
    "Expression",
    "ExpressionError",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "Source",
    "escaped",
    "from_bytes",
    "from_text",
    "is_expression",
    "load",
    "parse_expression",
    "read",
    "scalar_value",
]
