"""The S family: problems between a layer and the shapes of its inputs."""

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

GROUPS_DO_NOT_DIVIDE = DiagnosticKind(
    "S007",
    "groups-do-not-divide",
    Severity.ERROR,
    "`groups` does not divide the number of input channels or of filters.",
    "In a grouped convolution every group has the same number of input channels and of filters.",
    invalid="cnncalc: 1\ninput: 8x8x48\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, groups: 5}\n",
    valid="cnncalc: 1\ninput: 8x8x48\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, groups: 4}\n",
    source="torch.nn.Conv2d, groups",
)

MERGE_MISMATCH = DiagnosticKind(
    "S008",
    "merge-mismatch",
    Severity.ERROR,
    "The operands of add, mul or concat have different sizes along an axis where the sizes must be equal, or those of "
    "matmul have different sizes along the sides that are multiplied.",
    "add and mul are elementwise; concat joins the channels of operands with the same spatial size; matmul multiplies "
    "the columns of its first operand by the rows of its second.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - residual:\n      - conv: {filters: 32, kernel: 3, padding: 1}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - residual:\n      - conv: {filters: 32, kernel: 3, padding: 1}\n"
    "    shortcut: project\n",
)

FLATTEN_MISSING = DiagnosticKind(
    "S009",
    "flatten-missing",
    Severity.ERROR,
    "A fully-connected layer follows a volume of more than one position.",
    "Flattening and global pooling are both common here, and their number of parameters is very different, so the spec "
    "must say which one it is. For a 1x1 volume both are the same, so nothing is needed.",
    invalid="cnncalc: 1\ninput: 7x7x512\nlayers:\n  - fc: 10\n",
    valid="cnncalc: 1\ninput: 7x7x512\nlayers:\n  - flatten\n  - fc: 10\n",
    source="CS231n notes: converting FC layers to CONV layers",
)

