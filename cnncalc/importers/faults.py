"""The I family: what can be wrong in a network that is imported or exported, and what is not the same there."""

from cnncalc.diagnostic import DiagnosticKind, Severity

# These depend on the source, not on a spec: they have no examples.


def _kind(code: str, name: str, what: str, why: str, severity: Severity = Severity.ERROR) -> DiagnosticKind:
    return DiagnosticKind(code, name, severity, what, why, invalid="", valid="")


UNKNOWN_OPERATION = _kind(
    "I001",
    "imported-unknown",
    "An imported network has an operation that cnncalc has no layer for. It is `unknown` in the spec, with its shape.",
    "Its work and its memory are not known, and figures of the whole network are at least what the other layers have.",
    Severity.INFO,
)

# I010 to I029: networks that are read as data (Darknet, Caffe, Keras, Ultralytics).
SYNTAX = _kind(
    "I010",
    "foreign-syntax",
    "A file of another format breaks the rules of that format: a bracket without its end, a line without `=`.",
    "What comes after it cannot be read with certainty, so nothing is read.",
)
NO_NETWORK = _kind(
    "I011",
    "no-network",
    "A file has the format of a network, but no network in it: no `[net]` section, no layers.",
    "There is nothing to compute figures of.",
)
NO_INPUT_SIZE = _kind(
    "I012",
    "no-input-size",
    "A file does not say the size of its input, and the figures depend on it.",
    "Many files leave the size to the program that trains the network. `--input` gives it.",
)
UNKNOWN_KIND = _kind(
    "I013",
    "unknown-foreign-layer",
    "A file has a layer of a kind that its format does not have, or of one whose output shape is not known.",
    "Every figure after it would be a guess.",
)
BAD_VALUE = _kind(
    "I014",
    "bad-foreign-value",
    "A value in a file of another format is not what its format accepts there.",
    "The program that the file is for would refuse it, or read something that its author does not mean.",
)
MISSING_VALUE = _kind(
    "I015",
    "missing-foreign-value",
    "A layer in a file of another format does not state a value that it needs.",
    "There is no default that would be right.",
)
BAD_REFERENCE = _kind(
    "I016",
    "bad-foreign-reference",
    "A layer reads what is not there: a layer that comes later, a number that no layer has, an unknown name.",
    "Layers are computed in the order of the file, so a layer can read only earlier ones.",
)
DOES_NOT_FIT = _kind(
    "I017",
    "foreign-shapes-differ",
    "A layer of an imported network does not accept the shape of what it reads.",
    "The network cannot run with this input. `--input` gives another one.",
)
TOO_LARGE = _kind(
    "I018",
    "foreign-file-too-large",
    "A file of another format is too large or too deep, or stands for too many layers.",
    "Reading is bounded, so that a damaged or hostile file cannot use up the machine.",
)
NOT_RECOGNISED = _kind(
    "I019",
    "unknown-format",
    "The content of a file is of no format that cnncalc reads.",
    "The end of its name says one of these formats, or none.",
)
LEFT_OUT = _kind(
    "I020",
    "left-out",
    "A part of an imported network is no layer of the spec: losses, data layers, the decoding of boxes.",
    "It has no parameters. The spec ends where that part begins.",
    Severity.INFO,
)
ASSUMED = _kind(
    "I021",
    "assumed-in-import",
    "A file leaves something open, and the usual value is taken: a scale, a size, an order of axes.",
    "Figures depend on it.",
    Severity.INFO,
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
NOT_IN_SPEC = DiagnosticKind(
    "I043",
    "not-in-spec",
    Severity.INFO,
    "A setting of PyTorch code that changes training only, and that a layer of a spec does not have.",
    "Shapes, figures and outputs at inference are the same. Training differs from the source: the message says how.",
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
