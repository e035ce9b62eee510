"""The S family from 101 on: errors that only the graph can show."""

from cnncalc.diagnostic import DiagnosticKind, Severity

CHANNELS_FIRST_INPUT = DiagnosticKind(
    "S101",
    "channels-first-input",
    Severity.ERROR,
    "An input that reads like channels x height x width: the first number is 1, 3 or 4 and the last two are equal.",
    "Shapes are HEIGHTxWIDTHxCHANNELS here, as the course's tables print them: `3x224x224` is 3 rows of 224 columns "
    "with 224 channels. If that is right, write the shape as a mapping.",
    invalid="cnncalc: 1\ninput: 3x224x224\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
    valid="cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
)
IMAGE_WITHOUT_CHANNELS = DiagnosticKind(
    "S105",
    "image-without-channels",
    Severity.WARNING,
    "An input of two numbers is read as a sequence, but is probably an image without its channels.",
    "`224x224` is a sequence: length 224, 224 channels. It is reported if the two numbers are equal, or if the layers "
    "have errors on a sequence, and the same network accepts an image of that height and width. If a sequence is "
    "right, write the shape as a mapping.",
    invalid="cnncalc: 1\ninput: 224x224\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
    valid="cnncalc: 1\ninput: {length: 224, channels: 224}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
)
EXPECT_MISMATCH = DiagnosticKind(
    "S102",
    "expect-mismatch",
    Severity.ERROR,
    "The output of an item does not have the shape in `expect`.",
    "`expect` is a test of the spec: an earlier layer has changed this shape, or `expect` is wrong.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    expect: 8x8x8\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n    expect: 8x8x8\n",
)
VOLUME_TOO_LARGE = DiagnosticKind(
    "S104",
    "volume-too-large",
    Severity.ERROR,
    "The size of an axis of an output, or its channels, has more than 18 digits.",
    "No machine can store such a volume. A `repeat` enlarges it again and again, or a number has too many digits.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - upsample: 1000\n    repeat: 10\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - upsample: 10\n    repeat: 2\n",
)
SHARE_MISMATCH = DiagnosticKind(
    "S103",
    "share-mismatch",
    Severity.ERROR,
    "`share` names a layer or block with weights that don't fit: of another type, with other shapes, or missing.",
    "Two layers can use the same weights only if both need the same tensors. In a block that shares the weights of "
    "another use, each layer with weights needs a layer with its name there.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
    valid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
)
NO_PLACE = DiagnosticKind(
    "S108",
    "layer-without-place",
    Severity.ERROR,
    "Other layers have a `place`, and the device of this one is not clear.",
    "A layer without `place` is computed where all layers that it reads are. One that reads layers on several devices, "
    "or only an input of the network, needs its own.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - concat:\n      - [{conv: 8, place: gpu0}]\n"
    "      - [{conv: 8, place: gpu1}]\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - concat:\n      - [{conv: 8, place: gpu0}]\n"
    "      - [{conv: 8, place: gpu1}]\n    place: gpu0\n",
)
WEIGHTS_ELSEWHERE = DiagnosticKind(
    "S109",
    "weights-on-another-device",
    Severity.ERROR,
    "`share` names a layer on another device than this one.",
    "A layer computes with weights on its own device. Two layers that share weights are on one device.",
    invalid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n    place: gpu0\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n    place: gpu1\n",
    valid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n    place: gpu0\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
)
FREEZE_MISMATCH = DiagnosticKind(
    "S106",
    "freeze-mismatch",
    Severity.ERROR,
    "Layers that share weights, one with `freeze: true` and one without.",
    "A weight is trained or it is not: all layers that use it must say the same.",
    invalid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n    freeze: true\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n",
    valid="cnncalc: 1\ninput: 8x8x8\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: one\n    freeze: true\n"
    "  - conv: {filters: 8, kernel: 3}\n    share: one\n    freeze: true\n",
)
UNKNOWN_OPERATION = DiagnosticKind(
    "S107",
    "unknown-operation",
    Severity.INFO,
    "An operation that cnncalc has no layer for: `unknown`.",
    "Its shape and its figures are those that the spec states; nothing checks them. A figure that is not stated "
    "makes the total unknown, and the network can't be built.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - unknown: {op: RoPE, params: 0, buffers: 0, macs: 0}\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu\n",
)
