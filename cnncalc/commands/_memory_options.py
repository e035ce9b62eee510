"""How a network is run, as options: for the commands that report memory."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cnncalc import plugins
from cnncalc.commands._completion import complete_block, complete_gpu
from cnncalc.commands._options import DTYPES, MOST, FiniteRange, units_option

Command = TypeVar("Command", bound=Callable[..., Any])


def run_options(command: Command) -> Command:
    """Everything that the memory of a run depends on, except the network, the mode and the batch."""
    for option in reversed(
        (
            units_option,
            click.option(
                "--dtype",
                type=click.Choice(DTYPES),
                default="float32",
                show_default=True,
                help="Type of the model.",
            ),
            click.option(
                "--autocast",
                metavar="DTYPE",
                default=None,
                help="Compute in float16 or bfloat16 where torch.autocast does.",
            ),
            click.option(
                "--optimizer",
                type=click.Choice(plugins.names("cnncalc.memory.allocated.optimizers")),
                default="sgd",
                show_default=True,
                help="The optimizer of training.",
            ),
            click.option(
                "--momentum", type=FiniteRange(0), default=None, help="sgd, rmsprop: 0 unless given."
            ),
            click.option(
                "--weight-decay",
                type=FiniteRange(0),
                default=None,
                help="PyTorch's default unless given.",
            ),
            click.option(
                "--nesterov", is_flag=True, default=None, help="sgd: look ahead along the momentum."
            ),
            click.option(
                "--amsgrad", is_flag=True, default=None, help="adam, adamw: remember the largest square."
            ),
            click.option(
                "--centered", is_flag=True, default=None, help="rmsprop: remember the mean gradient."
            ),
            click.option(
                "--foreach",
                "implementation",
                flag_value="foreach",
                default=None,
                help="Step over lists of tensors (CUDA's default).",
            ),
            click.option(
                "--no-foreach",
                "implementation",
                flag_value="single",
                help="Step over one parameter after another.",
            ),
            click.option("--fused", "implementation", flag_value="fused", help="Step in one kernel."),
            click.option(
                "--checkpoint",
                metavar="BLOCK",
                multiple=True,
                shell_complete=complete_block,
                help="Recompute the activations of this block in the backward pass; may be repeated.",
            ),
            click.option(
                "--freeze",
                metavar="UNTIL",
                default=None,
                shell_complete=complete_block,
                help="Freeze the layers before this layer or block.",
            ),
            click.option(
                "--accumulate",
                type=click.IntRange(1, MOST),
                default=1,
                show_default=True,
                help="Batches whose gradients are added up before a step.",
            ),
            click.option(
                "--prefetch",
                type=click.IntRange(0, MOST),
                default=0,
                show_default=True,
                help="Batches that wait on the device, loaded ahead.",
            ),
            click.option(
                "--devices",
                type=click.IntRange(1, MOST),
                default=1,
                show_default=True,
                help="Devices that share each batch; figures are for one of them.",
            ),
            click.option(
                "--sharded",
                is_flag=True,
                help="Split parameters, gradients and optimizer state over the devices.",
            ),
            click.option("--channels-last", is_flag=True, help="Volumes and filters lie in memory as NHWC."),
            click.option(
                "--backend",
                type=click.Choice(["cuda", "cpu"]),
                default="cuda",
                show_default=True,
                help="Where PyTorch runs.",
            ),
            click.option(
                "--gpu",
                metavar="NAME",
                default=None,
                shell_complete=complete_gpu,
                help='Which GPU, such as "RTX 4090".',
            ),
        )
    ):
        command = option(command)
    return command
