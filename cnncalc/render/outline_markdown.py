"""What `explain` shows, as GitHub-flavoured Markdown: a heading, and tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.analysis import Analysis, Fieldwork
from cnncalc.analysis.layer_facts import Place
from cnncalc.graph import BlockUse, Node
from cnncalc.render import field_of
from cnncalc.render._markdown import line, safe
from cnncalc.render.explanation import facts, title
from cnncalc.render.figures import exact
from cnncalc.render.layer_facts.markdown import table
from cnncalc.render.outline import block_facts
from cnncalc.report import Report, Row
from cnncalc.text import escaped


def names(analysis: Analysis, blocks: Mapping[str, BlockUse]) -> Iterator[str]:
    """Every layer, and the uses of blocks."""
    graph = analysis.graph
    yield f"### {safe(escaped(graph.spec.name) or graph.spec.file)}\n\n"
    yield from _rows(Report(analysis, fold=False).rows())
    if blocks:
        yield "\n" + "".join(
            f"- block {safe(name)}: {safe(use.item.block)}\n" for name, use in blocks.items()
        )


def layer(analysis: Analysis, node: Node, places: Sequence[Place] = ()) -> Iterator[str]:
    """Every line of the page of a layer."""
    yield f"### {safe(title(analysis, node))}\n\n"
    yield from table(facts(analysis, node, places))


def block(analysis: Analysis, frame: BlockUse) -> Iterator[str]:
    """One use of a block: its facts, and a row for each layer inside."""
    place = f"{analysis.graph.spec.file}:{frame.item.span.line}"
    yield f"### {safe(f'{frame.name} · block {frame.item.block} · {place}')}\n\n"
    yield from table(block_facts(analysis, frame))
    yield "\n"
    yield from _rows(Report(analysis, fold=False, within=frame).rows())


def field(analysis: Analysis, node: Node, source: Node, work: Fieldwork) -> Iterator[str]:
    """One layer's field on another's output."""
    yield f"### {safe(f'{node.name} on {source.name}')}\n\n"
    yield from table(field_of.facts(analysis.graph, node, source, work))


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    """A line for every layer: name, type, output, parameters."""
    yield line(["name", "type", "output", "params"])
    yield line([":---", ":---", ":---", "---:"])
    for row in rows:
        output = "?" if row.output is None else str(row.output)
        yield line([safe(row.name), safe(row.kind), safe(output), exact(row.params)])
