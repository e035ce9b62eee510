"""The I family: what can be wrong in a network that is imported or exported, and what is not the same there."""

from cnncalc.diagnostic import DiagnosticKind, Severity

# These depend on the source, not on a spec: they have no examples.
UNKNOWN_OPERATION = DiagnosticKind(
    "I001",
    "unknown-operation",
    Severity.INFO,
    "An imported network has an operation that cnncalc has no layer for. It is `unknown` in the spec, with its shape.",
    "Its work and its memory are not known, and figures of the whole network are at least what the other layers have.",
    invalid="",
    valid="",
)
READS_VALUES = DiagnosticKind(
    "I040",
    "reads-values",
    Severity.WARNING,
    "PyTorch code makes a Python number or a branch of the values of a tensor (`item`, `if x.mean() > 0`).",
    "The spec is what the network does for one input. For another input it may have other layers.",
    invalid="",
    valid="",
)
UNKNOWN_ORIGIN = DiagnosticKind(
    "I041",
    "unknown-origin",
    Severity.WARNING,
    "A tensor was made outside of what can be recorded: with numpy, in a scripted module, or in compiled code.",
    "What it depends on is not known. The spec has an unknown operation there, or a constant without its values.",
    invalid="",
    valid="",
)
WRITES_INTO_PART = DiagnosticKind(
    "I042",
    "writes-into-part",
    Severity.INFO,
    "PyTorch code writes into a part of a tensor (`y[:, :4] = x`), or into a tensor through another that shares its "
    "memory.",
    "A layer gives a new value, and none writes into a part of another. It is an unknown operation in the spec.",
    invalid="",
    valid="",
)
