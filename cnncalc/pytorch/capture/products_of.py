"""Which functions have no products of matrices or filters in them: their MACs are 0, whatever else they do."""

WITHOUT_PRODUCTS = frozenset(
    """
    abs adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
    adaptive_max_pool3d add amax amin any all argmax argmin argsort avg_pool1d avg_pool2d avg_pool3d batch_norm
    broadcast_to cat celu chunk clamp clip clone concat concatenate contiguous cos cumsum detach div dropout dropout1d
    dropout2d dropout3d elu eq erf exp expand expand_as feature_dropout flatten flip float floor floor_divide fmod
    gather ge gelu getitem glu grid_sample group_norm gt half hardshrink hardsigmoid hardswish hardtanh index_select
    instance_norm interpolate isnan layer_norm le leaky_relu local_response_norm log log_softmax logsigmoid logsumexp
    lt masked_fill max max_pool1d max_pool2d max_pool3d maximum max_unpool2d mean median min minimum mish movedim mul
    narrow ne neg nms norm normalize one_hot pad permute pixel_shuffle pixel_unshuffle pow prelu prod radd rdiv
    reciprocal relu relu6 remainder repeat repeat_interleave reshape rms_norm rmul roll rolled rot90 round rsqrt rsub
    rtruediv scatter select selu setitem sigmoid sign silu sin softmax softmin softplus softshrink softsign sort split
    sqrt square squeeze stack std sub sum swapaxes tan tanh tensor_split threshold tile to topk transpose true_divide
    truediv type unbind unflatten unfold unsqueeze upsample var vector_norm view where
    """.split()
)
