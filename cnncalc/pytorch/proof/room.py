"""Whether the machine's memory holds both networks of a proof."""

from pathlib import Path

from cnncalc.analysis import Analysis
from cnncalc.figure_words import size
from cnncalc.graph import Graph
from cnncalc.pytorch.devices import memory

# Values are in float32.
VALUE = 4


def too_large(graph: Graph, batch: int, limit: int | None) -> str:
    """Why a run of both networks is not tried; empty if the memory surely can hold it."""
    most = available() if limit is None else limit
    needed = needed_bytes(graph, batch)
    if most is None or needed <= most:
        return ""
    return f"a run needs about {size(needed)}, and {size(most)} are free"


def needed_bytes(graph: Graph, batch: int) -> int:
    """What a run takes: the parameters, held once, and the largest value with those around it."""
    parameters = Analysis(graph).totals.params or 0
    largest = max((node.shape.size for node in graph.nodes if node.shape), default=0)
    return VALUE * (parameters + 4 * batch * largest)


def available() -> int | None:
    """Bytes that are free: of the machine, and at most what this process can have."""
    limits = [limit for limit in (memory(), _free()) if limit is not None]
    return min(limits, default=None)


def _free() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kibibytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return None if kibibytes is None else int(kibibytes) * 1024
