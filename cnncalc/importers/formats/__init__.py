"""The formats of networks that are read as data, one file each; a new format is one new file."""

from cnncalc.importers.formats._format import ForeignFormat, ImportRequest

__all__ = ["ForeignFormat", "ImportRequest"]
