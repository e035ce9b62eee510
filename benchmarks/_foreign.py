"""Folders of networks in foreign formats: how many are read whole, and whether they have the parameters they name."""

import re
import time
from pathlib import Path
from typing import Any

# The count that Ultralytics writes beside a scale: `n: [0.50, 0.25, 1024] # summary: 319 layers, 2624080 parameters`.
NAMED = re.compile(r"([\d,]{6,})\s+parameters")


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
    from cnncalc.importers.formats import ImportRequest
    from cnncalc.importers.reading import read

    before = time.process_time()
    try:
        draft = read(content, file, ImportRequest())
    except Unreadable as error:
        return {"error": error.diagnostics[0].message}
    written = text(fold(draft))
    graph = cnncalc.load(written)
    seconds = time.process_time() - before
    named = [int(number.replace(",", "")) for number in NAMED.findall(content.decode(errors="replace"))]
    return {
        "ok": graph.ok,
        "params": cnncalc.analyse(graph).totals.params,
        "unknown": len(draft.unknown),
        "lines": len(written.splitlines()),
        "named_params": named,
        "cpu_seconds": round(seconds, 3),
    }
