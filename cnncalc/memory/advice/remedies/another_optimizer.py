"""An optimizer with less state."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import OptimizerReplaced, OptionLeftOut
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way, largest_saving
from cnncalc.memory.advice.remedies._remedy import Remedy
from cnncalc.memory.allocated import optimizers


class AnotherOptimizer(Remedy):
    """The one that saves most: another, or the same without an option that costs memory."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.TRAINING

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        # Without state, none remembers less; what a step allocates beside it counts where the step is the peak.
        state = case.training and case.estimate.breakdown(case.batch)["optimizer"]
        if case.training and (state or case.peak.phase == "step"):
            yield from largest_saving(case.tried(self._ways(case)))

    def _ways(self, case: RemedyCase) -> Iterator[Way]:
        setup = case.setup
        # First what changes least: of equal savings the first one is suggested.
        for option, value in setup.options.items():
            if value:
                others = {name: other for name, other in setup.options.items() if name != option}
                if option == "momentum":
                    others.pop("nesterov", None)
                yield case.way(OptionLeftOut(setup.optimizer, option), setup=setup._replace(options=others))
        for name in optimizers.names():
            # A state of fewer bits is a remedy of its own, `eight_bit_state`.
            if name != setup.optimizer and optimizers.optimizer_type(name).state_width is None:
                yield case.way(
                    OptimizerReplaced(setup.optimizer, name),
                    setup=setup._replace(optimizer=name, options={}),
                )
