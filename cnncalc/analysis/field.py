"""A receptive field along one axis of the input: what each position of a volume sees, by phase.

Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural Networks (Distill), have one size, stride
and start for each layer. After upsampling these differ by position, and repeat: here each phase has its own.
"""

from typing import TYPE_CHECKING, TypeAlias

from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

# First and last pixel.
Span: TypeAlias = tuple[int, int]
# The largest field that is reported, in pixels: a field grows with every layer, whatever the size of the input.
MOST = 10**36


class Field(NamedTuple):
    """What every value of a volume sees, along one axis of the input.

    With p phases, position q*p + k of the volume sees the pixels of phase k, moved by q*`shift`. A phase that sees no
    pixel is None. Pixels can be outside of the image: padding counts as seen. `fixed` are pixels of the image that
    every position sees in addition to its own.

    `stride` is the average distance from value to value; a stride below 1 comes from upsampling. `axis` is the volume's
    axis that moves along this one; None if all of its positions see the same. The volume has `positions` along it, and
    the image has `image` pixels. `parts`: each value sees only some of the pixels. On the path to this volume,
    `coarsest` is the largest stride, and `rounded` the sum of strides that a layer has enlarged: a size can have been
    rounded by this much.
    """

    phases: tuple[Span | None, ...]
    shift: int
    stride: "int | Fraction"
    axis: int | None
    positions: int
    image: int
    coarsest: "int | Fraction" = 1
    fixed: Span | None = None
    parts: bool = False
    rounded: "int | Fraction" = 0

    def __repr__(self) -> str:
        least, most = self.sizes
        size = least if least == most else f"{least}-{most}"
        return f"Field(size={size}, stride={self.stride}, start={self.start})"

    def at(self, position: int) -> Span | None:
        """First and last pixel that a position sees; None if it sees none."""
        turns, phase = divmod(position, len(self.phases))
        own = self.phases[phase]
        if own is None:
            return None
        first, last = own[0] + turns * self.shift, own[1] + turns * self.shift
        if self.fixed is None:
            return first, last
        first, last = max(0, first), min(self.image - 1, last)
        # A span that is entirely in the padding adds nothing.
        return (min(first, self.fixed[0]), max(last, self.fixed[1])) if first <= last else self.fixed

    @property
    def is_plain(self) -> bool:
        """Whether size, stride and start describe it completely: every position sees the same number of pixels."""
        return len(self.phases) == 1 and self.fixed is None

    @property
    def whole(self) -> bool:
        """Whether every value sees the whole image along this axis, and no padding is counted."""
        return self.fixed == (0, self.image - 1) and None not in self.phases

    @property
    def size(self) -> int:
        """The number of pixels from the first to the last that a value sees, at the position that sees least."""
        if len(self.phases) == 1 and self.fixed is None and (only := self.phases[0]) is not None:
            return only[1] - only[0] + 1
        return self.sizes[0]

    @property
    def largest(self) -> int:
        """As `size`, for the position that sees most."""
        return self.sizes[1]

    @property
    def start(self) -> int:
        """The first pixel that the first position sees; negative if it sees padding first. 0 if it sees none."""
        span = self.phases[0] if self.fixed is None else self.at(0)
        return span[0] if span is not None else 0

    @property
    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest field of the positions of the volume."""
        if self.fixed is None:
            if len(self.phases) == 1 and (only := self.phases[0]) is not None:
                return (only[1] - only[0] + 1,) * 2
            spans = list(self.phases[: self.positions])
        elif self.whole:
            return self.image, self.image
        else:
            spans = [self.at(position) for position in self._extremes()]
        sizes = [
            last - first + 1 if (first, last) != (0, -1) else 0
            for first, last in (span or (0, -1) for span in spans)
        ]
        return min(sizes), max(sizes)

    def _extremes(self) -> set[int]:
        """Positions that include the smallest and the largest field: ends, and where pixels meet `fixed`."""
        period = len(self.phases)
        positions = set()
        for phase, own in enumerate(self.phases[: self.positions]):
            last = (self.positions - 1 - phase) // period
            turns = {0, last}
            if own is not None and self.fixed is not None and self.shift:
                for mine in own:
                    for theirs in (*self.fixed, 0, self.image - 1):
                        turn = (theirs - mine) // self.shift
                        turns |= {turn - 1, turn, turn + 1, turn + 2}
            positions |= {phase + turn * period for turn in turns if 0 <= turn <= last}
        return positions


def point(image: int, axis: int) -> Field:
    """The field of the image itself: each pixel sees itself."""
    return Field(((0, 0),), 1, 1, axis, image, image)


def everywhere(span: Span, like: Field) -> Field:
    """Pixels of the image that every position sees."""
    return like._replace(phases=(span,), shift=0, stride=0, axis=None, positions=1, fixed=span)
