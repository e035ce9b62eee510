"""The options of a setup, for the commands that report memory."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from cnncalc import plugins
from cnncalc.commands._completion import complete_block, complete_gpu
from cnncalc.commands._options import DTYPES, MOST, FiniteRange, WholeRange, units_option

# As in `cnncalc.vocabulary.attention_kernels`, which a test compares: options are read before that is imported.
KERNELS = ("auto", "flash", "efficient", "cudnn", "math")
Command = TypeVar("Command", bound=Callable[..., Any])
LOSSES = plugins.names("cnncalc.memory.allocated.losses")
OPTIMIZERS = plugins.names("cnncalc.memory.allocated.optimizers")
# The major and the minor number, and what may follow them.
VERSION = re.compile(r"v?(\d{1,3})\.(\d{1,3})(?:[.+a-z].*)?$")


batch_option = click.option(
    "--batch",
    type=WholeRange(1, MOST),
    default=1,
    show_default=True,
    help="Images in a batch, for memory.",
)


def parse_torch(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[int, int]:
    """`--torch 1.12`, or `1.12.1+cu113`: major and minor."""
    from cnncalc.vocabulary.torch_versions import NEWEST

    if given is None:
        return NEWEST
    version = VERSION.match(given)
    if version is None:
        raise click.BadParameter(f"{given!r} is no version of PyTorch, such as 1.12 or 2.13")
    return int(version[1]), int(version[2])


def refuse_compile(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    """`--compile`: what torch.compile does is not replayed."""
    if given:
        raise click.UsageError(
            "torch.compile is out of scope: it makes other operations of a network and plans their memory itself; "
            "leave --compile out for the memory of PyTorch without it"
        )


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
                help="Compute in float16 or bfloat16, like torch.autocast.",
            ),
            click.option(
                "--optimizer",
                type=click.Choice(OPTIMIZERS),
                metavar="NAME",
                default="sgd",
                show_default=True,
                help=f"The optimizer of training: {', '.join(OPTIMIZERS)}.",
            ),
            click.option(
                "--momentum", type=FiniteRange(0), default=None, help="sgd, rmsprop; the default is 0."
            ),
            click.option(
                "--weight-decay",
                type=FiniteRange(0),
                default=None,
                help="The default is PyTorch's.",
            ),
            click.option("--nesterov", is_flag=True, default=None, help="sgd: use Nesterov momentum."),
            click.option(
                "--amsgrad",
                is_flag=True,
                default=None,
                help="adam, adamw: keep the maximum of the second moments.",
            ),
            click.option(
                "--centered", is_flag=True, default=None, help="rmsprop: also keep the mean of the gradients."
            ),
            click.option(
                "--foreach",
                "implementation",
                flag_value="foreach",
                default=None,
                help="Update lists of tensors together (CUDA's default).",
            ),
            click.option(
                "--no-foreach",
                "implementation",
                flag_value="single",
                help="Update one parameter after another.",
            ),
            click.option("--fused", "implementation", flag_value="fused", help="Update in one fused kernel."),
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
                "--loss",
                type=click.Choice(LOSSES),
                metavar="NAME",
                default="cross_entropy",
                show_default=True,
                help=f"The loss of training, for each output: {', '.join(LOSSES)}.",
            ),
            click.option(
                "--zero-grad",
                type=click.Choice(["forward", "backward", "zeros"]),
                default=None,
                help="When gradients are freed: before the forward pass or after the step (the default), only before "
                "the backward pass, or never: set_to_none=False fills them with zeros.",
            ),
            click.option("--ema", is_flag=True, help="Keep a moving average of the parameters."),
            click.option(
                "--accumulate",
                type=WholeRange(1, MOST),
                default=1,
                show_default=True,
                help="Batches whose gradients are added before a step.",
            ),
            click.option(
                "--prefetch",
                type=WholeRange(0, MOST),
                default=0,
                show_default=True,
                help="Batches that are loaded on the device in advance.",
            ),
            click.option(
                "--devices",
                type=WholeRange(1, MOST),
                default=1,
                show_default=True,
                help="Devices that share each batch; figures are for one of them.",
            ),
            click.option(
                "--sharded",
                is_flag=True,
                help="Split parameters, gradients and optimizer state over the devices.",
            ),
            click.option("--sync-bn", is_flag=True, help="Batch norm over all devices: nn.SyncBatchNorm."),
            click.option(
                "--zero",
                type=click.Choice(["1", "2"]),
                default=None,
                help="ZeRO: split the optimizer state over the devices (1), or gradients too (2).",
            ),
            click.option(
                "--gradient-as-bucket-view",
                is_flag=True,
                help="Gradients are views of DistributedDataParallel's buckets.",
            ),
            click.option(
                "--channels-last", is_flag=True, help="Store volumes and filters in memory as NHWC."
            ),
            click.option(
                "--offload",
                type=click.Choice(["activations", "optimizer"]),
                multiple=True,
                help="Keep activations (save_on_cpu) or the optimizer's state in the host's memory; may be repeated.",
            ),
            click.option(
                "--grad",
                is_flag=True,
                help="A prediction without torch.no_grad(): what a backward pass would read is kept.",
            ),
            click.option(
                "--compile",
                is_flag=True,
                hidden=True,
                expose_value=False,
                callback=refuse_compile,
                help="Not known.",
            ),
            click.option(
                "--expandable-segments",
                is_flag=True,
                help="CUDA's allocator with PYTORCH_ALLOC_CONF=expandable_segments:True.",
            ),
            click.option(
                "--torch",
                metavar="VERSION",
                callback=parse_torch,
                default=None,
                help="PyTorch's version, such as 1.12; the default is the newest that is known.",
            ),
            click.option(
                "--holders",
                type=click.Choice(["graph", "modules"]),
                default="graph",
                show_default=True,
                help="Who holds a tensor beside its readers: nobody, as cnncalc builds the network, or every module "
                "call of the code its input.",
            ),
            click.option(
                "--attention",
                type=click.Choice(KERNELS),
                default="auto",
                show_default=True,
                help="The kernel of attention; auto is PyTorch's choice for the GPU and the type.",
            ),
            click.option(
                "--backend",
                type=click.Choice(["cuda", "cpu"]),
                default="cuda",
                show_default=True,
                help="The device on which PyTorch runs.",
            ),
            click.option(
                "--gpu",
                metavar="NAME",
                default=None,
                shell_complete=complete_gpu,
                help='The GPU, such as "RTX 4090".',
            ),
        )
    ):
        command = option(command)
    return command


def run_names() -> list[str]:
    """The names of these options, as a command gets them."""

    @click.command
    @run_options
    def bare(**options: object) -> None:
        """A command with these options alone."""

    return [param.name for param in bare.params if param.name and param.expose_value]
