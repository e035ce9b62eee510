"""The base of every remedy."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome


class Remedy(ABC):
    """One remedy, in a file named as its key."""

    key: ClassVar[str]
    # Whether what is trained or run is another network than before.
    changes_network: ClassVar[bool]
    harm: ClassVar[Harm]

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    @abstractmethod
    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        """What it can do here: the few ways worth a suggestion."""
