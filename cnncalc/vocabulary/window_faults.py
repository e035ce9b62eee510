"""What is wrong between windows (with their strides and paddings) and the axes that they slide along."""

from cnncalc.diagnostic import DiagnosticKind, Severity

COURSE = "CS231n notes, Convolutional Neural Networks: spatial arrangement"

STRIDE_DROPS_INPUT = DiagnosticKind(
    "S001",
    "stride-drops-input",
    Severity.ERROR,
    "(W - F + 2P)/S + 1 is not a whole number, and what is left over is more than padding: no window reads the "
    "last rows or columns of the input.",
    "The neurons don't fit across the input neatly and symmetrically. A part of every image is never used, "
    "which is rarely intended. PyTorch rounds down without a warning.",
    invalid="cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n",
    valid="cnncalc: 1\ninput: 11x11x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n",
    source=COURSE,
)

STRIDE_DROPS_PADDING = DiagnosticKind(
    "S002",
    "stride-drops-padding",
    Severity.INFO,
    "(W - F + 2P)/S + 1 is not a whole number, but the positions that no window reads are only padding.",
    "Every pixel is read, so nothing is lost, but the padding is in effect one-sided. Many networks have this because "
    "of how padding is written, so the text of `validate` only counts it (`--show-notes` shows it). With "
    "`strict: true` it is an error, as in the course's constraint.",
    invalid="cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 64, kernel: 7, stride: 2, padding: 3}\n",
    valid="cnncalc: 1\ninput: 225x225x3\nlayers:\n  - conv: {filters: 64, kernel: 7, stride: 2, padding: 3}\n",
    source=COURSE,
)

STRIDE_SUBSAMPLES = DiagnosticKind(
    "S003",
    "stride-subsamples",
    Severity.INFO,
    "The kernel is smaller than the stride, so the layer skips positions, and also the last ones.",
    "A 1x1 projection with stride 2 halves a volume this way. It reads only a part of its input. Residual networks do "
    "this on purpose, so the text of `validate` only counts it (`--show-notes` shows it).",
    invalid="cnncalc: 1\ninput: 56x56x64\nlayers:\n  - conv: {filters: 128, kernel: 1, stride: 2}\n",
    valid="cnncalc: 1\ninput: 57x57x64\nlayers:\n  - conv: {filters: 128, kernel: 1, stride: 2}\n",
    source=COURSE,
)

STRIDE_OVERHANGS = DiagnosticKind(
    "S004",
    "stride-overhangs",
    Severity.INFO,
    "`rounding: ceil` adds a last window that reaches past the padded input, or gives one window where the padded "
    "input is smaller than the window by less than the stride.",
    "The last window has fewer values than the others, for a maximum as for an average. `ceil` is written on "
    "purpose, so the text of `validate` only counts it (`--show-notes` shows it).",
    invalid="cnncalc: 1\ninput: 112x112x64\nlayers:\n  - maxpool: {kernel: 3, stride: 2, rounding: ceil}\n",
    valid="cnncalc: 1\ninput: 113x113x64\nlayers:\n  - maxpool: {kernel: 3, stride: 2, rounding: ceil}\n",
    source="torch.nn.MaxPool2d, ceil_mode",
)

WINDOW_TOO_LARGE = DiagnosticKind(
    "S005",
    "window-too-large",
    Severity.ERROR,
    "The window is larger than the padded input: W - F + 2P is negative (with `rounding: ceil`: by the stride "
    "or more).",
    "It fits at no position, so the layer has no output.",
    invalid="cnncalc: 1\ninput: 5x5x3\nlayers:\n  - conv: {filters: 8, kernel: 7}\n",
    valid="cnncalc: 1\ninput: 7x7x3\nlayers:\n  - conv: {filters: 8, kernel: 7}\n",
    source=COURSE,
)

EMPTY_OUTPUT = DiagnosticKind(
    "S006",
    "empty-output",
    Severity.ERROR,
    "The output has no values: the size of an axis is 0 or less.",
    "No layer can follow an empty volume.",
    invalid="cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv_transpose: {filters: 8, kernel: 2, stride: 1, padding: 3}\n",
    valid="cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv_transpose: {filters: 8, kernel: 2, stride: 1, padding: 0}\n",
    source="torch.nn.ConvTranspose2d",
)

