"""Weight standardisation: convolutions whose filters have mean 0 and variance 1."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.exact import counted
from cnncalc.vocabulary.computed_weights import ComputesWeights
from cnncalc.vocabulary.field import base, standardization
from cnncalc.vocabulary.layer import Inputs, Layer, Problem
from cnncalc.vocabulary.padding_modes import PadsInModes
from cnncalc.vocabulary.values import Standardization

if TYPE_CHECKING:
    from cnncalc.vocabulary.computation import Computation


@base
class StandardizesWeights(ComputesWeights, PadsInModes):
    """A convolution that may standardise its filters before it uses them, or compute them in another way."""

    standardize: Standardization | bool = standardization(
        False,
        "give each filter mean 0 and variance 1 in every call; with `gain` a learned number multiplies it, and "
        "gamma/sqrt(its weights)",
    )

    @property
    def in_code(self) -> Layer:
        """Code has the scale of the filters times a root, with the rounding of both."""
        if not isinstance(self.standardize, Standardization) or self.standardize == self.standardize.meant:
            return self
        return self.with_fields(standardize=self.standardize.meant)

    @property
    def computation(self) -> "Computation | None":
        if isinstance(self.standardize, Standardization):
            from cnncalc.vocabulary.standardized import Standardized

            return Standardized(self.standardize)
        return super().computation

    def calls_before(self, inputs: Inputs) -> int:
        """Padding in a separate step."""
        return int(self.apart(inputs) is not None and not self.pads_inside(inputs[0]))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from super().problems(inputs)
        if not isinstance(self.standardize, Standardization):
            return
        if self.parametrize != "none":
            from cnncalc.vocabulary.field_faults import TWO_COMPUTATIONS

            yield Problem(
                TWO_COMPUTATIONS,
                f"`parametrize: {self.parametrize}` has no effect: `standardize` then gives every filter variance 1",
                "parametrize",
                help="remove `parametrize`, or remove `standardize`",
            )
            return
        filters: Any = self.weights(inputs)[0]
        if prod(filters.shape[1:]) == 1:
            from cnncalc.vocabulary.value_faults import ONE_WEIGHT_TO_STANDARDIZE

            yield Problem(
                ONE_WEIGHT_TO_STANDARDIZE,
                f"each of {counted(filters.shape[0], 'filter')} has one weight, and the variance of one number is 0",
                "standardize",
                help="remove `standardize` here, or use a kernel of 2 or more",
            )
