"""The P family: what can be wrong in a pattern, and what it leaves open."""

from cnncalc.diagnostic import DiagnosticKind, Severity

SYNTAX = DiagnosticKind(
    "P001",
    "pattern-syntax",
    Severity.ERROR,
    "A pattern that can't be read: a bracket is left open, an arrow leads to nothing, a count is not a number, a word "
    "is not a setting of the layer before it, or a required setting of a layer is missing.",
    "A pattern is layers with arrows between them; brackets, `*N` and `?` repeat a part or leave it out. Nothing else "
    "has a meaning that everybody would agree on.",
    invalid="INPUT 32x32x3 -> [CONV 32 -> RELU*2 -> FC 10\n",
    valid="INPUT 32x32x3 -> [CONV 32 -> RELU]*2 -> FC 10\n",
    source="CS231n notes, Layer Patterns",
)
NO_VALUE = DiagnosticKind(
    "P002",
    "letter-without-value",
    Severity.ERROR,
    "A letter of a pattern has no value.",
    "`[CONV -> RELU]*N` is a pattern of many networks. The notes give ranges for N, M and K, and no defaults.",
    invalid="INPUT 32x32x3 -> [CONV 32 -> RELU]*N -> FC 10\n",
    valid="INPUT 32x32x3 -> [CONV 32 -> RELU]*2 -> FC 10\n",
    source="CS231n notes, Layer Patterns",
)
ASSUMED = DiagnosticKind(
    "P003",
    "assumed-size",
    Severity.INFO,
    "A pattern does not say a size or a count. A value is assumed: that of the notes' example, if it has one.",
    "Patterns often say only which layers there are. A network has sizes, and every figure depends on them.",
    invalid="INPUT 32x32x3 -> CONV -> RELU -> FC 10\n",
    valid="INPUT 32x32x3 -> CONV 12 -> RELU -> FC 10\n",
    source="CS231n notes, ConvNet Layers",
)
