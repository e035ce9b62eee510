"""Products of matrices, and attention."""

from typing import Any

import torch

from cnncalc.pytorch.capture.added_scores import Added
from cnncalc.pytorch.capture.attending import attention
from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.rows import Rows, rows
from cnncalc.pytorch.capture.scores import Scores, matmul
from cnncalc.pytorch.capture.values import Own, Value, group, size_of


@maps("matmul", "bmm", pending=True)
def product(drafting: Drafting, input: Any, other: Any) -> Tensor:
    if isinstance(other, Scores) and other.weights and other.turned and not isinstance(input, Scores):
        # Each column of values is what the rows are elsewhere.
        value = drafting.value(drafting.settled(input))
        value = Value(
            value.node, value.axes, (*value.dims[:-2], value.dims[-1], value.dims[-2]), value.expanded
        )
        result = _weighted(drafting, other.transposed(), value)
        return Value(result.node, result.axes, (*result.dims[:-2], result.dims[-1], result.dims[-2]))
    if isinstance(input, Scores) and input.weights and not input.turned:
        return _weighted(drafting, input, drafting.value(drafting.settled(other)))
    first, second = drafting.settled(input), drafting.settled(other)
    if isinstance(second, Own) and len(second.shape) == 2 and isinstance(first, Value):
        return _by_parameter(drafting, first, second)
    base, two = drafting.value(first, "its first operand"), drafting.value(second, "its second operand")
    if len(base.dims) < 3 or len(base.dims) != len(two.dims):
        raise Unmapped("its operands have different dimensions")
    left, right = rows(base), rows(two, turned=True)
    if size_of(left.heads) != size_of(right.heads):
        raise Unmapped("its operands have different heads")
    shape = (*base.shape[:-1], two.shape[-1])
    scores = Scores(scopes=drafting.scopes, place=drafting.place, queries=left, keys=right, dims=shape)
    if size_of(left.heads) > 1 or _may_be_scores(left, right):
        # Scores that are read elsewhere too are computed once: no attention has them inside.
        return scores if drafting.readers.lead_to_product(drafting.number) else scores.settle(drafting)
    return matmul(drafting, left, rows(two), turned=False, shape=shape)


def _may_be_scores(left: Rows, right: Rows) -> bool:
    """Whether both have their channels where queries and keys have them."""
    return left.value.axes[1] == left.channels and right.value.axes[1] == right.channels


def _weighted(drafting: Drafting, scores: Scores, value: Value) -> Value:
    """Values with the weights of attention."""
    result = attention(
        drafting, scores.queries, scores.keys, rows(value), scores.scale, added=scores.added, fused=False
    )
    return _as(result, scores.shape[:-1])


def _as(result: Value, shape: tuple[int, ...]) -> Value:
    """Attention's result with the dimensions of its queries: heads and windows may be joined with the images."""
    images, heads, positions, channels = result.dims
    outer: list[Any] = []
    factors = [*images, *heads]
    for size in shape[:-1]:
        taken: list[Any] = []
        while size_of(tuple(taken)) < size and factors:
            taken.append(factors.pop(0))
        outer.append(tuple(taken))
    return Value(result.node, result.axes, (*outer, positions, channels))


def _by_parameter(drafting: Drafting, value: Value, matrix: Own) -> Value:
    """A product with a matrix of the model: a linear layer whose weight is stored the other way round."""
    if matrix.plain is None or not matrix.learned:
        raise Unmapped("its matrix is not a parameter")
    value = drafting.channels_at(value, -1)
    units = group(matrix.shape[1])
    turned = flat(matrix.dims) != flat(matrix.axes)
    return drafting.emit(
        "linear" if value.rank else "fc",
        [value],
        (value.axes[0], units, *value.axes[2:]),
        (*value.dims[:-1], units),
        units=matrix.shape[1],
        bias=False,
        weights={"weight": matrix},
        changes={"weight": "" if turned else "transpose"},
    )


@maps("scaled_dot_product_attention")
def scaled_dot_product_attention(
    drafting: Drafting,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Value:
    if enable_gqa:
        raise Unmapped("several heads of queries have one head of keys")
    if dropout_p:
        raise Unmapped("it drops weights of its attention")
    tensors = [drafting.value(tensor, "an operand") for tensor in (query, key, value)]
    queries, keys, values = map(rows, tensors)
    added: list[Added] = []
    if attn_mask is not None:
        shape = (*tensors[0].shape[:-1], tensors[1].shape[-2])
        added.append(Added(_mask(drafting, attn_mask), shape))
    result = attention(drafting, queries, keys, values, scale, causal=is_causal, added=added, fused=True)
    return _as(result, tensors[0].shape[:-1])


def _mask(drafting: Drafting, mask: Any) -> Own:
    """What is added to the scores; a mask of booleans says where attention is."""
    own = drafting.own(mask, "its mask")
    if own.number < 0 or drafting.recording.types.get(own.number) == torch.bool:
        raise Unmapped("its mask is no tensor that is added to its scores")
    return own


@maps("multi_head_attention_forward")
def multi_head_attention(
    drafting: Drafting,
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    average_attn_weights: bool = True,
    is_causal: bool = False,
    **others: Any,
) -> list[Tensor | None]:
    """`nn.MultiheadAttention` on one tensor is `self_attention`."""
    if any(given is not None for given in (bias_k, bias_v, key_padding_mask, attn_mask)) or add_zero_attn:
        raise Unmapped("it has masks or rows of its own")
    if dropout_p and training:
        raise Unmapped("it drops weights of its attention")
    tensor = drafting.value(query)
    if use_separate_proj_weight or not all(
        isinstance(other, Value) and other == tensor for other in (key, value)
    ):
        raise Unmapped("queries and keys are different tensors")
    if len(tensor.dims) != 3 or tensor.dims[1] != tensor.axes[0]:
        raise Unmapped("its input has no batch")
    length, images, channels = tensor.dims
    tensor = drafting.channels_at(Value(tensor.node, tensor.axes, (images, length, channels)), -1)
    if tensor.rank != 1:
        tensor = drafting.in_order(Value(tensor.node, tensor.axes, (images, channels, length)))
        tensor = Value(tensor.node, tensor.axes, (tensor.dims[0], tensor.dims[2], tensor.dims[1]))
    own = {
        "in_proj_weight": drafting.weight(in_proj_weight),
        "in_proj_bias": None if in_proj_bias is None else drafting.weight(in_proj_bias),
        "out_proj.weight": drafting.weight(out_proj_weight),
        "out_proj.bias": None if out_proj_bias is None else drafting.weight(out_proj_bias),
    }
    if (in_proj_bias is None) != (out_proj_bias is None):
        raise Unmapped("only one of its projections has a bias")
    result = drafting.emit(
        "self_attention",
        [tensor],
        tensor.axes,
        (tensor.dims[1], tensor.dims[0], tensor.dims[2]),
        heads=num_heads,
        bias=False if in_proj_bias is None else None,
        # Who asks for the weights gets the products written out.
        fused=False if need_weights else None,
        weights=own,
    )
    return [result, None]
