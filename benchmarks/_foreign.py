"""Folders of networks in foreign formats: how many are read whole, and whether they have the parameters they name."""

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc.shape import Shape

if TYPE_CHECKING:
    from cnncalc.importers import Draft

# The count that Ultralytics writes beside a scale: `n: [0.50, 0.25, 1024] # summary: 319 layers, 2624080 parameters`.
NAMED = re.compile(r"([\d,]{6,})\s+parameters")


# Codes of faults: a file that describes no network, as one that sets up a solver, and an input whose size is not said.
NO_NETWORK, NO_INPUT_SIZE = "I011", "I012"
# Tried, in this order, where a file does not say how large its input is.
SIZES: tuple[Shape | int, ...] = (
    Shape(3, (32, 32)),
    Shape(1, (28, 28)),
    Shape(2, (28, 28)),
    Shape(3, (224, 224)),
    4,
)


def folder(path: Path) -> list[dict[str, Any]]:
    """A row for every file below a folder that is of a foreign format."""
    from cnncalc.importers.reading import format_of

    files = ((file, file.read_bytes()) for file in sorted(path.rglob("*")) if file.is_file())
    return [
        {"name": str(file.relative_to(path)), "format": known.title, **read_one(content, str(file))}
        for file, content in files
        if (known := format_of(file.name, content)) is not None
    ]


def read_one(content: bytes, file: str) -> dict[str, Any]:
    """What comes of one file: its parameters, and how many of its operations are unknown; or why it is not read."""
    import cnncalc
    from cnncalc.folding import fold
    from cnncalc.importers import Unreadable, text

    before = time.process_time()
    try:
        draft, size = _draft(content, file)
    except Unreadable as error:
        first = error.diagnostics[0]
        return {"error": first.message, "network": first.code != NO_NETWORK}
    written = text(fold(draft))
    graph = cnncalc.load(written)
    seconds = time.process_time() - before
    named = [int(number.replace(",", "")) for number in NAMED.findall(content.decode(errors="replace"))]
    return {
        "ok": graph.ok,
        "network": True,
        "given_input": None if size is None else str(size),
        "params": cnncalc.analyse(graph).totals.params,
        "unknown": len(draft.unknown),
        "lines": len(written.splitlines()),
        "named_params": named,
        "cpu_seconds": round(seconds, 3),
    }


def _draft(content: bytes, file: str) -> "tuple[Draft, Shape | int | None]":
    """The draft of a file, and the size of its input where the file does not say one. Raises `Unreadable`."""
    from cnncalc.importers import Unreadable
    from cnncalc.importers.formats import ImportRequest
    from cnncalc.importers.reading import read

    try:
        return read(content, file, ImportRequest()), None
    except Unreadable as error:
        if error.diagnostics[0].code != NO_INPUT_SIZE:
            raise
        unread = error
    for size in SIZES:
        try:
            return read(content, file, ImportRequest({"": size})), size
        except Unreadable:
            continue
    raise unread
