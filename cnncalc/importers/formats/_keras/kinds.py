"""The classes of Keras' layers, and how each is read."""

from collections.abc import Callable
from functools import partial

from cnncalc.importers.formats._keras import values, windows
from cnncalc.importers.formats._keras.call import KerasCall

Reader = Callable[[KerasCall], str]

KINDS: dict[str, Reader] = {
    "Activation": values.activation,
    "ActivityRegularization": values.same,
    "Add": partial(values.join, kind="add"),
    "AlphaDropout": values.dropout,
    "Average": partial(values.join, kind="average"),
    "BatchNormalization": values.batch_norm,
    "BatchNormalizationV1": values.batch_norm,
    "SyncBatchNormalization": values.batch_norm,
    "Concatenate": values.concatenate,
    "Dense": values.dense,
    "Dropout": values.dropout,
    "ELU": values.elu,
    "Flatten": values.flatten,
    "GaussianDropout": values.training_only,
    "GaussianNoise": values.training_only,
    "GroupNormalization": values.group_norm,
    "GRU": partial(values.recurrent, gates=3),
    "LayerNormalization": values.layer_norm,
    "CustomScaleLayer": values.scaled_sum,
    "LayerScale": values.layer_scale,
    "LeakyReLU": values.leaky_relu,
    "LSTM": partial(values.recurrent, gates=4),
    "Maximum": partial(values.join, kind="maximum"),
    "Minimum": partial(values.join, kind="minimum"),
    "MultiHeadAttention": values.attention,
    "Multiply": partial(values.join, kind="mul"),
    "Normalization": values.normalization,
    "Permute": values.permute,
    "PReLU": values.prelu,
    "ReLU": values.relu,
    "RepeatVector": values.repeat_vector,
    "Rescaling": values.rescaling,
    "Reshape": values.reshape,
    "Resizing": values.resizing,
    "SimpleRNN": partial(values.recurrent, gates=1),
    "Softmax": values.softmax,
    "StochasticDepth": values.stochastic_depth,
    "Subtract": partial(values.join, kind="sub"),
}
for _axes in ("1D", "2D", "3D"):
    KINDS |= {
        f"Conv{_axes}": windows.convolution,
        f"Convolution{_axes}": windows.convolution,
        f"Conv{_axes}Transpose": windows.transposed,
        f"DepthwiseConv{_axes}": windows.depthwise,
        f"SeparableConv{_axes}": windows.separable,
        f"MaxPooling{_axes}": partial(windows.pooling, kind="maxpool"),
        f"AveragePooling{_axes}": partial(windows.pooling, kind="avgpool"),
        f"GlobalAveragePooling{_axes}": partial(windows.global_pooling, kind="global_avgpool"),
        f"GlobalMaxPooling{_axes}": partial(windows.global_pooling, kind="global_maxpool"),
        f"ZeroPadding{_axes}": windows.zero_padding,
        f"Cropping{_axes}": windows.cropping,
        f"UpSampling{_axes}": windows.upsampling,
        f"SpatialDropout{_axes}": values.spatial_dropout,
    }
for _random in (
    "Brightness",
    "Contrast",
    "Crop",
    "Flip",
    "Height",
    "Rotation",
    "Translation",
    "Width",
    "Zoom",
):
    KINDS[f"Random{_random}"] = values.training_only
