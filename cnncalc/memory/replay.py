"""A trace, replayed for a batch: how much is held at every moment, the peak, and what it is made of."""

from typing import NamedTuple

from cnncalc.memory.trace import Trace


class Peak(NamedTuple):
    """The most that is held at once: bytes, after which event, in which phase and layer, and the tensors held."""

    nbytes: int
    event: int
    phase: str
    node: int | None


def sizes(trace: Trace, batch: int, rounding: int = 1) -> list[int]:
    """Bytes of every tensor, rounded up to a multiple of `rounding`."""
    return [-(-tensor.nbytes(batch) // rounding) * rounding for tensor in trace.tensors]


def peak(trace: Trace, batch: int, rounding: int = 1) -> Peak:
    """Replay a trace."""
    nbytes = sizes(trace, batch, rounding)
    now = most = at = 0
    for event, number in enumerate(trace.events):
        if number < 0:
            now -= nbytes[~number]
        else:
            now += nbytes[number]
            if now > most:
                most, at = now, event
    phase, node = "start", None
    for mark in trace.marks:
        if mark.event > at:
            break
        phase, node = mark.phase, mark.node
    return Peak(most, at, phase, node)


def held(trace: Trace, event: int) -> list[int]:
    """The tensors that are held after an event."""
    alive: dict[int, None] = {}
    for number in trace.events[: event + 1]:
        if number < 0:
            del alive[~number]
        else:
            alive[number] = None
    return list(alive)
