"""The classes of Keras' layers, and how each is read."""

from collections.abc import Callable
from functools import partial

from cnncalc.importers.formats._keras import activation_layers, arranging, norms, values, windows
from cnncalc.importers.formats._keras.call import KerasCall

Reader = Callable[[KerasCall], str]

KINDS: dict[str, Reader] = {
    "Activation": activation_layers.activation,
    "ActivityRegularization": values.same,
    "Add": partial(arranging.join, kind="add"),
    "AlphaDropout": values.dropout,
    "Average": partial(arranging.join, kind="average"),
    "BatchNormalization": norms.batch_norm,
    "BatchNormalizationV1": norms.batch_norm,
    "SyncBatchNormalization": norms.batch_norm,
    "Concatenate": arranging.concatenate,
    "Dense": values.dense,
    "Dropout": values.dropout,
    "ELU": activation_layers.elu,
    "Flatten": arranging.flatten,
    "GaussianDropout": values.training_only,
    "GaussianNoise": values.training_only,
    "GroupNormalization": norms.group_norm,
    "GRU": partial(values.recurrent, gates=3),
    "LayerNormalization": norms.layer_norm,
    "CustomScaleLayer": arranging.scaled_sum,
    "LayerScale": norms.layer_scale,
    "LeakyReLU": activation_layers.leaky_relu,
    "LSTM": partial(values.recurrent, gates=4),
    "Maximum": partial(arranging.join, kind="maximum"),
    "Minimum": partial(arranging.join, kind="minimum"),
    "MultiHeadAttention": values.attention,
    "Multiply": partial(arranging.join, kind="mul"),
    "Normalization": norms.normalization,
    "Permute": arranging.permute,
    "PReLU": activation_layers.prelu,
    "ReLU": activation_layers.relu,
    "RepeatVector": arranging.repeat_vector,
    "Rescaling": norms.rescaling,
    "Reshape": arranging.reshape,
    "Resizing": arranging.resizing,
    "SimpleRNN": partial(values.recurrent, gates=1),
    "Softmax": activation_layers.softmax,
    "StochasticDepth": values.stochastic_depth,
    "Subtract": partial(arranging.join, kind="sub"),
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
