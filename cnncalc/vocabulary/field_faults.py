"""What is wrong between the fields of one layer, for any input."""

from cnncalc.diagnostic import DiagnosticKind, Severity

DROPOUT_OF_ONE_LAYER = DiagnosticKind(
    "L030",
    "dropout-between-no-layers",
    Severity.WARNING,
    "A recurrent layer has `dropout`, and `layers` is 1.",
    "As in PyTorch, this dropout is between two of its layers: the states of the last one are not dropped.",
    invalid="cnncalc: 1\ninput: {channels: 8, length: 16}\nlayers:\n  - lstm: {hidden: 4, dropout: 0.5}\n",
    valid="cnncalc: 1\ninput: {channels: 8, length: 16}\nlayers:\n  - lstm: {hidden: 4, layers: 2, dropout: 0.5}\n",
    source="torch.nn.LSTM: dropout option adds dropout after all but last recurrent layer",
)
ONE_OF_TWO_FIELDS = DiagnosticKind(
    "S018",
    "one-of-two-fields",
    Severity.ERROR,
    "The size of the layer can be given in two ways, and the spec gives both or neither.",
    "Two sizes can contradict each other. Without a size the output is not defined.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - crop: {size: 4, sides: 2}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - crop: {size: 4}\n",
    source="torch.nn.FractionalMaxPool2d: only one of output_size and output_ratio may be specified",
)
EMPTY_RANGE = DiagnosticKind(
    "S021",
    "empty-range",
    Severity.ERROR,
    "`min_val` of hardtanh is not smaller than `max_val`.",
    "There is no value between them, so every output would be the same.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - hardtanh: {min_val: 1, max_val: 1}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - hardtanh: {min_val: 0, max_val: 1}\n",
    source="torch.nn.Hardtanh",
)
TWO_COMPUTATIONS = DiagnosticKind(
    "S034",
    "two-computations-of-filters",
    Severity.ERROR,
    "A convolution has both `standardize` and `parametrize`.",
    "Standardised filters have variance 1. The length that weight_norm learns and the singular value that "
    "spectral_norm divides by have no effect on them.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n"
    "  - conv: {filters: 8, kernel: 3, standardize: true, parametrize: weight_norm}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 8, kernel: 3, standardize: true}\n",
)
