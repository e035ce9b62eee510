"""What the kernels of attention allocate inside of their backward pass on CUDA, beside the gradients.

Fake tensors do not see it.
"""

from cnncalc.vocabulary.allocation import Tensor
from cnncalc.vocabulary.attention_kernels import EFFICIENT, FLASH, NARROW, Asked
from cnncalc.vocabulary.call import Call

FULL = "float32"
# Flash attention rounds the number of queries up to this, and the width of heads to this, up to a width.
FLASH_QUERIES, FLASH_WIDTHS, FLASH_ROUNDED, FLASH_WIDEST = 128, 32, 192, 256
# Tiles of the memory-efficient kernel, for heads up to 64 wide, and for wider ones.
TILE, WIDE_TILE = 64, 128


def backward_workspace(kernel: str, asked: Asked, rows: int, call: Call) -> tuple[Tensor, ...]:
    """The tensors inside of a kernel's backward pass, for `rows` of positions in each image.

    Flash attention adds up the gradient of the queries in float32 (`dq_accum`), beside a number for each query
    (`softmax_d`): `mha_bwd` in flash_api.cpp. The memory-efficient kernel computes that number from a product as large
    as the result in float32, and in 16 bits adds up the gradient of the queries in float32, tile by tile
    (`workspace_size` in kernel_backward.h). What cuDNN takes is not known.
    """
    if call.device == "cpu":
        return ()
    heads = rows * asked.heads
    if kernel == FLASH:
        queries = _rounded(asked.queries, FLASH_QUERIES)
        filled = _rounded(asked.key, 8)
        width = _rounded(filled, FLASH_WIDTHS) if filled <= FLASH_ROUNDED else FLASH_WIDEST
        return (
            Tensor("softmax_d", (heads, queries), FULL, batched=True),
            Tensor("dq_accum", (heads, queries, width), FULL, batched=True),
        )
    if kernel != EFFICIENT:
        return ()
    delta = Tensor("delta", (heads, asked.queries), FULL, batched=True)
    if call.dtype not in NARROW:
        product = Tensor("delta_product", (heads, asked.queries, asked.value), FULL, batched=True)
        return product, delta._replace(name="delta_turned"), delta
    widest = max(asked.key, asked.value)
    tile = TILE if widest <= TILE else WIDE_TILE
    sums = [(asked.queries, asked.key)]
    if widest > WIDE_TILE:
        # Then the gradients of keys and values are added up so too.
        sums += [(asked.keys, asked.key), (asked.keys, asked.value)]
    size = sum(_rounded(length, tile) * _rounded(width, min(tile, 32)) for length, width in sums)
    return delta, Tensor("workspace", (heads, size), FULL, batched=True)


def _rounded(number: int, step: int) -> int:
    return -(-number // step) * step
