"""Fixes that remove a layer from the text."""

from collections.abc import Container

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.rules._places import RuleCase
from cnncalc.spec import LayerItem
from cnncalc.spec.item_types import Controls


def removal(analysis: Analysis, case: RuleCase, removed: Container[int]) -> tuple[Fix, ...]:
    """A fix that removes the item of a layer: if it is only that layer, on separate lines, in a list with other items.

    Not if anything could refer to it by name. Of several `removed` nodes in a row, only the last is removed: the next
    one would move into its place.
    """
    if any(reader in removed for reader in analysis.readers[case.node.index]):
        return ()
    item, graph = case.node.item, analysis.graph
    if not case.whole or not isinstance(item, LayerItem) or item.layer.key != case.node.kind:
        return ()
    if item.controls != Controls() or item.norm or item.act:
        return ()
    source = graph.sources.get(item.whole.file)
    if source is None:
        return ()
    file, line, column, end_line, end_column = item.whole
    dash = source.line(line)[: column - 1]
    after = source.line(end_line)[end_column - 1 :].partition("#")[0].strip()
    if dash.strip() != "-" or after:
        return ()
    # A list without items is not a list.
    neighbours = (source.line(line - 1), source.line(end_line + 1))
    if not any(text.startswith(dash) for text in neighbours):
        return ()
    edit = Edit(Span(file, line, 1, end_line + 1, 1), "")
    return (Fix(f"remove `{case.node.kind}`", (edit,)),)


def in_inference_only(analysis: Analysis, case: RuleCase) -> tuple[Fix, ...]:
    """A fix that adds `only: inference` to a layer that is written as a bare word, in a list with dashes."""
    item, graph = case.node.item, analysis.graph
    if not case.whole or not isinstance(item, LayerItem) or item.controls != Controls():
        return ()
    source = graph.sources.get(item.whole.file)
    if source is None:
        return ()
    file, line, column, end_line, end_column = item.whole
    before = source.line(line)[: column - 1]
    written = source.line(line)[column - 1 : end_column - 1] if line == end_line else ""
    if before.strip() != "-" or written != item.layer.key:
        return ()
    edit = Edit(Span(file, line, column, line, end_column), f"{written}:\n{' ' * len(before)}only: inference")
    return (Fix("only: inference", (edit,)),)
