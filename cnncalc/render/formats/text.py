"""Text for people, on a terminal or in a pipe."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

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


class Text(Format):
    """Renders every kind of report. Their layouts are in `cnncalc.render`."""

    styled = True
    ends = (".txt", ".text", ".log")

    def findings(self, findings: "Findings") -> Iterator[str]:
        from cnncalc.render.findings.text import render

        return render(findings)

    def statistics(self, findings: "Findings") -> Iterator[str]:
        from cnncalc.render.findings.statistics import text

        return text(findings)

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.text import render

        return render(report, page)

    def memory(self, report: "MemoryReport", page: "MemoryPage") -> Iterator[str]:
        from cnncalc.render.memory.text import render

        return render(report, page)

    def as_taught(self, report: "AsTaught", width: int | None) -> Iterator[str]:
        from cnncalc.render.taught.text import render

        return render(report, width)

    def fit(self, answer: "Answer", width: int | None) -> Iterator[str]:
        from cnncalc.render.fit.text import WIDEST, render

        return render(answer, WIDEST if width is None else width)

    def comparison(
        self, comparison: "Comparison", verdicts: "Sequence[Verdict]", page: "ComparisonPage"
    ) -> Iterator[str]:
        from cnncalc.render.comparison.text import render

        return render(comparison, verdicts, page)

    def network(
        self, analysis: "Analysis", blocks: "Mapping[str, BlockUse]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline import outline

        return outline(analysis, blocks, width)

    def layer(
        self, analysis: "Analysis", node: "Node", places: "Sequence[Place]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.explanation import explanation

        return explanation(analysis, node, width, places)

    def layer_facts(self, page: "LayerPage") -> Iterator[str]:
        from cnncalc.render.layer_facts.text import render

        return render(page)

    def formulas(self, page: "FormulaPage") -> Iterator[str]:
        from cnncalc.render.formulas.text import render

        return render(page)

    def block(self, analysis: "Analysis", use: "BlockUse", width: int | None) -> Iterator[str]:
        from cnncalc.render.outline import block_page

        return block_page(analysis, use, width)

    def field(
        self, analysis: "Analysis", node: "Node", source: "Node", work: "Fieldwork", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.field_of import field_of

        return field_of(analysis, node, source, work, width)

    def diagnostic(self, kind: "DiagnosticKind", page: str, width: int | None) -> Iterator[str]:
        from cnncalc.render.markdown_as_text import text

        return text(page, width)

    def verification(self, verified: "Verified", width: int | None) -> Iterator[str]:
        from cnncalc.render.verification import text

        return text(verified, width)

    def verifications(self, verified: "Iterable[Verified]", width: int | None) -> Iterator[str]:
        from cnncalc.render.verification import text_of_all

        return text_of_all(verified)

    def sizes(self, sizes: "SizesReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.sizes import text

        return text(sizes, width)

    def halvings(self, report: "HalvingsReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.halvings import text

        return text(report, width)

    def rewritten(self, checks: "Sequence[RewriteCheck]", width: int | None) -> Iterator[str]:
        from cnncalc.render.rewritten import text

        return text(checks, width)

    def slide(self, slide: "SlideReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.sliding import text

        return text(slide, width)

    def window(
        self, window: "Window", problems: "Sequence[Problem]", strict: bool, width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.window import text

        return text(window, problems, strict=strict, page=width)

    def gpus(self, gpus: "Sequence[GPU]", width: int | None) -> Iterator[str]:
        from cnncalc.render.gpus import text

        return text(gpus, width)

    def rules(self, rules: "Sequence[RuleEntry]", width: int | None) -> Iterator[str]:
        from cnncalc.render.rules import text

        return text(rules, width)

    def specs(self, specs: "Sequence[ListedSpec]", page: "SpecsPage") -> Iterator[str]:
        from cnncalc.render.specs import text

        return text(specs, page)
