"""What is replayed of a network beside what PyTorch allocates: each figure that differs is named."""

from types import ModuleType

from cnncalc.graph import Graph
from tests.memory._replayed import replayed
from tests.memory._watched import BATCH, Held, pytorch

FACTS = {
    "forward": "the most bytes at once in the forward pass",
    "kept": "the bytes that are left after the forward pass",
    "backward": "the most bytes at once in the backward pass",
    "end": "the bytes that are left after the backward pass",
}
# Layers of a network that a message lists.
LISTED = 12


def differences(ours: Held, theirs: Held) -> list[str]:
    """A sentence for each figure that is not PyTorch's."""
    pairs = zip(Held._fields, ours, theirs, strict=True)
    return [
        f"{FACTS[name]}: {mine:,} are replayed, PyTorch has {actual:,} ({mine - actual:+,})"
        for name, mine, actual in pairs
        if mine != actual
    ]


def check(
    torch: ModuleType, graph: Graph, *, batch: int = BATCH, autocast: str | None = None, about: object = ""
) -> None:
    """Replay a network, run it in PyTorch, and compare. `about` says which case of a test it is."""
    wrong = differences(
        replayed(graph, batch=batch, autocast=autocast), pytorch(torch, graph, batch=batch, autocast=autocast)
    )
    if wrong:
        layers = [f"{node.name} ({node.kind})" for node in graph.layers]
        more = f" and {len(layers) - LISTED} more" if len(layers) > LISTED else ""
        precision = f", autocast to {autocast}" if autocast else ""
        case = f"{graph.mode}, batch {batch}{precision}{f', {about}' if about else ''}"
        raise AssertionError("\n  ".join([f"{case}: {', '.join(layers[:LISTED])}{more}", *wrong]))
