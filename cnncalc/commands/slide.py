"""`cnncalc slide`: a classifier as a convolution, over a larger image."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.commands._options import WholeRange, graph_options, spec_argument
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.graph import Graph
    from cnncalc.shape import Shape


@click.command(
    "slide",
    short_help="A classifier over a larger image: the map of scores.",
    epilog="""\b
Examples:
  cnncalc slide vgg16 --image 384
  cnncalc slide vgg16 --image 384 --stride 16    places between, by passes over moved images
  cnncalc slide alexnet --image 291x323 --check  compared with crops, in PyTorch""",
)
@spec_argument
@click.option("--image", metavar="SHAPE", required=True, help="The larger image: 384, 384x512 or 384x512x3.")
@click.option(
    "--stride",
    type=WholeRange(1, 10**9),
    default=None,
    help="Pixels between two places; left out, as many as the network's strides make.",
)
@click.option("--check", is_flag=True, help="Run the map and every crop in PyTorch and compare the scores.")
@format_option("slide")
@graph_options
def command(spec: str, image: str, stride: int | None, check: bool, format: str, **options: Any) -> int:
    """The map of scores that SPEC gives over a larger IMAGE, with its fc layers as convolutions.

    How many crops it stands for and what it saves, how many passes over moved images a smaller stride takes, and
    whether crops would give the same scores.
    """
    from cnncalc.commands._rewriting import refusal
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.render.sliding import SlideReport
    from cnncalc.rewrites import NO_SLIDE, RewriteRefused, slide

    graph = build_graph(read_spec_argument(spec, options["inputs"]), **options)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if errors:
        show_findings(errors, graph.sources)
        return status(errors)
    try:
        sliding = slide(graph, _image(image, graph), stride)
    except RewriteRefused as error:
        fault = refusal(NO_SLIDE, "", graph, error)
        show_findings([fault], graph.sources)
        return status([fault])
    checked = None
    if check:
        from cnncalc.commands._slide_check import checked_slide

        checked = checked_slide(graph, sliding)
    output = FormatOutput(format_of(format))
    output.write(format_of(format).slide(SlideReport(graph.title, sliding, checked), output.width))
    return 0


def _image(given: str, graph: "Graph") -> "Shape":
    """The shape that `--image` means; what it can't be is a usage error."""
    from cnncalc.graph.other_input import BadInput, parsed, with_inputs

    own = graph.inputs[0].shape
    assert own is not None
    sides = given.lower().split("x")
    text = given if len(sides) != own.rank or own.rank == 1 else f"{given}x{own.channels}"
    try:
        spec = with_inputs(graph.spec, parsed([text]), graph.values)
    except BadInput as error:
        raise click.BadParameter(str(error), param_hint="'--image'") from None
    from cnncalc.graph.inputs import own_shapes

    shape = own_shapes(spec, graph.values)[graph.inputs[0].name]
    assert shape is not None
    return shape
