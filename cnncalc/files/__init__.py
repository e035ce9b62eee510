"""Files of the user: read without waiting, and replaced completely or not at all."""

from typing import TYPE_CHECKING, Any

from cnncalc.files.reading import LONGEST, NotAFile, descriptor, is_file, read_bytes, regular

if TYPE_CHECKING:
    from cnncalc.files.replacing import Changed as Changed
    from cnncalc.files.replacing import rewrite as rewrite
    from cnncalc.files.replacing import writing as writing

__all__ = [
    "LONGEST",
    "Changed",
    "NotAFile",
    "descriptor",
    "is_file",
    "read_bytes",
    "regular",
    "rewrite",
    "writing",
]


def __getattr__(name: str) -> Any:
    # Most runs write no file.
    if name in ("Changed", "rewrite", "writing"):
        from cnncalc.files import replacing

        return getattr(replacing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
