"""What layers share that set values to zero at random in training, and hand them on at inference."""

from math import inf
from typing import ClassVar

from cnncalc.vocabulary.groups import Elementwise
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.limits import ZERO, Limits


class Dropping(Elementwise):
    """In training zero with probability p, scaled by 1/(1 - p) otherwise; else the identity."""

    family: ClassVar[str] = "regularisation"
    autocast = "input"
    linear = True
    one_of_views = False
    # Whether a value is dropped without the others of its image, so that the variance of what is left grows with p.
    within_images: ClassVar[bool]
    p: float

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        scale = 1 / (1 - self.p) if self.p < 1 else inf
        return before[0].joined(before[0].times(Limits(scale, scale)), ZERO)
