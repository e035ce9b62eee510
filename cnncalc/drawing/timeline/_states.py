"""The memory of a replay at the moments that a chart has room for."""

from cnncalc.memory import CATEGORIES, Replay
from cnncalc.record import NamedTuple

# Moments that a chart shows at most. Of several that have to be one, it shows the one with the most memory.
MOST = 360


class State(NamedTuple):
    """A part of a step when it holds most: its phase, the layer at work, and bytes by category, in their order.

    `peak` is whether the most of the whole step is held then.
    """

    phase: str
    node: int | None
    held: tuple[int, ...]
    peak: bool = False

    @property
    def total(self) -> int:
        """The bytes of all categories."""
        return sum(self.held)


def states(replay: Replay) -> list[State]:
    """A step from its beginning to its end, with the peak in it."""
    trace, nbytes = replay.trace, replay.nbytes
    place = {name: number for number, name in enumerate(CATEGORIES)}
    held = [0] * len(CATEGORIES)
    marks = trace.marks
    ends = [mark.event for mark in marks[1:]] + [len(trace.events)]
    peak = replay.peak.event
    moments = []
    for mark, end in zip(marks, ends, strict=True):
        most, is_peak = State(mark.phase, mark.node, tuple(held)), False
        for event in range(mark.event, end):
            tensor = trace.events[event]
            number, sign = (~tensor, -1) if tensor < 0 else (tensor, 1)
            held[place[trace.tensors[number].category]] += sign * nbytes[number]
            if sum(held) > most.total or event == peak:
                most = State(mark.phase, mark.node, tuple(held))
            if event == peak:
                # From here to the end of the moment nothing is higher.
                is_peak = True
        moments.append(most._replace(peak=is_peak))
    return _fewer(moments)


def _fewer(moments: list[State]) -> list[State]:
    """At most as many as there is room for, each phase by itself: of neighbours the one that holds most."""
    if len(moments) <= MOST:
        return moments
    size = -(-len(moments) // MOST)
    kept: list[State] = []
    group: list[State] = []
    for moment in moments:
        if group and (moment.phase != group[0].phase or len(group) == size):
            kept.append(_most(group))
            group = []
        group.append(moment)
    if group:
        kept.append(_most(group))
    return kept


def _most(group: list[State]) -> State:
    return max(group, key=lambda state: (state.peak, state.total))
