"""`cnncalc export`: a network as source code, as a drawing, or as a file of another tool."""

import sys
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._options import graph_options, output_option, spec_argument

if TYPE_CHECKING:
    from cnncalc.exporters import Exporter
    from cnncalc.graph import Graph


class Target(click.ParamType):  # type: ignore[type-arg]
    """The name of a target. The targets are listed only when one is asked for."""

    name = "target"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return "TARGET"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from cnncalc.exporters import names

        if value not in names():
            self.fail(f"{value!r} is not a target: they are {', '.join(names())}.", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
        from click.shell_completion import CompletionItem

        from cnncalc.exporters import names

        return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


@click.command(
    "export",
    short_help="A network as source code, or for other tools.",
    epilog="""\b
Examples:
  cnncalc export resnet50 --to torch
  cnncalc export net.yaml --set width=0.5 -o net.py
  cnncalc export net.yaml --mode training --to torch""",
)
@spec_argument
@click.option(
    "--to", type=Target(), help="The target: torch (PyTorch source code), and others; see docs/export.md."
)
@output_option
@graph_options
def command(spec: str, to: str | None, output: str | None, **graph_options: Any) -> int:
    """Print SPEC in another form. Without --to, the end of FILE says which: `net.py` is PyTorch source code.

    Nothing is written for a spec with errors.
    """
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import FINDINGS, build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.exporters import NotExported

    exporter = _target(to, output)
    if exporter.binary and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{exporter.title} is no text: write it to a file with -o, or to a pipe.")
    graph = build_graph(read_spec_argument(spec, graph_options["inputs"]), **graph_options)
    diagnostics = findings(Analysis(graph), advice=False)
    show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    if not graph.ok:
        return status(diagnostics, least=Severity.ERROR)
    try:
        _refuse_unknown(graph, exporter)
        if exporter.needs_torch:
            from cnncalc.commands._missing import require_torch

            require_torch()
        content = exporter.write(graph)
    except NotExported as refused:
        show_findings(refused.diagnostics, graph.sources)
        return FINDINGS
    except ModuleNotFoundError as error:
        from cnncalc.commands._missing import Missing

        if exporter.extra is None or (error.name or "").partition(".")[0] == "cnncalc":
            raise
        extra = f"pip install 'cnncalc[{exporter.extra}]'"
        raise Missing(f"{exporter.title} needs {error.name}: install it with `{extra}`") from None
    _write(content, output)
    return 0


def _target(to: str | None, output: str | None) -> "type[Exporter]":
    """The target that is asked for, by its name or by the end of the file's name."""
    from cnncalc.exporters import names, of_file, target

    if to is None and output is not None:
        to = of_file(output)
        if to is None:
            raise click.UsageError(
                f"the end of {output!r} is that of no target: add --to ({', '.join(names())})."
            )
    if to is None:
        raise click.UsageError(
            f"add --to with a target ({', '.join(names())}), or -o with a file, such as net.py."
        )
    return target(to)


def _refuse_unknown(graph: "Graph", exporter: "type[Exporter]") -> None:
    """Raises `NotExported` if there are operations without a layer, and the target does not show them."""
    if exporter.takes_unknown or not graph.opaque:
        return
    from cnncalc.exporters import NotExported, no_form

    raise NotExported([no_form(graph, node) for node in graph.opaque])


def _write(content: str | bytes, output: str | None) -> None:
    if output is not None:
        from cnncalc.commands._write_file import write_output

        write_output(output, [content])
    elif isinstance(content, str):
        from cnncalc.program.streams import write_as

        write_as("text")
        sys.stdout.write(content)
    else:
        # `Output` passes bytes on as they are.
        sys.stdout.write(content)  # type: ignore[arg-type]
