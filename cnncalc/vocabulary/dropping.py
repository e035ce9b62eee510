"""What layers have in common that set random values to zero in training, and are the identity at inference."""

from math import inf
from typing import TYPE_CHECKING, ClassVar

from cnncalc.exact import fraction
from cnncalc.vocabulary.groups import Elementwise
from cnncalc.vocabulary.layer import Call, Inputs, Kept
from cnncalc.vocabulary.limits import ZERO, Limits

if TYPE_CHECKING:
    from fractions import Fraction

# A rate divided by this is the most that it may be from the fraction that it stands for, and the largest denominator of
# these fractions.
NEAR, LARGEST = 5 * 10**6, 2000


def rate(p: float) -> "Fraction":
    """The fraction that a rate stands for: 1/170 for 0.0058823530562222, which code computed in single precision."""
    exact = fraction(p)
    simple = exact.limit_denominator(LARGEST)
    return simple if abs(simple - exact) * NEAR <= exact else exact


class Dropping(Elementwise):
    """In training, zero with probability p, else scaled by 1/(1 - p). At inference, the identity."""

    family: ClassVar[str] = "regularisation"
    autocast = "input"
    linear = True
    one_of_views = False
    # What it leaves out is drawn for each image.
    without_batch = "none"
    differs_in_training = True
    # Whether single values are dropped, not whole images: then the variance of the output grows with p.
    within_images: ClassVar[bool]
    p: float

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        return super().keeps_of(inputs, call) if call.training else ()

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        scale = 1 / (1 - self.p) if self.p < 1 else inf
        return before[0].joined(before[0].times(Limits(scale, scale)), ZERO)
