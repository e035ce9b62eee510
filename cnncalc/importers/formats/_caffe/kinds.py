"""The types of Caffe's layers, and how each is read."""

from collections.abc import Callable

from cnncalc.importers.formats._caffe import shapes, values, windows
from cnncalc.importers.formats._caffe.layer import CaffeLayer

# What gives a network its images, and labels for the loss.
DATA = (
    "Data",
    "DummyData",
    "HDF5Data",
    "ImageData",
    "Input",
    "MemoryData",
    "Python",
    "WindowData",
    "AnnotatedData",
)
# What computes a loss, measures, stores or decodes: the network ends before it.
ENDS = (
    "Accuracy",
    "ArgMax",
    "ContrastiveLoss",
    "DetectionEvaluate",
    "DetectionOutput",
    "EuclideanLoss",
    "HDF5Output",
    "HingeLoss",
    "InfogainLoss",
    "MultiBoxLoss",
    "MultinomialLogisticLoss",
    "PriorBox",
    "SigmoidCrossEntropyLoss",
    "Silence",
    "SmoothL1Loss",
    "SoftmaxLoss",
    "SoftmaxWithLoss",
)


def _same(layer: CaffeLayer) -> str:
    return layer.bottoms[0]


def _like_input(op: str) -> Callable[[CaffeLayer], str]:
    """A type without parameters that has no layer here; its output has the shape of its input."""
    return lambda layer: layer.unknown(op, layer.shape(), 0, 0)


KINDS: dict[str, Callable[[CaffeLayer], str]] = {
    "AbsVal": values.plain("abs"),
    "Axpy": values.axpy,
    "BN": values.plain("bn"),
    "BNLL": values.plain("softplus"),
    "BatchNorm": values.batch_norm,
    "Bias": values.bias,
    "Clip": values.clip,
    "Concat": shapes.concat,
    "Convolution": windows.convolution,
    "ConvolutionDepthwise": windows.depthwise,
    "Crop": shapes.crop,
    "Deconvolution": windows.deconvolution,
    "DepthwiseConvolution": windows.depthwise,
    "Dropout": values.dropout,
    "ELU": values.elu,
    "Eltwise": values.eltwise,
    "Exp": values.exponential,
    "Flatten": shapes.flatten,
    "InnerProduct": shapes.inner_product,
    "LRN": values.lrn,
    "Log": values.logarithm,
    "MVN": values.mvn,
    "Normalize": shapes.normalize,
    "PReLU": values.prelu,
    "Permute": shapes.permute,
    "Pooling": windows.pooling,
    "Power": values.power,
    "ReLU": values.relu,
    "ReLU6": values.plain("relu6"),
    "Reshape": shapes.reshape,
    "Scale": values.scale,
    "ShuffleChannel": shapes.shuffle,
    "Sigmoid": values.plain("sigmoid"),
    "Softmax": shapes.softmax,
    "Split": _same,
    "Swish": values.plain("silu"),
    "TanH": values.plain("tanh"),
    "Threshold": _like_input("Threshold"),
    "Upsample": shapes.upsample,
}
# Types that Caffe has, and whose output shape is not worked out here.
OTHERS = (
    "BatchReindex",
    "Embed",
    "Filter",
    "Im2col",
    "LSTM",
    "Parameter",
    "ROIPooling",
    "RNN",
    "Recurrent",
    "Reduction",
    "SPP",
    "Tile",
)
EVERY = (*DATA, *ENDS, *KINDS, *OTHERS, "Slice")
