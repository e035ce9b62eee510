"""`cnncalc diff`: what has changed from one spec to another."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_spec
from cnncalc.commands._drawn import format_for_file, refuse, too_many, write_drawing
from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.commands._options import (
    MODES,
    WholeRange,
    graph_options,
    input_option_of,
    patterned,
    report_output_option,
    set_option_of,
    units_option,
)
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis
    from cnncalc.comparison import ComparedSide, Comparison, Condition, Verdict
    from cnncalc.graph.other_input import Wanted
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.spec import Spec

# The formats that are drawings: the picture alone, and a page with it.
DRAWN = ("svg", "html")


def parse_conditions(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> "tuple[Condition, ...]":
    """`--fail-if 'params > +5%'`."""
    from cnncalc.comparison import parse

    try:
        return tuple(map(parse, given))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _own_mode(name: str, whose: str) -> Callable[[Any], Any]:
    """The option for the mode of one of the two."""
    return click.option(name, type=click.Choice(MODES), default=None, help=f"Like --mode, only for {whose}.")


@click.command(
    "diff",
    short_help="What changed from one spec to another, layer by layer.",
    epilog="""\b
Examples:
  cnncalc diff vgg16 vgg16_bn
  cnncalc diff resnet50 resnet101 --depth 0          block by block
  cnncalc diff net.yaml net.yaml --set-new width=32
  cnncalc diff net.yaml net.yaml --input-new 384x384x3
  cnncalc diff googlenet googlenet --mode-new training
  cnncalc diff git:HEAD:net.yaml net.yaml            before a commit
  cnncalc diff git:main:net.yaml net.yaml --format markdown > comment.md
  cnncalc diff git:main:net.yaml net.yaml -o change.html
  cnncalc diff old.yaml net.yaml --fail-if 'params > +5%'""",
)
@click.argument("old", metavar="OLD", shell_complete=complete_spec)
@click.argument("new", metavar="NEW", shell_complete=complete_spec)
@click.option(
    "--fail-if",
    "conditions",
    metavar="CONDITION",
    multiple=True,
    callback=parse_conditions,
    help="Exit with 1 if it is true: 'params > 30M' is about NEW, 'params > +5%' and '> +1M' about the change. "
    "Figures: layers, params, weights, buffers, macs, activations, memory. May be repeated.",
)
@format_option(
    "comparison",
    help="Markdown is for a pull request. JSON has every layer; other formats have only changed layers. svg draws the "
    "change on the graph, html is a page with the drawing and tables.",
    drawn=DRAWN,
)
@report_output_option
@click.option(
    "--depth",
    type=WholeRange(0),
    default=None,
    help="Show blocks below this many levels as one row each, or as one box.",
)
@click.option("--top", type=WholeRange(1), default=None, help="The most rows to show: the largest changes.")
@click.option("--each", is_flag=True, help="Show equal changes one by one, not as one row.")
@units_option
@input_option_of("--input-old", "inputs_old", "Like --input, only for OLD.")
@input_option_of("--input-new", "inputs_new", "Like --input, only for NEW.")
@set_option_of("--set-old", "values_old", "Like --set, only for OLD.")
@set_option_of("--set-new", "values_new", "Like --set, only for NEW.")
@_own_mode("--mode-old", "OLD")
@_own_mode("--mode-new", "NEW")
@graph_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    old: str,
    new: str,
    conditions: "tuple[Condition, ...]",
    format: str,
    output: str | None,
    depth: int | None,
    top: int | None,
    each: bool,
    values: dict[str, Any],
    values_old: dict[str, Any],
    values_new: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    inputs_old: "tuple[Wanted, ...]",
    inputs_new: "tuple[Wanted, ...]",
    mode: str,
    mode_old: str | None,
    mode_new: str | None,
    **options: Any,
) -> int:
    """What changed from OLD to NEW: shapes, parameters, multiply-adds, memory, receptive fields.

    Each is a file, a shipped name, a pattern, `-` for standard input, or git:REV:PATH, a file as it was in a commit
    (PATH from the current folder). Memory is the peak of `cnncalc memory` for one image. A figure that is unknown
    after an error is never 0, and a condition on it fails.
    """
    from tempfile import TemporaryDirectory

    from cnncalc.commands._revisions import read_either
    from cnncalc.commands._run import require_parameters, status, with_inputs
    from cnncalc.comparison import compare
    from cnncalc.diagnostic import Severity
    from cnncalc.pattern import numbered
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.spec import read_spec
    from cnncalc.text import from_text

    format = format_for_file(ctx, format, output, "comparison", DRAWN)
    if format == DRAWN[0]:
        refuse(ctx, ("top",), format, "formats with rows")
    if old == new == "-":
        raise click.UsageError("OLD and NEW can't both be standard input.")
    sides = []
    for number, reference in enumerate((old, new), 1):
        if patterned(old) and patterned(new):
            sides.append(read_spec(*from_text(reference, numbered(number))))
            continue
        with TemporaryDirectory(prefix="cnncalc-") as folder:
            own_inputs = (inputs_old, inputs_new)[number - 1]
            sides.append(read_either(reference, Path(folder), (*inputs, *own_inputs)))
    _known(sides, values)
    own = (values_old, values_new)
    for spec, given, name in zip(sides, own, ("--set-old", "--set-new"), strict=True):
        require_parameters(spec, given, name)
    all_values = [{**values, **given} for given in own]
    both = _shared_inputs(sides, inputs)
    for place, (option, given_inputs) in enumerate(
        (("--input-old", inputs_old), ("--input-new", inputs_new))
    ):
        # Its own option comes last, and so before what is for both.
        spec = with_inputs(sides[place], both[place], all_values[place])
        sides[place] = with_inputs(spec, given_inputs, all_values[place], option)
    (before, old_analysis), (now, new_analysis) = (
        _side(spec, given, {**options, "mode": own or mode}, apart=not _holds_diagnostics(format))
        for spec, given, own in zip(sides, all_values, (mode_old, mode_new), strict=True)
    )
    ended = max(status(side.diagnostics, least=Severity.ERROR) for side in (before, now))
    verdicts = [
        condition.judged(before.totals[condition.figure], now.totals[condition.figure])
        for condition in conditions
    ]
    page = ComparisonPage(None, depth, top, each)
    # Of a file that can't be read there is nothing to compare.
    if ended < 2 or _holds_diagnostics(format):
        comparison = compare(before, now)
        if format in DRAWN:
            write_drawing(_drawn(comparison, (old_analysis, new_analysis), format, page, verdicts), output)
        else:
            _write(comparison, verdicts, format, page, output)
        _say_failed(verdicts, format)
    return max(ended, int(any(condition.fails for condition in verdicts)))


def _holds_diagnostics(format: str) -> bool:
    return format not in DRAWN and format_of(format).holds_diagnostics


def _known(specs: "list[Spec]", values: Mapping[str, Any]) -> None:
    """Refuse a `--set` of a parameter that neither spec has."""
    from cnncalc.spec import nearest

    if not all(spec.items for spec in specs):
        return
    among = list(dict.fromkeys(name for spec in specs for name in spec.parameters))
    for name in values:
        if name not in among:
            close = nearest(name, among)
            hint = (
                f" Did you mean {close!r}?" if close else f" Their parameters: {', '.join(among) or 'none'}."
            )
            raise click.BadParameter(f"neither spec has a parameter {name!r}.{hint}", param_hint="'--set'")


def _shared_inputs(specs: "list[Spec]", inputs: "tuple[Wanted, ...]") -> "list[tuple[Wanted, ...]]":
    """The values of `--input` for each of the two. One that names an input is for the spec that has it."""
    known = [spec.inputs for spec in specs]
    return [
        tuple(
            wanted
            for wanted in inputs
            if wanted.name is None or wanted.name in own or not any(wanted.name in names for names in known)
        )
        for own in known
    ]


def _side(
    spec: "Spec", values: Mapping[str, Any], options: dict[str, Any], *, apart: bool
) -> "tuple[ComparedSide, Analysis]":
    """One of the two networks. Its errors are printed `apart`, if the format does not hold them."""
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import build_graph, show_findings
    from cnncalc.comparison import side
    from cnncalc.diagnostic import Severity

    own = {name: value for name, value in values.items() if name in spec.parameters}
    graph = build_graph(spec, values=own, **options)
    analysis = Analysis(graph)
    diagnostics = findings(analysis, advice=False)
    if apart:
        # Only errors: they say why a figure is unknown. Advice is for `validate`.
        show_findings((item for item in diagnostics if item.severity > Severity.WARNING), graph.sources)
    return side(analysis, diagnostics, own), analysis


def _drawn(
    comparison: "Comparison",
    analyses: "tuple[Analysis, Analysis]",
    form: str,
    page: "ComparisonPage",
    verdicts: "list[Verdict]",
) -> str:
    from cnncalc.drawing import TooManyBoxes
    from cnncalc.drawing.changes import DrawnChange, changes_page, changes_picture

    change = DrawnChange(comparison, analyses, page.depth, page.each, verdicts)
    try:
        return changes_picture(change) if form == DRAWN[0] else changes_page(change, page)
    except TooManyBoxes as error:
        raise click.UsageError(too_many(error)) from None


def _write(
    comparison: "Comparison",
    verdicts: "list[Verdict]",
    format: str,
    page: "ComparisonPage",
    path: str | None,
) -> None:
    output = FormatOutput(format_of(format))
    pieces = format_of(format).comparison(comparison, verdicts, page._replace(width=output.width))
    if path is None:
        output.write(pieces)
    else:
        from cnncalc.commands._write_file import write_output

        write_output(path, pieces)


def _say_failed(verdicts: "list[Verdict]", format: str) -> None:
    """The conditions that failed, where the format does not print them for people."""
    if format not in DRAWN and format_of(format).styled:
        return
    sys.stdout.flush()
    for judged in verdicts:
        if judged.fails:
            from cnncalc.render.comparison_words import verdict

            click.echo(f"failed: {verdict(judged)}", err=True)
