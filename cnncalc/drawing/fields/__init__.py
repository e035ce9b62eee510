"""Receptive fields for a picture: which layers, and what the middle position of each sees."""

from cnncalc.drawing.fields._chosen import chosen
from cnncalc.drawing.fields._picture import FieldPicture
from cnncalc.drawing.fields._seen import SeenField, seen

__all__ = ["FieldPicture", "SeenField", "chosen", "seen"]
