"""Which kernel PyTorch runs for `torch.nn.functional.scaled_dot_product_attention`, and why it runs no other.

The rules are those of aten/src/ATen/native/transformers/cuda/sdp_utils.cpp and sdp_utils_cpp.cpp, as PyTorch 2.11 runs
them (`benchmarks/fake_cuda/attention.py` asks it).
"""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.torch_versions import FUSED_ATTENTION

# What a layer's field says.
FUSED = (
    "ask for PyTorch's fused function, `scaled_dot_product_attention`; else the two products are written out"
)
AUTO, FLASH, EFFICIENT, CUDNN, MATH = KERNELS = ("auto", "flash", "efficient", "cudnn", "math")
# The order in which PyTorch tries them.
ORDER = (FLASH, EFFICIENT, MATH)
CUDNN_FIRST = (CUDNN, *ORDER)
ORDERS = {"cpu": (FLASH, MATH), "cuda": ORDER}
# Generations (the first number of the capability) for which PyTorch prefers cuDNN.
PREFER_CUDNN = (9, 10)
# The capability of a GPU that nobody named: Ampere's, whose kernels the later consumer GPUs run too.
ASSUMED = (8, 0)
NARROW = ("float16", "bfloat16")
# Flash attention computes with heads that are multiples of this.
FLASH_STEP = 8
WIDEST_FLASH = 256
# The widest heads of cuDNN's kernel, on Hopper and elsewhere.
WIDEST_CUDNN, WIDEST_CUDNN_HOPPER = 128, 256
# Heads whose gradients flash attention cannot compute on GPUs with little shared memory.
UNTRAINED = range(193, 225)
LITTLE_SHARED = ((8, 6), (8, 9), (12, 0), (12, 1))
# Bytes that the memory-efficient kernel reads at once, where it uses tensor cores, and elsewhere.
READ_AT_ONCE = 16


class Asked(NamedTuple):
    """What attention is asked for: heads, positions of queries and of keys, and the widths of a head.

    `mask` is added to the scores; `learned`: it needs a gradient in training.
    """

    heads: int
    queries: int
    keys: int
    key: int
    value: int
    causal: bool = False
    mask: bool = False
    learned: bool = False


def kernel(asked: Asked, call: Call) -> str:
    """The kernel that runs: the one that the call forces if it can, else the first that can."""
    if not FUSED_ATTENTION.holds(call.torch):
        return MATH
    # Devices without kernels of their own, such as `meta`, have the products.
    order = ORDERS.get(call.device, (MATH,))
    if call.device == "cuda" and _capability(call)[0] in PREFER_CUDNN:
        order = CUDNN_FIRST
    if call.attention != AUTO:
        order = (call.attention, *order)
    return next(name for name in order if refusal(name, asked, call) is None)


def refusal(name: str, asked: Asked, call: Call) -> str | None:
    """Why a kernel cannot run this, as the rest of a sentence that names it; None if it can."""
    if call.device == "cpu":
        rules = {FLASH: _flash_on_cpu, MATH: _nothing}
        if name not in rules:
            return "runs on CUDA only"
        return next(rules[name](asked, call), None)
    return next(
        {FLASH: _flash, EFFICIENT: _efficient, CUDNN: _cudnn, MATH: _nothing}[name](asked, call), None
    )


def _nothing(asked: Asked, call: Call) -> Iterator[str]:
    """It runs everything."""
    yield from ()


def _flash_on_cpu(asked: Asked, call: Call) -> Iterator[str]:
    yield from _equal_widths(asked)
    if asked.learned and call.training:
        yield "computes no gradient of what is added to the scores"


def _flash(asked: Asked, call: Call) -> Iterator[str]:
    yield from _narrow(call)
    if asked.mask:
        yield "adds nothing to the scores"
    yield from _equal_widths(asked)
    if asked.key > WIDEST_FLASH:
        yield f"has heads up to {WIDEST_FLASH} wide, and these are {asked.key}"
    if call.training and asked.key in UNTRAINED and _capability(call) in LITTLE_SHARED:
        yield f"computes no gradients of heads {asked.key} wide on capability {_named(call)}"


def _efficient(asked: Asked, call: Call) -> Iterator[str]:
    if call.dtype not in ("float32", *NARROW):
        yield f"does not compute in {call.dtype}"
    if call.dtype == "bfloat16" and _capability(call) < (8, 0):
        yield f"needs capability 8.0 for bfloat16, and this is {_named(call)}"
    if call.dtype in NARROW or _capability(call) >= (8, 0):
        step = READ_AT_ONCE // (2 if call.dtype in NARROW else 4)
        for width in (asked.key, asked.value):
            if width % step:
                yield f"needs heads whose width is a multiple of {step}, and this is {width}"


def _cudnn(asked: Asked, call: Call) -> Iterator[str]:
    yield from _narrow(call)
    if asked.learned and call.training:
        yield "computes no gradient of what is added to the scores"
    widest = WIDEST_CUDNN_HOPPER if _capability(call) == (9, 0) else WIDEST_CUDNN
    for width in (asked.key, asked.value):
        if width % FLASH_STEP:
            yield f"needs heads whose width is a multiple of {FLASH_STEP}, and this is {width}"
        if width > widest:
            yield f"has heads up to {widest} wide on capability {_named(call)}, and these are {width}"
    if asked.keys == 1:
        yield "needs more than one key"


def _narrow(call: Call) -> Iterator[str]:
    if call.dtype not in NARROW:
        yield f"computes in float16 and bfloat16, not in {call.dtype}"
    if _capability(call) < (8, 0):
        yield f"needs capability 8.0, and this is {_named(call)}"


def _equal_widths(asked: Asked) -> Iterator[str]:
    if asked.key != asked.value:
        yield f"needs values as wide as keys, and they are {asked.value} and {asked.key} wide in each head"


def _capability(call: Call) -> tuple[int, int]:
    return call.capability or ASSUMED


def _named(call: Call) -> str:
    return ".".join(map(str, _capability(call)))
