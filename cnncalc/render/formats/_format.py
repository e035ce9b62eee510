"""The base class of formats: the kinds of report that a format renders, and facts that a command needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Fieldwork
    from cnncalc.analysis.layer_facts import Place
    from cnncalc.comparison import Comparison, Verdict
    from cnncalc.diagnostic import DiagnosticKind
    from cnncalc.graph import BlockUse, Node
    from cnncalc.layers import Problem
    from cnncalc.memory.advice import Answer
    from cnncalc.memory.device import GPU
    from cnncalc.memory.report import AsTaught, MemoryReport
    from cnncalc.pytorch.carried import RewriteCheck
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.render.findings import Findings
    from cnncalc.render.formulas import FormulaPage
    from cnncalc.render.halvings import HalvingsReport
    from cnncalc.render.layer_facts import LayerPage
    from cnncalc.render.memory import MemoryPage
    from cnncalc.render.report import ReportPage
    from cnncalc.render.rules import RuleEntry
    from cnncalc.render.sizes import SizesReport
    from cnncalc.render.sliding import SlideReport
    from cnncalc.render.specs import ListedSpec, SpecsPage
    from cnncalc.render.verification import Verified
    from cnncalc.report import Report
    from cnncalc.shape import Window


class Format:
    """A format of output. Each method is a kind of report; a format renders the kinds whose methods it defines.

    A method yields the whole text in pieces; the last one ends with a line feed. `width` is how many characters
    fit on a line; None means no limit. Put the imports of a method inside it, so that a command which prints
    another kind of report does not wait for it.
    """

    # For people: lines fit the page, and styled pieces (`cnncalc.render.piece.Piece`) are in colour.
    styled: ClassVar[bool] = False
    # How to write a character that is not in the output's encoding: as in `text`, `json`, `markdown`, `xml` or `yaml`.
    escapes: ClassVar[str] = "text"
    # The ends of file names that mean this format.
    ends: ClassVar[tuple[str, ...]] = ()
    # Reports contain their diagnostics: these are not printed separately, and a spec with errors has a report too.
    holds_diagnostics: ClassVar[bool] = False
    # Findings are written with their fixes.
    holds_fixes: ClassVar[bool] = False
    # Lines of findings are commands for GitHub Actions: they are not escaped.
    holds_commands: ClassVar[bool] = False
    # The summary of a check is printed on standard error, because the findings in this format have no place for it.
    summary_on_stderr: ClassVar[bool] = False

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of report that this format renders."""
        return frozenset(kind for kind in KINDS if getattr(type(self), kind) is not getattr(Format, kind))

    def findings(self, findings: "Findings") -> Iterator[str]:
        """The findings of `validate`."""
        raise NotImplementedError

    def statistics(self, findings: "Findings") -> Iterator[str]:
        """The number of findings of each code in `validate`, the most frequent first."""
        raise NotImplementedError

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        """The table of `inspect`."""
        raise NotImplementedError

    def memory(self, report: "MemoryReport", page: "MemoryPage") -> Iterator[str]:
        """The report of `memory`: the peak, and every layer."""
        raise NotImplementedError

    def as_taught(self, report: "AsTaught", width: int | None) -> Iterator[str]:
        """The sums of the course and the textbook: `memory --as-taught`."""
        raise NotImplementedError

    def fit(self, answer: "Answer", width: int | None) -> Iterator[str]:
        """The report of `fit`: the largest batch for a device, and remedies."""
        raise NotImplementedError

    def comparison(
        self, comparison: "Comparison", verdicts: "Sequence[Verdict]", page: "ComparisonPage"
    ) -> Iterator[str]:
        """The report of `diff` on two networks; `verdicts` are the results of `--fail-if`."""
        raise NotImplementedError

    def network(
        self, analysis: "Analysis", blocks: "Mapping[str, BlockUse]", width: int | None
    ) -> Iterator[str]:
        """The layers and uses of blocks that `explain SPEC` lists."""
        raise NotImplementedError

    def layer(
        self, analysis: "Analysis", node: "Node", places: "Sequence[Place]", width: int | None
    ) -> Iterator[str]:
        """One layer's arithmetic: `explain SPEC NAME`. `places` are those of `--at`, in its output."""
        raise NotImplementedError

    def layer_facts(self, page: "LayerPage") -> Iterator[str]:
        """One layer without a spec: `conv`, `pool`, `fc`."""
        raise NotImplementedError

    def formulas(self, page: "FormulaPage") -> Iterator[str]:
        """Figures as formulas in letters: `--symbols`."""
        raise NotImplementedError

    def block(self, analysis: "Analysis", use: "BlockUse", width: int | None) -> Iterator[str]:
        """One use of a block: `explain SPEC NAME`."""
        raise NotImplementedError

    def field(
        self, analysis: "Analysis", node: "Node", source: "Node", work: "Fieldwork", width: int | None
    ) -> Iterator[str]:
        """The receptive field of a node on a source: `explain --field-of`. `work` holds the fields of all nodes."""
        raise NotImplementedError

    def diagnostic(self, kind: "DiagnosticKind", page: str, width: int | None) -> Iterator[str]:
        """The explanation of a diagnostic: `explain CODE`. `page` is its page in Markdown."""
        raise NotImplementedError

    def verification(self, verified: "Verified", width: int | None) -> Iterator[str]:
        """One network's predictions compared with PyTorch: `verify SPEC`."""
        raise NotImplementedError

    def verifications(self, verified: "Iterable[Verified]", width: int | None) -> Iterator[str]:
        """The comparisons of every shipped network: `verify --all`. Each is run when it is needed."""
        raise NotImplementedError

    def sizes(self, sizes: "SizesReport", width: int | None) -> Iterator[str]:
        """The input sizes that a network accepts."""
        raise NotImplementedError

    def halvings(self, report: "HalvingsReport", width: int | None) -> Iterator[str]:
        """How often sides can be halved: `sizes --halvings`."""
        raise NotImplementedError

    def rewritten(self, checks: "Sequence[RewriteCheck]", width: int | None) -> Iterator[str]:
        """Rewrites beside the network that they come from: `verify --rewrite`."""
        raise NotImplementedError

    def slide(self, slide: "SlideReport", width: int | None) -> Iterator[str]:
        """A network over a larger image: `slide`."""
        raise NotImplementedError

    def window(
        self, window: "Window", problems: "Sequence[Problem]", strict: bool, width: int | None
    ) -> Iterator[str]:
        """One window along one axis, and its problems."""
        raise NotImplementedError

    def gpus(self, gpus: "Sequence[GPU]", width: int | None) -> Iterator[str]:
        """The list of GPUs."""
        raise NotImplementedError

    def rules(self, rules: "Sequence[RuleEntry]", width: int | None) -> Iterator[str]:
        """The list of diagnostics."""
        raise NotImplementedError

    def specs(self, specs: "Sequence[ListedSpec]", page: "SpecsPage") -> Iterator[str]:
        """The list of specs."""
        raise NotImplementedError


# The kinds of report that commands print.
KINDS = tuple(name for name, value in vars(Format).items() if callable(value) and not name.startswith("_"))
