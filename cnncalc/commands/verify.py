"""`cnncalc verify`: predicted against actual, in PyTorch."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc import plugins
from cnncalc.commands._completion import complete_spec
from cnncalc.commands._format import format_option
from cnncalc.commands._options import (
    DTYPES,
    MOST,
    WholeRange,
    input_option,
    mode_or_training_option,
    set_option,
    units_option,
)

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted


@click.command(
    "verify",
    short_help="Compare the predictions with a PyTorch model that runs.",
    epilog="""\b
Examples:
  cnncalc verify resnet50
  cnncalc verify net.yaml --mode training --device cuda
  cnncalc verify vgg16 --meta   shapes, parameters, MACs; nothing allocated
  cnncalc verify vgg16 --rewrite fc-to-conv   equal outputs, with the same weights
  cnncalc verify net.yaml --against net.py:Net   whether the code is still this network
  cnncalc verify --all --format json""",
)
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=complete_spec)
@click.option("--all", "every", is_flag=True, help="Verify every shipped spec, with one line for each.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="The device to run on.",
)
@click.option(
    "--meta", is_flag=True, help="Allocate and compute nothing: compare shapes, parameters, buffers, MACs."
)
@click.option("--batch", type=WholeRange(1, MOST), default=2, show_default=True, help="Images in the batch.")
@click.option(
    "--dtype", type=click.Choice(DTYPES), default="float32", show_default=True, help="Type of the model."
)
@mode_or_training_option(
    "training: forward and backward, with what autograd keeps; `only: training` items too."
)
@click.option(
    "--seed",
    type=WholeRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="Of the parameters and the images.",
)
@click.option(
    "--rewrite",
    "rewrites",
    type=click.Choice([name.replace("_", "-") for name in plugins.names("cnncalc.rewrites")]),
    metavar="NAME",
    multiple=True,
    help="Compare SPEC with this rewrite of it, both with the same weights: fc-to-conv, fold-norm or another of "
    "`cnncalc rewrite`; may be repeated.",
)
@click.option(
    "--against",
    metavar="SOURCE",
    help="Compare SPEC with the network that PyTorch code makes: net.py:Net, package.module:name, timm/NAME or "
    "torchvision/NAME. The code is run.",
)
@click.option(
    "--arg",
    "arguments",
    metavar="[NAME=]VALUE",
    multiple=True,
    help="An argument for the class or function that --against names; may be repeated.",
)
@units_option
@set_option
@input_option
@format_option("verification", "verifications", "rewritten", "comparison")
def command(
    spec: str | None,
    every: bool,
    device: str,
    meta: bool,
    batch: int,
    dtype: str,
    mode: str,
    seed: int,
    rewrites: tuple[str, ...],
    against: str | None,
    arguments: tuple[str, ...],
    values: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    format: str,
) -> int:
    """Build SPEC as a PyTorch model, run it, and compare every prediction: exit status 1 on any mismatch.

    Compared are, layer by layer, output shape, type, parameters and buffers; in total MACs (PyTorch's flop counter),
    the bytes autograd keeps (--mode training), the receptive field (by gradient), and that no output is NaN.
    docs/pytorch.md explains how each is measured. PyTorch runs in its own process: if that dies, or PyTorch can't
    run the network, the exit status is 2, and --all continues with the next spec.

    With --against nothing is predicted: SPEC is the lock file of code, and must be the network that the code makes,
    up to names. If not, the changes from SPEC to the code are printed, as `cnncalc diff` prints them.
    """
    from cnncalc.commands._verification import verify_all, verify_one
    from cnncalc.commands._verify_events import VerifySettings

    if every == (spec is not None):
        raise click.UsageError("name a SPEC, or --all")
    training = mode == "training"
    if rewrites and (every or meta or training):
        other = "--all" if every else "--meta" if meta else "--mode training"
        raise click.UsageError(f"--rewrite runs one SPEC forward: leave {other} out")
    if against is not None and (every or meta or rewrites):
        other = "--all" if every else "--meta" if meta else "--rewrite"
        raise click.UsageError(f"--against compares one SPEC with code: leave {other} out")
    if arguments and against is None:
        raise click.UsageError("--arg is an argument of the code that --against names")
    settings = VerifySettings("meta" if meta else device, dtype, batch, training, seed, values, inputs)
    if against is not None:
        from cnncalc.commands._against import verify_against

        return verify_against(spec or "", against, arguments, settings, format)
    if rewrites:
        from cnncalc.commands._verify_rewrite import verify_rewrite

        names = [name.replace("-", "_") for name in rewrites]
        return verify_rewrite(spec or "", names, settings, format)
    return verify_all(settings, format) if every else verify_one(spec or "", settings, format)
