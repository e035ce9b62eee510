"""What a section of the page is made of, and what it gives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis
    from cnncalc.diagnostic import Diagnostic
    from cnncalc.graph import Graph
    from cnncalc.memory import Estimate
    from cnncalc.memory.device import GPU


class ReportedNetwork(NamedTuple):
    """One network of a page, with all that is known of it.

    `estimate` is the memory of its run with `batch` images; None where it is not known. `runs` are those that a reader
    may choose from: first the one that was asked for, also where PyTorch refuses `batch` images, then others. `number`
    counts the networks of the page from 1. `gpu` is the one that was asked about.
    """

    analysis: "Analysis"
    diagnostics: "tuple[Diagnostic, ...]" = ()
    estimate: "Estimate | None" = None
    batch: int = 1
    number: int = 1
    runs: "tuple[Estimate, ...]" = ()
    gpu: "GPU | None" = None

    @property
    def graph(self) -> "Graph":
        return self.analysis.graph

    @property
    def title(self) -> str:
        """The name on a page with several: `2 VGG-16`."""
        return f"{self.number} {self.graph.title}"

    @property
    def prefix(self) -> str:
        """What the ids of this network begin with: nothing for the first, `2:` for the second.

        No name of a layer has a colon: an id is that of a layer, `conv1` or `2:conv1`, or has a colon before its own
        word, `:table` or `2::table`.
        """
        return "" if self.number == 1 else f"{self.number}:"

    def anchor(self, layer: str) -> str:
        """The id of a layer or a block in the page: a link to it is `#` and the id."""
        return f"{self.prefix}{layer}"

    def own(self, word: str) -> str:
        """The id of an element that is no layer."""
        return f"{self.prefix}:{word}"


class PageSection(NamedTuple):
    """A section of the page: `html` is markup whose texts are escaped already, and readable without a script.

    `id` is a word for links, and the name under which `scripts/main.js` has the module of the section. `data` is what
    that module gets; None where the section has none.
    """

    id: str
    title: str
    html: str
    data: Mapping[str, Any] | None = None
