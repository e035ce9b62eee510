"""What is measured: which networks, batches and compute capabilities, each in all kinds of runs and types."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from benchmarks._step import OPTIMIZERS, Case
from cnncalc import zoo
from cnncalc.memory import Backend, Setup

# How fake tensors on `cuda` differ from others: gradients are never added in place to a tensor's subclass.
FAKE = Backend("cuda", sums_in_place=False, foreach=True)
# PyTorch's release whose CUDA build is measured.
TORCH = "2.11.0"
VERSION = (2, 11)
RUNS = ("inference", *OPTIMIZERS)
# The types in which a network runs, as options of a setup.
PRECISIONS: dict[str, dict[str, str]] = {
    "float32": {},
    "autocast float16": {"autocast": "float16"},
    "autocast bfloat16": {"autocast": "bfloat16"},
    "bfloat16": {"dtype": "bfloat16"},
}
FIRST = (8, "8.0")
BATCH = 32
CAPABILITIES = ("7.5", "8.0", "8.9", "9.0", "10.0", "12.0")
# Twelve small ones: these are measured at another batch and for every capability.
TWELVE = (
    "alexnet",
    "all_cnn_a",
    "dilated_context",
    "fractional_maxpool_net",
    "lenet5",
    "mobilenet_v3_small",
    "nin",
    "resnet18",
    "resnet20_cifar",
    "squeezenet1_1",
    "unet",
    "vgg11_bn",
)

# The smallest of each family with attention, whose kernel depends on the capability: heads of 32 and of 64 numbers.
ATTENDING = ("swin_t", "vit_b_32")


class Line(NamedTuple):
    """A network, a batch and a capability: one line of the record."""

    network: str
    batch: int
    capability: str

    def case(self, run: str) -> Case:
        training = run in OPTIMIZERS
        return Case(
            self.network, "training" if training else "inference", run if training else "", self.batch
        )


def lines() -> Iterator[Line]:
    """All lines of the record: every network once, then some at another batch for all capabilities."""
    names = zoo.names()
    yield from (Line(name, *FIRST) for name in names)
    for name in names:
        if name in (*TWELVE, *ATTENDING):
            yield from (Line(name, BATCH, capability) for capability in CAPABILITIES)


def setup(run: str, precision: str, capability: str) -> Setup:
    """The setup of a run on fake tensors."""
    major, minor = map(int, capability.split("."))
    training = run in OPTIMIZERS
    options: dict[str, Any] = {**PRECISIONS[precision], "capability": (major, minor), "torch": VERSION}
    if training:
        options |= {"optimizer": run, "options": OPTIMIZERS[run]}
    return Setup(mode="training" if training else "inference", backend=FAKE, **options)
