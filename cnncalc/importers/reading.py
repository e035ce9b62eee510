"""Finds the format of a file and reads it: files of other programs wherever a spec is expected."""

from functools import cache

from cnncalc import plugins
from cnncalc.importers.draft import Draft
from cnncalc.importers.formats import Asked, ForeignFormat

_FORMATS = "cnncalc.importers.formats"
# Bytes of a file that its format is recognised by.
START = 65536


@cache
def formats() -> tuple[type[ForeignFormat], ...]:
    """Every format, by the names of their files."""
    return tuple(
        plugins.only(module, ForeignFormat)  # type: ignore[type-abstract]
        for module in plugins.load_all(_FORMATS).values()
    )


def format_of(file: str, start: bytes) -> type[ForeignFormat] | None:
    """The format of a file by its name and the start of its content; None for what may be a spec."""
    name = file.lower()
    return next(
        (known for known in formats() if name.endswith(known.suffixes) and known.recognises(start[:START])),
        None,
    )


def read(content: bytes, file: str, asked: Asked) -> Draft:
    """The draft of a file's content. Raises `Unreadable`; and `LookupError` if it is of no known format."""
    known = format_of(file, content)
    if known is None:
        raise LookupError(file)
    return known.read(content, file, asked)
