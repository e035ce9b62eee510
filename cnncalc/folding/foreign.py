"""Files of other programs as specs: read, folded, and written as a text that is read like any other spec."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cnncalc.folding.fold import fold
from cnncalc.importers import Draft, Unreadable, text
from cnncalc.importers.formats import ImportRequest
from cnncalc.importers.reading import (
    START,
    STREAM,
    format_of,
    format_of_stream,
    has_suffix,
    read,
    read_file,
    scaled_file,
)
from cnncalc.shape import Shape
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Source, escaped

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted


def asked_for(inputs: "Iterable[Wanted]", mode: str = "inference", name: str | None = None) -> ImportRequest:
    """What the options of a command ask of an import."""
    shapes: dict[str, Shape | int] = {}
    for item in inputs:
        size = item.size if item.shape is None else item.shape
        assert size is not None
        shapes[item.name or ""] = size
    return ImportRequest(shapes, mode, name)


def is_foreign(path: str) -> bool:
    """Whether a file is of another format: by the end of its name, then by the start of its content."""
    if not has_suffix(path):
        return False
    path = scaled_file(path) or path
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            return format_of(path, file.read(START)) is not None
    except OSError:
        # The reader of specs says why.
        return False


def foreign_spec(path: str, inputs: "Iterable[Wanted]" = ()) -> Spec:
    """The spec of a file of another format, with `inputs` in place of its own.

    Its diagnostics are about the file, at its lines; those of the network are about the spec's text, which is
    `spec.sources["<spec of NAME>"]`. A file that cannot be read gives an empty spec.
    """
    return _spec(path, lambda: read_file(path, asked_for(inputs)))


def foreign_content(content: bytes, name: str, inputs: "Iterable[Wanted]" = ()) -> Spec | None:
    """The spec of a content that is in no file, as in an older revision; None if it may be a spec."""
    if name == STREAM:
        if format_of_stream(content) is None:
            return None
    elif not has_suffix(name) or format_of(name, content) is None:
        return None
    return _spec(name, lambda: read(content, name, asked_for(inputs)))


def _spec(path: str, imported: Callable[[], Draft]) -> Spec:
    try:
        draft = imported()
    except Unreadable as error:
        source = error.source
        if source is not None:
            source = Source(source.name, source.text, source.path, refused=True)
        return read_spec(source, error.diagnostics, pattern=False)
    return spec_of(draft, path)


def spec_of(draft: Draft, path: str) -> Spec:
    """The folded spec of a draft that was read from a file."""
    source = Source(f"<spec of {escaped(path, 4096)}>", text(fold(draft)), path)
    return read_spec(source, draft.notes, pattern=False)._replace(imported=True)
