"""What is wrong between a layer and the axes, sizes and channels of its input."""

from cnncalc.diagnostic import DiagnosticKind, Severity

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

OUT_OF_RANGE = DiagnosticKind(
    "S017",
    "out-of-range",
    Severity.ERROR,
    "The part that the layer takes is outside of its input, or is empty.",
    "Python slices stop silently at the end. In a spec, a part that does not exist is a mistake.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - slice: {start: 8, stop: 24}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - slice: {start: 8, stop: 16}\n",
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
