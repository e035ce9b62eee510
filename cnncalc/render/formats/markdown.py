"""GitHub-flavoured Markdown, for a pull request or a page of documentation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Fieldwork
    from cnncalc.analysis.layer_facts import Place
    from cnncalc.comparison import Comparison, Verdict
    from cnncalc.diagnostic import DiagnosticKind
    from cnncalc.graph import BlockUse, Node
    from cnncalc.memory.report import AsTaught
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.render.formulas import FormulaPage
    from cnncalc.render.halvings import HalvingsReport
    from cnncalc.render.layer_facts import LayerPage
    from cnncalc.render.report import ReportPage
    from cnncalc.render.specs import ListedSpec, SpecsPage
    from cnncalc.report import Report


class Markdown(Format):
    """Renders tables: that of `inspect`, a comparison, the sums of `memory --as-taught`, and
    what `explain` and the pages of one layer print."""

    escapes = "markdown"
    ends = (".md", ".markdown")

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.markdown import render

        return render(report, page)

    def as_taught(self, report: "AsTaught", width: int | None) -> Iterator[str]:
        from cnncalc.render.taught.markdown import render

        return render(report)

    def comparison(
        self, comparison: "Comparison", verdicts: "Sequence[Verdict]", page: "ComparisonPage"
    ) -> Iterator[str]:
        from cnncalc.render.comparison.markdown import render

        return render(comparison, verdicts, page)

    def network(
        self, analysis: "Analysis", blocks: "Mapping[str, BlockUse]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_markdown import names

        return names(analysis, blocks)

    def layer(
        self, analysis: "Analysis", node: "Node", places: "Sequence[Place]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_markdown import layer

        return layer(analysis, node, places)

    def layer_facts(self, page: "LayerPage") -> Iterator[str]:
        from cnncalc.render.layer_facts.markdown import render

        return render(page)

    def formulas(self, page: "FormulaPage") -> Iterator[str]:
        from cnncalc.render.formulas.markdown import render

        return render(page)

    def block(self, analysis: "Analysis", use: "BlockUse", width: int | None) -> Iterator[str]:
        from cnncalc.render.outline_markdown import block

        return block(analysis, use)

    def field(
        self, analysis: "Analysis", node: "Node", source: "Node", work: "Fieldwork", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_markdown import field

        return field(analysis, node, source, work)

    def specs(self, specs: "Sequence[ListedSpec]", page: "SpecsPage") -> Iterator[str]:
        from cnncalc.render.specs import markdown

        return markdown(specs, page)

    def halvings(self, report: "HalvingsReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.halvings import markdown

        return markdown(report)

    def diagnostic(self, kind: "DiagnosticKind", page: str, width: int | None) -> Iterator[str]:
        yield page
