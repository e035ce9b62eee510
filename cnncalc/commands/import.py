"""`cnncalc import`: the spec of a network that is written in another form."""

import sys
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._options import mode_or_training_option, output_option, parse_inputs
from cnncalc.commands._run import CLEAN

if TYPE_CHECKING:
    from cnncalc.importers import Draft


@click.command(
    "import",
    short_help="The spec of a network in another form.",
    epilog="""\b
Examples:
  cnncalc import yolov4.cfg
  cnncalc import yolo11n.yaml --input 320x320x3 -o net.yaml
  cnncalc import deploy.prototxt --flat
  cnncalc import yolov5s.yaml | cnncalc memory - --batch 32""",
)
@click.argument("source", metavar="SOURCE")
@click.option(
    "--arg",
    "arguments",
    metavar="[NAME=]VALUE",
    multiple=True,
    help="An argument for the class or function that SOURCE names; may be repeated.",
)
@click.option(
    "--input",
    "inputs",
    metavar="[NAME=]SHAPE",
    multiple=True,
    callback=parse_inputs,
    help="The input, if the source does not say it: 224x224x3, or 224 for every side; repeated for several inputs.",
)
@click.option("--flat", is_flag=True, help="One item for each layer: no blocks, no repeats.")
@click.option(
    "--modules",
    is_flag=True,
    help="State every module call that holds its input (`module: true`), for memory --holders modules.",
)
@mode_or_training_option("The mode; training: with auxiliary heads and stochastic depth.")
@click.option("--name", metavar="TEXT", help="The name of the network in the spec.")
@click.option(
    "--no-prove",
    is_flag=True,
    help="Do not compare the spec with the code: figures, and outputs with the same weights.",
)
@click.option(
    "--prove-only",
    "edited",
    metavar="SPEC",
    help="Print no spec: prove that SPEC, which may be edited, is the network of the code.",
)
@click.option(
    "--weights",
    metavar="FILE",
    help="Write which tensor of the code is which tensor of the built spec, as JSON.",
)
@output_option
def command(
    source: str,
    arguments: tuple[str, ...],
    inputs: tuple[Any, ...],
    flat: bool,
    modules: bool,
    mode: str,
    name: str | None,
    no_prove: bool,
    edited: str | None,
    weights: str | None,
    output: str | None,
) -> int:
    """Print the spec of SOURCE, a network in another form.

    SOURCE is PyTorch code (torchvision.models:resnet50, net.py:Net, timm/convnext_tiny, torchvision/resnet50), which
    is run, or a file of data (ONNX, Ultralytics, Darknet, Keras, Caffe), which is only read; `-` is such a file on
    standard input. A file has priority over a short name. Nothing is downloaded. What was recognised, what is unknown
    and what was proven is written on standard error. The exit status is 1 if the proof finds a difference.
    """
    from cnncalc.commands._import_torch import import_torch, is_code

    if not is_code(source) and (edited is not None or weights is not None):
        option = "--weights" if edited is None else "--prove-only"
        raise click.UsageError(f"{source} is a file of data: {option} is for PyTorch code")
    if edited is not None:
        if flat or modules or no_prove or output or name:
            raise click.UsageError(
                "--prove-only prints no spec: leave --flat, --modules, --no-prove, --name and -o out"
            )
        from cnncalc.commands._prove_only import prove_only

        return prove_only(edited, source, arguments, inputs, mode=mode, weights=weights)
    if is_code(source):
        draft, make = import_torch(source, arguments, inputs, mode=mode, name=name)
    elif arguments:
        raise click.UsageError(f"{source} is a file of data, and takes no --arg.")
    else:
        read = _read(source, inputs, mode, name)
        if isinstance(read, int):
            return read
        draft, make = read, None
    from cnncalc.folding import fold
    from cnncalc.importers import document, text

    written = document(draft, modules=modules) if flat else fold(draft, modules=modules)
    printed = text(written)
    _write(printed, output)
    if make is None or (no_prove and weights is None):
        return CLEAN
    from cnncalc.api import load
    from cnncalc.commands._proving import prove_import, write_weights

    graph = load(printed, mode=mode)
    if weights is not None:
        write_weights(weights, draft, graph)
    return CLEAN if no_prove else prove_import(draft, graph, make)


def _read(source: str, inputs: "tuple[Any, ...]", mode: str, name: str | None) -> "Draft | int":
    """The draft of a file of data; the exit status if it can't be read, which is reported."""
    from cnncalc.commands._import_data import import_data

    return import_data(source, inputs, mode, name)


def _write(text: str, output: str | None) -> None:
    if output is None:
        sys.stdout.write(text)
        # It is there before the proof, which takes longer.
        sys.stdout.flush()
        return
    from cnncalc.commands._write_file import write_output

    write_output(output, [text])
