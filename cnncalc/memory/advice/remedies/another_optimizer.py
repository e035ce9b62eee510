"""An optimizer that remembers less."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._remedy import (
    Harm,
    Remedy,
    RemedyCase,
    RemedyOutcome,
    Way,
    largest_saving,
)
from cnncalc.memory.allocated import optimizers


class AnotherOptimizer(Remedy):
    """The one that saves most: another, or the same without an option that costs memory."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.TRAINING

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        # Without state, none remembers less; what it has beside that counts where the step is the peak.
        state = case.training and case.estimate.breakdown(case.batch)["optimizer"]
        if case.training and (state or case.now.peak.phase == "step"):
            yield from largest_saving(case.tried(self._ways(case)))

    def _ways(self, case: RemedyCase) -> Iterator[Way]:
        setup = case.setup
        # First what changes least: of equal savings the first one is told.
        for option, value in setup.options.items():
            if value:
                words = option.replace("_", "-")
                left = {name: told for name, told in setup.options.items() if name != option}
                if option == "momentum":
                    left.pop("nesterov", None)
                title = f"{setup.optimizer} without {words.replace('-', ' ')}"
                yield case.way(title, f"without --{words}", setup=setup._replace(options=left))
        for name in optimizers.names():
            if name != setup.optimizer:
                title = f"{name} in place of {setup.optimizer} (learns differently)"
                yield case.way(title, f"--optimizer {name}", setup=setup._replace(optimizer=name, options={}))
