"""`cnncalc explain`: one layer's arithmetic, or the page of a diagnostic."""

from typing import Any

import click

from cnncalc.commands._options import figure_options, graph_options


@click.command(
    "explain",
    short_help="One layer's arithmetic, or the page of a diagnostic.",
    epilog="""\b
Examples:
  cnncalc explain vgg16 stage1.conv2     one layer's arithmetic, whole
  cnncalc explain net.yaml fc1 --batch 32
  cnncalc explain unet conv1 --field-of maxpool4
  cnncalc explain S001                   a diagnostic, and what mends it""",
)
@click.argument("what", metavar="SPEC|CODE")
@click.argument("node", metavar="[NODE]", required=False)
@click.option(
    "--field-of",
    "source",
    metavar="NODE",
    help="the receptive field on this layer's output, and which positions one of its positions reaches",
)
@figure_options
@graph_options
def command(
    what: str, node: str | None, source: str | None, batch: int, dtype: str, **graph_options: Any
) -> int:
    """One layer of a spec (NODE, as `inspect --columns name,layer` names it), or a diagnostic by CODE."""
    if node is None:
        if source is not None:
            raise click.UsageError("--field-of needs a layer: cnncalc explain SPEC NODE --field-of NODE")
        return _explain_code(what)
    from cnncalc.analysis import Analysis
    from cnncalc.commands._run import build_graph, console, read_spec_argument, show_findings, status, write
    from cnncalc.diagnostic import Severity
    from cnncalc.render.explanation import explanation

    graph = build_graph(read_spec_argument(what), **graph_options)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if not graph.nodes:
        show_findings(errors, graph.sources)
        return status(errors)
    found = _find(graph, node)
    analysis = Analysis(graph, batch=batch, dtype=dtype)
    page = explanation(analysis, found) if source is None else _field_of(analysis, found, source)
    write(page, console())
    if errors:
        show_findings(errors, graph.sources)
    return status(errors)


def _field_of(analysis: Any, node: Any, name: str) -> Any:
    """The page of a node's field on another; a mistake in the usage where it does not read that one."""
    from cnncalc.render.field_of import field_of

    hint = "--field-of"
    source = _find(analysis.graph, name, hint)
    if source.index == node.index:
        raise click.BadParameter(f"{name} is the layer itself: name one before it.", param_hint=hint)
    if source.shape is None or node.shape is None:
        unknown = source if source.shape is None else node
        raise click.BadParameter(
            f"the shape of {unknown.name} is unknown, because of an error.", param_hint=hint
        )
    if not source.shape.rank:
        raise click.BadParameter(f"{source.name} gives features, which have no positions.", param_hint=hint)
    work = analysis.fields_on(source)
    if work.results[node.index] is None:
        swapped = source.index > node.index and analysis.fields_on(node).results[source.index] is not None
        help = f" {source.name} reads {node.name}: swap the two." if swapped else ""
        raise click.BadParameter(f"no path leads from {source.name} to {node.name}.{help}", param_hint=hint)
    return field_of(analysis, node, source, work)


def _find(graph: Any, name: str, hint: str = "NODE") -> Any:
    """The node of a name, or the only one whose name ends so."""
    from cnncalc.spec import nearest

    if name in graph.by_name:
        return graph.nodes[graph.by_name[name]]
    ending = [node for node in graph.nodes if node.name.endswith("." + name)]
    if len(ending) == 1:
        return ending[0]
    if ending:
        some = ", ".join(node.name for node in ending[:5]) + (", ..." if len(ending) > 5 else "")
        raise click.BadParameter(f"{len(ending)} layers are named so: {some}", param_hint=hint)
    close = nearest(name, graph.by_name)
    help = f" Did you mean {close!r}?" if close else ""
    raise click.BadParameter(f"there is no layer {name!r}.{help}", param_hint=hint)


def _explain_code(word: str) -> int:
    from rich.markdown import Markdown

    from cnncalc import describe, zoo
    from cnncalc.commands._run import console
    from cnncalc.spec import nearest

    fault = describe.find_fault(word)
    if fault is None:
        known = describe.faults()
        close = nearest(word.upper(), known) or nearest(word, [one.name for one in known.values()])
        hint = f" Did you mean {close!r}?" if close else " A code is a letter and three digits, as in S001."
        if zoo.path(word) or "." in word or "/" in word:
            hint = " To explain a layer of a spec, name the layer too."
        raise click.BadParameter(f"there is no diagnostic {word!r}.{hint}", param_hint="CODE")
    to = console()
    to.print(Markdown(describe.fault_page(fault)), soft_wrap=False, width=min(to.width, 100))
    return 0
