"""The MACs of operations without a layer, where their shapes say them."""

from collections.abc import Sequence
from math import prod

# What a recording calls a tensor that was written into through another one.
WRITTEN = "written through another tensor"
# Functions that have no products of matrices or filters in them, whatever else they do.
_WITHOUT = (
    "abs adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
    "adaptive_max_pool2d adaptive_max_pool3d add addcdiv addcmul all amax amin any argmax argmin argsort "
    "avg_pool1d avg_pool2d avg_pool3d batch_norm broadcast_to cat celu chunk clamp clip clone concat "
    "concatenate contiguous cos cumsum detach div dropout dropout1d dropout2d dropout3d elu eq erf exp "
    "expand expand_as feature_dropout fill flatten flip float floor floor_divide fmod full_like gather ge "
    "gelu getitem glu grid_sample group_norm gt half hardshrink hardsigmoid hardswish hardtanh "
    "index_select instance_norm int interpolate isin isnan layer_norm le leaky_relu linspace "
    "local_response_norm log log_softmax logical_and logical_not logical_or logsigmoid logsumexp long lt "
    "masked_fill max max_pool1d max_pool2d max_pool3d max_unpool2d maximum mean median meshgrid min "
    "minimum mish movedim mul narrow ne neg new_ones new_zeros nms norm normalize one_hot ones_like pad "
    "permute pixel_shuffle pixel_unshuffle pow prelu prod radd rdiv reciprocal relu relu6 remainder "
    "repeat repeat_interleave reshape rms_norm rmul roll rolled rot90 round rpow rsqrt rsub rtruediv "
    "scatter select selu setitem sigmoid sign silu sin softmax softmin softplus softshrink softsign sort "
    "split sqrt square squeeze stack std sub sum swapaxes tan tanh tensor_split threshold tile to topk "
    "transpose true_divide truediv type unbind unflatten unfold unsqueeze upsample var vector_norm view "
    "where zero zeros_like"
)
WITHOUT_PRODUCTS = frozenset(_WITHOUT.split())


def macs_of(
    name: str,
    shapes: Sequence[tuple[int, ...]],
    result: tuple[int, ...],
    images: int,
    settings: Sequence[object] = (),
) -> int | None:
    """The MACs for each image of a call without a layer: of its operands' and its result's shapes; None if unknown.

    `name` is the function's last word without underscores, `settings` are the words and switches among its arguments:
    the equation of an `einsum`. The MACs are those of PyTorch's `FlopCounterMode`.
    """
    if name in WITHOUT_PRODUCTS or name == WRITTEN:
        return 0
    total: int | None = None
    match name:
        case "linear" if len(shapes) >= 2:
            total = prod(result) * shapes[1][-1]
        case "matmul" | "bmm" | "mm" if len(shapes) == 2 and len(shapes[0]) > 0:
            total = max(1, prod(result)) * shapes[0][-1]
        case "conv1d" | "conv2d" | "conv3d" if len(shapes) >= 2:
            total = prod(result) * prod(shapes[1][1:])
        case "conv_transpose1d" | "conv_transpose2d" | "conv_transpose3d" if len(shapes) >= 2:
            total = prod(shapes[0]) * prod(shapes[1][1:])
        case "scaled_dot_product_attention" if len(shapes) >= 3:
            queries, keys, values = shapes[:3]
            total = prod(queries[:-1]) * keys[-2] * (queries[-1] + values[-1])
        case "multi_head_attention_forward" if len(shapes) >= 4 and True not in settings:
            # With True (`add_zero_attn`) it has rows of its own.
            total = _of_heads(shapes)
        case "einsum":
            equation = next((item for item in settings if isinstance(item, str)), "")
            total = _of_equation(equation, shapes)
    if total is None or total % images or _between_images(name, shapes, result, images):
        return None
    return total // images


def _of_heads(shapes: Sequence[tuple[int, ...]]) -> int | None:
    """The MACs of `nn.MultiheadAttention` with one matrix for queries, keys and values; None for other forms."""
    (queries, keys, values, matrix), others = shapes[:4], shapes[4:]
    width = queries[-1]
    if len(queries) != 3 or keys != values or matrix != (3 * width, width) or (1, 1, width) in others:
        return None
    linear = (2 * prod(queries) + 2 * prod(keys)) * width
    return linear + 2 * prod(queries) * keys[0]


def _between_images(
    name: str, shapes: Sequence[tuple[int, ...]], result: tuple[int, ...], images: int
) -> bool:
    """Whether a product is one of each image with each other one: its MACs are then no multiple of the images."""
    summed = name in ("matmul", "bmm", "mm") and len(shapes[0]) > 0 and shapes[0][-1] == images
    return images > 1 and result.count(images) + summed > 1


def _of_equation(equation: str, shapes: Sequence[tuple[int, ...]]) -> int | None:
    """The MACs of an `einsum` of two tensors: a product for each value of all letters; None for others."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    letters = left.split(",")
    if not arrow or "." in equation or len(letters) != len(shapes):
        return None
    sizes: dict[str, int] = {}
    for word, shape in zip(letters, shapes, strict=True):
        if len(word) != len(shape) or len(set(word)) < len(word):
            return None
        for letter, size in zip(word, shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    if len(shapes) == 1:
        return 0
    if len(shapes) > 2:
        return None
    if not any(letter not in result and all(letter in word for word in letters) for letter in sizes):
        # Nothing is summed: PyTorch multiplies the values one by one.
        return 0
    # What only one of them has, and the result has not, is summed before the product.
    alone = {
        letter for letter in sizes if letter not in result and not all(letter in word for word in letters)
    }
    return prod(size for letter, size in sizes.items() if letter not in alone)
