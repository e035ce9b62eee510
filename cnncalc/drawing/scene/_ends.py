"""Where edges end at a box: side by side, each as straight as it can be."""

from collections.abc import Sequence

from cnncalc.drawing.parts import DrawnPart, Wire
from cnncalc.drawing.scene._inside import Inside, Insides

# Space between two ends, and from an end to the corner of its box.
BESIDE, CORNER = 14.0, 14.0


def spread(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """Places for the ends of edges between two corners, each near the one that is wanted, in the same order."""
    low, high = low + CORNER, high - CORNER
    if low > high or not wanted:
        return [(low + high) / 2] * len(wanted)
    beside = min(BESIDE, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda number: (wanted[number], number))
    places = [0.0] * len(wanted)
    least = low
    for number in order:
        places[number] = max(least, min(high, wanted[number]))
        least = places[number] + beside
    most = high
    for number in reversed(order):
        places[number] = min(places[number], most)
        most = places[number] - beside
    return places


class EdgeEnds:
    """The x of both ends of each edge inside a block."""

    def __init__(self, insides: Insides, block: DrawnPart, inside: Inside, levels: int) -> None:
        self._insides, self._block, self._inside, self._levels = insides, block, inside, levels

    def starts(self) -> list[float]:
        """At the line of a box; at the port of a frame."""
        return [
            self._port(self._block.wires[index], number, leaving=True)
            for index, number, _ in self._inside.edges
        ]

    def targets(self) -> list[float]:
        """Side by side at a layer that reads several tensors; at the port of a frame."""
        places = [0.0] * len(self._inside.edges)
        together: dict[int, list[int]] = {}
        for index, (wire, _, number) in enumerate(self._inside.edges):
            places[index] = self._port(self._block.wires[wire], number, leaving=False)
            if self._unfolded(number) is None:
                together.setdefault(number, []).append(index)
        for number, edges in together.items():
            if len(edges) < 2:
                continue
            line, extent = self._inside.layout.x[number], self._inside.extents[number]
            links = [self._inside.layout.links[index] for index in edges]
            wanted = [link.points[-3][0] if link.points else line for link in links]
            shares = spread(wanted, line - extent.left, line + extent.right)
            for index, share in zip(edges, shares, strict=True):
                places[index] = share
        return places

    def _unfolded(self, number: int) -> DrawnPart | None:
        """The block of a frame."""
        index = number - self._inside.entries
        if not self._levels or not 0 <= index < len(self._block.parts):
            return None
        part = self._block.parts[index]
        return None if part.is_layer else part

    def _port(self, wire: Wire, number: int, *, leaving: bool) -> float:
        line = self._inside.layout.x[number]
        part = self._unfolded(number)
        if part is None:
            return line
        inner = self._insides.of(part, self._levels - 1, "frame")
        tensors = [*(part.run[-1].exits if leaving else part.entries)]
        index = tensors.index(wire.tensor) + (inner.entries + len(part.parts) if leaving else 0)
        return line - inner.line + inner.layout.x[index]
