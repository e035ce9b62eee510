"""The L family: errors in the language of a spec."""

from cnncalc.diagnostic import DiagnosticKind, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
HEAD = "cnncalc: 1\ninput: 32x32x3\n"


def _nested(levels: int) -> str:
    """A spec whose blocks use each other `levels` deep."""
    blocks = [f"  b{level}:\n    layers: [b{level + 1}]\n" for level in range(1, levels)]
    return f"{HEAD}blocks:\n{''.join(blocks)}  b{levels}:\n    layers: [relu]\nlayers: [b1]\n"


UNKNOWN_KEY = DiagnosticKind(
    "L001",
    "unknown-key",
    ERROR,
    "A key that has no meaning at this place.",
    "Without this error a misspelt key would be ignored, and a default would be used without a warning.",
    invalid=HEAD + "layers:\n  - conv: {filters: 64, kernal: 3}\n",
    valid=HEAD + "layers:\n  - conv: {filters: 64, kernel: 3}\n",
)
UNKNOWN_LAYER = DiagnosticKind(
    "L002",
    "unknown-layer",
    ERROR,
    "An item names a layer, block or structure that does not exist.",
    "Its output is unknown, so nothing that follows it can be checked.",
    invalid=HEAD + "layers:\n  - convolution: 64\n",
    valid=HEAD + "layers:\n  - conv: 64\n",
)
WRONG_VALUE = DiagnosticKind(
    "L003",
    "wrong-value",
    ERROR,
    "A value of a type or range that the key does not accept.",
    "Each parameter has a documented type (`cnncalc layers NAME`). Other values are not converted.",
    invalid=HEAD + "layers:\n  - conv: {filters: 64, kernel: 3x3}\n",
    valid=HEAD + "layers:\n  - conv: {filters: 64, kernel: [3, 3]}\n",
)
MISSING_KEY = DiagnosticKind(
    "L004",
    "missing-key",
    ERROR,
    "A required key is missing.",
    "No default value would be right.",
    invalid=HEAD + "layers:\n  - maxpool: {stride: 2}\n",
    valid=HEAD + "layers:\n  - maxpool: {kernel: 2, stride: 2}\n",
)
WRONG_VERSION = DiagnosticKind(
    "L005",
    "wrong-version",
    ERROR,
    "The format version in `cnncalc:` is not supported.",
    "In another version the same words can have another meaning.",
    invalid="cnncalc: 2\ninput: 32x32x3\nlayers: [relu]\n",
    valid="cnncalc: 1\ninput: 32x32x3\nlayers: [relu]\n",
)
MALFORMED_ITEM = DiagnosticKind(
    "L006",
    "malformed-item",
    ERROR,
    "An item of a list of layers is not a bare word or a mapping with exactly one layer, block or structure.",
    "Parameters of a layer go inside it, control keys beside it.",
    invalid=HEAD + "layers:\n  - conv: 64\n    kernel: 3\n",
    valid=HEAD + "layers:\n  - conv: {filters: 64, kernel: 3}\n",
)
BAD_SHAPE = DiagnosticKind(
    "L007",
    "bad-shape",
    ERROR,
    "A shape that cannot be read. Write `HEIGHTxWIDTHxCHANNELS`, or a mapping.",
    "Everything is computed from the input's shape.",
    invalid="cnncalc: 1\ninput: 32*32*3\nlayers: [relu]\n",
    valid="cnncalc: 1\ninput: 32x32x3\nlayers: [relu]\n",
)
BAD_EXPRESSION = DiagnosticKind(
    "L008",
    "bad-expression",
    ERROR,
    "An expression that cannot be read.",
    "A value with `$` or a call is an expression. Expressions have only a few operators.",
    invalid=HEAD + "params: {width: 2}\nlayers:\n  - conv: 32 ^ $width\n",
    valid=HEAD + "params: {width: 2}\nlayers:\n  - conv: 32 * $width\n",
)
UNKNOWN_PARAMETER = DiagnosticKind(
    "L009",
    "unknown-parameter",
    ERROR,
    "An expression uses a `$name` that is not defined here.",
    "Inside a block only its own parameters, the network's `params`, `$in` and `$i` (in a repetition) are known.",
    invalid=HEAD + "params: {width: 2}\nlayers:\n  - conv: 32 * $widht\n",
    valid=HEAD + "params: {width: 2}\nlayers:\n  - conv: 32 * $width\n",
)
BAD_ARITHMETIC = DiagnosticKind(
    "L010",
    "bad-arithmetic",
    ERROR,
    "An expression that can be read but has no value.",
    "Division by zero, numbers with more than 18 digits and operands that are not numbers have no result.",
    invalid=HEAD + "params: {parts: 0}\nlayers:\n  - conv: 32 / $parts\n",
    valid=HEAD + "params: {parts: 2}\nlayers:\n  - conv: 32 / $parts\n",
)
UNKNOWN_NAME = DiagnosticKind(
    "L011",
    "unknown-name",
    ERROR,
    "`from`, `share`, `outputs` or an operand names a layer that does not exist, or comes later.",
    "Only names of earlier layers can be used, so a network has no cycles.",
    invalid=HEAD + "layers:\n  - conv: 8\n    name: stem\n  - conv: 8\n    from: stemm\n",
    valid=HEAD + "layers:\n  - conv: 8\n    name: stem\n  - conv: 8\n    from: stem\n",
)
DUPLICATE_NAME = DiagnosticKind(
    "L012",
    "duplicate-name",
    ERROR,
    "Two layers of one scope have the same name.",
    "A reference to it would be ambiguous.",
    invalid=HEAD + "layers:\n  - conv: 8\n    name: stem\n  - conv: 8\n    name: stem\n",
    valid=HEAD + "layers:\n  - conv: 8\n    name: stem\n  - conv: 8\n    name: head\n",
)
RECURSIVE_BLOCK = DiagnosticKind(
    "L013",
    "recursive-block",
    ERROR,
    "A block uses itself, directly or through another.",
    "Its expansion would never end.",
    invalid=HEAD + "blocks:\n  stage:\n    layers: [relu, stage]\nlayers: [stage]\n",
    valid=HEAD + "blocks:\n  stage:\n    layers: [relu]\nlayers: [stage]\n",
)
TAKEN_NAME = DiagnosticKind(
    "L014",
    "taken-name",
    ERROR,
    "A block has the name of a layer, a structure or a control key.",
    "A reader could not know which one is used.",
    invalid=HEAD + "blocks:\n  relu:\n    layers: [tanh]\nlayers: [relu]\n",
    valid=HEAD + "blocks:\n  unit:\n    layers: [tanh]\nlayers: [unit]\n",
)
UNUSED_BLOCK = DiagnosticKind(
    "L015",
    "unused-block",
    WARNING,
    "A block that nothing uses.",
    "It is not part of the network, and its shapes are not checked.",
    invalid=HEAD + "blocks:\n  unit:\n    layers: [relu]\nlayers: [relu]\n",
    valid=HEAD + "blocks:\n  unit:\n    layers: [relu]\nlayers: [unit]\n",
)
UNUSED_PARAMETER = DiagnosticKind(
    "L016",
    "unused-parameter",
    WARNING,
    "A parameter that no expression uses.",
    "Setting it changes nothing, which is not what a reader expects.",
    invalid=HEAD + "params: {width: 8}\nlayers:\n  - conv: 8\n",
    valid=HEAD + "params: {width: 8}\nlayers:\n  - conv: $width\n",
)
BAD_NAME = DiagnosticKind(
    "L017",
    "bad-name",
    ERROR,
    "A name that is not made of letters, digits, `_`, `-` and `.`, or that is a reserved word.",
    "Names are used in references, tables, and as PyTorch's attribute names.",
    invalid=HEAD + "layers:\n  - conv: 8\n    name: my layer\n",
    valid=HEAD + "layers:\n  - conv: 8\n    name: my_layer\n",
)
TOO_MANY_LAYERS = DiagnosticKind(
    "L018",
    "too-many-layers",
    ERROR,
    "The expansion has more layers than the limit.",
    "A typing error in a `repeat` should give a message, not fill the memory of the machine.",
    invalid=HEAD
    + "layers:\n  - relu\n  - sequence:\n      - relu\n      - relu\n    repeat: 1000000000000\n",
    valid=HEAD + "layers:\n  - relu\n  - sequence:\n      - relu\n      - relu\n    repeat: 10\n",
)
BAD_EXTENDS = DiagnosticKind(
    "L019",
    "bad-extends",
    ERROR,
    "`extends` names a spec that cannot be extended: itself, one outside its folder, or one that does not exist.",
    "Specs that extend each other stay in one folder, so that they can be moved, published and reviewed together.",
    invalid="cnncalc: 1\nextends: ../other.yaml\n",
    valid=HEAD + "layers: [relu]\n",
)
WHICH_INPUT = DiagnosticKind(
    "L020",
    "which-input",
    ERROR,
    "There are several inputs and an item does not say which it reads, or says `in`.",
    "There is no previous layer, and `in` could be any of the inputs.",
    invalid="cnncalc: 1\ninputs: {left: 8x8x3, right: 8x8x3}\nlayers:\n  - conv: 8\n",
    valid="cnncalc: 1\ninputs: {left: 8x8x3, right: 8x8x3}\nlayers:\n  - concat: [left, right]\n  - conv: 8\n",
)
TOO_FEW_OPERANDS = DiagnosticKind(
    "L021",
    "too-few-operands",
    ERROR,
    "A merge with fewer than two operands.",
    "There is nothing to join.",
    invalid=HEAD + "layers:\n  - conv: 8\n  - add: [prev]\n",
    valid=HEAD + "layers:\n  - conv: 8\n    name: stem\n  - conv: 8\n  - add: [prev, stem]\n",
)
BAD_ALLOW = DiagnosticKind(
    "L022",
    "bad-allow",
    ERROR,
    "`allow` is not a mapping from a diagnostic's code to the reason for accepting it.",
    "An exception without a reason can't be reviewed, and a misspelt code has no effect.",
    invalid=HEAD + "layers:\n  - conv: {filters: 8, kernel: 4, stride: 3}\n    allow: [S001]\n",
    valid=HEAD + "layers:\n  - conv: {filters: 8, kernel: 4, stride: 3}\n    allow: {S001: as published}\n",
)
CONFLICTING_KEYS = DiagnosticKind(
    "L023",
    "conflicting-keys",
    ERROR,
    "Two keys that exclude each other, or one that needs another beside it.",
    "One of them would be ignored.",
    invalid=HEAD + "layers:\n  - conv: 8\n    first: {stride: 2}\n",
    valid=HEAD + "layers:\n  - conv: 8\n    repeat: 2\n    first: {stride: 2}\n",
)
DEEP_EXPANSION = DiagnosticKind(
    "L024",
    "deep-expansion",
    ERROR,
    "Blocks and structures use each other more than 64 levels deep.",
    "Such a spec is hard to read, and no published network needs it.",
    invalid=_nested(65),
    valid=_nested(5),
)
BAD_LIMIT = DiagnosticKind(
    "L025",
    "bad-limit",
    ERROR,
    "A limit of a budget that cannot be read.",
    "A limit is a sign (`<=`, `<`, `>=` or `>`), a number and a unit: K, M, G or T for counts (powers of 1000), KiB, "
    "MiB, GiB or kB, MB, GB for memory. With a limit that is read wrongly, every network would pass.",
    invalid="cnncalc: 1\ninput: 32x32x3\nbudget: {params: <= 25B}\nlayers: [conv: 8]\n",
    valid="cnncalc: 1\ninput: 32x32x3\nbudget: {params: <= 25G}\nlayers: [conv: 8]\n",
)
NO_OUTPUT = DiagnosticKind(
    "L026",
    "no-output",
    ERROR,
    "The network has no output: all layers in `outputs` are left out in a mode, or the last item is an input.",
    "A network without an output computes nothing: it cannot be trained, and its memory has no figure.",
    invalid=HEAD + "outputs: [head]\nlayers:\n  - conv: 8\n  - conv: 8\n    name: head\n    only: training\n",
    valid=HEAD + "outputs: [head]\nlayers:\n  - conv: 8\n    name: head\n  - relu:\n    only: training\n",
)
READS_NOTHING = DiagnosticKind(
    "L027",
    "from-beside-learned",
    ERROR,
    "`from` beside a layer that reads nothing, such as `learned`.",
    "A learned tensor is a parameter: it has no input that `from` could choose.",
    invalid=HEAD + "layers:\n  - conv: 8\n    name: first\n  - conv: 8\n  - mul:\n      - prev\n"
    "      - - learned: 1x1x8\n          from: first\n",
    valid=HEAD + "layers:\n  - conv: 8\n  - conv: 8\n  - mul: [prev, [learned: 1x1x8]]\n",
)
LEARNED_OUTPUT = DiagnosticKind(
    "L028",
    "learned-output",
    ERROR,
    "An output of the network is a learned tensor, or is computed of learned tensors alone.",
    "It is the same for every image, because no layer computes it from an input.",
    invalid=HEAD + "layers:\n  - conv: 8\n  - learned: 1x1x8\n",
    valid=HEAD + "layers:\n  - conv: 8\n  - mul: [prev, [learned: 1x1x8]]\n",
)
