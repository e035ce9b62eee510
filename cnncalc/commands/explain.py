"""`cnncalc explain`: the layers of a spec, one of them, one use of a block; or the page of a diagnostic."""

import os
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_layer, complete_spec_or_code
from cnncalc.commands._format import FormatOutput, format_for, format_option
from cnncalc.commands._layer_options import PAGE_FORMATS, at_option
from cnncalc.commands._options import figure_options, graph_options, patterned
from cnncalc.commands._symbols import symbols_option
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.analysis.layer_facts import Place


@click.command(
    "explain",
    short_help="One layer's arithmetic, a block, or the page of a diagnostic.",
    epilog="""\b
Examples:
  cnncalc explain vgg16                  the layers, by their names
  cnncalc explain vgg16 stage1.conv2     one layer's arithmetic, whole
  cnncalc explain resnet50 bottleneck4   a block: its layers, and the totals
  cnncalc explain net.yaml fc1 --batch 32
  cnncalc explain alexnet conv1 --at 2,3   what V[2,3] reads, as a numpy slice
  cnncalc explain net.yaml --symbols       weights and MACs as formulas in letters
  cnncalc explain unet conv1 --field-of maxpool4
  cnncalc explain S001                   a diagnostic, and how to fix it""",
)
@click.argument("what", metavar="SPEC|CODE", shell_complete=complete_spec_or_code)
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_layer)
@click.option(
    "--field-of",
    "source",
    metavar="NAME",
    shell_complete=complete_layer,
    help="The receptive field on the output of this layer, and which positions one position of it reaches.",
)
@at_option
@symbols_option
@format_option("network", "layer", "block", "field", "diagnostic", "formulas", help=PAGE_FORMATS)
@figure_options
@graph_options
def command(
    what: str,
    name: str | None,
    source: str | None,
    places: "tuple[Place, ...]",
    letters: tuple[str, ...] | None,
    format: str,
    batch: int,
    dtype: str,
    **graph_options: Any,
) -> int:
    """The layers of SPEC; with NAME one of them, or one use of a block. With a CODE: what a diagnostic means.

    NAME is the name of a layer or block, or the end of a name if no other name ends like it.
    """
    if name is None and source is not None:
        raise click.UsageError(
            "--field-of needs the name of a layer: cnncalc explain SPEC NAME --field-of NAME"
        )
    if letters is not None and (places or source is not None):
        raise click.UsageError("--symbols cannot be used with --at or --field-of")
    if letters is not None and name is None and not _is_spec(what):
        raise click.UsageError("--symbols is for a spec: cnncalc explain SPEC [NAME] --symbols")
    if places and (name is None or source is not None):
        raise click.UsageError("--at needs a layer: cnncalc explain SPEC NAME --at 2,3")
    if name is None and not _is_spec(what):
        return _explain_code(what, format)
    from cnncalc.analysis import Analysis
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity

    graph = build_graph(read_spec_argument(what, graph_options["inputs"]), **graph_options)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if letters is not None:
        _write_formulas(graph, name, letters, format)
    elif graph.nodes:
        analysis = Analysis(graph, batch=batch, dtype=dtype)
        if name is not None and source is not None:
            _write_field(analysis, name, source, format)
        else:
            _write(analysis, name, format, places)
    elif format_of(format).holds_diagnostics:
        _write(Analysis(graph), None, format, ())
    if errors and not format_of(format).holds_diagnostics:
        show_findings(errors, graph.sources)
    return status(errors)


def _write_field(analysis: Any, name: str, source_name: str, format: str) -> None:
    """The page of a node's field on another. Where it does not read the other one, that is a usage error."""
    from cnncalc.commands._named import find_layer

    hint = "--field-of"
    node = find_layer(analysis.graph, name)
    source = find_layer(analysis.graph, source_name, hint)
    if source.index == node.index:
        raise click.BadParameter(f"{source_name} is the layer itself: name one before it.", param_hint=hint)
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
        raise click.BadParameter(
            f"there is no path from {source.name} to {node.name}.{help}", param_hint=hint
        )
    renderer = format_for(format, "field")
    output = FormatOutput(renderer)
    output.write(renderer.field(analysis, node, source, work, output.width))


def _write_formulas(graph: Any, name: str | None, letters: tuple[str, ...], format: str) -> None:
    """The figures in letters; an error of the network leaves none, and is shown as without `--symbols`."""
    if not graph.whole and not graph.opaque:
        return
    from cnncalc.commands._named import find
    from cnncalc.commands._symbols import show_formulas

    show_formulas(graph, None if name is None else find(graph, name), letters, format)


def _is_spec(word: str) -> bool:
    """Whether a word alone is a spec and no diagnostic's code or name."""
    from cnncalc import zoo

    if word == "-" or zoo.path(word) is not None or os.path.isfile(word) or patterned(word):
        return True
    from cnncalc import describe

    if describe.find_fault(word) is not None:
        return False
    if "." in word or os.sep in word:
        return True
    from cnncalc.spec.guessing import alike

    # A name that is more like a spec's than like a diagnostic's: the message lists the known specs.
    specs = alike(word, zoo.names())
    return bool(specs) and not alike(word, [kind.name for kind in describe.faults().values()])


def _write(analysis: Any, name: str | None, format: str, places: "tuple[Place, ...]") -> None:
    from cnncalc.commands._named import find, uses
    from cnncalc.graph import Node

    blocks = uses(analysis.graph)
    named = None if name is None else find(analysis.graph, name)
    if places:
        from cnncalc.commands._layer_page import places_in

        places = places_in(named, places)
    if named is None:
        renderer = format_for(format, "network")
        output = FormatOutput(renderer)
        output.write(renderer.network(analysis, blocks, output.width))
    elif isinstance(named, Node):
        renderer = format_for(format, "layer")
        output = FormatOutput(renderer)
        output.write(renderer.layer(analysis, named, places, output.width))
    else:
        renderer = format_for(format, "block")
        output = FormatOutput(renderer)
        output.write(renderer.block(analysis, named, output.width))


def _explain_code(word: str, format: str) -> int:
    from cnncalc import describe
    from cnncalc.spec import nearest

    fault = describe.find_fault(word)
    if fault is None:
        known = describe.faults()
        close = nearest(word.upper(), known) or nearest(word, [kind.name for kind in known.values()])
        hint = f" Did you mean {close!r}?" if close else " A code is a letter and three digits, as in S001."
        raise click.BadParameter(
            f"there is no diagnostic and no spec {word!r}.{hint}", param_hint="SPEC|CODE"
        )
    renderer = format_for(format, "diagnostic")
    output = FormatOutput(renderer)
    output.write(renderer.diagnostic(fault, describe.fault_page(fault), output.width))
    return 0