HALF_OF_EVEN = DiagnosticKind(
    "S011",
    "half-of-even-kernel",
    Severity.ERROR,
    "`padding: half` is dilation*(F - 1)/2 on both sides, which is not a whole number here.",
    "With an even kernel no symmetric padding keeps the size; `same` pads one more at the bottom and right.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 4, padding: half}\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 4, padding: same}\n",
)

PADDING_OVER_HALF = DiagnosticKind(
    "S012",
    "padding-over-half",
    Severity.INFO,
    "The padding of a pooling layer is more than half its kernel (without dilation), or the kernel of average pooling "
    "over three axes is larger than its input without padding.",
    "A window at the border can then contain only padding, and its maximum is -inf. PyTorch's pooling refuses both, so "
    "a separate padding layer is needed.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: {kernel: 2, stride: 1, padding: 2}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: {kernel: 2, stride: 1, padding: 1}\n",
    source="torch.nn.MaxPool2d: pad should be smaller than or equal to half of kernel size",
)

OUTPUT_PADDING_TOO_LARGE = DiagnosticKind(
    "S013",
    "output-padding-too-large",
    Severity.ERROR,
    "`output_padding` is not smaller than the stride or the dilation.",
    "A strided convolution gives the same output size for several input sizes, and `output_padding` selects one of "
    "them. Their number is the stride (or the dilation), so a larger `output_padding` selects none.",
    invalid="cnncalc: 1\ninput: 4x4x3\nlayers:\n"
    "  - conv_transpose: {filters: 8, kernel: 3, stride: 2, output_padding: 2}\n",
    valid="cnncalc: 1\ninput: 4x4x3\nlayers:\n"
    "  - conv_transpose: {filters: 8, kernel: 3, stride: 2, output_padding: 1}\n",
    source="torch.nn.ConvTranspose2d, output_padding",
)

PADDING_OVER_INPUT = DiagnosticKind(
    "S019",
    "padding-over-input",
    Severity.ERROR,
    "A reflection is as long as the input, or longer; or circular padding is longer than the input.",
    "The edge itself is not repeated, so an axis of W positions has W - 1 to reflect. Circular padding has W positions "
    "of the other side to take.",
    invalid="cnncalc: 1\ninput: 4x4x16\nlayers:\n  - reflection_pad: 4\n",
    valid="cnncalc: 1\ninput: 4x4x16\nlayers:\n  - reflection_pad: 3\n",
    source="torch.nn.ReflectionPad2d: padding size should be less than the corresponding input dimension; "
    "torch.nn.CircularPad2d: padding value causes wrapping around more than once",
)

SHIFT_OVER_WINDOW = DiagnosticKind(
    "S023",
    "shift-over-window",
    Severity.ERROR,
    "`shift` of window_attention is not smaller than its `window`, or its windows are grids.",
    "A shift by a whole window gives the same windows as no shift. So does any shift of a grid: positions that are n "
    "apart stay so.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - window_attention: {heads: 2, window: 4, shift: 4}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - window_attention: {heads: 2, window: 4, shift: 2}\n",
    source="Liu et al. 2021, arXiv 2103.14030, section 3.2: windows shifted by half their size",
)

DOES_NOT_TILE = DiagnosticKind(
    "S027",
    "windows-do-not-tile",
    Severity.ERROR,
    "Disjoint fractional pooling: an axis of W positions is cut into n windows of one and two positions, and W/n is "
    "not between 1 and 2.",
    "Windows of one position alone change nothing, and windows of two alone are `maxpool: 2`. Fractional pooling "
    "mixes them.",
    invalid="cnncalc: 1\ninput: 24x24x16\nlayers:\n  - fractional_maxpool: {windows: disjoint, output_size: 8}\n",
    valid="cnncalc: 1\ninput: 24x24x16\nlayers:\n  - fractional_maxpool: {windows: disjoint, output_size: 16}\n",
    source="Graham 2014, arXiv 1412.6071, section 2",
)
