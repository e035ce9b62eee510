"""What earlier versions of PyTorch did otherwise, as far as memory depends on it: one fact for each change.

Everything else in this package is as in the newest version that is known. Facts that are used nowhere yet are not here.
"""

from typing import TypeAlias

from cnncalc.record import NamedTuple

# Major and minor: patch releases changed none of it.
TorchVersion: TypeAlias = tuple[int, int]

NEWEST: TorchVersion = (2, 13)
# What came before was not looked at.
OLDEST: TorchVersion = (1, 8)


class SinceVersion(NamedTuple):
    """What holds from a version of PyTorch on, what held before, and the pull request (or notes) that say so."""

    version: TorchVersion
    now: str
    before: str
    source: str

    def holds(self, version: TorchVersion) -> bool:
        """Whether it holds in a version."""
        return version >= self.version


CLIPPING_COPIES = SinceVersion(
    (1, 10),
    "`hardtanh` and `relu6` in place keep a copy of their input",
    "they kept their output, which is there anyway",
    "pytorch/pytorch#62329",
)
KERNELS_LOADED_LATE = SinceVersion(
    (1, 13),
    "CUDA loads each kernel where it is first used (`CUDA_MODULE_LOADING=LAZY`)",
    "it loaded all of them at the start: the CUDA context took more than 1 GB on recent GPUs",
    "pytorch/pytorch#86509",
)
GRADIENTS_FREED = SinceVersion(
    (2, 0),
    "`zero_grad()` frees the gradients",
    "it filled them with zeros: they stayed from step to step",
    "pytorch/pytorch#92731",
)
LISTS_BY_DEFAULT = SinceVersion(
    (2, 0),
    "optimizers work on lists of tensors on CUDA (`foreach`), unless they are asked not to",
    "on one parameter after another, unless they were asked for lists",
    "torch.optim in the notes of PyTorch 2.0",
)
CUBLAS_COUNTED = SinceVersion(
    (2, 0),
    "cuBLAS has its workspace from the caching allocator, whose figures count it",
    "cuBLAS took it from the device, beside the allocator",
    "pytorch/pytorch#86167, #89027",
)
FUSED_ATTENTION = SinceVersion(
    (2, 0),
    "`scaled_dot_product_attention` is one operation, with several kernels",
    "attention was matrix products and a softmax, which keeps the weights",
    "torch.nn.functional in the notes of PyTorch 2.0",
)
EXPANDABLE_SEGMENTS = SinceVersion(
    (2, 1),
    "the caching allocator can have segments that grow (`expandable_segments`)",
    "there was no such option",
    "pytorch/pytorch#96995",
)
CUBLAS_LT = SinceVersion(
    (1, 12),
    "a linear layer with a bias is one product of cuBLASLt, in 1 MiB of its own while it runs",
    "its workspace was empty",
    "pytorch/pytorch#73439",
)
CUBLAS_LT_HELD = SinceVersion(
    (2, 9),
    "cuBLASLt holds its 1 MiB from its first product on",
    "while a product runs",
    "pytorch/pytorch#156495",
)
CUBLAS_LT_SHARED = SinceVersion(
    (2, 11),
    "cuBLASLt has the workspace of cuBLAS",
    "1 MiB of its own",
    "pytorch/pytorch#168175",
)
LARGE_CUBLAS_ON_BLACKWELL = SinceVersion(
    (2, 12),
    "cuBLAS has 32 MiB on Blackwell too",
    "8.125 MiB, or 32 MiB in some versions",
    "pytorch/pytorch#175344",
)
ATTENTION_DROPS_HEADS = SinceVersion(
    (2, 13),
    "`multi_head_attention_forward` drops queries, keys and values before it joins the heads",
    "they stayed until it returned",
    "torch/nn/functional.py of 2.11 and 2.13",
)


def all_changes() -> tuple[SinceVersion, ...]:
    """Every fact, the oldest change first."""
    facts = [fact for fact in globals().values() if isinstance(fact, SinceVersion)]
    return tuple(sorted(facts, key=lambda fact: fact.version))


def written(version: TorchVersion) -> str:
    """`2.13`."""
    return f"{version[0]}.{version[1]}"
