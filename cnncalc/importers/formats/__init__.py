"""The formats of networks that are read as data, one file each; a new format is one new file."""

from cnncalc.importers.formats._format import Asked, ForeignFormat

__all__ = ["Asked", "ForeignFormat"]