WRONG_AXES = DiagnosticKind(
    "S010",
    "wrong-axes",
    Severity.ERROR,
    "The layer works on a volume, but its input is features; or a list does not have one number for each spatial axis.",
    "After `flatten` there are no positions left for a window to slide over.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - flatten\n  - conv: {filters: 8, kernel: 3}\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n  - flatten\n",
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

MODE_OF_OTHER_RANK = DiagnosticKind(
    "S014",
    "mode-of-other-rank",
    Severity.ERROR,
    "The interpolation mode does not exist for this number of spatial axes.",
    "linear interpolates along one axis, bilinear and bicubic along two, trilinear along three. nearest works for all.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - upsample: {scale: 2, mode: trilinear}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - upsample: {scale: 2, mode: bilinear}\n",
    source="torch.nn.Upsample, mode",
)

CHANNELS_DO_NOT_DIVIDE = DiagnosticKind(
    "S015",
    "channels-do-not-divide",
    Severity.ERROR,
    "The layer splits the channels into equal pieces, but their number cannot be divided evenly.",
    "Attention heads, groups of a normalisation or a shuffle, the halves of a glu, the pieces of a maxout: each "
    "needs the same number of channels.",
    invalid="cnncalc: 1\ninput: 8x8x30\nlayers:\n  - gn: {groups: 4}\n",
    valid="cnncalc: 1\ninput: 8x8x32\nlayers:\n  - gn: {groups: 4}\n",
    source="torch.nn.GroupNorm, num_groups",
)

ONE_VALUE_TO_NORMALISE = DiagnosticKind(
    "S016",
    "one-value-to-normalise",
    Severity.ERROR,
    "A normalisation computes a mean and a variance over one value. `instance_norm` over one position is an error. "
    "`gn` with one value in a group is a warning: for any input, the output is only the bias. `bn` over one position "
    "is a note: it uses the values of all images of a batch, and only a batch of one image has a single value.",
    "The mean of one value is that value, and its variance is 0: every value would become 0. PyTorch raises an error: "
    "`instance_norm` for every batch, `bn` in training (with `track: false` at inference too) and `gn` for a batch of "
    "one image. With several devices, or with gradient accumulation, the batch of one device in one step "
    "counts. `cnncalc memory` and `cnncalc fit` report it as an error for such a batch.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - global_avgpool\n  - instance_norm\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - instance_norm\n  - global_avgpool\n",
    source="torch.nn.functional: batch_norm, instance_norm, group_norm (Expected more than 1 value per channel when "
    "training)",
)

OUT_OF_RANGE = DiagnosticKind(
    "S017",
    "out-of-range",
    Severity.ERROR,
    "The part that the layer takes is outside of its input, or is empty.",
    "Python slices stop silently at the end. In a spec, a part that does not exist is a mistake.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - slice: {start: 8, stop: 24}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - slice: {start: 8, stop: 16}\n",
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

SLOPES_NOT_PER_CHANNEL = DiagnosticKind(
    "S020",
    "slopes-not-per-channel",
    Severity.ERROR,
    "`num_parameters` of prelu is neither 1 nor the number of channels.",
    "prelu learns one slope for all channels, or one for each channel.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - prelu: {num_parameters: 8}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - prelu: {num_parameters: 16}\n",
    source="torch.nn.PReLU, num_parameters",
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

RESHAPE_CHANGES_COUNT = DiagnosticKind(
    "S022",
    "reshape-changes-count",
    Severity.ERROR,
    "The output of reshape does not have the same number of values as its input.",
    "reshape gives the same values another shape. It cannot add or remove values.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - reshape: {channels: 16, length: 32}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - reshape: {channels: 16, length: 64}\n",
    source="torch.reshape: shape is invalid for input of size",
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

TOO_FEW_VALUES = DiagnosticKind(
    "S024",
    "too-few-values",
    Severity.ERROR,
    "A standard deviation is taken of no more values than its `correction`.",
    "It divides by n - `correction`, so the result is not a number, and neither is what is computed from it.",
    invalid="cnncalc: 1\ninput: 8x1x16\nlayers:\n  - std: {over: width}\n",
    valid="cnncalc: 1\ninput: 8x1x16\nlayers:\n  - std: {over: width, correction: 0}\n",
    source="torch.std: degrees of freedom is <= 0",
)

NOT_A_NUMBER = DiagnosticKind(
    "S025",
    "no-number",
    Severity.ERROR,
    "Arithmetic without a result: a division by the number 0, a power of a negative number, a power of three operands.",
    "Infinite values, and values that are not numbers, spread through the whole network.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - div: [prev, 0]\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - div: [prev, 6]\n",
    source="torch.div, torch.pow",
)

BROADCAST_TO_LARGER = DiagnosticKind(
    "S026",
    "broadcast-to-larger",
    Severity.WARNING,
    "Operands are broadcast to a shape that none of them has.",
    "Mostly one operand has the shape of the result, and the others are broadcast to it. Where all of them grow, an "
    "operand is often not what was meant.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - mul:\n      - [max: channels]\n      - [global_avgpool]\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - mul:\n      - []\n      - [global_avgpool]\n",
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

NO_BATCH = DiagnosticKind(
    "S028",
    "no-batch",
    Severity.ERROR,
    "A layer reads a learned tensor (`learned`, or what is computed of such tensors alone) where it needs a tensor of "
    "each image.",
    "A learned tensor exists once, and not for each image of a batch. Arithmetic, `concat`, `matmul` and `attention` "
    "combine it with a tensor that has a batch, and functions of each value, such as relu, change it; all other layers "
    "need a batch. Often "
    "`prev` is meant to be the layer before the learned tensor.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 1}\n  - learned: 1x1x16\n"
    "  - conv: {filters: 8, kernel: 1}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 1}\n"
    "  - mul: [prev, [learned: 1x1x16]]\n  - conv: {filters: 8, kernel: 1}\n",
)

ATTENTION_OPERANDS = DiagnosticKind(
    "S030",
    "attention-operands",
    Severity.ERROR,
    "The operands of attention do not fit each other, or its widths.",
    "Every key has one value. Without projections, queries and keys are compared channel by channel, and the channels "
    "of each operand are those of its heads.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: 8\n  - attention: {of: [prev, in, in], heads: 2, "
    "project: false}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: 8\n  - attention: {of: [prev, in, in], heads: 2}\n",
    source="torch.nn.functional.scaled_dot_product_attention",
)

CAUSAL_LENGTHS = DiagnosticKind(
    "S031",
    "causal-lengths",
    Severity.ERROR,
    "Causal attention between positions that are not in one order, or of another number.",
    "A query attends to the keys of its own position and of earlier ones. For that, both are numbered alike.",
    invalid="cnncalc: 1\ninput: {length: 16, channels: 8}\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], "
    "heads: 2, causal: true}\n",
    valid="cnncalc: 1\ninput: {length: 16, channels: 8}\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], "
    "heads: 2}\n",
    source="torch.nn.functional.scaled_dot_product_attention: is_causal",
)

RELATIVE_GRID = DiagnosticKind(
    "S032",
    "relative-grid",
    Severity.ERROR,
    "Relative positions of queries and keys that are not positions of one grid.",
    "A table of relative positions has a number for each offset of two positions. The queries can be all positions of "
    "the grid of the keys, or every second (or third ...) of them along an axis, from the first on.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: 2\n  - attention: {of: [in, prev], heads: 2, relative: "
    "offsets}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], heads: 2, relative: "
    "offsets}\n",
    source="Graham et al. 2021, arXiv 2104.01136 (LeViT), section 4.2",
)

ONE_WEIGHT_TO_STANDARDIZE = DiagnosticKind(
    "S033",
    "one-weight-to-standardize",
    Severity.ERROR,
    "`standardize` is set for filters of one weight.",
    "The mean of one weight is that weight, so that every filter would become 0. PyTorch raises an error.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - depthwise_conv: {kernel: 1, standardize: true}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - depthwise_conv: {kernel: 3, standardize: true}\n",
    source="torch.nn.functional.batch_norm: Expected more than 1 value per channel when training",
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
