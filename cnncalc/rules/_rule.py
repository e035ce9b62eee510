"""The base class of lint rules: a kind of diagnostic, and a search for it in the figures of a graph."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, DiagnosticKind
from cnncalc.graph import Node
from cnncalc.record import NamedTuple


class Finding(NamedTuple):
    """A finding of a rule at a node; None for the spec as a whole."""

    node: Node | None
    diagnostic: Diagnostic


class Rule(ABC):
    """One rule, in a file with the name of its `fault`, which contains its page and its examples."""

    fault: ClassVar[DiagnosticKind]

    @abstractmethod
    def check(self, analysis: Analysis) -> Iterator[Finding]:
        """All findings of the rule."""
