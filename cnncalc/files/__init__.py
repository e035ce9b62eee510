"""Files of the user's: read without waiting, and replaced whole or not at all."""

from cnncalc.files.reading import NotAFile, descriptor, read_bytes, regular
from cnncalc.files.replacing import Changed, rewrite, writing

__all__ = ["Changed", "NotAFile", "descriptor", "read_bytes", "regular", "rewrite", "writing"]
