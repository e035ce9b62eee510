"""What can be wrong in an ONNX file, and what an exporter changed before it wrote the file."""

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Severity, Span


def _kind(code: str, name: str, severity: Severity, what: str, why: str) -> DiagnosticKind:
    return DiagnosticKind(code, name, severity, what, why, invalid="", valid="")


NO_ONNX = _kind(
    "I030",
    "onnx-unreadable",
    Severity.ERROR,
    "A file that is named as an ONNX model has other content, or only a part of a model.",
    "Nothing can be read from it. A file of more than 2 GB is read only if its weights are in a file of their own.",
)
NO_SIZE = _kind(
    "I031",
    "onnx-open-size",
    Severity.ERROR,
    "An axis of an input has no size in the ONNX file, and is not the batch.",
    "Every shape depends on it. `--input` gives the size.",
)
NO_DATA = _kind(
    "I032",
    "onnx-data-missing",
    Severity.ERROR,
    "A constant that shapes depend on is in another file, which is not there.",
    "Weights may be missing: only their shapes are read. Sizes of a `Reshape` are needed, and bounds of a `Slice`.",
)
NEW_OPSET = _kind(
    "I033",
    "onnx-opset-unknown",
    Severity.ERROR,
    "An ONNX file uses a version of the operators that the installed package `onnx` does not know.",
    "The shapes of their results cannot be computed.",
)
BROKEN = _kind(
    "I034",
    "onnx-invalid-graph",
    Severity.ERROR,
    "An ONNX graph contradicts itself: a tensor that nothing computes, or operands that do not fit.",
    "The shapes after this operation are unknown.",
)
NORMS_FOLDED = _kind(
    "I035",
    "onnx-norms-folded",
    Severity.INFO,
    "Norms are folded into convolutions in an ONNX file.",
    "An exporter for inference does so. The network then has a bias in each convolution, and no parameters of norms: "
    "it computes the same, but it is not the network that was trained.",
)
TENSORS_MERGED = _kind(
    "I036",
    "onnx-tensors-merged",
    Severity.INFO,
    "Weights of several layers are one tensor in an ONNX file, because their values are equal.",
    "An exporter writes equal tensors once. Layers that are one module in the network share their weights here; others "
    "have weights of their own.",
)
NO_IMAGE = _kind(
    "I037",
    "onnx-input-not-read",
    Severity.ERROR,
    "An input of an ONNX file is no volume and no row of features.",
    "cnncalc describes networks that read images, sequences or features.",
)
BIASES_REMOVED = _kind(
    "I038",
    "onnx-biases-removed",
    Severity.INFO,
    "An exporter removed biases that are all zero from an ONNX file.",
    "They are parameters of the network, and not in the file: their number is not known here.",
)


def diagnostic(kind: DiagnosticKind, file: str, message: str, help: str | None = None) -> Diagnostic:
    """A finding of a file that is no text."""
    return kind.at(Span(file, 1, 1, 1, 1), message, help=help)
