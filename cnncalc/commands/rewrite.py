"""`cnncalc rewrite`: a network as another one, equal or of the same shapes, written as a spec."""

import sys
from collections.abc import Callable
from typing import Any

import click

from cnncalc.commands._options import graph_options, output_option, spec_argument
from cnncalc.rewrites import names, rewrite_type


def rewrite_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """One flag for each rewrite: its option and its summary."""
    for name in reversed(names()):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, is_flag=True, help=rewrite_type(name).summary)(command)
    return command


@click.command(
    "rewrite",
    short_help="A network as another one: equal, or of the same shapes.",
    epilog="""\b
Examples:
  cnncalc rewrite vgg16 --fc-to-conv -o vgg16_conv.yaml
  cnncalc rewrite resnet50 --fold-norm | cnncalc inspect -
  cnncalc rewrite alexnet --stack-to-3x3 --layer conv1
  cnncalc verify vgg16 --rewrite fc-to-conv     both run, with the same weights""",
)
@spec_argument
@rewrite_options
@click.option(
    "--layer",
    "layers",
    metavar="NAME",
    multiple=True,
    help="Only this layer; may be repeated. For --bottleneck, --fold-norm and --stack-to-3x3.",
)
@output_option
@graph_options
def command(spec: str, layers: tuple[str, ...], output: str | None, **options: Any) -> int:
    """Write SPEC as another network. What changed goes to standard error, the new spec to standard output.

    --fc-to-conv and --fold-norm give equal outputs with the same weights; the others give another network whose outputs
    have the same shapes. Several rewrites are done one after another, in the order of this list.
    """
    from cnncalc.commands._rewriting import RewriteRequest, rewritten_in_turn
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.commands._terminal import Terminal
    from cnncalc.commands._write_file import write_output
    from cnncalc.diagnostic import Severity
    from cnncalc.program.streams import write_as
    from cnncalc.render.rewriting import spec_text, summary

    chosen = [name for name in names() if options.pop(name)]
    if not chosen:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in names())
        raise click.UsageError(f"which rewrite? Give one or more of {flags}.")
    graph = build_graph(read_spec_argument(spec, options["inputs"]), **options)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if errors:
        show_findings(errors, graph.sources)
        return status(errors)
    asked = RewriteRequest(graph, chosen, layers)
    steps, refused = rewritten_in_turn(asked)
    if refused is not None:
        show_findings([refused], graph.sources)
        return status([refused])
    to = Terminal(stderr=True)
    for step in steps:
        to.write(summary(step.option, step.rewrite, step.rewritten, step.before))
    to.file.flush()
    text = spec_text(steps[-1].rewritten.graph, graph)
    if output is None:
        write_as("yaml")
        sys.stdout.write(text)
    else:
        write_output(output, [text])
    return 0
