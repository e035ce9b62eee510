"""The list of GPUs, as text and as JSON."""

from collections.abc import Iterator, Sequence

from cnncalc.memory.device import GPU
from cnncalc.render.figures import size
from cnncalc.render.wrapping import broken

NOTE = "sold: what the vendor says; a driver reports less. All other sizes are what drivers report."


def text(gpus: Sequence[GPU], width: int | None) -> Iterator[str]:
    """A row for each under its titles; where the page is narrow, a note is on a line of its own."""
    rows = [("GPU", "memory", "capability", ""), *map(_row, gpus)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, memory, capability, note in rows:
        line = f"{name.ljust(widths[0])}   {memory.rjust(widths[1])}   {capability.ljust(widths[2])}"
        if width is None or len(line) + 3 + len(note) <= width:
            yield f"{line}   {note}".rstrip() + "\n"
            continue
        yield line.rstrip() + "\n"
        yield broken(f"  {note}", width) + "\n"
    yield "\n" + (NOTE if width is None else broken(NOTE, width)) + "\n"


def _row(gpu: GPU) -> tuple[str, str, str, str]:
    name = f"AMD {gpu.name}" if gpu.vendor == "AMD" else gpu.name
    memory = size(gpu.memory) + ("" if gpu.reported_by else " sold")
    capability = "" if gpu.capability is None else f"{gpu.capability[0]}.{gpu.capability[1]}"
    return name, memory, capability, gpu.note


def json_text(gpus: Sequence[GPU]) -> str:
    """A list with an object for each; sizes are in bytes."""
    from cnncalc.render.json_text import dumped

    return dumped([_json(gpu) for gpu in gpus])


def _json(gpu: GPU) -> dict[str, object]:
    return {
        "name": gpu.name,
        "vendor": gpu.vendor,
        "memory_bytes": gpu.memory,
        "sold_bytes": gpu.sold,
        "reported_by": gpu.reported_by or None,
        "capability": None if gpu.capability is None else list(gpu.capability),
        "aliases": list(gpu.aliases),
        "note": gpu.note or None,
        "source": gpu.source,
    }
