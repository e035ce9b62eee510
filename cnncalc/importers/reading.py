"""Finds the format of a file and reads it: files of other programs wherever a spec is expected."""

import os
from codecs import BOM_UTF8
from functools import cache

from cnncalc import plugins
from cnncalc.diagnostic import Span
from cnncalc.files import read_bytes, regular
from cnncalc.importers import faults
from cnncalc.importers.draft import Draft
from cnncalc.importers.foreign_text import LIMIT
from cnncalc.importers.formats import ForeignFormat, ImportRequest
from cnncalc.importers.unreadable import Unreadable
from cnncalc.text import escaped

_FORMATS = "cnncalc.importers.formats"
# What standard input is called.
STREAM = "<stdin>"
# Bytes of a file that its format is recognised by.
START = 65536
# The most bytes of a file that is no text: weights are in it.
BINARY_LIMIT = 2**31


@cache
def formats() -> tuple[type[ForeignFormat], ...]:
    """Every format, by the names of their files."""
    return tuple(
        plugins.only(module, ForeignFormat)  # type: ignore[type-abstract]
        for module in plugins.load_all(_FORMATS).values()
    )


def has_suffix(file: str) -> bool:
    """Whether the name of a file ends as those of some format do."""
    return file.lower().endswith(tuple(suffix for known in formats() for suffix in known.suffixes))


def format_of(file: str, start: bytes) -> type[ForeignFormat] | None:
    """The format of a file by its name and the start of its content; None for what may be a spec."""
    name = file.lower()
    return next(
        (known for known in formats() if name.endswith(known.suffixes) and known.recognises(start[:START])),
        None,
    )


def format_of_stream(start: bytes) -> type[ForeignFormat] | None:
    """The format of content without a name by its start, but for a byte order mark; None for what may be a spec."""
    start = start[:START].removeprefix(BOM_UTF8)
    return next((known for known in formats() if known.begins(start)), None)


def read(content: bytes, file: str, asked: ImportRequest) -> Draft:
    """The draft of a file's content. Raises `Unreadable`; and `LookupError` if it is of no known format."""
    known = format_of_stream(content) if file == STREAM else format_of(file, content)
    if known is None:
        raise LookupError(file)
    try:
        draft = known.read(content, file, asked)
    except ModuleNotFoundError as error:
        if known.extra is None:
            raise
        name = escaped(file, limit=4096)
        message = f"files of {known.title} need {error.name}, which is not installed"
        help = f'`pip install "cnncalc[{known.extra}]"` installs it'
        raise Unreadable([faults.NOT_RECOGNISED.at(Span(name, 1, 1, 1, 1), message, help=help)]) from None
    if draft.name == STREAM:
        draft.name = "network"
    return draft


def scaled_file(file: str) -> str | None:
    """The file that is read for a name with a scale: `yolo11.yaml` for `yolo11n.yaml`; None if it is not there."""
    if os.path.exists(file):
        return None
    others = (known.file_of(file) for known in formats())
    return next((other for other in others if other is not None and os.path.isfile(other)), None)


def read_file(file: str, asked: ImportRequest) -> Draft:
    """The draft of a file. Raises `Unreadable` too if it cannot be read, or is of no known format."""
    name = escaped(file, limit=4096)
    place = Span(name, 1, 1, 1, 1)
    binary = not any(file.lower().endswith(known.suffixes) and known.extra is None for known in formats())
    path = scaled_file(file) or file
    try:
        if regular(path):
            for known in formats():
                if file.lower().endswith(known.suffixes):
                    known.check_size(os.path.getsize(path), name)
        content, _ = read_bytes(path, (BINARY_LIMIT if binary else LIMIT) + 1)
    except (OSError, ValueError) as error:
        from cnncalc.text.refused_text import unreadable

        raise Unreadable([unreadable(error, name)]) from None
    try:
        return read(content, file, asked)
    except LookupError:
        titles = ", ".join(f"{known.title} ({', '.join(known.suffixes)})" for known in formats())
        message = f"`{name}` is of no format that is read here: {titles}"
        raise Unreadable([faults.NOT_RECOGNISED.at(place, message)]) from None
