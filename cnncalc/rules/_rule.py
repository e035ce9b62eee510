"""What a lint rule is: a fault, and a search for it over the figures of a graph."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, DiagnosticKind
from cnncalc.graph import Node
from cnncalc.record import NamedTuple


class Finding(NamedTuple):
    """What a rule found at a node; None for the spec as a whole."""

    node: Node | None
    diagnostic: Diagnostic


class Rule(ABC):
    """One rule, in a file named as its fault is. `fault` holds its page and its examples."""

    fault: ClassVar[DiagnosticKind]

    @abstractmethod
    def check(self, analysis: Analysis) -> Iterator[Finding]:
        """Every place where the rule is broken."""
