"""The S family from 101 on, which only the graph can see: what the spec promises against what comes out."""

from cnncalc.diagnostic import DiagnosticKind, Severity

CHANNELS_FIRST_INPUT = DiagnosticKind(
    "S101",
    "channels-first-input",
    Severity.ERROR,
    "An input that reads like channels x height x width: the first number is 1, 3 or 4 and the last two are equal.",
    "Shapes are HEIGHTxWIDTHxCHANNELS here, as the course's tables print them: `3x224x224` is 3 rows of 224 columns "
    "with 224 channels. Where that is meant, the mapping form says it beyond doubt.",
    invalid="cnncalc: 1\ninput: 3x224x224\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
    valid="cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
)
IMAGE_WITHOUT_CHANNELS = DiagnosticKind(
    "S105",
    "image-without-channels",
    Severity.WARNING,
    "An input of two numbers, read as a sequence, that is an image whose channels are left out.",
    "`224x224` is a sequence: length 224, 224 channels. It is reported where the two numbers are equal, or the layers "
    "have errors on a sequence, and the same network takes an image of that height and width. Where a sequence is "
    "meant, the mapping form says it beyond doubt.",
    invalid="cnncalc: 1\ninput: 224x224\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
    valid="cnncalc: 1\ninput: {length: 224, channels: 224}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
)
EXPECT_MISMATCH = DiagnosticKind(
    "S102",
    "expect-mismatch",
    Severity.ERROR,
    "An item's output is not the shape that `expect` states.",
    "`expect` is a test of the spec: a change upstream has moved this shape, or the statement is wrong.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    expect: 8x8x8\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n    expect: 8x8x8\n",
)
VOLUME_TOO_LARGE = DiagnosticKind(
    "S104",
    "volume-too-large",
    Severity.ERROR,
    "An axis of an output, or its channels, come to more than 18 digits.",
    "No machine holds such a volume: a `repeat` enlarges it again and again, or a number has digits too many.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - upsample: 1000\n    repeat: 10\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - upsample: 10\n    repeat: 2\n",
)
SHARE_MISMATCH = DiagnosticKind(
    "S103",
    "share-mismatch",
    Severity.ERROR,
    "`share` names a layer whose weights don't fit: another type, or other shapes.",
    "One set of weights can serve two layers only where both need the same tensors.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
    valid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
)
