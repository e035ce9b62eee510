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
NO_FORM = DiagnosticKind(
    "I070",
    "no-form-in-target",
    Severity.ERROR,
    "A layer has no form in the target of `cnncalc export`.",
    "What is written would compute something else. Other targets, such as `json`, may have a form for it.",
    invalid="",
    valid="",
)
