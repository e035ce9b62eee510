"""Values that would not be numbers, or always the same: statistics of too few values, divisions by zero."""

from cnncalc.diagnostic import DiagnosticKind, Severity

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
